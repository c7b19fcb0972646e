"""What an XLS workbook, the format of before 2007, says that the reader of values does not: see ``scanning``.

Sources: [MS-CFB] for the container, [MS-XLS] for the records.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from directory.sheets.scanning import Malformed, Scanned

_FREE = 0xFFFFFFFA
# Numbers of records.
_END, _PASSWORD, _SHEET, _SIZE, _MERGED, _ERROR = 0x0A, 0x2F, 0x85, 0x200, 0xE5, 0x205
_FORMULAS = (0x06, 0x206, 0x406)
_VALUES = (0x203, 0x27E, 0xFD, 0x204, 0xBD, 0xD6, _ERROR, *_FORMULAS)
_SMALL = 4096
"""Bytes below which a stream stands in the small sectors."""


class Protected(Exception):
    """The workbook asks for a password."""


def xls_sheets(content: bytes, rows: int, columns: int) -> list[Scanned]:
    """The sheets of an XLS workbook, in order. Raises ``TooLarge``, ``Malformed``, ``Protected``."""
    try:
        stream = _workbook(content)
        begins = []
        for kind, body in _records(stream, 0):
            if kind == _PASSWORD:
                raise Protected
            if kind == _SHEET:
                begins.append(struct.unpack_from("<I", body)[0])
        return [_sheet(stream, begin, rows, columns) for begin in begins]
    except (struct.error, IndexError, ValueError) as error:
        raise Malformed from error


def _sheet(stream: bytes, begin: int, rows: int, columns: int) -> Scanned:
    found = Scanned()
    for kind, body in _records(stream, begin):
        if kind in _VALUES:
            row, column = struct.unpack_from("<HH", body)
            if kind in _FORMULAS:
                found.formulas.append((row, column))
            elif kind == _ERROR and body[7]:
                found.errors.append((row, column))
            found.holds(row, column, rows, columns)
        elif kind == _MERGED:
            for number in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * number)
                found.merged.append((top, left, bottom, right))
        elif kind == _SIZE and len(body) >= 14:
            # The reader of values makes room for what is claimed here.
            _, bottom, _, right = struct.unpack_from("<IIHH", body)
            if bottom > 1 << 16 or right > 1 << 8:
                raise Malformed
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place to the next end."""
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _END:
            return
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook(content: bytes) -> bytes:
    """The stream of the workbook out of its container."""
    shift, small_shift = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12) or small_shift != 6:
        raise Malformed
    size, small_size = 1 << shift, 1 << small_shift

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    def numbers(data: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))

    def chain(first: int, links: list[int]) -> Iterator[int]:
        for _ in range(len(links)):
            if first >= _FREE:
                return
            yield first
            first = links[first]

    tables = numbers(content[76:512])
    further = struct.unpack_from("<I", content, 68)[0]
    for _ in range(len(content) // size):
        if further >= _FREE:
            break
        *more, further = numbers(sector(further))
        tables += more
    links = numbers(b"".join(sector(number) for number in tables if number < _FREE))
    root = b"".join(map(sector, chain(struct.unpack_from("<I", content, 48)[0], links)))
    entries = {}
    for at in range(0, len(root) - 127, 128):
        length = struct.unpack_from("<H", root, at + 64)[0]
        name = root[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        entries[name] = struct.unpack_from("<IQ", root, at + 116)
    for name in ("Workbook", "Book"):
        if name in entries:
            first, length = entries[name]
            if length >= _SMALL:
                return b"".join(map(sector, chain(first, links)))
            small_links = numbers(b"".join(map(sector, chain(struct.unpack_from("<I", content, 60)[0], links))))
            small = b"".join(map(sector, chain(entries["Root Entry"][0], links))) if "Root Entry" in entries else b""
            return b"".join(small[one * small_size : (one + 1) * small_size] for one in chain(first, small_links))
    raise Malformed
