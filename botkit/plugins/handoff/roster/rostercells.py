"""The cells of a duty sheet as dates, times and choices, however people write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from botkit.plugins.handoff.roster.areas import LONGEST, listed
from botkit.plugins.handoff.roster.imports import NOBODY, Wrong
from botkit.plugins.handoff.roster.roster import Tier
from botkit.plugins.handoff.roster.spelling import plain
from botkit.plugins.handoff.roster.wallclock import instant

Cell = str | int | float | bool | date | time | timedelta | None
"""What a sheet gives. ``datetime`` is a ``date`` too."""

TimeOfDay = tuple[timedelta, timedelta | None]
"""The span since midnight, up to 24 h, and the offset from UTC where one is written."""

TIERS = {
    Tier.PRIMARY: ("primary", "主班", "主岗", "社区民警", "责任民警"),
    Tier.BACKUP: ("backup", "备班", "副班", "备勤", "值班民警", "值班"),
    Tier.COMMANDER: ("commander", "指挥", "值班领导", "带班领导", "值班所长", "带班", "所长"),
    Tier.ANTI_FRAUD: ("anti_fraud", "antifraud", "anti-fraud", "反诈", "反诈队", "反诈专班"),
}
TEAMS = {"": ("", "-"), "general": ("general", "综合", "综合组"), "security": ("security", "治安", "治安组")}
_YES = frozenset({"yes", "y", "true", "1", "是", "办", "√", "✓"})
_NO = frozenset({"no", "n", "false", "0", "否", "不办", "×"})

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+00:00(?::00)?)?")
_SHORT_DAY = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}(?:\s*日)?")
_EITHER_WAY = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(\d{4}|\d{2})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?\s*(?:([+-])(\d{2}):(\d{2}))?")
_SPOKEN = re.compile(r"(\d{1,2})[点時时](?:(半)|整|(\d{1,2})分?)?")
# Years beyond these are no dates that anybody means, and time zones can't count them all.
_YEARS = range(1970, 2200)
# Days as Excel counts them, from 1954 to 2119: a smaller or larger number is no date that anybody means.
_EXCEL_DAYS = range(20_000, 80_001)
_EXCEL_BEGIN = date(1899, 12, 30)
_MIDNIGHT = timedelta()
_WHOLE_DAY = timedelta(days=1)


def day_of(cell: Cell) -> date:
    """A day. Raises ``Wrong``, also where day and month may be either way round."""
    day = _day(cell)
    if day.year not in _YEARS:
        raise Wrong("day", day)
    return day


def start_of(cell: Cell) -> TimeOfDay:
    """The time of day at which a duty starts. Raises ``Wrong``."""
    clock = end_of(cell)
    if clock[0] == _WHOLE_DAY:
        raise Wrong("time", _said(cell))
    return clock


def end_of(cell: Cell) -> TimeOfDay:
    """The time of day at which a duty ends, 24:00 included. Raises ``Wrong``."""
    if isinstance(cell, datetime):
        # A spreadsheet gives 24:00 so: midnight of the day after the one that it counts from.
        cell = cell.time() if cell.year > 1900 or cell.time() != time() else _WHOLE_DAY
    if isinstance(cell, time):
        return timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second), None
    if isinstance(cell, timedelta):
        return _within(cell, cell), None
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 0 <= cell < 1:
        return timedelta(seconds=round(cell * 86_400)), None
    said = _said(cell)
    if not said:
        raise Wrong("no_time")
    if found := _CLOCK.fullmatch(said):
        whole, _, parts = (found[3] or "0").partition(".")
        if int(whole) > 59:
            raise Wrong("time", said)
        seconds = timedelta(seconds=int(whole), microseconds=int(parts.ljust(6, "0")))
        clock = _within(_time(int(found[1]), int(found[2]), said) + seconds, said)
        offset = _time(int(found[5]), int(found[6]), said) if found[4] else None
        if offset == _WHOLE_DAY:
            raise Wrong("time", said)
        return clock, -offset if offset and found[4] == "-" else offset
    if found := _SPOKEN.fullmatch(said):
        return _time(int(found[1]), 30 if found[2] else int(found[3] or 0), said), None
    if said.isascii() and said.isdigit() and len(said) in (3, 4):
        return _time(int(said[:-2]), int(said[-2:]), said), None
    if re.fullmatch(r"0\.\d+", said):
        return timedelta(seconds=round(float(said) * 86_400)), None
    raise Wrong("time", said)


def span_of(day: date, begins: TimeOfDay, ends: TimeOfDay, last: Cell, zone: tzinfo) -> tuple[datetime, datetime]:
    """The instants of a duty. Where no last day is given, an end that is not after the start is on the next day.

    Raises ``Wrong``, also where nothing is left of it.
    """
    final = day_of(last) if _said(last) else day if ends[0] > begins[0] else day + _WHOLE_DAY
    since, until = _at(day, *begins, zone), _at(final, *ends, zone)
    if since >= until:
        raise Wrong("span")
    return since, until


def tier_of(cell: Cell) -> Tier:
    """The tier that a cell names. Raises ``Wrong``."""
    said = plain(_said(cell))
    found = next((tier for tier, words in TIERS.items() if said in words), None)
    if found is None:
        raise Wrong("tier", _said(cell))
    return found


def team_of(cell: Cell) -> str:
    """The team that a cell names, "" for either. Raises ``Wrong``."""
    said = plain(_said(cell))
    found = next((team for team, words in TEAMS.items() if said in words), None)
    if found is None:
        raise Wrong("team", _said(cell))
    return found


def areas_of(cell: Cell) -> tuple[str, ...]:
    """The areas that a cell names, none for all of them. Raises ``Wrong``."""
    areas = listed("" if _said(cell) == NOBODY else text_of(cell))
    if any(len(area) > LONGEST for area in areas):
        raise Wrong("areas", text_of(cell))
    return areas


def routine_of(cell: Cell, tier: Tier) -> bool:
    """Whether routine cases are worked on; left empty, primary and backup do. Raises ``Wrong``."""
    said = plain(_said(cell))
    if said and said not in _YES | _NO:
        raise Wrong("routine", _said(cell))
    return said in _YES if said else tier in (Tier.PRIMARY, Tier.BACKUP)


def text_of(cell: Cell) -> str:
    """What a cell says; whole numbers without a fraction."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise Wrong("day", cell)
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell in _EXCEL_DAYS:
        return _EXCEL_BEGIN + timedelta(days=int(cell))
    said = _said(cell)
    if not said:
        raise Wrong("no_day")
    try:
        if found := _DAY.fullmatch(said):
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Wrong("day", said) from None  # such as 2026-02-30
    if _EITHER_WAY.fullmatch(said):
        raise Wrong("ambiguous_day", said)
    raise Wrong("no_year" if _SHORT_DAY.fullmatch(said) else "day", said)


def _said(cell: Cell) -> str:
    return unicodedata.normalize("NFKC", text_of(cell)).strip()


def _time(hours: int, minutes: int, said: str) -> timedelta:
    if minutes > 59:
        raise Wrong("time", said)
    return _within(timedelta(hours=hours, minutes=minutes), said)


def _within(span: timedelta, said: object) -> timedelta:
    if not _MIDNIGHT <= span <= _WHOLE_DAY:
        raise Wrong("time", said)
    return span


def _at(day: date, clock: timedelta, offset: timedelta | None, zone: tzinfo) -> datetime:
    reading = datetime.combine(day, time()) + clock
    if offset is None:
        return instant(reading, zone)
    # Written out where clocks go back and the reading comes twice.
    return reading.replace(tzinfo=timezone(offset)).astimezone(zone)
