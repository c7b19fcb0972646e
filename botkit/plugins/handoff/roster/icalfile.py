"""Calendar files as events, each read by itself, so that a broken one stops no other and its line is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from botkit.plugins.handoff.roster.imports import LARGEST, Wrong, decoded

# Years beyond these are no dates that anybody means, and time zones can't count them all.
_YEARS = range(1970, 2200)
# Properties of an event that are read. Others may be broken: programs write much that only they understand.
_READ = frozenset(
    ("DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID", "SUMMARY", "ATTENDEE", "CATEGORIES",
     "STATUS", "SEQUENCE")
)  # fmt: skip
# The library remembers what a file says of a time zone for the next file: it gets the names as something else.
_TZID = "X-TZID"
_TIMES = re.compile(r"((?:DTSTART|DTEND|EXDATE|RDATE|RECURRENCE-ID)\b[^:]*?);TZID=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """One component of a file, its lines unfolded. ``line`` is that of its BEGIN, from 1; ``uid`` may be empty."""

    name: str
    line: int
    lines: tuple[str, ...]
    closed: bool

    @property
    def uid(self) -> str:
        """What its UID line says."""
        return next((text[4:].strip() for text in self.lines if text[:4].upper() == "UID:"), "")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The events and time zones of a file; ``cancels`` if it says that all its events are cancelled."""

    events: tuple[Block, ...]
    zones: Mapping[str, Block]
    cancels: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A date or time of a calendar: naive, on the clock of ``zone``. ``all_day`` where it is a date."""

    at: datetime
    zone: tzinfo
    all_day: bool = False


def blocks_of(content: bytes) -> Calendar:
    """The events of an iCalendar file. Raises ``Wrong`` where it is none."""
    if len(content) > LARGEST:
        raise Wrong("too_large")
    lines = list(_unfolded(decoded(content)))
    if not any(text.strip().upper() == "BEGIN:VCALENDAR" for _, text in lines):
        raise Wrong("no_calendar")
    found = list(_blocks(lines))
    zones: dict[str, Block] = {}
    for block in found:
        tzid = next((text[5:].strip() for text in block.lines if text[:5].upper() == "TZID:"), "")
        if block.name == "VTIMEZONE" and tzid:
            zones[tzid] = block
    cancels = any("".join(text.split()).upper() == "METHOD:CANCEL" for _, text in lines)
    return Calendar(tuple(block for block in found if block.name == "VEVENT"), zones, cancels)


def event_of(block: Block) -> Any:
    """A block as an event of the calendar library. Raises ``Wrong``."""
    # Imported when first needed: calendars are read seldom.
    from icalendar import Event

    if not block.closed:
        raise Wrong("event_open")
    try:
        event = Event.from_ical("\r\n".join(_named(text) for text in block.lines) + "\r\n")
    # What the library raises where a value is not what its property wants.
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        raise Wrong("event") from None
    for name, _ in event.errors:
        if name is None or name.upper() in _READ:
            raise Wrong("event_line", name or "?")
    return event


class Times:
    """What times in a file mean: UTC, a named time zone, one that the file describes, or the station's."""

    def __init__(self, station: tzinfo, zones: Mapping[str, Block]) -> None:
        self._station = station
        self._described = zones
        self._known: dict[str, tzinfo] = {}

    def readings(self, values: Any) -> Iterator[Reading]:
        """The dates and times of a property that may come several times. Raises ``Wrong``."""
        for value in values if isinstance(values, list) else [values] if values is not None else []:
            for one in getattr(value, "dts", [value]):
                yield self._reading(one.dt, value.params.get(_TZID, ""))

    def _reading(self, told: object, tzid: str) -> Reading:
        if not isinstance(told, date) or told.year not in _YEARS:
            raise Wrong("event_time", told)
        if not isinstance(told, datetime):
            return Reading(datetime.combine(told, time()), self._station, True)
        if told.tzinfo:
            return Reading(told.replace(tzinfo=None), UTC)
        return Reading(told, self._zone(tzid) if tzid else self._station)

    def _zone(self, tzid: str) -> tzinfo:
        if tzid not in self._known:
            self._known[tzid] = self._found(tzid)
        return self._known[tzid]

    def _found(self, tzid: str) -> tzinfo:
        from icalendar import Timezone
        from icalendar.timezone import tzp, windows_to_olson

        name = windows_to_olson.WINDOWS_TO_OLSON.get(tzid, tzid).strip("/")
        # Some programs write a path in front: /example.org/Tzfile/Europe/Berlin.
        for candidate in (name, "/".join(name.split("/")[-2:])):
            try:
                return ZoneInfo(candidate)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
        if block := self._described.get(tzid):
            try:
                described = Timezone.from_ical("\r\n".join(block.lines) + "\r\n")
                if isinstance(described, Timezone):
                    zone: tzinfo = described.to_tz(tzp, lookup_tzid=False)
                    return zone
            except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
                raise Wrong("zone", tzid) from None
        raise Wrong("zone", tzid)


def _named(line: str) -> str:
    """A content line whose time zone only we read."""
    return _TIMES.sub(rf"\1;{_TZID}=", line, 1) if _TIMES.match(line) else line


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Content lines with the number of their first line; a line that begins with a space continues the one before."""
    number, parts = 0, list[str]()
    for at, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if raw[:1] in (" ", "\t") and parts:
            parts.append(raw[1:])
            continue
        if parts:
            yield number, "".join(parts)
        number, parts = at, [raw]
    yield number, "".join(parts)


def _blocks(lines: list[tuple[int, str]]) -> Iterator[Block]:
    """Events and time zones, with what stands inside them. A new event ends one that was never closed."""
    begun: tuple[str, int] | None = None
    inside: list[str] = []
    for number, text in lines:
        word = "".join(text.split()).upper()
        if word in ("BEGIN:VEVENT", "BEGIN:VTIMEZONE"):
            if begun:
                yield Block(*begun, tuple(inside), False)
            begun, inside = (word[6:], number), []
        if begun and text.strip():
            inside.append(text)
            if word == f"END:{begun[0]}":
                yield Block(*begun, tuple(inside), True)
                begun = None
    if begun:
        yield Block(*begun, tuple(inside), False)
