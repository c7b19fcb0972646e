"""XLS, as old programs and WPS still save it: read like the others, and nothing in it ends the bot."""

from __future__ import annotations

import struct
from contextlib import suppress
from random import Random

import pytest

from directory.sheets.old_format import Protected, xls_sheets
from directory.sheets.reading import read_sheets
from directory.sheets.scanning import Malformed, TooLarge
from tests.directory.sheets.books import entries, only, slugs, xls

ROWS = entries({}, {"slug": "water"}, {"slug": "heat"})
BOOK = xls(ROWS)


def test_texts_come_in() -> None:
    read = read_sheets("a.xls", BOOK)
    assert not read.problems and slugs(read) == ["gas", "water", "heat"]
    assert read.given[0].data["name"] == {"zh": "燃气热线", "en": "Gas line"}
    assert read.given[0].place == "a.xls · s!A2"


@pytest.mark.parametrize(
    ("record", "problem", "kept"),
    [
        ((0x06, struct.pack("<HHH", 2, 9, 0) + bytes(16)), ("a.xls · s!J3", "formula", "formula"), ["gas", "heat"]),
        ((0x205, struct.pack("<HHHBB", 2, 9, 0, 0x2A, 1)), ("a.xls · s!J3", "error", "formula"), ["gas", "heat"]),
        ((0xE5, struct.pack("<HHHHH", 1, 2, 2, 2, 3)), ("a.xls · s!C3:D3", "merged", "merged"), ["gas", "heat"]),
        ((0x203, struct.pack("<HHHd", 40_000, 1, 0, 1.0)), ("a.xls", "too_large", "too_large"), []),
        ((0x200, struct.pack("<IIHHH", 0, 0xFFFFFFF0, 0, 0xFFFF, 0)), ("a.xls", "unreadable", "save_again"), []),
    ],
)
def test_what_is_refused(record: tuple[int, bytes], problem: tuple[str, str, str], kept: list[str]) -> None:
    read = read_sheets("a.xls", xls(ROWS, record))
    assert only(read.problems) == problem and slugs(read) == kept


def test_a_password() -> None:
    protected = BOOK.replace(struct.pack("<HH", 0x85, 9), struct.pack("<HH", 0x2F, 9))
    assert only(read_sheets("a.xls", protected).problems) == ("a.xls", "password", "password")


def test_a_damaged_book_is_scanned_or_refused() -> None:
    random = Random(1)
    for _ in range(2000):
        damaged = bytearray(BOOK)
        for _ in range(random.randint(1, 4)):
            damaged[random.choice((random.randrange(1536), random.randrange(len(damaged))))] = random.randrange(256)
        with suppress(Malformed, TooLarge, Protected):
            xls_sheets(bytes(damaged[: random.randint(1, len(damaged) * 2)]), 100, 100)
