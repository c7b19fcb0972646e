"""Duty sheets: read however people write them, with every problem at its cell, and written so that they come back."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from botkit.plugins.handoff.roster.changes import Kind
from botkit.plugins.handoff.roster.imports import LARGEST, Imported, names_of
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier
from botkit.plugins.handoff.roster.rostersheet import read
from botkit.plugins.handoff.roster.sheetout import write_csv, write_xlsx
from tests.plugins.handoff.rosters import BERLIN, SHANGHAI, december, rosters, say, told, weekly

NAMES = names_of([("zhang", "张三"), ("li", "李四"), ("wang", "王五"), ("wang2", "王五")])
HEAD = "日期,开始,结束,岗位,姓名或账号,备注"


def csv(*rows: str, head: str = HEAD) -> Imported:
    """What a CSV file gives."""
    return read("12月.csv", "\n".join((head, *rows)).encode(), SHANGHAI, NAMES)


def xlsx(*rows: list[Any], head: str = HEAD) -> Imported:
    """What a workbook gives whose sheet is called 值班."""
    book = Workbook()
    book.active.title = "值班"
    for row in (head.split(","), *rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return read("12月.xlsx", file.getvalue(), SHANGHAI, NAMES)


def lines(imported: Imported) -> list[str]:
    """Changes as the duties that they make."""
    assert all(change.kind is Kind.DUTY for change in imported.changes)
    roster = Roster((), SHANGHAI, imported.changes)
    return told(roster.between(december(-400), december(400)))


def problems(imported: Imported, language: str = "zh") -> list[str]:
    assert all(say(problem.fix, language) for problem in imported.problems)
    return [f"{say(problem.where, language)}：{say(problem.what, language)}" for problem in imported.problems]


def test_a_months_duties_in_chinese() -> None:
    imported = csv(
        "2026-12-01,08:30,17:30,主班,张三,",
        "2026年12月1日,17:30,8:30,值班,李四,夜班",
        "2026/12/1,0:00,24:00,值班领导,-,",
    )
    assert problems(imported) == []
    assert sorted(lines(imported)) == [
        "backup li 01 17:30-08:30", "commander - 01 00:00-00:00", "primary zhang 01 08:30-17:30",
    ]  # fmt: skip
    assert [change.routine for change in imported.changes] == [True, True, False]
    assert imported.changes[1].reason == "夜班"


@pytest.mark.parametrize(
    "day", [date(2026, 12, 1), datetime(2026, 12, 1), 46357, "2026-12-01", "2026年12月1日", "2026.12.1"]
)
def test_days_of_every_kind(day: Any) -> None:
    assert lines(xlsx([day, "08:30", "17:30", "主班", "张三"])) == ["primary zhang 01 08:30-17:30"]


@pytest.mark.parametrize(
    "clock",
    [
        time(8, 30),
        timedelta(hours=8, minutes=30),
        8.5 / 24,
        "8:30",
        "08:30:00",
        "8：30",
        "0830",
        830,
        "8点半",
        "8时30分",
    ],
)
def test_times_of_every_kind(clock: Any) -> None:
    assert lines(xlsx([date(2026, 12, 1), clock, "12:00", "主班", "zhang"])) == ["primary zhang 01 08:30-12:00"]


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("12/1/2026,08:30,17:30,主班,张三,", "日期", "分不清哪个是月"),
        ("12月1日,08:30,17:30,主班,张三,", "日期", "没有年份"),
        ("2026-02-30,08:30,17:30,主班,张三,", "日期", "不是日期"),
        ("9999-12-31,17:30,08:30,主班,张三,", "日期", "不是日期"),
        (",08:30,17:30,主班,张三,", "日期", "没有日期"),
        ("2026-12-01,08:30:75,17:30,主班,张三,", "开始", "不是时间"),
        ("2026-12-01,08:30+99:00,17:30,主班,张三,", "开始", "不是时间"),
        ("2026-12-01,,17:30,主班,张三,", "开始", "没有时间"),
        ("2026-12-01,24:00,17:30,主班,张三,", "开始", "不是时间"),
        ("2026-12-01,08:30,25:00,主班,张三,", "结束", "不是时间"),
        ("2026-12-01,08:30,1760,主班,张三,", "结束", "不是时间"),
        ("2026-12-01,08:30,17:30,门卫,张三,", "岗位", "不是岗位"),
        ("2026-12-01,08:30,17:30,主班,,", "姓名或账号", "没有写姓名"),
        ("2026-12-01,08:30,17:30,主班,赵六,", "姓名或账号", "没有叫“赵六”"),
        ("2026-12-01,08:30,17:30,主班,王五,", "姓名或账号", "不止一位"),
        ("2026-12-01,08:30,17:30,主班,张三、李四,", "姓名或账号", "不止一个姓名"),
        ("2026-12-01,16:00,18:00,主班,李四,", "日期", "已经排了另一班"),
    ],
)
def test_a_bad_row_names_its_cell_and_stops_no_other(row: str, column: str, says: str) -> None:
    imported = csv("2026-12-01,08:30,17:30,主班,张三,", row, "2026-12-02,08:30,17:30,主班,李四,")
    [problem] = problems(imported)
    assert problem.startswith(f"工作表“12月.csv”，第 3 行，“{column}”列：") and says in problem
    assert lines(imported) == ["primary zhang 01 08:30-17:30", "primary li 02 08:30-17:30"]
    assert problems(imported, "en")


def test_headings_in_english_in_any_order_below_a_title() -> None:
    head = "Duties of December\n\nWho,Tier,Routine,Date,Start,End,Team,End date"
    imported = csv(
        "wang2,anti-fraud,yes,2026-12-01,22:00,06:00,security,",
        "-,Backup,no,2026-12-01,08:00,08:00,,2026-12-03",
        head=head,
    )
    assert problems(imported) == []
    assert lines(imported) == ["backup - 01 08:00-08:00", "anti_fraud wang2 01 22:00-06:00"]
    assert [(change.team, change.routine) for change in imported.changes] == [("security", True), ("", False)]


def test_team_routine_and_last_day_have_their_problems_too() -> None:
    head = f"{HEAD},班组,办理日常,结束日期"
    imported = csv(
        "2026-12-01,8:30,9:30,主班,张三,,交警,,", "2026-12-01,8:30,9:30,主班,张三,,,也许,",
        "2026-12-02,8:30,9:30,主班,张三,,,,2026-12-01", head=head,
    )  # fmt: skip
    assert [problem.partition("，第 ")[2] for problem in problems(imported)] == [
        "2 行，“班组”列：“交警”不是班组。", "3 行，“办理日常”列：“也许”既不是“是”也不是“否”。",
        "4 行，“结束日期”列：结束时间不晚于开始时间。",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "没有找到表头"),
        ("日期,开始,结束,岗位\n2026-12-01,8:30,9:30,主班".encode(), "“姓名或账号”列：没有这一列"),
        (b"PK\x03\x04 no workbook", "打不开"),
        (b"\xd0\xcf\x11\xe0 old", "旧的 XLS"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xff", "不是能读的"),
        (b"a\x00b", "不是能读的"),
        (b'a,"b', "没有结束的引号"),
        (b"x" * (LARGEST + 1), "太大"),
        (b"x\n" * 5000, "太大"),
    ],
)
def test_a_file_that_is_no_duty_sheet(content: bytes, says: str) -> None:
    imported = read("x.csv", content, SHANGHAI, NAMES)
    [problem] = problems(imported)
    assert says in problem and imported.changes == ()


def test_a_sheet_formatted_far_down_is_not_too_large() -> None:
    empty = [[None] * 6 for _ in range(5000)]
    assert lines(xlsx([date(2026, 12, 1), "8:30", "9:30", "主班", "张三"], *empty)) == ["primary zhang 01 08:30-09:30"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    text = f"{HEAD}\r\n2026-12-01,08:30,17:30,主班,张三,值“早”班\r\n"
    assert lines(read("x.csv", text.encode(encoding), SHANGHAI, NAMES)) == ["primary zhang 01 08:30-17:30"]


def kept(duties: list[Duty]) -> list[tuple[object, ...]]:
    """What a sheet keeps of duties."""
    return [(duty.start, duty.end, duty.tier, duty.who, duty.team, duty.routine, duty.areas) for duty in duties]


def distinct(duties: list[Duty]) -> list[Duty]:
    """Those that overlap no earlier one of the same place."""
    left: list[Duty] = []
    for duty in duties:
        if all(one.place != duty.place or one.end <= duty.start for one in left):
            left.append(duty)
    return left


@settings(max_examples=25, deadline=None)
@given(rosters(), st.sampled_from(["zh", "en"]), st.booleans())
def test_what_was_written_comes_back(case: tuple[Roster, datetime, datetime], language: str, workbook: bool) -> None:
    roster, start, end = case
    duties = distinct(roster.between(start, end))
    write = write_xlsx if workbook else write_csv
    shown = {"zhang": "张三", "wang": "王五", "wang2": "王五"}
    content = write(duties, roster.zone, lambda text: say(text, language), shown)
    again = read("x", content, roster.zone, NAMES)
    assert problems(again) == []
    assert kept(Roster((), roster.zone, again.changes).between(start, end)) == kept(duties)


def test_the_second_time_of_a_reading_that_comes_twice_comes_back() -> None:
    since = datetime(2026, 10, 25, 1, 15, 30, 5, tzinfo=UTC)
    duty = Duty(Tier.PRIMARY, since, since + timedelta(minutes=20), "li", {}, True, "", "x")
    assert "02:15:30.000005+01:00,02:35:30" in write_csv([duty], BERLIN, say).decode()
    [change] = read("x", write_csv([duty], BERLIN, say), BERLIN, NAMES).changes
    assert (change.start, change.end) == (duty.start, duty.end)


def test_texts_are_no_formulas_for_a_spreadsheet() -> None:
    [duty] = Roster((weekly("08:00", "09:00", "=1+1"),), SHANGHAI).at(december(1, 8))
    assert ",'=1+1," in write_csv([duty], SHANGHAI, say).decode("utf-8-sig")
    again = read("x", write_xlsx([duty], SHANGHAI, say), SHANGHAI, names_of([("=1+1", "x")]))
    assert [change.who for change in again.changes] == ["=1+1"]


@settings(max_examples=150)
@given(st.lists(st.text(alphabet="0123456789-/.:年月日点半,\"'\n=张三主班 \t", max_size=40), max_size=6))
def test_any_text_gives_changes_or_problems_and_never_an_error(rows: list[str]) -> None:
    imported = csv(*rows)
    assert len({change.id for change in imported.changes}) == len(imported.changes)
