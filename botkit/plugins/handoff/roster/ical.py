"""Calendars (RFC 5545) as dated duties: events of a calendar program become changes of the roster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from botkit.messages import tr
from botkit.plugins.handoff.roster.areas import LONGEST, tidied
from botkit.plugins.handoff.roster.icalfile import Block, Calendar, Reading, Times, blocks_of, event_of
from botkit.plugins.handoff.roster.imports import MOST_CHANGES, Collected, Imported, Names, Wrong, login_of
from botkit.plugins.handoff.roster.recurrence import Budget, exception, starts
from botkit.plugins.handoff.roster.roster import Tier
from botkit.plugins.handoff.roster.rostercells import TEAMS, TIERS
from botkit.plugins.handoff.roster.spelling import plain
from botkit.plugins.handoff.roster.wallclock import instant

LOGIN, ROUTINE = "X-DUTY-LOGIN", "X-DUTY-ROUTINE"
"""Properties of our own, which exports carry: whose duty it is, and whether routine cases are worked on."""
AREA = "area:"
"""Begins a category that names an area, in exports too; 片区: does as well."""
_AREA = re.compile("(?:area|片区)[:：](.+)", re.IGNORECASE | re.DOTALL)
_DAY = timedelta(days=1)
# Longest first: 值班领导 is not 值班.
_WORDS = sorted(((word, tier) for tier, words in TIERS.items() for word in words), key=lambda pair: -len(pair[0]))


@dataclass(frozen=True, slots=True, eq=False)
class _Event:
    """An event that could be read: its first start and end, on the clock of the start."""

    block: Block
    event: Any
    first: Reading
    length: timedelta

    @property
    def uid(self) -> str:
        return self.block.uid or f"line {self.block.line}"


def read(name: str, content: bytes, zone: tzinfo, names: Names, window: tuple[datetime, datetime]) -> Imported:
    """The duties of an iCalendar file that overlap a window of aware moments, and the events that can't be used.

    Who it is: the one attendee known by name or address, else what the summary says after the tier. The tier is one
    of the categories, else the word that the summary begins with, as in ``主班：张三``. Times without a zone are the
    station's, ``zone``. Areas are the categories like ``area:东区``. Repeated events keep their times of day when
    clocks change. Cancelled events are left out. An event that overlaps an earlier one of the same tier, team and
    areas is a problem, because it would silently replace it. Never raises for the content.
    """
    collected = Collected()
    try:
        calendar = blocks_of(content)
        if len(calendar.events) > MOST_CHANGES:
            raise Wrong("too_large")
    except Wrong as wrong:
        collected.problem(tr("handoff.roster.place.file", name=name), wrong)
        return collected.imported()
    if not calendar.cancels:
        _Reader(calendar, zone, names, window, collected).read()
    return collected.imported()


class _Reader:
    """One file on its way to changes."""

    def __init__(
        self, calendar: Calendar, zone: tzinfo, names: Names, window: tuple[datetime, datetime], collected: Collected
    ) -> None:
        self._calendar = calendar
        self._times = Times(zone, calendar.zones)
        self._names = names
        self._window = window
        self._collected = collected
        self._budget = Budget()

    def read(self) -> None:
        events = [event for block in self._calendar.events if (event := self._event(block))]
        instead: dict[str, set[datetime]] = {}
        series = {event.uid: event for event in events if event.event.get("RECURRENCE-ID") is None}
        for event in list(events):
            try:
                master = series.get(event.uid, event)
                if (start := exception(event.event, master.first, self._times)) is not None:
                    instead.setdefault(event.uid, set()).add(start)
            except Wrong as wrong:
                self._problem(event.block, wrong)
                events.remove(event)
        for event in _newest(events):
            if str(event.event.get("STATUS", "")).upper() == "CANCELLED":
                continue
            try:
                self._duties(event, instead.get(event.uid, set()))
            except Wrong as wrong:
                self._problem(event.block, wrong)

    def _event(self, block: Block) -> _Event | None:
        try:
            event = event_of(block)
            readings = list(self._times.readings(event.get("DTSTART")))
            if len(readings) != 1:
                raise Wrong("event_time", "DTSTART")
            return _Event(block, event, readings[0], self._length(event, readings[0]))
        except Wrong as wrong:
            self._problem(block, wrong)
            return None

    def _length(self, event: Any, first: Reading) -> timedelta:
        """How long it is on the clock of its start."""
        duration = getattr(event.get("DURATION"), "dt", None)
        ends = list(self._times.readings(event.get("DTEND")))
        if ends:
            end = ends[0].at
            if ends[0].zone is not first.zone:
                end = instant(end, ends[0].zone).astimezone(first.zone).replace(tzinfo=None)
            length = end - first.at
        elif isinstance(duration, timedelta):
            length = duration
        else:
            length = _DAY if first.all_day else timedelta()
        if not timedelta() < length <= 366 * _DAY:
            raise Wrong("event_length")
        return length

    def _duties(self, event: _Event, instead: set[datetime]) -> None:
        since, until = self._window
        last = until.astimezone(event.first.zone).replace(tzinfo=None)
        alone = event.event.get("RECURRENCE-ID") is not None
        found = iter([event.first.at]) if alone else starts(event.event, event.first, self._times, last, self._budget)
        for at in found:
            if not alone and at in instead:
                continue
            start, end = (instant(moment, event.first.zone) for moment in (at, at + event.length))
            if start < until and since < end and start < end:
                self._duty(event.event, start, end)

    def _duty(self, event: Any, start: datetime, end: datetime) -> None:
        said = [str(text).strip() for value in _listed(event.get("CATEGORIES")) for text in value.cats]
        categories = [plain(text) for text in said]
        areas = tidied(found[1] for text in said if (found := _AREA.fullmatch(text)))
        if any(len(area) > LONGEST for area in areas):
            raise Wrong("areas", max(areas, key=len))
        summary = next((str(text) for text in _listed(event.get("SUMMARY"))), "").strip()
        begins, rest = _prefix(summary)
        tier = next((tier for word, tier in _WORDS if word in categories), begins)
        if tier is None:
            raise Wrong("no_tier", summary)
        team = next((team for team, words in TEAMS.items() if team and not set(words).isdisjoint(categories)), "")
        told = str(event.get(ROUTINE, "")).upper()
        routine = told == "TRUE" if told in ("TRUE", "FALSE") else tier in (Tier.PRIMARY, Tier.BACKUP)
        who = self._who(event, rest if begins else summary)
        self._collected.add(start, end, who, tier=tier, team=team, areas=areas, routine=routine)

    def _who(self, event: Any, said: str) -> str:
        if (login := event.get(LOGIN)) is not None:
            from icalendar import vText

            return login_of(vText.from_ical(str(login)), self._names)
        known: set[str] = set()
        for attendee in _listed(event.get("ATTENDEE")):
            address = str(attendee).removeprefix("mailto:").removeprefix("MAILTO:")
            for text in (str(attendee.params.get("CN", "")), address, address.partition("@")[0]):
                found = self._names.get(plain(text), frozenset())
                if len(found) == 1:
                    known |= found
                    break
        if len(known) > 1:
            raise Wrong("several_names", "、".join(sorted(known)))
        return next(iter(known)) if known else login_of(said, self._names)

    def _problem(self, block: Block, wrong: Wrong) -> None:
        self._collected.problem(tr("handoff.roster.place.event", uid=block.uid[:80] or "?", line=block.line), wrong)


def _prefix(summary: str) -> tuple[Tier | None, str]:
    """The tier that a summary begins with, and what follows it."""
    for word, tier in _WORDS:
        if summary[: len(word)].casefold() == word:
            rest = summary[len(word) :]
            if not (word.isascii() and rest[:1].isalnum()):
                return tier, rest.strip(" \t:：,，-–—·|/") or ("-" if rest.strip().endswith("-") else "")
    return None, summary


def _newest(events: list[_Event]) -> Iterator[_Event]:
    """Of events that are versions of one another the newest, the last where they are the same."""
    found: dict[tuple[str, str], _Event] = {}
    for event in events:
        exempt = event.event.get("RECURRENCE-ID")
        key = (event.uid, exempt.to_ical().decode() if hasattr(exempt, "to_ical") else "")
        if key not in found or _sequence(event) >= _sequence(found[key]):
            found.pop(key, None)
            found[key] = event
    yield from found.values()


def _sequence(event: _Event) -> int:
    told = event.event.get("SEQUENCE", 0)
    return int(told) if isinstance(told, int) else 0


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
