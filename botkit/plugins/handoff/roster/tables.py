"""Spreadsheet files as rows of cells, with bounds on what they may cost."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from botkit.plugins.handoff.roster.imports import LARGEST, MOST_CHANGES, Wrong, decoded
from botkit.plugins.handoff.roster.rostercells import Cell

Row = Sequence[Cell]
_MOST_COLUMNS = 50
# Titles and empty rows besides what is imported.
_MOST_ROWS = MOST_CHANGES + 20
_MOST_SHEETS = 20
_UNPACKED = 8 << 20
_NOT_A_WORKBOOK = (
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, NotImplementedError, RuntimeError, EOFError, OSError,
    ValueError, KeyError, TypeError, AttributeError, IndexError,
)  # fmt: skip
"""What opening a damaged workbook raises, on its way through unpacking, XML and types."""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet's rows, the first is row 1 as people see it."""

    name: str
    rows: Sequence[Row]


def tables_of(name: str, content: bytes) -> list[Table]:
    """The sheets of an XLSX or CSV file; CSV is UTF-8, with or without a mark, or GB 18030. Raises ``Wrong``."""
    if len(content) > LARGEST:
        raise Wrong("too_large")
    if content.startswith(b"PK"):
        return _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Wrong("old_format")
    return [Table(name, _bounded(_csv(content)))]


def _csv(content: bytes) -> Iterator[Row]:
    text = decoded(content)
    delimiter = max(",\t;", key=text.lstrip().partition("\n")[0].count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            # The apostrophe that keeps a spreadsheet from taking a text for a formula.
            yield [cell[1:] if cell[:1] == "'" else cell for cell in row]
    except csv.Error:
        raise Wrong("bad_csv") from None


def _workbook(content: bytes) -> list[Table]:
    # Imported when first needed. It reads row by row, so that a far-off cell costs no memory.
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(part.file_size for part in package.infolist()) > _UNPACKED:
                raise Wrong("too_large")
        book: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [
            Table(sheet.title, _bounded(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True)))
            for sheet in book.worksheets[:_MOST_SHEETS]
        ]
    except _NOT_A_WORKBOOK:
        raise Wrong("unreadable") from None


def _bounded(rows: Iterable[Row]) -> list[Row]:
    """The rows, as far as there may be any. Empty ones below don't count: formatting goes down far in many sheets."""
    found: list[Row] = []
    for row in rows:
        if len(found) < _MOST_ROWS:
            found.append(row[:_MOST_COLUMNS])
        elif any(cell not in (None, "") for cell in row):
            raise Wrong("too_large")
    return found
