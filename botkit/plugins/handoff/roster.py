"""The roster: who is on duty at a moment, when the next shift starts. Pure functions of a weekly pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Tier(StrEnum):
    """In which order people are asked."""

    PRIMARY = "primary"
    BACKUP = "backup"
    COMMANDER = "commander"


@dataclass(frozen=True, slots=True)
class Shift:
    """One weekly shift in the station's wall-clock time.

    ``days`` are those on which it starts, Monday is 0. An ``end`` that is not after ``start`` is on the next
    day; both at midnight mean the whole day. ``routine`` says whether routine cases are worked on, or wait.
    ``titles`` are how residents hear of the person: a role by language, never a name.
    """

    tier: Tier
    days: frozenset[int]
    start: time
    end: time
    titles: Mapping[str, str] = field(hash=False)
    routine: bool = True

    def covers(self, local: datetime) -> bool:
        """Whether the shift is running at this wall-clock time. The start belongs to it, the end doesn't."""
        now = local.time()
        if self.start < self.end:
            return local.weekday() in self.days and self.start <= now < self.end
        yesterday = (local.weekday() - 1) % 7
        return (local.weekday() in self.days and now >= self.start) or (yesterday in self.days and now < self.end)

    def title(self, language: str) -> str:
        """How residents hear of whoever has this shift."""
        return self.titles.get(language) or self.titles["zh"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift at a date: when it starts, in UTC."""

    shift: Shift
    start: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """A station's shifts. An empty roster is legal: then nobody is on duty, and the texts say so honestly."""

    shifts: tuple[Shift, ...]
    zone: tzinfo

    def on_duty(self, moment: datetime, tier: Tier | None = None) -> Shift | None:
        """The shift that is running at an aware moment: primary before backup before commander."""
        local = moment.astimezone(self.zone)
        running = [s for s in self.shifts if (tier is None or s.tier is tier) and s.covers(local)]
        return min(running, key=lambda shift: list(Tier).index(shift.tier), default=None)

    def working(self, moment: datetime) -> Shift | None:
        """Who works on routine cases at this moment; None while these wait."""
        local = moment.astimezone(self.zone)
        running = [shift for shift in self.shifts if shift.routine and shift.covers(local)]
        return min(running, key=lambda shift: list(Tier).index(shift.tier), default=None)

    def next_start(self, moment: datetime) -> Turn | None:
        """The next shift that works on routine cases, starting after this moment; None if there is none."""
        local = moment.astimezone(self.zone)
        turns = []
        for ahead in range(9):
            day = (local + timedelta(days=ahead)).date()
            for shift in self.shifts:
                if shift.routine and day.weekday() in shift.days:
                    # The wall clock decides, so that a daylight-saving change moves no shift.
                    start = datetime.combine(day, shift.start, self.zone).astimezone(UTC)
                    if start > moment:
                        turns.append(Turn(shift, start))
            if turns:
                return min(turns, key=lambda turn: (turn.start, list(Tier).index(turn.shift.tier)))
        return None

    def translate(self, title: str, language: str) -> str:
        """A title of the roster in another language; any other title as it is."""
        for shift in self.shifts:
            if title in shift.titles.values():
                return shift.title(language)
        return title
