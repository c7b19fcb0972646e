"""The station's wall clock as instants: what its readings mean on days when clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def instant(reading: datetime, zone: tzinfo) -> datetime:
    """The UTC instant of a naive reading of the wall clock.

    A reading that comes twice, as clocks go back, means the first time. One that never comes, as clocks go forward,
    means the moment of the change. So a later reading is never an earlier instant, and shifts that adjoin on the
    clock adjoin in time.
    """
    late = reading.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None) == reading:
        return late
    # Inside the skipped span the offset from before gives an instant after the change, the one from after one before.
    early = reading.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + timedelta(seconds=(late - early) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late
