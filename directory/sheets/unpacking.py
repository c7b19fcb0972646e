"""The process that reads one workbook, ``python -m directory.sheets.unpacking``: from standard input to output.

What people send may be damaged or made to do harm, and the reader of values, which is not written in Python, ends its
process when memory runs out. So it has a process of its own, with bounds on memory and time, and the bot lives on.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

from directory.sheets.limits import MEMORY, MOST_COLUMNS, MOST_ROWS, MOST_TEXT, RATIO, SECONDS, UNPACKED
from directory.sheets.old_format import Protected, xls_sheets
from directory.sheets.scanning import Malformed, Scanned, TooLarge, ods_sheets, xlsx_sheet

_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Refused(Exception):
    """The workbook as a whole can't be read; the text is the last part of the message's key."""


def read(content: bytes) -> dict[str, Any]:
    """What a workbook holds, as JSON has it: ``sheets``, and whether there are ``pictures``. Raises ``Refused``.

    A sheet has ``name``, ``hidden``, ``rows``, ``formulas``, ``errors``, ``merged``, and ``wrong`` where it was not
    read. A date in a cell is a list with its text.
    """
    scans, pictures = _scanned(content) if content.startswith(b"PK") else _old(content)
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

    try:
        book = load_workbook(io.BytesIO(content))
        sheets = []
        room = MOST_TEXT
        for number, told in enumerate(book.sheets_metadata):
            if told.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet: dict[str, Any] = {"name": told.name, "hidden": told.visible is not SheetVisibleEnum.Visible}
            sheets.append(sheet)
            scan = scans.get(told.name) or scans.get(str(number))
            if isinstance(scan, str):
                sheet["wrong"] = scan
                continue
            values = book.get_sheet_by_index(number)
            if values.total_height > MOST_ROWS or values.total_width > MOST_COLUMNS:
                sheet["wrong"] = "too_large"
                continue
            if scan:
                sheet.update(formulas=scan.formulas, errors=scan.errors, merged=scan.merged)
            sheet["rows"] = []
            if values.start is None:
                continue
            down, right = values.start
            sheet["rows"] += [[]] * down
            for row in values.to_python(skip_empty_area=True):
                room -= sum(len(cell) for cell in row if isinstance(cell, str))
                if room < 0:
                    raise Refused("too_much_text")
                sheet["rows"].append([""] * right + [_plain(cell) for cell in row])
        return {"sheets": sheets, "pictures": pictures}
    except PasswordError:
        raise Refused("password") from None
    except CalamineError:
        raise Refused("unreadable") from None


def _plain(cell: object) -> object:
    if isinstance(cell, datetime):
        return [cell.date().isoformat()]
    if isinstance(cell, date):
        return [cell.isoformat()]
    return cell if isinstance(cell, str | bool | int | float) else str(cell)


def _old(content: bytes) -> tuple[dict[str, Scanned | str], bool]:
    """The same of the format of before 2007, whose container holds other documents too."""
    for name, key in (("EncryptedPackage", "password"), ("WordDocument", "word"), ("PowerPoint Document", "word")):
        if name.encode("utf-16-le") in content:
            raise Refused(key)
    try:
        scans = xls_sheets(content, MOST_ROWS, MOST_COLUMNS)
    except TooLarge:
        raise Refused("too_large") from None
    except Protected:
        raise Refused("password") from None
    except Malformed:
        raise Refused("unreadable") from None
    return {str(number): scan for number, scan in enumerate(scans)}, False


def _scanned(content: bytes) -> tuple[dict[str, Scanned | str], bool]:
    """By name of a sheet, or by number where the format has no other, what its XML says, or why it is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = {info.filename: info for info in package.infolist()}
            size = sum(info.file_size for info in parts.values())
            if size > UNPACKED or any(
                info.file_size > 1 << 20 and info.file_size > RATIO * max(1, info.compress_size)
                for info in parts.values()
            ):
                raise Refused("bomb")
            if any(info.flag_bits & 1 for info in parts.values()):
                raise Refused("password")
            pictures = any("media/" in name or name.startswith("Pictures/") for name in parts)
            if "xl/workbook.xml" in parts:
                return _xlsx(package, parts), pictures
            if "content.xml" in parts and b"spreadsheet" in package.read("mimetype")[:100]:
                if b"encryption-data" in package.read("META-INF/manifest.xml"):
                    raise Refused("password")
                with package.open("content.xml") as file:
                    scans = ods_sheets(file, MOST_ROWS, MOST_COLUMNS)
                    return {str(number): scan for number, scan in enumerate(scans)}, pictures
            raise Refused("word" if "word/document.xml" in parts or "content.xml" in parts else "other_zip")
    except TooLarge:
        raise Refused("too_large") from None
    except (Malformed, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError,
            zlib.error, ElementTree.ParseError):  # fmt: skip
        # RuntimeError: a password. NotImplementedError: packed in a way that Python does not know.
        raise Refused("unreadable") from None


def _xlsx(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> dict[str, Scanned | str]:
    targets = {
        one.get("Id"): one.get("Target", "")
        for one in ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    }
    scans: dict[str, Scanned | str] = {}
    for element in ElementTree.fromstring(package.read("xl/workbook.xml")).iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        target = targets.get(element.get(f"{_OFFICE}id") or element.get(_id(element)), "")
        path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
        name = element.get("name", "")
        if path not in parts:
            scans[name] = "unreadable_sheet"
            continue
        with package.open(path) as file:
            try:
                scans[name] = xlsx_sheet(file, MOST_ROWS, MOST_COLUMNS)
            except TooLarge:
                scans[name] = "too_large"
            except Malformed:
                scans[name] = "unreadable_sheet"
    return scans


def _id(element: ElementTree.Element) -> str:
    """The reference's name in the strict variant of the format."""
    return next((name for name in element.attrib if name.endswith("}id")), "id")


def main() -> None:
    """Read standard input, write the answer as JSON: what ``read`` returns, or ``refused``."""
    try:
        import resource
    except ImportError:  # Windows has no such bounds
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = read(sys.stdin.buffer.read())
    except Refused as refused:
        answer = {"refused": str(refused)}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
