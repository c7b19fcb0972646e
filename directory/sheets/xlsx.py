"""Writing the directory as a workbook that Excel, WPS and LibreOffice open, with drop-downs and explanations.

Sheets have a row of headings and a row of keys, both frozen. Texts are texts, never formulas, and cells of texts are
formatted as text, so that a spreadsheet leaves numbers such as 021 alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from botkit.errors import UserError
from botkit.messages import tr
from directory.problems import Say, speaking
from directory.sheets.cells import risk_name, shown, yes_or_no
from directory.sheets.columns import COLUMNS, SHEETS, Column, Form, sheet_name
from directory.sheets.headings import letter
from directory.sheets.shape import columns_of, values_of
from directory.values import TERMS, Guide, Value

EXCEL_CELL = 32_767
"""Characters that a cell of a workbook holds."""
# Cells beyond what is there for which drop-downs are ready.
_ROOM = 1_000
_HEAD_FILL, _NEEDED_FILL, _KEY_COLOR = "DDE7F3", "BFD5EE", "7F7F7F"
# What looks like an escape of the file format is escaped, or it would be read as the character it names.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_TRIGGERS = ("=", "+", "-", "@", "\t", "'")


def write_xlsx(guide: Guide, language: str) -> bytes:
    """A workbook with all of a directory: a sheet of explanations, then entries, FAQ, topics and families.

    ``language`` (``zh`` or ``en``) is that of headings, explanations, yes and no. Raises ``UserError`` where a list of
    phrasings is too long for one cell.
    """
    return _workbook(guide, guide, speaking(language))


def template_xlsx(guide: Guide, language: str) -> bytes:
    """The workbook to begin with: no entries and no FAQ, but the topics and families of a directory to choose from."""
    return _workbook(Guide(topics=guide.topics, families=guide.families), guide, speaking(language))


def _workbook(guide: Guide, choices: Guide, say: Say) -> bytes:
    # Imported when first needed: the running bot writes workbooks seldom.
    from openpyxl import Workbook

    book = Workbook()
    _how_to(book.active, say)
    for kind in SHEETS:
        _sheet(book.create_sheet(say(sheet_name(kind))), kind, values_of(guide, kind), choices, say)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _how_to(sheet: Any, say: Say) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet.title = say(tr("directory.sheet.how_to.name"))
    for number in range(1, 7):
        _put(sheet.cell(number, 1), say(tr(f"directory.sheet.how_to.line{number}")))
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    at = 8
    heads = ("sheet", "column", "key", "needed", "explanation")
    for place, head in enumerate(heads, 1):
        cell = sheet.cell(at, place)
        _put(cell, say(tr(f"directory.sheet.how_to.{head}")))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", _HEAD_FILL)
    for kind, columns in COLUMNS.items():
        for column in columns:
            at += 1
            needed = say(tr("directory.sheet.how_to.required")) if column.required else ""
            told = (say(sheet_name(kind)), say(column.heading), column.key, needed, explanation(column, say))
            for place, text in enumerate(told, 1):
                _put(sheet.cell(at, place), text)
                sheet.cell(at, place).alignment = Alignment(vertical="top", wrap_text=place == len(told))
    for place, width in enumerate((14, 24, 18, 10, 90)):
        sheet.column_dimensions[letter(place)].width = width


def explanation(column: Column, say: Say) -> str:
    """What to write in a column, with its limit."""
    told = say(column.explained)
    if not column.limit:
        return told
    each = column.form is Form.LINES
    return say(
        tr("directory.sheet.limit_each", text=told, limit=column.limit)
        if each
        else tr("directory.sheet.limit", text=told, limit=column.limit)
    )


def _sheet(sheet: Any, kind: str, values: Sequence[Value], choices: Guide, say: Say) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    columns = COLUMNS[kind]
    for place, column in enumerate(columns, 1):
        head, key = sheet.cell(1, place), sheet.cell(2, place)
        _put(head, say(column.heading))
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="center")
        head.fill = PatternFill("solid", _NEEDED_FILL if column.required else _HEAD_FILL)
        _put(key, column.key)
        key.font = Font(color=_KEY_COLOR, size=8)
        settings = sheet.column_dimensions[letter(place - 1)]
        settings.width, settings.number_format = column.width, _format(column)
    for number, value in enumerate(values, 3):
        held = columns_of(value)
        for place, column in enumerate(columns, 1):
            content = shown(column, held.get(column.key), say)
            if content == "":
                continue
            cell = sheet.cell(number, place)
            if isinstance(content, str):
                if len(content) > EXCEL_CELL:
                    raise UserError(
                        f"{value.slug}: {column.key} has {len(content)} characters, and a cell holds {EXCEL_CELL}",
                        "write the directory as CSV, or shorten it",
                    )
                _put(cell, content)
            else:
                cell.value = content
            cell.number_format = _format(column)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.row_dimensions[1].height = 36
    sheet.freeze_panes = "B3"
    last = len(values) + 2
    sheet.auto_filter.ref = f"A2:{letter(len(columns) - 1)}{max(last, 3)}"
    for place, column in enumerate(columns):
        if rule := _drop_down(column, choices, say):
            rule.add(f"{letter(place)}3:{letter(place)}{last + _ROOM}")
            sheet.add_data_validation(rule)


def _drop_down(column: Column, choices: Guide, say: Say) -> Any:
    """The choice that a column's cells offer, or None. One may write something else: reading says what is wrong."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.choices:
        last = len(values_of(choices, column.choices)) + 2 + 50
        title = say(sheet_name(column.choices)).replace("'", "''")
        formula = f"'{title}'!$A$3:$A${last}"
    elif column.form is Form.FLAG:
        formula = f'"{say(yes_or_no(True))},{say(yes_or_no(False))}"'
    elif column.form is Form.RISK:
        formula = f'"{",".join(say(risk_name(risk)) for risk in TERMS)}"'
    else:
        return None
    return DataValidation(
        type="list",
        formula1=formula,
        allow_blank=True,
        errorStyle="warning",
        showErrorMessage=True,
        errorTitle=say(column.heading)[:32],
        error=say(tr("directory.sheet.choose"))[:255],
    )


def _format(column: Column) -> str:
    return {Form.DAY: "yyyy-mm-dd", Form.DEGREES: "General"}.get(column.form, "@")


def _put(cell: Any, text: str) -> None:
    """A text as a text, whatever it looks like."""
    cell.value = _ESCAPE.sub("_x005F_", text)
    cell.data_type = "s"
    if text.startswith(_TRIGGERS):
        cell.quotePrefix = True
