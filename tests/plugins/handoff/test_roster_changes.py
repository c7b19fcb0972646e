"""Changes of the roster: dated duties, absences, swaps and spans that the bot covers, one by one and together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botkit.plugins.handoff.roster.changes import Change, Kind, WrongChange
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier
from botkit.plugins.handoff.roster.shifts import Place
from tests.plugins.handoff.rosters import BERLIN, SHANGHAI, december, rosters, say, told, weekly

Case = tuple[Roster, datetime, datetime]
DAY = weekly("08:30", "17:30", "zhang")
NIGHT = weekly("17:30", "08:30", "li", tier=Tier.BACKUP, routine=False)
ROSTER = Roster((DAY, NIGHT), SHANGHAI)


def change(kind: Kind, start: datetime, end: datetime, who: str = "", other: str = "", **more: Any) -> Change:
    return Change(more.pop("id", 1), kind, start, end, who, other, **more)


def on_the_first(*changes: Change) -> list[str]:
    return told(ROSTER.with_changes(changes).between(december(1, 8, 30), december(2, 8, 30)))


def test_a_dated_duty_replaces_the_pattern_of_its_tier_while_it_runs() -> None:
    lunch = change(Kind.DUTY, december(1, 12), december(1, 13), "wang", tier=Tier.PRIMARY)
    assert on_the_first(lunch) == [
        "primary zhang 01 08:30-12:00",
        "primary wang 01 12:00-13:00",
        "primary zhang 01 13:00-17:30",
        "backup li 01 17:30-08:30",
    ]


def test_of_two_dated_duties_the_later_one_counts() -> None:
    first = change(Kind.DUTY, december(1, 9), december(1, 12), "wang", tier=Tier.PRIMARY)
    second = change(Kind.DUTY, december(1, 11), december(1, 17, 30), "zhao", tier=Tier.PRIMARY, id=2)
    expected = ["primary zhang 01 08:30-09:00", "primary wang 01 09:00-11:00", "primary zhao 01 11:00-17:30"]
    assert on_the_first(second, first)[:3] == expected


def test_a_duty_of_one_team_leaves_the_others_duties_alone() -> None:
    counter = change(Kind.DUTY, december(1, 9), december(1, 12), "wang", tier=Tier.PRIMARY, team="general")
    roster = ROSTER.with_changes([counter])
    assert {duty.who for duty in roster.at(december(1, 10))} == {"zhang", "wang"}
    asked = {team: roster.on_duty(december(1, 10), team=team) for team in ("general", "security")}
    assert [duty and duty.who for duty in asked.values()] == ["wang", "zhang"]


def test_another_team_is_asked_only_where_nobody_else_is_on_duty() -> None:
    counter, cover = weekly("08:00", "18:00", "wang", team="general"), weekly("08:00", "12:00", tier=Tier.COMMANDER)
    roster = Roster((counter, cover), SHANGHAI)
    morning = roster.on_duty(december(1, 9), team="security")
    afternoon = roster.on_duty(december(1, 13), team="security")
    assert morning is not None and morning.tier is Tier.COMMANDER
    assert afternoon is not None and afternoon.who == "wang"


def test_a_dated_duty_takes_the_title_of_its_tier_unless_it_has_one() -> None:
    plain = change(Kind.DUTY, december(1, 9), december(1, 10), "wang", tier=Tier.PRIMARY)
    titled = replace(plain, titles={"zh": "巡特警", "en": "patrol officer"})
    alone = change(Kind.DUTY, december(1, 9), december(1, 10), "wang", tier=Tier.ANTI_FRAUD)
    for given_, title in ((plain, "community officer"), (titled, "patrol officer"), (alone, "")):
        duty = ROSTER.with_changes([given_]).duty_of("wang", december(1, 9))
        assert duty is not None and duty.title("en") == title
    assert ROSTER.with_changes([titled]).translate("巡特警", "en") == "patrol officer"


def test_whoever_is_away_is_on_no_duty_and_the_next_tier_is_asked() -> None:
    dentist = change(Kind.ABSENCE, december(1, 10), december(1, 11), "zhang", reason="sick")
    assert on_the_first(dentist)[:2] == ["primary zhang 01 08:30-10:00", "primary zhang 01 11:00-17:30"]
    roster = Roster((DAY, NIGHT, weekly("00:00", "00:00", "wu", tier=Tier.COMMANDER)), SHANGHAI, (dentist,))
    asked = roster.on_duty(december(1, 10, 30))
    assert asked is not None and asked.who == "wu"
    resumed = Roster((DAY,), SHANGHAI, (dentist,)).next_start(december(1, 10, 30))
    assert resumed is not None and resumed.start == december(1, 11)


def test_a_swap_hands_on_the_duties_that_start_within_it() -> None:
    swap = change(Kind.SWAP, december(1, 8, 30), december(1, 17, 30), "zhang", "wang")
    roster = ROSTER.with_changes([swap])
    assert told(roster.between(december(1, 8, 30), december(2, 12))) == [
        "primary wang 01 08:30-17:30",
        "backup li 01 17:30-08:30",
        "primary zhang 02 08:30-17:30",
    ]
    away = change(Kind.ABSENCE, december(1), december(2), "zhang", reason="leave", id=0)
    covered = ROSTER.with_changes([away, swap]).working(december(1, 10))
    assert covered is not None and covered.who == "wang", "who took over keeps it"


def test_while_the_bot_covers_routine_cases_wait_and_emergencies_do_not() -> None:
    training = change(Kind.COVER, december(1, 14), december(1, 16))
    roster = ROSTER.with_changes([training])
    asked = roster.on_duty(december(1, 15))
    assert roster.working(december(1, 15)) is None and asked is not None and asked.who == "zhang"
    assert roster.covered(december(1, 15)) and not roster.covered(december(1, 16))
    resumed = roster.next_start(december(1, 15))
    assert resumed is not None and resumed.start == december(1, 16)


def test_the_night_is_covered_and_a_station_without_a_roster_said_nothing() -> None:
    assert ROSTER.covered(december(1, 23)) and not ROSTER.covered(december(1, 10))
    assert not Roster((), SHANGHAI).covered(december(1, 10))


def test_the_next_duty_may_be_weeks_ahead() -> None:
    far = change(Kind.DUTY, december(40, 9), december(40, 12), "wang", tier=Tier.BACKUP)
    duty = Roster((), SHANGHAI, (far,)).next_start(december(1))
    assert duty is not None and (duty.start, duty.source) == (december(40, 9), "change:1")


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("zone", {"start": datetime(2026, 12, 1)}),
        ("end", {"end": december(1)}),
        ("tier", {"kind": Kind.DUTY}),
        ("team", {"team": "traffic"}),
        ("who", {"who": ""}),
        ("other", {"kind": Kind.SWAP, "other": "zhang"}),
        ("reason", {"reason": "holiday"}),
    ],
)
def test_a_change_that_cannot_be_says_what_where_and_how_to_mend_it(where: str, wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"kind": Kind.ABSENCE, "start": december(1), "end": december(2), "who": "zhang"}
    assert change(**right).start.tzinfo is UTC
    with pytest.raises(WrongChange) as problem:
        change(**(right | wrong))
    assert problem.value.where == where
    assert all(say(text, language) for text in (problem.value.told, problem.value.fix) for language in ("zh", "en"))


def borders(duties: list[Duty]) -> list[datetime]:
    """Moments between which nothing changes."""
    return sorted({moment for duty in duties for moment in (duty.start, duty.end)})


def coverage(duties: list[Duty]) -> dict[Place, list[tuple[datetime, datetime]]]:
    """By tier, team and areas, when anybody is on duty."""
    found: dict[Place, list[tuple[datetime, datetime]]] = {}
    for duty in duties:
        spans = found.setdefault(duty.place, [])
        if spans and duty.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], duty.end))
        else:
            spans.append((duty.start, duty.end))
    return found


@settings(max_examples=60)
@given(rosters())
def test_nobody_has_one_duty_twice_nor_any_while_away(case: Case) -> None:
    roster, start, end = case
    duties = roster.between(start, end)
    for moment in borders(duties):
        running = roster.at(moment)
        named = [(duty.place, duty.who) for duty in running if duty.who]
        assert len(named) == len(set(named))
        away = {change.who for change in roster.changes if change.kind is Kind.ABSENCE and change.runs(moment)}
        assert away.isdisjoint(duty.who for duty in running)
        if any(change.kind is Kind.COVER and change.runs(moment) for change in roster.changes):
            assert roster.working(moment) is None and roster.covered(moment)


@settings(max_examples=60)
@given(rosters())
def test_at_and_between_agree_and_every_duty_has_a_length(case: Case) -> None:
    roster, start, end = case
    duties = roster.between(start, end)
    assert all(duty.start < duty.end and duty.start.tzinfo is UTC for duty in duties)
    assert duties == sorted(duties, key=lambda duty: (duty.start, duty.tier.rank, duty.team, duty.areas, duty.who))
    for moment in borders(duties):
        if start <= moment < end:
            running = [duty for duty in duties if duty.start <= moment < duty.end]
            assert set(roster.at(moment)) == set(running)
            tiers = [duty.tier.rank for duty in roster.at(moment)]
            assert tiers == sorted(tiers)


@settings(max_examples=60)
@given(rosters((Kind.SWAP, Kind.DUTY)), st.data())
def test_a_swap_turned_around_takes_it_back(case: Case, data: st.DataObject) -> None:
    roster, start, end = case
    swaps = [change for change in roster.changes if change.kind is Kind.SWAP]
    if not swaps:
        return
    swap = replace(data.draw(st.sampled_from(swaps)), id=100)
    back = replace(swap, id=101, who=swap.other, other=swap.who)
    undone = roster.with_changes([*roster.changes, swap, back])
    assert undone.between(start, end) == roster.between(start, end)


@settings(max_examples=60)
@given(rosters((Kind.SWAP, Kind.DUTY)))
def test_swaps_change_who_comes_and_never_when_somebody_does(case: Case) -> None:
    roster, start, end = case
    unswapped = roster.with_changes(change for change in roster.changes if change.kind is not Kind.SWAP)
    assert coverage(roster.between(start, end)) == coverage(unswapped.between(start, end))


def test_a_leap_day_and_the_ends_of_months_are_days_like_others() -> None:
    leap = Roster((weekly("22:00", "08:30"),), SHANGHAI)
    nights = leap.between(datetime(2028, 2, 28, 12, tzinfo=SHANGHAI), datetime(2028, 3, 2, 12, tzinfo=SHANGHAI))
    assert [f"{duty.start.astimezone(SHANGHAI):%m-%d}" for duty in nights] == ["02-28", "02-29", "03-01"]
    assert [duty.source for duty in nights][1] == "pattern:0:2028-02-29"


def test_nights_keep_their_wall_clock_ends_when_clocks_change() -> None:
    roster = Roster((weekly("22:00", "08:30"),), BERLIN)
    for day, hours in ((datetime(2026, 3, 28), 9.5), (datetime(2026, 10, 24), 11.5), (datetime(2026, 7, 1), 10.5)):
        [night] = roster.at(day.replace(hour=23, tzinfo=BERLIN))
        assert night.end - night.start == timedelta(hours=hours)
        assert night.end.astimezone(BERLIN).strftime("%H:%M") == "08:30"
    assert all(
        duty.end - duty.start == timedelta(hours=10.5)
        for duty in Roster((weekly("22:00", "08:30"),), SHANGHAI).between(
            datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
        )
    )


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 10, 25, tzinfo=BERLIN)])
@pytest.mark.parametrize("border", ["02:00", "02:15", "02:30", "02:59", "03:00"])
def test_shifts_that_adjoin_leave_no_gap_where_clocks_change(day: datetime, border: str) -> None:
    roster = Roster((weekly("00:00", border, "zhang"), weekly(border, "00:00", "li")), BERLIN)
    first, second = roster.between(day, day + timedelta(hours=20))
    assert first.end == second.start and (first.who, second.who) == ("zhang", "li")


def test_a_shift_that_clocks_skip_does_not_take_place_and_one_that_comes_twice_does_once() -> None:
    roster = Roster((weekly("02:10", "02:50", "zhang"),), BERLIN)
    assert roster.between(datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 3, 29, 12, tzinfo=BERLIN)) == []
    [once] = roster.between(datetime(2026, 10, 25, tzinfo=BERLIN), datetime(2026, 10, 25, 12, tzinfo=BERLIN))
    assert (once.start, once.end - once.start) == (datetime(2026, 10, 25, 0, 10, tzinfo=UTC), timedelta(minutes=40))
