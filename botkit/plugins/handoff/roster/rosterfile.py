"""Reading a roster from its TOML file, with errors that name file, line and fix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from botkit.errors import SettingsError
from botkit.plugins.handoff.roster.areas import LONGEST, tidied
from botkit.plugins.handoff.roster.roster import Roster, Shift, Tier
from botkit.plugins.handoff.roster.shifts import FIRST_WEEK, TEAMS
from botkit.settings import line_of, read_toml

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = ("tier", "days", "hours", "title", "routine", "who", "team", "areas")
_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_EXAMPLE = 'hours = "08:30-17:30"; a shift past midnight is "22:00-08:30", a whole day "00:00-24:00"'


def load(path: Path, zone: tzinfo) -> Roster:
    """The roster of a file; an empty file means that nobody is on duty. Raises ``SettingsError``."""
    raw, text = read_toml(path)
    for key in raw:
        if key not in ("shift", "first_week"):
            where = f"{path}:{line_of(text, (key,))}"
            fix = "shifts are written as [[shift]] tables, with first_week above them"
            raise SettingsError(f"{where}: unknown setting {key!r}", fix)
    first_week = _first_week(path, text, raw.get("first_week", FIRST_WEEK))
    tables = raw.get("shift", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SettingsError(f"{path}:{line_of(text, ('shift',))}: shift is no list of tables", "write [[shift]]")
    return Roster(tuple(_Reader(path, text, n, table).shift(first_week) for n, table in enumerate(tables)), zone)


def logins(roster: Roster) -> set[str]:
    """All logins that shifts and changes name; whether there are such people, others know."""
    named = {who for shift in roster.shifts for who in shift.who}
    named.update(who for change in roster.changes for who in (change.who, change.other) if who)
    return named


def _first_week(path: Path, text: str, told: Any) -> date:
    """The Monday of the week that a file counts from."""
    if not isinstance(told, date) or isinstance(told, datetime):
        where = f"{path}:{line_of(text, ('first_week',))}"
        raise SettingsError(f"{where}: first_week is no date", "write a day of that week: first_week = 2026-11-30")
    return told - timedelta(days=told.weekday())


class _Reader:
    """One ``[[shift]]`` table on its way to a ``Shift``."""

    def __init__(self, path: Path, text: str, number: int, table: Mapping[str, Any]) -> None:
        self._path = path
        self._text = text
        self._number = number
        self._table = table

    def shift(self, first_week: date) -> Shift:
        for key in self._table:
            if key not in KEYS:
                raise self._error(key, f"unknown setting {key!r}", f"a shift has {', '.join(KEYS)}")
        start, end = self._hours()
        return Shift(
            self._tier(),
            self._days(),
            start,
            end,
            self._titles(),
            self._routine(),
            self._who(),
            self._team(),
            first_week,
            self._areas(),
        )

    def _tier(self) -> Tier:
        try:
            return Tier(self._table.get("tier", ""))
        except ValueError:
            raise self._error("tier", "tier is missing or unknown", f"use one of {', '.join(Tier)}") from None

    def _days(self) -> frozenset[int]:
        days = self._table.get("days", list(DAYS))
        if not isinstance(days, list) or not days or any(day not in DAYS for day in days):
            raise self._error("days", "days is no list of weekdays", f'use names: days = ["{DAYS[0]}", "{DAYS[1]}"]')
        return frozenset(DAYS.index(day) for day in days)

    def _hours(self) -> tuple[time, time]:
        hours = self._table.get("hours")
        match = _HOURS.fullmatch(hours) if isinstance(hours, str) else None
        if match is None:
            raise self._error("hours", "hours are missing or malformed", _EXAMPLE)
        numbers = [int(part) for part in match.groups()]
        if numbers[0] == 24 or numbers[2:] > [24, 0]:
            raise self._error("hours", "hours are not on the clock", _EXAMPLE)
        return time(numbers[0], numbers[1]), time(numbers[2] % 24, numbers[3])

    def _titles(self) -> dict[str, str]:
        titles = self._table.get("title")
        if isinstance(titles, str):
            titles = {"zh": titles}
        if (
            not isinstance(titles, dict)
            or "zh" not in titles
            or not all(isinstance(title, str) and title.strip() for title in titles.values())
        ):
            example = 'title = { zh = "社区民警", en = "community officer" }'
            raise self._error("title", "title is missing or malformed", example)
        return dict(titles)

    def _routine(self) -> bool:
        routine = self._table.get("routine", True)
        if not isinstance(routine, bool):
            fix = "routine = false means that routine cases wait for another shift"
            raise self._error("routine", "routine is neither true nor false", fix)
        return routine

    def _who(self) -> tuple[str, ...]:
        who = self._table.get("who", [])
        if isinstance(who, str):
            who = [who]
        if not isinstance(who, list) or not all(
            isinstance(login, str) and login.strip() == login != "" for login in who
        ):
            fix = 'who = "zhang", or those who take turns by week: who = ["zhang", "li"]'
            raise self._error("who", "who is no list of logins", fix)
        return tuple(who)

    def _team(self) -> str:
        team = self._table.get("team", "")
        if team not in TEAMS:
            fix = f"use {' or '.join(name for name in TEAMS if name)}, or leave it out"
            raise self._error("team", "team is unknown", fix)
        return str(team)

    def _areas(self) -> tuple[str, ...]:
        areas = self._table.get("areas", [])
        if not isinstance(areas, list) or not all(
            isinstance(area, str) and area.strip() and len(area) <= LONGEST for area in areas
        ):
            fix = f'write them as groups have them: areas = ["东区", "西区"], each of {LONGEST} characters at most'
            raise self._error("areas", "areas is no list of areas' names", fix)
        return tidied(areas)

    def _error(self, key: str, what: str, fix: str) -> SettingsError:
        line = line_of(self._text, ("shift", self._number, key))
        return SettingsError(f"{self._path}:{line}: {what}", fix)
