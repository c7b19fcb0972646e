"""Station days: when a day of the station's time zone begins and ends, and when its report is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

REPORT_AT = time(0, 30)
"""When, on the station's wall clock, the day before is reported."""
YEARS = range(2000, 2200)
"""Days outside of these years are typing errors."""


def span(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The moments in UTC between which a day lies, the second one outside: 23 or 25 hours where clocks change.

    A day ends at the very moment at which the next one begins, so that nothing falls between two days or into both.
    """
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def due(day: date, zone: tzinfo) -> datetime:
    """When a day's report is to be made: half an hour after its end."""
    return datetime.combine(day + timedelta(days=1), REPORT_AT, zone).astimezone(UTC)


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The station day that a moment belongs to."""
    return moment.astimezone(zone).date()


def parse(text: str) -> date | None:
    """A day written as ``2026-11-28``; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if text == day.isoformat() and day.year in YEARS else None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
