"""The roster: who is on duty at a moment, when the next duty starts. Pure functions of a pattern and its changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from botkit.plugins.handoff.roster.areas import distance, tidied
from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.shifts import Duty, Shift, Tier
from botkit.plugins.handoff.roster.timeline import Timeline

__all__ = ["Change", "Duty", "Roster", "Shift", "Tier"]

# A weekly pattern shows all it has within these days, absences and dated duties aside.
_AHEAD = timedelta(days=9)
_FURTHEST = timedelta(days=400)
_DAY = timedelta(days=1)
_WEEKS = timedelta(days=31)
"""A rota of dated duties names everybody within so much time before and after."""


@dataclass(frozen=True, slots=True)
class Roster:
    """A station's shifts and their changes. All moments are aware; ends are exclusive.

    An empty roster is legal: then nobody is on duty, and the texts say so honestly. How changes work together
    stands at ``Change``.
    """

    shifts: tuple[Shift, ...]
    zone: tzinfo
    changes: tuple[Change, ...] = ()
    _timeline: Timeline = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_timeline", Timeline(self.shifts, self.changes, self.zone))

    def with_changes(self, changes: Iterable[Change]) -> Roster:
        """The same shifts with these changes instead of the present ones."""
        return Roster(self.shifts, self.zone, tuple(changes))

    def at(self, moment: datetime) -> tuple[Duty, ...]:
        """All duties that are running, primary first."""
        day = moment.astimezone(self.zone).date()
        now = moment.astimezone(UTC)
        return tuple(duty for duty in self._timeline.day(day) if duty.start <= now < duty.end)

    def on_duty(self, moment: datetime, tier: Tier | None = None, team: str = "", area: str = "") -> Duty | None:
        """Who is asked at this moment: primary before backup before commander, or of one tier.

        Of a tier's duties those that name ``area`` come first, then those for all areas, see ``areas.nearest``; of
        these those of ``team``, then those without a team. Another team is asked only where nobody else is on duty.
        """
        running = [duty for duty in self.at(moment) if tier is None or duty.tier is tier]
        return min(running, key=lambda duty: _preference(duty, team, area), default=None)

    def working(self, moment: datetime, area: str = "") -> Duty | None:
        """Who works on routine cases of an area at this moment; None while these wait, as while the bot covers."""
        running = [duty for duty in self.at(moment) if duty.routine]
        return min(running, key=lambda duty: (duty.tier.rank, distance(duty.areas, area)), default=None)

    def covered(self, moment: datetime) -> bool:
        """Whether the bot stands in at this moment.

        So it is within a change that says so, and while those on duty as primary or backup leave routine cases to
        another shift. Where nobody is on duty at all, nobody said that the bot covers.
        """
        if self._timeline.covered(moment):
            return True
        running = self.at(moment)
        return not any(duty.routine for duty in running) and any(
            duty.tier in (Tier.PRIMARY, Tier.BACKUP) for duty in running
        )

    def next_start(self, moment: datetime, area: str = "") -> Duty | None:
        """The next duty that works on routine cases of an area, starting after this moment; None if there is none.

        It may be the rest of a duty: what follows an absence, or a span that the bot covers. One for other areas
        only where nobody else begins on that day.
        """
        day = moment.astimezone(self.zone).date()
        last = max((change.end.astimezone(self.zone).date() for change in self.changes), default=day)
        last = min(max(last, day) + _AHEAD, day + _FURTHEST)
        while day <= last:
            ahead = [duty for duty in self._timeline.day(day) if duty.routine and duty.start > moment]
            if ahead:
                near = [duty for duty in ahead if distance(duty.areas, area) < 2] or ahead
                return min(near, key=lambda duty: (duty.start, duty.tier.rank, distance(duty.areas, area)))
            day += _DAY
        return None

    def between(self, start: datetime, end: datetime) -> list[Duty]:
        """All duties that overlap a span, by start, then primary first, then by team, areas and login."""
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        found: dict[Duty, None] = {}
        while day <= last:
            found.update((duty, None) for duty in self._timeline.day(day) if duty.start < end and start < duty.end)
            day += _DAY
        return sorted(
            found, key=lambda duty: (duty.start, duty.tier.rank, duty.team, duty.areas, duty.who, duty.source)
        )

    def duty_of(self, who: str, moment: datetime) -> Duty | None:
        """What this person is on duty as at a moment."""
        return next((duty for duty in self.at(moment) if who and duty.who == who), None)

    def areas_of(self, who: str, moment: datetime) -> tuple[str, ...]:
        """The areas for which this person is named around a moment; empty: for the whole station, or nowhere.

        The pattern says it, whoever's turn it is; who doesn't stand there is named by the dated duties of these
        weeks. What somebody takes over for a day comes on top; and who has a duty for all areas has all while it runs.
        """
        shifts = [shift.areas for shift in self.shifts if who in shift.who]
        weeks = (moment - _WEEKS, moment + _WEEKS)
        dated = (c.areas for c in self.changes if c.kind is Kind.DUTY and c.who == who and _meets(c, *weeks))
        named = {area for areas in shifts or dated for area in areas}
        near = [duty for duty in self.between(moment - _DAY, moment + _DAY) if who and duty.who == who]
        if not named or any(not duty.areas and duty.start <= moment < duty.end for duty in near):
            return ()
        return tidied((*named, *(area for duty in near for area in duty.areas)))

    @property
    def areas(self) -> tuple[str, ...]:
        """All areas that somebody is named for, whenever."""
        everywhere = [*(shift.areas for shift in self.shifts), *(change.areas for change in self.changes)]
        return tidied(area for areas in everywhere for area in areas)

    def translate(self, title: str, language: str) -> str:
        """A title of the roster in another language; any other title as it is."""
        for titles in (*(shift.titles for shift in self.shifts), *(change.titles for change in self.changes)):
            if title in titles.values():
                return titles.get(language) or titles.get("zh", title)
        return title


def _preference(duty: Duty, team: str, area: str) -> tuple[bool, int, int, int]:
    rank = 0 if duty.team == team else 1 if not duty.team else 2
    return (bool(team) and rank == 2, duty.tier.rank, distance(duty.areas, area), rank)


def _meets(change: Change, start: datetime, end: datetime) -> bool:
    return change.start < end and start < change.end
