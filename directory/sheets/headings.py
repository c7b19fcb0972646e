"""Which column is which: headings in Chinese or English or as keys, in any order, above a row of keys or not."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from botkit.messages import Text, tr
from directory.problems import Problem, speaking
from directory.sheets.cells import Cell, plain
from directory.sheets.columns import COLUMNS, SHEETS, Column, sheet_name
from directory.sheets.rows import Spot

KEY_SEPARATOR = " / "
"""Between heading and key, where both stand in one cell: ``名称（中文） / name.zh``."""
# Above the headings there may be a title and such.
_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Header:
    """What a sheet is, by its headings. ``columns`` are by position from 0; data begin at row ``first``, from 0."""

    kind: str
    columns: Mapping[int, Column]
    first: int
    problems: tuple[Problem, ...] = ()

    @property
    def letters(self) -> dict[str, str]:
        """The letters of the columns, by their keys."""
        return {column.key: letter(at) for at, column in self.columns.items()}


def letter(at: int) -> str:
    """The name that spreadsheets give to a column, counted from 0: A to Z, then AA."""
    name, at = "", at + 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def kind_named(name: str) -> str | None:
    """The kind of a sheet or file with this name, in either language or as its key."""
    return _names().get(plain(name))


def find(rows: Sequence[Sequence[Cell]], spot: Spot, named: str | None) -> Header | Problem:
    """The header of a sheet, or why there is none. ``named`` is the kind that the sheet's name says, if any."""
    counted = [
        (_known(kind, row), -len(COLUMNS[kind]), -at, kind)
        for at, row in enumerate(rows[:_WITHIN])
        for kind in ([named] if named else COLUMNS)
    ]
    best, _, at, kind = max(counted, default=(0, 0, 0, ""))
    if best < (1 if named else 2):
        return Problem(spot.cell(), tr("directory.sheet.wrong.no_headings"), tr("directory.sheet.fix.no_headings"))
    return _header(kind, rows, -at, spot)


def _header(kind: str, rows: Sequence[Sequence[Cell]], at: int, spot: Spot) -> Header | Problem:
    names = _headings(kind)
    keys = {plain(column.key) for column in COLUMNS[kind]}
    below = rows[at + 1] if at + 1 < len(rows) else ()
    has_keys = any(map(_said, below)) and all(_said(cell) in keys for cell in below if _said(cell))
    first = at + 2 if has_keys else at + 1
    columns: dict[int, Column] = {}
    problems: list[Problem] = []
    where = Spot(spot.file, spot.sheet, at + 1)
    for place in range(max((len(row) for row in rows), default=0)):
        said = _said(_at(below, place)) if has_keys else ""
        column = names.get(said or _said(_at(rows[at], place)))
        twice = next((known for known, one in columns.items() if one is column), None)
        if column is None:
            problems += _unknown(kind, rows, at, first, place, where)
        elif twice is not None:
            what = tr("directory.sheet.wrong.twice", heading=column.heading, other=letter(twice))
            return Problem(where.cell(letter(place)), what, tr("directory.sheet.fix.twice"), field=column.key)
        else:
            columns[place] = column
    present = {column.key for column in columns.values()}
    missing = [column for column in COLUMNS[kind] if column.required and column.key not in present]
    if missing:
        return Problem(
            where.cell(),
            tr("directory.sheet.wrong.missing_columns", headings=_listed(missing)),
            tr("directory.sheet.fix.missing_columns"),
            field=missing[0].key,
        )
    return Header(kind, columns, first, tuple(problems))


def _unknown(
    kind: str, rows: Sequence[Sequence[Cell]], at: int, first: int, place: int, where: Spot
) -> Iterator[Problem]:
    """The problem of a column that is none of the sheet's; none where it is empty."""
    heading = _at(rows[at], place)
    said = _said(heading)
    if said:
        near = difflib.get_close_matches(said, _headings(kind), 1, 0.5)
        yield Problem(
            where.cell(letter(place)),
            tr("directory.sheet.wrong.unknown_column", heading=str(heading)[:60]),
            tr("directory.sheet.fix.did_you_mean", heading=_headings(kind)[near[0]].heading)
            if near
            else tr("directory.sheet.fix.unknown_column"),
        )
    elif any(_said(_at(row, place)) for row in rows[first:]):
        yield Problem(
            where.cell(letter(place)),
            tr("directory.sheet.wrong.no_heading"),
            tr("directory.sheet.fix.no_heading"),
        )


def _listed(columns: Sequence[Column]) -> Text:
    """Headings in a row, in the reader's language."""
    told = columns[0].heading
    for column in columns[1:]:
        told = tr("directory.sheet.and", first=told, second=column.heading)
    return told


def _at(row: Sequence[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else ""


def _said(cell: Cell) -> str:
    return plain(cell) if isinstance(cell, str) else str(cell)


def _known(kind: str, row: Sequence[Cell]) -> int:
    names = _headings(kind)
    return len({names[said].key for said in map(_said, row) if said in names})


@cache
def _headings(kind: str) -> dict[str, Column]:
    """All ways to call the columns of a kind."""
    names: dict[str, Column] = {}
    for column in COLUMNS[kind]:
        for heading in (speaking("zh")(column.heading), speaking("en")(column.heading)):
            names[plain(heading)] = names[plain(f"{heading}{KEY_SEPARATOR}{column.key}")] = column
        names[plain(column.key)] = column
    return names


@cache
def _names() -> dict[str, str]:
    names = {}
    for kind, key in SHEETS.items():
        for name in (kind, key, *(speaking(language)(sheet_name(kind)) for language in ("zh", "en"))):
            names[plain(name)] = kind
    return names
