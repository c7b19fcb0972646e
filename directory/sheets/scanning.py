"""What the XML of a workbook says that the reader of values does not: formulas, merged cells, how far the cells reach.

Read as a stream, so that nothing of the size of a sheet is kept. A sheet is looked at before its values are read,
because reading takes memory for every cell between the first and the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_CHUNK = 1 << 16
MOST_NOTED = 10_000
"""Formulas and merged ranges of one sheet that are remembered; with more, the sheet counts as too large."""

Start = Callable[[str, Mapping[str, str]], None]


class TooLarge(Exception):
    """More rows, columns or oddities than anybody writes by hand."""


class Malformed(Exception):
    """This is no XML, or XML with declarations of its own, which no spreadsheet program writes."""


@dataclass(slots=True)
class Scanned:
    """One sheet. Cells are counted from 0, merged ranges are ``(row, column, row, column)``, both ends included."""

    rows: int = 0
    columns: int = 0
    formulas: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def holds(self, row: int, column: int, rows: int, columns: int) -> None:
        """Note a cell that is not empty. Raises ``TooLarge`` beyond so many rows or columns."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if self.rows > rows or self.columns > columns:
            raise TooLarge
        if len(self.formulas) + len(self.errors) + len(self.merged) > MOST_NOTED:
            raise TooLarge


def xlsx_sheet(file: IO[bytes], rows: int, columns: int) -> Scanned:
    """One sheet of an XLSX workbook. Raises ``TooLarge``, ``Malformed``."""
    found = Scanned()
    at = [-1, -1]
    kind = [""]

    def start(name: str, given: Mapping[str, str]) -> None:
        if name == "row":
            at[0] = int(given["r"]) - 1 if given.get("r", "").isdecimal() else at[0] + 1
            at[1] = -1
        elif name == "c":
            place = _REFERENCE.fullmatch(given.get("r", ""))
            at[:] = (int(place[2]) - 1, _column(place[1])) if place else (at[0], at[1] + 1)
            kind[0] = given.get("t", "")
        elif name in ("v", "is", "f"):
            if name == "f":
                found.formulas.append((at[0], at[1]))
            elif kind[0] == "e" and (at[0], at[1]) not in found.formulas[-1:]:
                found.errors.append((at[0], at[1]))
            found.holds(at[0], at[1], rows, columns)
        elif name == "mergeCell":
            begin, _, end = given.get("ref", "").partition(":")
            if (one := _REFERENCE.fullmatch(begin)) and (two := _REFERENCE.fullmatch(end)):
                found.merged.append((int(one[2]) - 1, _column(one[1]), int(two[2]) - 1, _column(two[1])))
                if len(found.merged) > MOST_NOTED:
                    raise TooLarge

    _parse(file, start)
    return found


def ods_sheets(file: IO[bytes], rows: int, columns: int) -> Iterator[Scanned]:
    """The sheets of an OpenDocument spreadsheet, in order. Raises ``TooLarge``, ``Malformed``."""
    sheets: list[Scanned] = []
    row, after, column = 0, 0, 0

    def start(name: str, given: Mapping[str, str]) -> None:
        nonlocal row, after, column
        if name == "table":
            sheets.append(Scanned())
            row = after = column = 0
        elif name == "table-row" and sheets:
            row, column = after, 0
            after = row + _count(given, "number-rows-repeated")
        elif name in ("table-cell", "covered-table-cell") and sheets:
            sheet, begin = sheets[-1], column
            column += _count(given, "number-columns-repeated")
            if "formula" in given:
                sheet.formulas.append((row, begin))
            down, right = _count(given, "number-rows-spanned"), _count(given, "number-columns-spanned")
            if down > 1 or right > 1:
                sheet.merged.append((row, begin, row + down - 1, begin + right - 1))
            if "value-type" in given or "formula" in given:
                sheet.holds(after - 1, column - 1, rows, columns)

    _parse(file, start)
    yield from sheets


def _count(given: Mapping[str, str], name: str) -> int:
    said = given.get(name, "")
    return max(1, int(said)) if said.isdecimal() and len(said) < 9 else 1


def _column(letters: str) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + ord(sign) - ord("A") + 1
    return number - 1


def _parse(file: IO[bytes], start: Start) -> None:
    """Call ``start`` for each element, with names without their namespaces."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def begin(name: str, given: dict[str, str]) -> None:
        start(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in given.items()})

    def declared(*_: object) -> None:
        raise Malformed

    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = declared
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Malformed from error
