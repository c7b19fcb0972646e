"""Rows of sheets as what is given for a value, each mistake at its cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from botkit.messages import Text
from directory.problems import Problem, english
from directory.sheets.columns import COLUMNS, PHONES, SHEETS, Column
from directory.sheets.shape import columns_of, data_of, values_of
from directory.values import Guide, Value


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a row stands. Places are names and signs alone, and so are the same in every language.

    ``sheet`` is empty in files that are one sheet; ``row`` counts from 1, as spreadsheets show it.
    """

    file: str
    sheet: str
    row: int = 0

    def cell(self, letter: str = "") -> str:
        """A cell's place, as ``名单.xlsx · 服务条目!C5``; the row's without a letter, the sheet's without a row."""
        if not self.row:
            return f"{self.file} · {self.sheet}" if self.sheet else self.file
        return f"{self.file} · {f'{self.sheet}!' if self.sheet else ''}{letter}{self.row}"

    def range(self, name: str) -> str:
        """The place of a range of cells, such as ``名单.xlsx · 服务条目!A1:B2``."""
        return f"{self.file} · {f'{self.sheet}!' if self.sheet else ''}{name}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row, for ``accept``. ``letters`` are those of the columns that its sheet has, by their keys.

    ``columns`` are the cells that are not empty, as field values by column key.
    """

    kind: str
    columns: Mapping[str, Any]
    spot: Spot
    letters: Mapping[str, str]

    @property
    def data(self) -> Mapping[str, Any]:
        """The fields, in the shape of the directory's files."""
        return data_of(self.kind, self.columns)

    @property
    def place(self) -> str:
        """Where it stands."""
        return self.spot.cell(self.letters.get("slug", ""))

    def problem(self, field: str, what: Text | str, fix: Text | str) -> Problem:
        """A mistake in a field, at the cell that it is about, as far as can be told; else at the field's first."""
        named = field.partition(".")[0]
        own = [column for column in COLUMNS.get(self.kind, ()) if column.field == named and column.key in self.letters]
        if not own:
            return Problem(self.spot.cell(), what, fix, field=field)
        words = english()(what) if isinstance(what, Text) else what
        key = self._key(field)
        column = min(own, key=lambda one: 0 if one.key == key else self._distance(one, words))
        return Problem(self.spot.cell(self.letters[column.key]), what, fix, field=column.key)

    def _key(self, field: str) -> str:
        """The key of a field's column. Of phones, those that are given count: ``phones.1.number`` may be phone 2's."""
        named, _, rest = field.partition(".")
        number, _, part = rest.partition(".")
        if named != "phones" or not number.isdecimal():
            return field
        given = [n for n in range(1, PHONES + 1) if any(key.startswith(f"phone{n}.") for key in self.columns)]
        at = int(number) - 1
        return f"phone{given[at]}.{part}" if at < len(given) else "phones.more"

    def _distance(self, column: Column, words: str) -> int:
        """How far a column is from what a mistake's words name: what stands in its cell."""
        value = self.columns.get(column.key)
        texts = value if isinstance(value, list) else [value]
        return 1 if any(isinstance(text, str) and text and text in words for text in texts) else 2


def over_live(rows: Iterable[Row], live: Guide) -> list[Row]:
    """Rows whose columns that their sheet does not have are as those of the live value with the same slug.

    A sheet may leave out columns: that is no wish to empty them. New values have them empty.
    """
    known = {(kind, value.slug): value for kind in SHEETS for value in values_of(live, kind)}
    return [_over(row, known.get((row.kind, str(row.columns.get("slug"))))) for row in rows]


def _over(row: Row, value: Value | None) -> Row:
    if value is None:
        return row
    kept = {key: one for key, one in columns_of(value).items() if key not in row.letters}
    return replace(row, columns={**kept, **row.columns})
