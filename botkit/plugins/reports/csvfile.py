"""A report as a file for spreadsheets: CSV that programs of every kind open as it is meant."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from botkit.plugins.reports.tables import Table

BOM = "\ufeff"
"""Without it some programs take UTF-8 for another encoding."""
_FORMULA = tuple("=+-@\t\r＝＋－＠")
"""A cell that begins so may be run as a formula, in their full-width forms too."""


def write(title: str, tables: Iterable[Table]) -> bytes:
    """The title and the tables, one below the other, as UTF-8 with a byte order mark."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([cell(title)])
    for table in tables:
        writer.writerow([])
        writer.writerow([cell(table.title)])
        writer.writerow([cell(heading) for heading in table.headings])
        writer.writerows([cell(each) for each in row.cells] for row in table.rows)
        if table.note:
            writer.writerow([cell(table.note)])
    return (BOM + out.getvalue()).encode()


def cell(text: str) -> str:
    """The text, made harmless where a spreadsheet would calculate with it."""
    return f"'{text}" if text.startswith(_FORMULA) else text
