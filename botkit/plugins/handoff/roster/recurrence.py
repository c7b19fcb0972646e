"""Events that come again: their starts within a window, at a cost that no rule can drive up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from botkit.plugins.handoff.roster.icalfile import Reading, Times
from botkit.plugins.handoff.roster.imports import Wrong

_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
# Without those that make several times of one day, as BYHOUR does: no duty comes so.
_PARTS = frozenset(
    ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO",
     "BYSETPOS")
)  # fmt: skip
# A rule that never comes true is searched up to the year 9999. The calendar is the same every 400 years, so rules are
# followed late in it, where that is near.
_LATER = 19 * 400
_SEARCH = 140_000
MOST_DAYS = 500_000
"""Days that the rules of one file may walk through, from their starts to the window's end or the calendar's."""


class Budget:
    """What the rules of a file may still cost, in days."""

    def __init__(self, days: int = MOST_DAYS) -> None:
        self._left = days

    def spend(self, days: int) -> None:
        """Take some of it. Raises ``Wrong`` where less is left."""
        self._left -= days
        if self._left < 0:
            raise Wrong("too_often")


def starts(event: Any, first: Reading, times: Times, until: datetime, budget: Budget) -> Iterator[datetime]:
    """When an event starts, on the clock of its first start, up to naive ``until``, without excepted days.

    The wall clock decides: every Monday at 08:30 stays 08:30. Raises ``Wrong`` for rules that can't be used.
    """
    rules = event.get("RRULE")
    if isinstance(rules, list):
        raise Wrong("rule", "RRULE")
    gone = {_on(reading, first) for reading in times.readings(event.get("EXDATE"))}
    more = [_on(reading, first) for reading in times.readings(event.get("RDATE"))]
    found = {first.at, *more}
    if rules:
        found.update(_ruled(rules, first, until, budget))
    return (at for at in sorted(found) if at <= until and at not in gone)


def _ruled(rules: Any, first: Reading, until: datetime, budget: Budget) -> Iterator[datetime]:
    from dateutil.rrule import rrulestr

    parts = {name.upper(): values for name, values in rules.items()}
    shown = rules.to_ical().decode()
    if str(parts.get("FREQ", [""])[0]).upper() not in _FREQUENCIES:
        raise Wrong("too_often")
    if not parts.keys() <= _PARTS or parts.get("INTERVAL", [1])[0] < 1:
        raise Wrong("rule", shown)
    count = int(parts.pop("COUNT", [0])[0])
    for end in parts.pop("UNTIL", []):
        until = min(until, _last(end, first))
    budget.spend(max(0, (until - first.at).days))
    try:
        later = rrulestr(type(rules)(parts).to_ical().decode(), dtstart=first.at.replace(year=first.at.year + _LATER))
        for number, at in enumerate(later, 1):
            start = at.replace(year=at.year - _LATER)
            if start > until:
                return
            yield start
            if number == count:
                return
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise Wrong("rule", shown) from None
    budget.spend(_SEARCH)


def _on(reading: Reading, first: Reading) -> datetime:
    """A time on the clock of the first start. A date means the start on that day."""
    if reading.all_day and not first.all_day:
        return datetime.combine(reading.at.date(), first.at.time())
    if reading.zone is first.zone:
        return reading.at
    return reading.at.replace(tzinfo=reading.zone).astimezone(first.zone).replace(tzinfo=None)


def exception(event: Any, first: Reading, times: Times) -> datetime | None:
    """Which start of its series an event stands in for, on the clock of the series; None if it is no exception."""
    told = event.get("RECURRENCE-ID")
    if told is None:
        return None
    if isinstance(told, list) or told.params.get("RANGE"):
        raise Wrong("rule", "RECURRENCE-ID")
    return _on(next(times.readings(told)), first)


def _last(end: object, first: Reading) -> datetime:
    """The end that a rule gives itself, as a naive time of its clock."""
    if isinstance(end, datetime):
        return end.astimezone(first.zone).replace(tzinfo=None) if end.tzinfo else end
    if isinstance(end, date):
        return datetime.combine(end, time(23, 59, 59))
    raise Wrong("rule", end)
