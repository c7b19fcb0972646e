"""Public holidays in China: what a day is, as far as the published calendar knows."""

from __future__ import annotations

from datetime import date
from enum import Enum


class Day(Enum):
    """What the official calendar says about a day."""

    ORDINARY = "ordinary"
    HOLIDAY = "holiday"
    """A day off for a public holiday, days in lieu included."""
    MAKE_UP = "make_up"
    """A weekend day that is worked to make up for a holiday."""
    UNKNOWN = "unknown"
    """The calendar of this year is not published, or not known here."""


def day(when: date) -> Day:
    """What kind of day it is."""
    # Imported when first needed, to keep the start short.
    import chinese_calendar

    try:
        off, name = chinese_calendar.get_holiday_detail(when)
    # The library's word for a year whose calendar it does not have.
    except NotImplementedError:
        return Day.UNKNOWN
    if name is None:
        return Day.ORDINARY
    return Day.HOLIDAY if off else Day.MAKE_UP
