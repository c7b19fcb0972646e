"""Reading: whatever people's programs make of a sheet is understood."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.accepting import accept
from directory.guard import Guard
from directory.problems import speaking
from directory.sheets.columns import COLUMNS
from directory.sheets.reading import read_sheets
from directory.sheets.rows import over_live
from directory.values import Guide, Phone, Topic, Words
from tests.directory.sheets.books import ENTRY, csv_of, entries, ods, ods_rows, read_xlsx, slugs, xlsx


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters_of_spreadsheets(encoding: str, delimiter: str) -> None:
    text = csv_of(entries()).replace(",", delimiter)
    read = read_sheets("a.csv", text.encode(encoding))
    assert not read.problems and read.given[0].data["name"] == {"zh": "燃气热线", "en": "Gas line"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_headings_in_either_language_in_any_order_below_a_title(language: str) -> None:
    say = speaking(language)
    columns = [column for column in COLUMNS["entry"] if column.key in ENTRY][::-1]
    rows = [["2026 年服务目录"], [], [say(column.heading) for column in columns], [ENTRY[c.key] for c in columns]]
    read = read_xlsx({"Sheet1": rows}, lambda book: book["Sheet1"].merge_cells("A1:C1"))
    assert not read.problems and slugs(read) == ["gas"]
    assert read.given[0].place == "名单.xlsx · Sheet1!J4"


def test_half_width_brackets_spaces_and_case_do_not_matter() -> None:
    rows = [["SLUG", "名称 (中文)", "Name(english)"], ["repair", "维修", "Repairs"]]
    (row,) = read_xlsx({"大类": rows}).given
    assert row.kind == "family" and row.data == {"slug": "repair", "name": {"zh": "维修", "en": "Repairs"}}


@pytest.mark.parametrize(
    ("key", "cell", "field", "value"),
    [
        ("owner", 12345.0, "owner", "12345"),
        ("owner", 1.5, "owner", "1.5"),
        ("phone1.number", 13800138000, "phones", [{"number": "13800138000"}]),
        ("assured_date", date(2026, 1, 31), "assured_date", date(2026, 1, 31)),
        ("assured_date", datetime(2026, 1, 31, 8, 30), "assured_date", date(2026, 1, 31)),
        ("assured_date", 46053, "assured_date", date(2026, 1, 31)),
        ("assured_date", 20260131, "assured_date", date(2026, 1, 31)),
        ("assured_date", "2026-01-31", "assured_date", date(2026, 1, 31)),
        ("assured_date", "2026/1/31", "assured_date", date(2026, 1, 31)),
        ("assured_date", "2026.1.31", "assured_date", date(2026, 1, 31)),
        ("assured_date", "2026年1月31日", "assured_date", date(2026, 1, 31)),
        ("assured_date", "２０２６－１－３１", "assured_date", date(2026, 1, 31)),
        ("sample", "是", "sample", True),
        ("sample", "Yes ", "sample", True),
        ("sample", True, "sample", True),
        ("sample", 1.0, "sample", True),
        ("sample", "√", "sample", True),
        ("sample", "否", "sample", False),
        ("sample", 0, "sample", False),
        ("risk", "紧急维修", "risk", "urgent"),
        ("risk", "Urgent repair", "risk", "urgent"),
        ("risk", "hotline", "risk", "hotline"),
        ("languages", "zh、wuu，en", "languages", ["zh", "wuu", "en"]),
        ("topics", "water\nheat\n", "topics", ["water", "heat"]),
        ("phrasings.zh", " 煤气漏了 \r\n\n 煤气费\n", "phrasings", {"zh": ["煤气漏了", "煤气费"]}),
        ("place.latitude", 31.2304, "place", {"latitude": 31.2304}),
        ("place.latitude", "31.2304", "place", {"latitude": 31.2304}),
        (
            "phones.more",
            "12345 | 市民热线 | Citizens\n 021-1 ｜ 甲\\|乙",
            "phones",
            [
                {"number": "962777"},
                {"number": "12345", "label": {"zh": "市民热线", "en": "Citizens"}},
                {"number": "021-1", "label": {"zh": "甲|乙"}},
            ],
        ),
    ],
)
def test_what_people_write_in_cells(key: str, cell: Any, field: str, value: Any) -> None:
    read = read_xlsx({"entries": entries({key: cell})})
    assert not read.problems and read.given[0].data[field] == value


def test_open_document_is_read_too() -> None:
    rows = ods_rows(entries())
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    far = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    read = read_sheets("a.ods", ods({"服务条目": rows + far}))
    assert not read.problems and slugs(read) == ["gas"] and read.given[0].place == "a.ods · 服务条目!A2"


def test_empty_rows_are_skipped_and_places_stay_right() -> None:
    rows = entries({}, {"slug": "water"})
    rows.insert(2, [None, "  "])
    read = read_xlsx({"entries": rows})
    assert not read.problems and [row.place for row in read.given] == [
        "名单.xlsx · entries!A2",
        "名单.xlsx · entries!A4",
    ]


def test_mistakes_that_are_found_later_stand_at_their_cell() -> None:
    (row,) = read_xlsx({"服务条目": entries({"phone2.number": "123"})}).given
    say = [row.problem(*one) for one in (
        ("name.en", "has 90 characters", "…"), ("name", "is invented", "…"), ("phones", "123 is odd", "…"),
        ("hours", "malformed", "…"), ("", "odd", "…"),
    )]  # fmt: skip
    assert [(p.where.partition("!")[2], p.field) for p in say] == [
        ("D2", "name.en"), ("C2", "name.zh"), ("K2", "phone2.number"), ("2", "hours"), ("2", ""),
    ]  # fmt: skip


def test_columns_that_a_sheet_does_not_have_stay_as_they_are() -> None:
    whole = entries({"area.zh": "全市", "area.en": "city", "phone2.number": "12345", "risk": "urgent", "free": "yes"})
    topics = Guide(topics=(Topic("gas", Words("燃气", "Gas"), "repair"),))
    guard = Guard(())
    live = accept(read_xlsx({"entries": whole}).given, guard, live=topics).guide
    # Risk is emptied, area and phone 2 are not there.
    rows = over_live(read_xlsx({"entries": entries({"owner": "新人", "risk": None})}).given, live)
    (entry,) = accept(rows, guard, live=topics).guide.entries
    assert entry.owner == "新人" and entry.risk == "other" and entry.free
    assert entry.area == Words("全市", "city") and entry.phones == (Phone("962777"), Phone("12345"))
    (new,) = over_live(read_xlsx({"entries": entries({"slug": "new"})}).given, live)
    assert "area" not in new.data


@given(st.binary(max_size=300))
def test_nothing_that_is_given_raises(content: bytes) -> None:
    if not content.startswith((b"PK", b"\xd0\xcf")):
        read = read_sheets("a.csv", content)
        assert read.problems or read.given


def test_a_damaged_workbook_never_raises() -> None:
    whole = xlsx({"entries": entries()})
    for at in range(10, len(whole), len(whole) // 12):
        read = read_sheets("a.xlsx", whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        assert read.problems or read.given
        assert read_sheets("a.xlsx", whole[:at]).problems
