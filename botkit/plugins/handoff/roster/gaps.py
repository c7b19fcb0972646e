"""Gaps: when nobody would be asked, so that the station is warned before it comes to that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from botkit.plugins.handoff.roster.areas import distance
from botkit.plugins.handoff.roster.changes import Kind
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier

NEEDED: tuple[tuple[Tier, ...], ...] = ((Tier.PRIMARY, Tier.BACKUP), (Tier.COMMANDER,))
"""Groups of tiers of which somebody should always be on duty."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in UTC, the end exclusive, with nobody on duty. ``tier`` is the first of its group of tiers.

    ``absent`` are the logins of those who would be on duty somewhen in the span but are away, by the alphabet; empty
    where nobody was ever to be there. ``area`` is the one for which nobody is there while others have somebody.
    """

    tier: Tier
    start: datetime
    end: datetime
    absent: tuple[str, ...] = ()
    area: str = ""


def gaps(
    roster: Roster,
    start: datetime,
    end: datetime,
    tiers: Iterable[Sequence[Tier]] = NEEDED,
    areas: Iterable[str] = (),
) -> list[Gap]:
    """The spans between two aware moments in which no tier of a group has anybody on duty, by start.

    Adjoining spans of one group are one gap. A duty without a name counts: somebody is there. So do the spans in which
    one of ``areas`` has no primary officer while others have one; those between which nobody serves it are one.
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
    found += [
        Gap(Tier.PRIMARY, since, until, _absent_from(planned, area, since, until), area)
        for area in areas
        for since, until in _unserved(duties, area, start, end)
    ]
    return sorted(found, key=lambda gap: (gap.start, gap.tier.rank, gap.area))


def _unserved(duties: Iterable[Duty], area: str, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """When only other areas have a primary officer: until somebody serves this one, hours without anybody included."""
    primaries = [duty for duty in duties if duty.tier is Tier.PRIMARY]
    marks = sorted({start, end, *(at for duty in primaries for at in (duty.start, duty.end) if start < at < end)})
    found: list[tuple[datetime, datetime]] = []
    began: datetime | None = None
    for since in marks[:-1]:
        nearest = min((distance(d.areas, area) for d in primaries if d.start <= since < d.end), default=None)
        if nearest == 2 and began is None:
            began = since
        elif nearest in (0, 1) and began is not None:
            found.append((began, since))
            began = None
    return found if began is None else [*found, (began, end)]


def _absent_from(planned: Iterable[Duty], area: str, since: datetime, until: datetime) -> tuple[str, ...]:
    """Who would serve an area if nobody were away."""
    serving = [duty for duty in planned if duty.tier is Tier.PRIMARY and distance(duty.areas, area) < 2]
    return tuple(sorted({duty.who for duty in serving if duty.who and duty.start < until and since < duty.end}))


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
