"""Holidays: China's own calendar, and honesty about years it does not know."""

from __future__ import annotations

from datetime import date

from directory.holidays import Day, day


def test_what_a_day_is() -> None:
    assert day(date(2026, 10, 1)) is Day.HOLIDAY
    assert day(date(2026, 2, 14)) is Day.MAKE_UP  # a Saturday worked for the Spring Festival
    assert day(date(2026, 3, 11)) is Day.ORDINARY
    assert day(date(2026, 3, 14)) is Day.ORDINARY  # a plain Saturday
    assert day(date(2093, 10, 1)) is Day.UNKNOWN
