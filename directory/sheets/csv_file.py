"""CSV and TSV: a sheet as text, safe to open in Excel, and texts in the encodings that spreadsheets write."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from botkit.messages import tr
from directory.problems import Problem, speaking
from directory.sheets.cells import shown
from directory.sheets.columns import COLUMNS, Form
from directory.sheets.headings import KEY_SEPARATOR
from directory.sheets.limits import MOST_COLUMNS, MOST_ROWS
from directory.sheets.rows import Spot
from directory.sheets.shape import columns_of, values_of
from directory.values import Guide

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# What Excel and others take for the beginning of a formula, in wide forms too, and the apostrophe that prevents it.
_TRIGGERS = "=+-@\t\r＝＋－＠'"
_BROKEN = re.compile(r"[\udc80-\udcff]")


@dataclass(slots=True)
class Lines:
    """The rows of a file as far as they could be read, and why not further."""

    rows: list[list[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def write_csv(guide: Guide, kind: str, language: str) -> bytes:
    """The sheet of one kind (``entry``, ``faq``, ``topic``, ``family``) as CSV, in UTF-8 with a mark for Excel.

    Headings have the key beside them. A text that begins like a formula gets an apostrophe in front, which reading
    takes away; so does one that begins with an apostrophe.
    """
    say = speaking(language)
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(f"{say(column.heading)}{KEY_SEPARATOR}{column.key}" for column in COLUMNS[kind])
    for value in values_of(guide, kind):
        held = columns_of(value)
        table.writerow(
            shown(column, held.get(column.key), say)
            if column.form in (Form.DEGREES, Form.DAY)
            else _guarded(str(shown(column, held.get(column.key), say)))
            for column in COLUMNS[kind]
        )
    return text.getvalue().encode("utf-8-sig")


def read_csv(name: str, content: bytes) -> Lines:
    """The rows of a CSV or TSV file in UTF-8, UTF-16 with a mark, or GB 18030 (GBK). Never raises for its content."""
    lines = Lines()
    text = _decoded(name, content, lines)
    if text is None:
        return lines
    # csv.reader itself refuses cells of more than 131,072 characters.
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, cells in enumerate(_bare(table), 1):
            if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
                what = tr("directory.sheet.wrong.too_large", rows=MOST_ROWS, columns=MOST_COLUMNS)
                lines.problems.append(Problem(Spot(name, "", number).cell(), what, tr("directory.sheet.fix.too_large")))
                lines.rows.clear()
                break
            lines.rows.append(cells)
    except csv.Error as error:
        long = "field limit" in str(error)
        what = tr("directory.sheet.wrong.long_field") if long else tr("directory.sheet.wrong.bad_csv")
        fix = tr("directory.sheet.fix.long_cell") if long else tr("directory.sheet.fix.bad_csv")
        lines.problems.append(Problem(Spot(name, "", len(lines.rows) + 1).cell(), what, fix))
    return lines


def _guarded(text: str) -> str:
    return f"'{text}" if text[:1] and text[0] in _TRIGGERS else text


def _bare(table: Iterator[list[str]]) -> Iterator[list[str]]:
    for cells in table:
        yield [cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _TRIGGERS else cell for cell in cells]


def _delimiter(text: str) -> str:
    """What divides the cells: the sign of the three usual ones that the first line has most of."""
    first = text.lstrip().partition("\n")[0]
    return max(",\t;", key=first.count)


def _decoded(name: str, content: bytes, lines: Lines) -> str | None:
    """The text of a file, None where it is none, which is noted."""
    marked = next((encoding for mark, encoding in _MARKS.items() if content.startswith(mark)), None)
    try:
        text = content.decode(marked or "utf-8")
    except UnicodeDecodeError as error:
        loose = content.decode("utf-8", "surrogateescape")
        broken = _BROKEN.findall(loose)
        # GBK hardly ever looks like UTF-8: where most of it does, UTF-8 it is, and damaged.
        if marked or sum(sign > "\x7f" for sign in loose) > 5 * len(broken):
            lines.problems.append(_damaged(name, content[: error.start]))
            return None
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as problem:
            lines.problems.append(_damaged(name, content[: problem.start]))
            return None
    if "\0" in text:
        lines.problems.append(
            Problem(name, tr("directory.sheet.wrong.no_text"), tr("directory.sheet.fix.known_formats"))
        )
        return None
    return text


def _damaged(name: str, before: bytes) -> Problem:
    row = before.count(b"\n") + 1
    return Problem(name, tr("directory.sheet.wrong.bad_bytes", line=row), tr("directory.sheet.fix.bad_bytes"), row)
