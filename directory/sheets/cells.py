"""Cells: what a person wrote into one, as the value of a field, and a field's value as people read it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from botkit.messages import Text, tr
from directory.problems import Say, speaking
from directory.sheets.columns import Column, Form
from directory.sheets.limits import LONGEST_CELL
from directory.sheets.phones import phone_lines, phones_of
from directory.values import TERMS

Cell = str | int | float | bool | date
"""What a sheet gives. An empty cell is an empty text."""

# Excel keeps so many digits of a number: of longer ones the last are lost, so those are written as texts.
_DIGITS = 15
_EXACT = 10**_DIGITS
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+00:00(?::00(?:\.0+)?)?)?")
# Days as Excel counts them, from 1954 to 2119: a smaller or larger number is no date that anybody means.
_EXCEL_DAYS = range(20_000, 80_001)
_EXCEL_BEGIN = date(1899, 12, 30)
_YES = frozenset({"是", "yes", "y", "true", "1", "对", "有", "√", "✓", "✔", "☑"})
_NO = frozenset({"否", "no", "n", "false", "0", "不", "不是", "没有", "无", "×", "x", "✗", "☐"})
_CODES = re.compile(r"[\s,，、;；]+")


class Unreadable(Exception):
    """A cell can't be what its column holds: what is wrong, and what to do."""

    def __init__(self, what: Text, fix: Text) -> None:
        super().__init__(what.key)
        self.what = what
        self.fix = fix


def taken(column: Column, cell: Cell) -> Any:
    """The value of a field, None where the cell is empty. Raises ``Unreadable``.

    Texts are without outer space, lists are lists without empty lines, phones are tables as in the directory's files.
    """
    if isinstance(cell, str):
        cell = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
        if not cell:
            return None
        if len(cell) > LONGEST_CELL:
            raise Unreadable(
                tr("directory.sheet.wrong.long_cell", length=len(cell), limit=LONGEST_CELL),
                tr("directory.sheet.fix.long_cell"),
            )
    return _READERS[column.form](cell)


def shown(column: Column, value: Any, say: Say) -> str | float | date:
    """A field's value as its cell shows it to somebody who reads ``say``'s language; empty where there is none."""
    if value is None:
        return ""
    if column.form is Form.FLAG:
        return say(yes_or_no(value))
    if column.form is Form.RISK:
        return say(risk_name(value))
    if column.form is Form.PHONES:
        return phone_lines(value)
    if column.form in (Form.LINES, Form.CODES):
        return "\n".join(value)
    if isinstance(value, float) and float(f"{value:.{_DIGITS}g}") != value:
        return repr(value)
    assert isinstance(value, str | float | date)
    return value


def yes_or_no(value: bool) -> Text:
    """A flag as cells and drop-downs say it."""
    return tr("directory.sheet.yes") if value else tr("directory.sheet.no")


def risk_name(risk: str) -> Text:
    """A risk as cells and drop-downs say it."""
    return tr(f"directory.sheet.risk.{risk}")


def plain(text: str) -> str:
    """A text as it is compared: width, case and spaces don't count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool | date):
        # The spreadsheet took a text for something else, such as 1-2 for the second of January.
        raise Unreadable(tr("directory.sheet.wrong.converted", value=str(cell)), tr("directory.sheet.fix.converted"))
    if not math.isfinite(cell) or abs(cell) >= _EXACT:
        raise Unreadable(tr("directory.sheet.wrong.rounded", value=str(cell)), tr("directory.sheet.fix.converted"))
    return str(int(cell)) if cell == int(cell) else repr(cell)


def _lines(cell: Cell) -> list[str]:
    return [line.strip() for line in _text(cell).split("\n") if line.strip()]


def _codes(cell: Cell) -> list[str]:
    return [code for code in _CODES.split(_text(cell)) if code]


def _flag(cell: Cell) -> bool:
    said = plain(str(cell).removesuffix(".0"))
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise Unreadable(tr("directory.sheet.wrong.flag", value=said[:40]), tr("directory.sheet.fix.flag"))


def _day(cell: Cell) -> date:
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str) and math.isfinite(cell) and int(cell) in _EXCEL_DAYS:
        return _EXCEL_BEGIN + timedelta(days=int(cell))
    said = unicodedata.normalize("NFKC", cell if isinstance(cell, str) else _text(cell)).strip()
    try:
        if written := _DAY.fullmatch(said):
            return date(int(written[1]), int(written[2]), int(written[3]))
        if len(said) == 8 and said.isascii() and said.isdigit():
            return date(int(said[:4]), int(said[4:6]), int(said[6:]))
    except ValueError:
        pass  # such as 2026-02-30
    raise Unreadable(tr("directory.sheet.wrong.day", value=said[:40]), tr("directory.sheet.fix.day"))


def _degrees(cell: Cell) -> float:
    try:
        if not isinstance(cell, bool | date):
            number = float(unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else cell)
            if math.isfinite(number):
                return number
    except (ValueError, OverflowError):
        pass
    raise Unreadable(tr("directory.sheet.wrong.degrees", value=str(cell)[:40]), tr("directory.sheet.fix.degrees"))


def _risk(cell: Cell) -> str:
    said = plain(_text(cell))
    for risk in TERMS:
        if said in (risk, *(plain(speaking(language)(risk_name(risk))) for language in ("zh", "en"))):
            return risk
    raise Unreadable(
        tr("directory.sheet.wrong.risk", value=said[:40]),
        tr(
            "directory.sheet.fix.risk",
            urgent=risk_name("urgent"),
            hotline=risk_name("hotline"),
            other=risk_name("other"),
        ),
    )


def _phones(cell: Cell) -> list[dict[str, Any]]:
    return phones_of(_text(cell))


_READERS: Mapping[Form, Callable[[Cell], Any]] = {
    Form.TEXT: _text,
    Form.LINES: _lines,
    Form.CODES: _codes,
    Form.FLAG: _flag,
    Form.DAY: _day,
    Form.DEGREES: _degrees,
    Form.RISK: _risk,
    Form.PHONES: _phones,
}
