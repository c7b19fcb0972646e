"""Slots: when a newcomer is greeted. Not at night, and a group's one after the other, however many come at once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)


def opens(moment: datetime, zone: ZoneInfo, quiet: tuple[time, time]) -> datetime:
    """The moment, or the end of the quiet hours that it falls into. The same time twice: there are none."""
    start, end = quiet
    local = moment.astimezone(zone)
    now = local.time()
    asleep = start <= now < end if start <= end else now >= start or now < end
    if not asleep:
        return moment
    morning = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    if morning <= local:
        morning += timedelta(days=1)
    return morning.astimezone(UTC)


def slot(first: datetime, latest: datetime | None, most: int) -> datetime | None:
    """When the next one is greeted, not before ``first``; None where an hour's worth is waiting already.

    ``latest`` is the group's last slot. The slots lie evenly apart, so that no hour has more than ``most``.
    """
    due = first if latest is None else max(first, latest + HOUR / most)
    return due if due - first < HOUR else None
