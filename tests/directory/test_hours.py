"""Opening hours: open now, closing soon, opening tomorrow, holidays, and what nobody verified."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.hours import SOON, State, problem, status
from directory.problems import english
from directory.values import Hours

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = Hours("Mo-Fr 09:00-17:00; Sa 10:00-12:00; PH off", True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_open_now_until_closing() -> None:
    now = status(OFFICE, at("2026-03-11 10:00"), ZONE)
    assert (now.state, now.until, now.minutes) == (State.OPEN, at("2026-03-11 17:00"), 420)


def test_the_moment_is_told_in_the_stations_zone_whatever_zone_it_comes_in() -> None:
    assert status(OFFICE, at("2026-03-11 10:00").astimezone(ZoneInfo("UTC")), ZONE).state is State.OPEN


@pytest.mark.parametrize(
    ("time", "minutes"),
    [("16:00:00", 60), ("16:40:00", 20), ("16:40:30", 20), ("16:59:01", 1), ("16:59:59", 1)],
)
def test_closing_soon_counts_minutes(time: str, minutes: int) -> None:
    now = status(OFFICE, at(f"2026-03-11 {time}"), ZONE)
    assert (now.state, now.minutes) == (State.CLOSING, minutes)


@pytest.mark.parametrize(
    ("time", "opens"),
    [
        ("2026-03-11 08:59", "2026-03-11 09:00"),
        ("2026-03-11 17:00", "2026-03-12 09:00"),
        ("2026-03-14 12:00", "2026-03-16 09:00"),
        ("2026-10-01 10:00", "2026-10-08 09:00"),
    ],
)
def test_closed_says_when_it_opens(time: str, opens: str) -> None:
    now = status(OFFICE, at(time), ZONE)
    assert (now.state, now.until) == (State.CLOSED, at(opens))


def test_day_and_night() -> None:
    assert status(Hours("24/7", True), at("2026-10-01 03:00"), ZONE).state is State.ALWAYS
    assert status(Hours("Mo-Su 00:00-24:00", True), at("2026-03-11 03:00"), ZONE).state is State.OPEN


def test_over_midnight() -> None:
    night = Hours("22:00-06:00; PH 22:00-24:00", True)
    assert status(night, at("2026-03-11 23:30"), ZONE).until == at("2026-03-12 06:00")
    assert status(night, at("2026-03-12 05:30"), ZONE).state is State.CLOSING
    assert status(night, at("2026-03-12 06:00"), ZONE).until == at("2026-03-12 22:00")


def test_unverified_or_unknown_hours_are_not_told() -> None:
    assert status(Hours("24/7", False), at("2026-03-11 10:00"), ZONE).state is State.ASK
    assert status(Hours(), at("2026-03-11 10:00"), ZONE).state is State.ASK


def test_holidays_without_hours_and_make_up_days_are_not_confirmed() -> None:
    silent = Hours("Mo-Fr 09:00-17:00", True)
    assert status(silent, at("2026-10-01 10:00"), ZONE).state is State.HOLIDAY
    assert status(OFFICE, at("2026-02-14 10:00"), ZONE).state is State.HOLIDAY
    # The next confirmed day lies behind unconfirmed ones: better no promise than a wrong one.
    assert status(silent, at("2026-09-30 18:00"), ZONE).until is None


def test_holiday_hours_of_their_own() -> None:
    shop = Hours("Mo-Su 08:00-22:00; PH 09:00-18:00", True)
    assert status(shop, at("2026-10-01 08:30"), ZONE).until == at("2026-10-01 09:00")
    assert status(Hours("Mo-Fr 09:00-17:00; Sa,Su,PH 10:00-12:00", True), at("2026-10-01 11:30"), ZONE).minutes == 30


def test_years_without_a_calendar_say_so() -> None:
    now = status(OFFICE, at("2093-03-11 10:00"), ZONE)
    assert now.state is State.OPEN and not now.holidays_known
    assert not status(OFFICE, at("2093-03-11 20:00"), ZONE).holidays_known


@pytest.mark.parametrize("rule", ["", "24/7", "Mo-Fr 09:00-17:00; PH off", "PH off", "Sa,Su,PH 10:00-12:00", "off"])
def test_rules_that_can_be_read(rule: str) -> None:
    assert problem(rule) is None


@pytest.mark.parametrize(
    "rule",
    [
        "nonsense",
        "Mo-Fr 25:00-99:00",
        "Mo-Fr 9-17",
        "PH,Sa 09:00-12:00",
        "SH off",
        "Mo-Fr 09:00-12:00, PH off",
        ";",
    ],
)
def test_rules_that_can_not_say_how_to_write_them(rule: str) -> None:
    told = problem(rule)
    assert told is not None and "'Mo-Fr 09:00-17:00" in english()(told)


days = st.sampled_from(["Mo-Fr", "Mo-Su", "Sa", "Tu,Th", "PH", "Sa,PH"])
times = st.sampled_from(["09:00-17:00", "00:00-24:00", "22:00-06:00", "08:00-12:00,13:00-18:00", "off"])
rules = st.lists(st.builds("{} {}".format, days, times), min_size=1, max_size=4).map("; ".join)
moments = st.datetimes(datetime(2005, 1, 1), datetime(2040, 1, 1)).map(lambda moment: moment.replace(tzinfo=ZONE))


@given(rules, moments)
def test_what_is_said_of_a_moment_holds(rule: str, now: datetime) -> None:
    hours = Hours(rule, True)
    told = status(hours, now, ZONE)
    if told.until is None:
        return
    assert told.until > now
    before = status(hours, told.until - timedelta(seconds=1), ZONE).state
    after = status(hours, told.until, ZONE).state
    if told.state is State.CLOSED:
        assert before is State.CLOSED and after in (State.OPEN, State.CLOSING)
    else:
        assert before is State.CLOSING and after in (State.CLOSED, State.HOLIDAY)
        assert (told.state is State.CLOSING) == (told.until - now <= SOON)


@given(st.text(max_size=40))
def test_any_text_is_judged_without_an_error(rule: str) -> None:
    wrong = problem(rule)
    if wrong is None:
        status(Hours(rule, True), at("2026-03-11 10:00"), ZONE)
