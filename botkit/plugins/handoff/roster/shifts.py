"""Shifts and duties: what a roster is made of. A shift comes every week, a duty is one occurrence at a date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from botkit.plugins.handoff.roster.spelling import plain
from botkit.plugins.handoff.roster.wallclock import instant

TEAMS = ("", "general", "security")
"""The station's teams: 综合 (papers, counter, records) and 治安 (disputes, hazards, leads); "" is either."""
FIRST_WEEK = date(1970, 1, 5)
"""The Monday from which weeks are counted, where a roster names none."""


class Tier(StrEnum):
    """In which order people are asked."""

    PRIMARY = "primary"
    BACKUP = "backup"
    COMMANDER = "commander"
    ANTI_FRAUD = "anti_fraud"

    @property
    def rank(self) -> int:
        """Its place in that order, from 0."""
        return _RANKS[self]


Place = tuple[Tier, str, tuple[str, ...]]
"""A tier with its team and areas."""

_RANKS = {tier: rank for rank, tier in enumerate(Tier)}


@dataclass(frozen=True, slots=True)
class Duty:
    """One occurrence of a shift, or the part of one that changes left over.

    ``start`` and ``end`` are UTC; the end is exclusive. ``who`` is a login, "" where nobody is named. ``routine``
    says whether routine cases are worked on, or wait. ``titles`` are how residents hear of the person: a role by
    language, never a name. ``source`` is the occurrence's key, the same whenever it is asked:
    ``pattern:<number of the shift>:<date of its start>`` or ``change:<id>``; its parts share it. ``areas`` are
    those whose groups it is for; none: the whole station.
    """

    tier: Tier
    start: datetime
    end: datetime
    who: str
    titles: Mapping[str, str] = field(hash=False)
    routine: bool
    team: str
    source: str
    areas: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        """What only one duty has at a time: a later dated one takes it over."""
        return self.tier, self.team, tuple(map(plain, self.areas))

    def title(self, language: str) -> str:
        """How residents hear of whoever has this duty; empty if the roster has no title for it."""
        return self.titles.get(language) or self.titles.get("zh", "")


@dataclass(frozen=True, slots=True)
class Shift:
    """One weekly shift in the station's wall-clock time.

    ``days`` are those on which it starts, Monday is 0. An ``end`` that is not after ``start`` is on the next
    day; both at midnight mean the whole day. ``who`` are logins that take turns by the ISO week of the start: the
    first in the week of ``first_week`` (a Monday), so that who it is never depends on when it is asked.
    ``titles``, ``routine``, ``team`` and ``areas`` are as in ``Duty``.
    """

    tier: Tier
    days: frozenset[int]
    start: time
    end: time
    titles: Mapping[str, str] = field(hash=False)
    routine: bool = True
    who: tuple[str, ...] = ()
    team: str = ""
    first_week: date = FIRST_WEEK
    areas: tuple[str, ...] = ()

    def whose(self, day: date) -> str:
        """The login whose turn it is when the shift starts on this day; "" where nobody is named."""
        if not self.who:
            return ""
        return self.who[(day - self.first_week).days // 7 % len(self.who)]

    def duty(self, number: int, day: date, zone: tzinfo) -> Duty | None:
        """What starts on this local day. ``number`` is the shift's place in its roster, from 0.

        None where it doesn't start, or where clocks going forward skip all of it.
        """
        if day.weekday() not in self.days:
            return None
        # The wall clock decides, so that a daylight-saving change moves no shift.
        start = instant(datetime.combine(day, self.start), zone)
        last = day if self.start < self.end else day + timedelta(days=1)
        end = instant(datetime.combine(last, self.end), zone)
        if start >= end:
            return None
        source = f"pattern:{number}:{day.isoformat()}"
        return Duty(self.tier, start, end, self.whose(day), self.titles, self.routine, self.team, source, self.areas)
