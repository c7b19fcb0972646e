"""Spreadsheets made in memory, as people and programs make them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

from directory.problems import Problem
from directory.sheets.reading import Sheets, read_sheets

ENTRY: Mapping[str, Any] = {
    "slug": "gas",
    "topic": "gas",
    "name.zh": "燃气热线",
    "name.en": "Gas line",
    "summary.zh": "燃气的事。",
    "summary.en": "About gas.",
    "phone1.number": "962777",
    "source.zh": "报纸",
    "source.en": "a newspaper",
    "owner": "维护组",
}
"""The required columns of an entry, filled in."""

Rows = Sequence[Sequence[Any]]


def entries(*changes: Mapping[str, Any]) -> list[list[Any]]:
    """A sheet of entries: keys as headings, and a row for each change of ``ENTRY`` (one row where there is none)."""
    rows = [{**ENTRY, **change} for change in changes or ({},)]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return [keys, *([row.get(key) for key in keys] for row in rows)]


def xlsx(sheets: Mapping[str, Rows], change: Callable[[Workbook], None] = lambda book: None) -> bytes:
    """A workbook as somebody's program writes it."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(sheets: Mapping[str, str]) -> bytes:
    """An OpenDocument spreadsheet; of each sheet the XML of its rows."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    tables = "".join(f'<table:table table:name="{escape(name)}">{xml}</table:table>' for name, xml in sheets.items())
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0" office:version="1.3"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def ods_rows(rows: Rows) -> str:
    """Rows of texts as OpenDocument has them."""
    cells = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    return "".join(
        "<table:table-row>"
        + "".join("<table:table-cell/>" if one is None else cells.format(escape(str(one))) for one in row)
        + "</table:table-row>"
        for row in rows
    )


def xls(cells: Rows, *more: tuple[int, bytes]) -> bytes:
    """A workbook of before 2007 with one sheet of texts, and further records of the sheet."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    begin, end = struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0), record(0x0A, b"")
    globals_end = len(record(0x809, begin)) + len(record(0x85, bytes(8) + b"s")) + len(end)
    name = struct.pack("<IBBBB", globals_end, 0, 0, 1, 0) + b"s"
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0))
    for number, row in enumerate(cells):
        for place, text in enumerate(row):
            if text is not None:
                body = struct.pack("<HHHHB", number, place, 0, len(str(text)), 1) + str(text).encode("utf-16-le")
                sheet += record(0x204, body)
    for kind, body in more:
        sheet += record(kind, body)
    stream = record(0x809, begin) + record(0x85, name) + end + sheet + end
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    free = 0xFFFFFFFF
    links = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<IIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[free] * 108)

    def file(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        told = (name.encode("utf-16-le") + b"\0\0").ljust(64, b"\0") + struct.pack("<HBB", 2 * len(name) + 2, kind, 1)
        return (told + struct.pack("<III", free, free, child)).ljust(116, b"\0") + struct.pack("<IQ", first, size)

    root = file("Root Entry", 5, 1, 0xFFFFFFFE, 0) + file("Workbook", 2, free, 2, len(stream))
    table = struct.pack(f"<{len(links)}I", *links).ljust(512, b"\xff")
    return header + table + root.ljust(512, b"\0") + stream


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return made.getvalue()


def replaced(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """A workbook with one part of it changed by hand."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    return packed({**files, part: change(files[part].decode()).encode()})


def csv_of(rows: Rows) -> str:
    """A file of plain cells."""
    return "".join(",".join("" if one is None else str(one) for one in row) + "\r\n" for row in rows)


def only(problems: Sequence[Problem]) -> tuple[str, str, str]:
    """The one problem: place, and the keys of what and fix without what all have in common."""
    (problem,) = problems
    return told(problem)


def told(problem: Problem) -> tuple[str, str, str]:
    """A problem's place, and the keys of what and fix without what all have in common."""
    assert not isinstance(problem.what, str) and not isinstance(problem.fix, str)
    assert str(problem)
    return (
        problem.place,
        problem.what.key.removeprefix("directory.sheet.wrong."),
        problem.fix.key.removeprefix("directory.sheet.fix."),
    )


def read_xlsx(sheets: Mapping[str, Rows], change: Callable[[Workbook], None] = lambda book: None) -> Sheets:
    """Read a workbook called ``名单.xlsx``."""
    return read_sheets("名单.xlsx", xlsx(sheets, change))


def slugs(sheets: Sheets) -> list[Any]:
    """The slugs of the rows that were given."""
    return [row.data.get("slug") for row in sheets.given]
