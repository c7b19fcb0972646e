"""What is refused is told with its place and its fix, and all else comes in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from directory.accepting import accept
from directory.guard import Guard
from directory.sheets import limits
from directory.sheets.columns import COLUMNS
from directory.sheets.reading import read_sheets
from directory.values import Guide, Topic, Words
from tests.directory.sheets.books import (
    csv_of,
    entries,
    ods,
    ods_rows,
    only,
    packed,
    read_xlsx,
    replaced,
    slugs,
    told,
    xlsx,
)  # fmt: skip

BOOK = xlsx({"entries": entries()})
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def old(stream: str) -> bytes:
    return OLD + stream.encode("utf-16-le") + bytes(600)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", ("a.xlsx", "empty_file", "empty_file")),
        (b" \r\n", ("a.xlsx", "empty_file", "empty_file")),
        (b"a" * (limits.LARGEST + 1), ("a.xlsx", "large_file", "too_large")),
        (b"\x89PNG\r\n", ("a.xlsx", "picture", "known_formats")),
        (b"%PDF-1.7 ", ("a.xlsx", "picture", "known_formats")),
        (b"\n<html><table>", ("a.xlsx", "page", "page")),
        (b"\0\1\2\3", ("a.xlsx", "no_text", "known_formats")),
        (OLD, ("a.xlsx", "unreadable", "save_again")),
        (old("EncryptedPackage"), ("a.xlsx", "password", "password")),
        (old("WordDocument"), ("a.xlsx", "word", "known_formats")),
        (packed({"word/document.xml": "<a/>"}), ("a.xlsx", "word", "known_formats")),
        (packed({"a.csv": "slug"}), ("a.xlsx", "other_zip", "other_zip")),
        (BOOK[: len(BOOK) // 2], ("a.xlsx", "unreadable", "save_again")),
        (replaced(BOOK, "xl/workbook.xml", lambda text: text[:20]), ("a.xlsx", "unreadable", "save_again")),
        (packed({"xl/workbook.xml": b"0" * (limits.UNPACKED + 1)}), ("a.xlsx", "bomb", "too_large")),
        (packed({"xl/workbook.xml": b"0" * (2 << 20)}), ("a.xlsx", "bomb", "too_large")),
        (xlsx({"entries": []}), ("a.xlsx", "no_rows", "no_rows")),
        (b"hello", ("a.xlsx", "no_headings", "no_headings")),
        (b",,\r\n,,\r\n", ("a.xlsx", "no_rows", "no_rows")),
        (ods({}).replace(b"content.xml", b"content.xmm"), ("a.xlsx", "other_zip", "other_zip")),
    ],
)  # fmt: skip
def test_files_that_can_not_be_read(content: bytes, problem: tuple[str, str, str]) -> None:
    read = read_sheets("a.xlsx", content)
    assert only(read.problems) == problem and not read.given


def test_a_workbook_of_pictures() -> None:
    with_picture = packed({**_parts(xlsx({"entries": []})), "xl/media/image1.png": b"\x89PNG"})
    assert only(read_sheets("a.xlsx", with_picture).problems) == ("a.xlsx", "only_pictures", "no_rows")


def _parts(content: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"slug": None}, ("A3", "no_slug", "no_slug")),
        ({"slug": "gas"}, ("A3", "same_slug", "same_slug")),
        ({"owner": "=A1"}, ("J3", "formula", "formula")),
        ({"owner": "#N/A"}, ("J3", "error", "formula")),
        ({"owner": True}, ("J3", "converted", "converted")),
        ({"owner": 1e15}, ("J3", "rounded", "converted")),
        ({"sample": "maybe"}, ("K3", "flag", "flag")),
        ({"assured_date": "yesterday"}, ("K3", "day", "day")),
        ({"assured_date": "2026-02-30"}, ("K3", "day", "day")),
        ({"assured_date": 12}, ("K3", "day", "day")),
        ({"risk": "high"}, ("K3", "risk", "risk")),
        ({"place.latitude": "north"}, ("K3", "degrees", "degrees")),
        ({"phone2.number": None, "phone2.label.zh": "夜间"}, ("K3", "no_number", "no_number")),
    ],
)
def test_cells_that_can_not_be_read(change: dict[str, Any], problem: tuple[str, str, str]) -> None:
    read = read_xlsx({"服务条目": entries({}, {"slug": "water", **change}, {"slug": "heat"})})
    place, *rest = problem
    assert only(read.problems) == (f"名单.xlsx · 服务条目!{place}", *rest)
    assert slugs(read) == ["gas", "heat"]


def test_a_cell_of_ten_megabytes() -> None:
    for length, place, what in ((limits.LONGEST_CELL + 1, "J3", "long_cell"), (10 << 20, "3", "long_field")):
        text = csv_of(entries({}, {"slug": "water", "owner": "长" * length}))
        if length * 3 > limits.LARGEST:
            text = text.replace("长", "a")
        read = read_sheets("a.csv", text.encode())
        assert only(read.problems) == (f"a.csv · {place}", what, "long_cell") and slugs(read) == ["gas"]


def _far(book: Workbook) -> None:
    book["entries"]["XFD1048576"] = "x"


def _tall(book: Workbook) -> None:
    book["entries"].cell(limits.MOST_ROWS + 1, 1).value = "x"


def _hidden(book: Workbook) -> None:
    book["entries"].sheet_state = "hidden"


@pytest.mark.parametrize(
    ("change", "what", "fix"),
    [(_far, "too_large", "too_large"), (_tall, "too_large", "too_large"), (_hidden, "hidden", "hidden")],
)
def test_sheets_that_can_not_be_read(change: Callable[[Workbook], None], what: str, fix: str) -> None:
    read = read_xlsx({"entries": entries(), "families": [["slug", "name.zh", "name.en"], ["a", "甲", "A"]]}, change)
    assert only(read.problems) == ("名单.xlsx · entries", what, fix) and slugs(read) == ["a"]


def test_a_size_that_is_only_claimed_does_no_harm() -> None:
    part = "xl/worksheets/sheet1.xml"
    content = replaced(BOOK, part, lambda text: text.replace('ref="A1:J2"', 'ref="A1:XFD1048576"'))
    assert slugs(read_sheets("a.xlsx", content)) == ["gas"]


def test_declarations_of_xml_are_refused_for_their_sheet() -> None:
    book = xlsx({"entries": entries(), "families": [["slug", "name.zh", "name.en"], ["a", "甲", "A"]]})
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]>'
    read = read_sheets("a.xlsx", replaced(book, "xl/worksheets/sheet1.xml", lambda text: bomb + text))
    assert only(read.problems) == ("a.xlsx · entries", "unreadable", "save_again") and slugs(read) == ["a"]


def test_more_text_than_anybody_writes() -> None:
    cells = f'<c t="inlineStr"><is><t>{"汉a字" * 10_000}</t></is></c>' * 10
    rows = f"<row>{cells}</row>" * 120
    book = replaced(BOOK, "xl/worksheets/sheet1.xml", lambda text: text.replace("</sheetData>", rows + "</sheetData>"))
    assert only(read_sheets("a.xlsx", book).problems) == ("a.xlsx", "bomb", "too_large")


def test_too_many_rows_of_csv_and_of_open_document() -> None:
    rows = entries()
    read = read_sheets("a.csv", csv_of([rows[0], *rows[1:] * (limits.MOST_ROWS + 5)]).encode())
    assert only(read.problems) == (f"a.csv · {limits.MOST_ROWS + 1}", "too_large", "too_large") and not read.given
    many = ods_rows(rows).replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">')
    assert only(read_sheets("a.ods", ods({"entries": many})).problems) == ("a.ods", "too_large", "too_large")


def test_merged_cells() -> None:
    rows = entries({}, {"slug": "water"}, {"slug": "heat"})
    read = read_xlsx({"entries": rows}, lambda book: book["entries"].merge_cells("C3:D3"))
    assert only(read.problems) == ("名单.xlsx · entries!C3:D3", "merged", "merged") and slugs(read) == ["gas", "heat"]
    spanned = (
        ods_rows(rows[:2]) + '<table:table-row><table:table-cell table:number-columns-spanned="2"/></table:table-row>'
    )
    assert only(read_sheets("a.ods", ods({"entries": spanned})).problems)[:2] == ("a.ods · entries!A3:B3", "merged")


def test_formulas_of_open_document() -> None:
    cell = '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>'
    rows = ods_rows(entries()) + f"<table:table-row>{cell}</table:table-row>"
    read = read_sheets("a.ods", ods({"entries": rows}))
    assert only(read.problems) == ("a.ods · entries!A3", "formula", "formula") and slugs(read) == ["gas"]


@pytest.mark.parametrize(
    ("heading", "place", "what", "fix"),
    [
        ("nmae.zh", "K1", "unknown_column", "did_you_mean"),
        ("天气预报", "K1", "unknown_column", "unknown_column"),
        ("", "K1", "no_heading", "no_heading"),
    ],
)
def test_columns_that_nobody_knows(heading: str, place: str, what: str, fix: str) -> None:
    rows = entries()
    rows[0].append(heading)
    rows[1].append("晴")
    read = read_xlsx({"entries": rows})
    assert only(read.problems) == (f"名单.xlsx · entries!{place}", what, fix) and slugs(read) == ["gas"]


def test_columns_that_are_missing_or_there_twice() -> None:
    rows = entries()
    fewer = read_xlsx({"entries": [[*row[:2], *row[3:]] for row in rows]})
    assert only(fewer.problems) == ("名单.xlsx · entries!1", "missing_columns", "missing_columns") and not fewer.given
    twice = read_xlsx({"entries": [[*row, row[2]] for row in rows]})
    assert only(twice.problems) == ("名单.xlsx · entries!K1", "twice", "twice") and not twice.given


def test_broken_bytes() -> None:
    text = csv_of(entries()).encode()
    damaged = text.replace("热线".encode(), "热线".encode()[:-1] + b"\xff")
    assert only(read_sheets("a.csv", damaged).problems) == ("a.csv:2", "bad_bytes", "bad_bytes")
    assert only(read_sheets("a.csv", b"slug\n\xff\xff\xff").problems) == ("a.csv:2", "bad_bytes", "bad_bytes")
    assert only(read_sheets("a.csv", csv_of(entries()).encode("utf-16")[:-1]).problems)[1] == "bad_bytes"
    assert only(read_sheets("a.csv", csv_of(entries()).encode("utf-16-le")).problems)[1] == "no_text"


def test_a_quote_that_is_not_closed() -> None:
    read = read_sheets("a.csv", (csv_of(entries()) + '"water,a\r\n').encode())
    assert only(read.problems) == ("a.csv · 3", "bad_csv", "bad_csv") and slugs(read) == ["gas"]


def test_markup_and_control_characters_are_refused_when_rows_are_accepted() -> None:
    live = Guide(topics=(Topic("gas", Words("燃气", "Gas"), "repair"),))
    for text in ("<script>alert(1)</script>", "a\x07b", "two\nlines"):
        read = read_sheets("a.csv", csv_of(entries({"owner": f'"{text}"'})).encode())
        done = accept(read.given, Guard(()), live=live)
        (problem,) = done.problems
        assert problem.place == "a.csv · J2" and problem.field == "owner" and not done.guide.entries


def test_no_more_than_so_many_problems_are_told() -> None:
    read = read_xlsx(
        {"entries": entries(*({"slug": f"s{number}", "risk": "?"} for number in range(limits.MOST_PROBLEMS + 9)))}
    )
    assert len(read.problems) == limits.MOST_PROBLEMS + 1 and told(read.problems[-1]) == ("名单.xlsx", "more", "more")


def test_limits_of_columns_are_those_of_the_directory() -> None:
    live = Guide(topics=(Topic("gas", Words("燃气", "Gas"), "repair"),))
    for column in COLUMNS["entry"]:
        if column.limit and column.key not in ("slug", "topic", "phone1.number", "phone2.number", "phone3.number"):
            other = column.key[:-2] + {"zh": "en", "en": "zh"}.get(column.language, "")
            number = {f"phone{column.number}.number": "962777"} if column.number else {}
            for text, problems in (("长" * column.limit, 0), ("长" * (column.limit + 1), 1)):
                pair = {column.key: text} | ({other: "a"} if column.language else {})
                read = read_sheets("a.csv", csv_of(entries({**number, **pair})).encode())
                assert len(accept(read.given, Guard(()), live=live).problems) == problems, column.key


@pytest.mark.parametrize("column", ["phone1", "phone2", "phone3"])
def test_a_mistake_in_a_phone_is_told_at_its_very_cell(column: str) -> None:
    live = Guide(topics=(Topic("gas", Words("燃气", "Gas"), "repair"),))
    phones = {f"{column}.number": "962777", f"{column}.label.zh": "夜间", f"{column}.label.en": "l" * 41}
    # The first phone's columns stay empty: phones are counted by what is given.
    sheet = entries({"phone1.number": None, "phone2.number": None, **phones})
    read = read_xlsx({"entries": sheet})
    (problem,) = accept(read.given, Guard(()), live=live).problems
    letter = chr(ord("A") + sheet[0].index(f"{column}.label.en"))
    assert (problem.place, problem.field) == (f"名单.xlsx · entries!{letter}2", f"{column}.label.en")
    assert str(problem) == f"{problem.place}: has 41 characters\n  fix: say it in at most 40"
