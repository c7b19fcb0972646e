"""Opening hours: whether somebody answers now, when that ends, and when it begins again.

Rules are OpenStreetMap's opening_hours; ``PH`` parts are applied with China's own holidays, which the library
gets wrong. All arithmetic is in local wall-clock time, which in China never jumps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from botkit.messages import Text, tr
from directory.holidays import Day, day
from directory.values import Hours

if TYPE_CHECKING:
    from opening_hours import OpeningHours

ALWAYS = "24/7"
HORIZON_DAYS = 14
"""How far ahead the next opening is looked for."""
SOON = timedelta(minutes=60)
# One week in each quarter: rules that differ between them have no one ordinary week.
_MONDAYS = (date(2026, 1, 12), date(2026, 4, 13), date(2026, 7, 13), date(2026, 10, 12))
_PH = re.compile(r"\s*(?:(?P<days>[a-z][a-z,\- ]*?)\s*,\s*)?PH(?:\s+(?P<hours>.*))?\s*", re.DOTALL | re.IGNORECASE)
_HOLIDAY = re.compile(r"\b(PH|SH)\b", re.IGNORECASE)


class State(StrEnum):
    """What can be said about this moment."""

    ALWAYS = "always"
    OPEN = "open"
    CLOSING = "closing"
    """Open, but not for an hour more."""
    CLOSED = "closed"
    HOLIDAY = "holiday"
    """A holiday or a make-up working day, for which no hours are confirmed."""
    ASK = "ask"
    """No hours, or hours that nobody verified: call and ask."""


@dataclass(frozen=True, slots=True)
class Status:
    """A state, with the moment it ends where that is known (aware, in the zone that was asked for).

    ``holidays_known`` is False in years whose holiday calendar is not known: ordinary hours are told, and
    that those of holidays are not confirmed.
    """

    state: State
    until: datetime | None = None
    minutes: int = 0
    holidays_known: bool = True


def problem(rule: str) -> Text | None:
    """What is wrong with a rule, or None. An empty rule means that the hours are not known."""
    if not rule:
        return None
    try:
        _Rule(rule)
    except ValueError as error:
        told: Text = error.args[0]
        return told
    return None


def status(hours: Hours, now: datetime, zone: tzinfo) -> Status:
    """What to tell about ``hours`` at ``now`` (aware) in ``zone``. The rule must be a valid one."""
    if not hours.rule or not hours.verified:
        return Status(State.ASK)
    if hours.rule == ALWAYS:
        return Status(State.ALWAYS)
    rule = _compiled(hours.rule)
    local = now.astimezone(zone).replace(tzinfo=None)
    today = local.date()
    known = day(today) is not Day.UNKNOWN
    spans = rule.spans(today)
    if spans is None:
        return Status(State.HOLIDAY)
    for start, end in spans:
        if start <= local < end:
            closes = rule.end_of(today, end)
            if closes is None:
                return Status(State.OPEN, holidays_known=known)
            left = closes - local
            # Rounded up: "closes in 1 min" is still true in the last seconds.
            minutes = -(-int(left.total_seconds()) // 60)
            state = State.CLOSING if left <= SOON else State.OPEN
            return Status(state, closes.replace(tzinfo=zone), minutes, known)
    opens = rule.next_opening(local)
    if opens is None:
        return Status(State.CLOSED, holidays_known=known)
    known = known and day(opens.date()) is not Day.UNKNOWN
    return Status(State.CLOSED, opens.replace(tzinfo=zone), 0, known)


@lru_cache(maxsize=4096)
def week(rule: str) -> tuple[tuple[tuple[time, time], ...], ...] | None:
    """The open spans of an ordinary Monday to Sunday, or None where they differ over the year. The rule must be valid.

    A span that lasts past midnight is two; one that ends at midnight ends at 23:59, as HSDS writes it.
    """
    compiled = _compiled(rule)
    weeks = {tuple(compiled.ordinary(monday + timedelta(days=ahead)) for ahead in range(7)) for monday in _MONDAYS}
    return weeks.pop() if len(weeks) == 1 else None


@lru_cache(maxsize=4096)
def _compiled(rule: str) -> _Rule:
    return _Rule(rule)


class _Rule:
    """A rule taken apart into ordinary days and holidays. Raises ``ValueError`` that says how to write it."""

    def __init__(self, rule: str) -> None:
        ordinary: list[str] = []
        holiday: list[str] = []
        for part in rule.split(";"):
            if not _HOLIDAY.search(part):
                ordinary.append(part)
                continue
            match = _PH.fullmatch(part)
            if match is None or _HOLIDAY.search(f"{match['days']} {match['hours']}"):
                raise ValueError(tr("directory.wrong.holiday"))
            told = match["hours"] or ALWAYS
            holiday.append(told)
            if match["days"]:
                ordinary.append(f"{match['days']} {told}")
        self._ordinary = _parse("; ".join(ordinary) or "off", rule)
        self._holiday = _parse("; ".join(holiday), rule) if holiday else None
        self._always = rule == ALWAYS

    def spans(self, when: date) -> list[tuple[datetime, datetime]] | None:
        """The open spans of a local day, or None where they are not confirmed."""
        kind = Day.ORDINARY if self._always else day(when)
        if kind is Day.MAKE_UP or (kind is Day.HOLIDAY and self._holiday is None):
            return None
        return _open(self._holiday if kind is Day.HOLIDAY and self._holiday else self._ordinary, when)

    def ordinary(self, when: date) -> tuple[tuple[time, time], ...]:
        """The open spans of a day that is no holiday."""
        midnight = time(23, 59)
        return tuple(
            (start.time(), end.time() if end.date() == when else midnight) for start, end in _open(self._ordinary, when)
        )

    def end_of(self, today: date, end: datetime) -> datetime | None:
        """When a span that ends at ``end`` is really over; None when that is too far off or not known."""
        for ahead in range(1, HORIZON_DAYS):
            midnight = datetime.combine(today + timedelta(days=ahead), time())
            if end < midnight:
                return end
            spans = self.spans(midnight.date())
            if spans is None:
                return None
            if not spans or spans[0][0] > midnight:
                return end
            end = spans[0][1]
        return None

    def next_opening(self, local: datetime) -> datetime | None:
        """When it opens next; None when that is too far off, or a day without confirmed hours comes first."""
        for ahead in range(HORIZON_DAYS):
            spans = self.spans(local.date() + timedelta(days=ahead))
            if spans is None:
                return None
            for start, _end in spans:
                if start > local:
                    return start
        return None


def _open(rule: OpeningHours, when: date) -> list[tuple[datetime, datetime]]:
    """The open spans of a local day, by a rule without holidays."""
    import opening_hours

    start = datetime.combine(when, time())
    found: list[tuple[datetime, datetime]] = []
    for begin, end, state, _comment in rule.intervals(start, start + timedelta(days=1)):
        if state != opening_hours.State.OPEN:
            continue
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _parse(expression: str, rule: str) -> OpeningHours:
    # Imported when first needed, to keep the start short.
    import opening_hours

    try:
        return opening_hours.OpeningHours(expression)
    except opening_hours.ParserError:  # type: ignore[attr-defined]  # missing from the stubs
        raise ValueError(tr("directory.wrong.hours", rule=rule[:60])) from None
