"""Gaps: when nobody would be asked, so that the station is warned before it comes to that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from botkit.plugins.handoff.roster.changes import Kind
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier

NEEDED: tuple[tuple[Tier, ...], ...] = ((Tier.PRIMARY, Tier.BACKUP), (Tier.COMMANDER,))
"""Groups of tiers of which somebody should always be on duty."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in UTC, the end exclusive, with nobody on duty. ``tier`` is the first of its group of tiers.

    ``absent`` are the logins of those who would be on duty somewhen in the span but are away, by the alphabet; empty
    where nobody was ever to be there.
    """

    tier: Tier
    start: datetime
    end: datetime
    absent: tuple[str, ...] = ()


def gaps(roster: Roster, start: datetime, end: datetime, tiers: Iterable[Sequence[Tier]] = NEEDED) -> list[Gap]:
    """The spans between two aware moments in which no tier of a group has anybody on duty, by start.

    Adjoining spans of one group are one gap. A duty without a name counts: somebody is there.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    present = [change for change in roster.changes if change.kind is not Kind.ABSENCE]
    duties = roster.between(start, end)
    planned = roster.with_changes(present).between(start, end) if len(present) < len(roster.changes) else []
    found = [
        Gap(group[0], since, until, _absent(planned, group, since, until))
        for group in tiers
        for since, until in _free(duties, group, start, end)
    ]
    return sorted(found, key=lambda gap: (gap.start, gap.tier.rank))


def _free(
    duties: Iterable[Duty], group: Sequence[Tier], start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """What duties of a group, sorted by start, leave free."""
    free = []
    at = start
    for duty in duties:
        if duty.tier not in group:
            continue
        if duty.start > at:
            free.append((at, duty.start))
        at = max(at, duty.end)
    if at < end:
        free.append((at, end))
    return free


def _absent(planned: Iterable[Duty], group: Sequence[Tier], since: datetime, until: datetime) -> tuple[str, ...]:
    """Who would be on duty if nobody were away: nobody else can be missing from a span that is free."""
    return tuple(sorted({d.who for d in planned if d.tier in group and d.who and d.start < until and since < d.end}))
