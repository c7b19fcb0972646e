"""Slots: no hour has more than it may, nothing falls into quiet hours, and whoever fits in is not left out."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.plugins.groups.slots import HOUR, opens, slot

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NIGHT = time(22), time(7)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
TIMES = st.times().map(lambda each: each.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("told", "waits_until"),
    [
        ("2026-03-11T21:59", None),
        ("2026-03-11T22:00", "2026-03-12T07:00"),
        ("2026-03-11T23:59", "2026-03-12T07:00"),
        ("2026-03-12T00:30", "2026-03-12T07:00"),
        ("2026-03-12T06:59", "2026-03-12T07:00"),
        ("2026-03-12T07:00", None),
    ],
)
def test_the_end_of_the_night(told: str, waits_until: str | None) -> None:
    moment = datetime.fromisoformat(told).replace(tzinfo=SHANGHAI).astimezone(UTC)
    wanted = datetime.fromisoformat(waits_until).replace(tzinfo=SHANGHAI) if waits_until else moment
    assert opens(moment, SHANGHAI, NIGHT) == wanted


def test_a_night_in_which_the_clock_is_changed() -> None:
    before = datetime(2026, 3, 28, 23, 0, tzinfo=BERLIN)
    assert opens(before.astimezone(UTC), BERLIN, NIGHT) == datetime(2026, 3, 29, 7, 0, tzinfo=BERLIN)


@given(MOMENTS, TIMES, TIMES)
def test_what_opens_is_never_quiet_and_never_far(moment: datetime, start: time, end: time) -> None:
    found = opens(moment, SHANGHAI, (start, end))
    assert timedelta() <= found - moment < timedelta(days=1)
    if start == end:
        assert found == moment
    assert opens(found, SHANGHAI, (start, end)) == found


@given(st.lists(st.integers(0, 600), min_size=1, max_size=150), st.integers(1, 30))
def test_no_hour_has_more_than_it_may(pauses: list[int], most: int) -> None:
    now, latest, given_out = datetime(2026, 3, 11, 2, tzinfo=UTC), None, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        due = slot(now, latest, most)
        if due is None:
            # Nobody is left out who would not have made some hour too full.
            assert latest is not None and len([each for each in given_out if each > latest - HOUR]) >= most
            continue
        assert now <= due < now + HOUR
        latest = due
        given_out.append(due)
    for each in given_out:
        # Of parts of a second that can't be divided evenly no more is made than there is.
        assert len([one for one in given_out if each <= one < each + HOUR - timedelta(milliseconds=1)]) <= most
