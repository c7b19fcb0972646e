"""Gaps of the roster: spans with nobody to ask, merged and sorted, and whose absence made them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings

from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.gaps import NEEDED, Gap, gaps
from botkit.plugins.handoff.roster.roster import Roster, Tier
from tests.plugins.handoff.rosters import SHANGHAI, december, rosters, weekly

DAY = weekly("08:30", "17:30", "zhang")
EVENING = weekly("17:30", "22:00", "li", tier=Tier.BACKUP)
CHIEF = weekly("00:00", "00:00", "wu", tier=Tier.COMMANDER)


def test_what_no_shift_covers_is_a_gap_of_either_tier_together() -> None:
    roster = Roster((DAY, EVENING, CHIEF), SHANGHAI)
    assert gaps(roster, december(1, 12), december(3, 9)) == [
        Gap(Tier.PRIMARY, december(1, 22), december(2, 8, 30)),
        Gap(Tier.PRIMARY, december(2, 22), december(3, 8, 30)),
    ]


def test_a_gap_through_an_absence_says_whose() -> None:
    leave = Change(1, Kind.ABSENCE, december(1), december(2), "li", reason="leave")
    away = Change(2, Kind.ABSENCE, december(1, 12), december(1, 13), "wu", reason="training")
    roster = Roster((DAY, EVENING, CHIEF), SHANGHAI, (leave, away))
    assert gaps(roster, december(1, 9), december(2, 9)) == [
        Gap(Tier.COMMANDER, december(1, 12), december(1, 13), ("wu",)),
        Gap(Tier.PRIMARY, december(1, 17, 30), december(2, 8, 30), ("li",)),
    ]


def test_an_absence_that_somebody_stands_in_for_makes_no_gap() -> None:
    leave = Change(1, Kind.ABSENCE, december(1), december(2), "zhang", reason="leave")
    instead = Change(2, Kind.SWAP, december(1), december(2), "zhang", "li")
    assert gaps(Roster((DAY,), SHANGHAI, (leave, instead)), december(1, 9), december(1, 17), [(Tier.PRIMARY,)]) == []


def test_with_nobody_on_the_roster_all_of_it_is_one_gap() -> None:
    assert gaps(Roster((), SHANGHAI), december(1), december(8)) == [
        Gap(Tier.PRIMARY, december(1), december(8)),
        Gap(Tier.COMMANDER, december(1), december(8)),
    ]


@settings(max_examples=60)
@given(rosters())
def test_in_a_gap_nobody_is_on_duty_and_outside_somebody_is(case: tuple[Roster, datetime, datetime]) -> None:
    roster, start, end = case
    found = gaps(roster, start, end)
    assert found == sorted(found, key=lambda gap: (gap.start, gap.tier.rank))
    for group in NEEDED:
        own = [gap for gap in found if gap.tier is group[0]]
        assert all(one.end < other.start for one, other in pairwise(own)), "merged"
        for hours in range(0, int((end - start) / timedelta(hours=1)), 5):
            moment = start + timedelta(hours=hours)
            asked = any(duty.tier in group for duty in roster.at(moment))
            assert asked is not any(gap.start <= moment < gap.end for gap in own)
