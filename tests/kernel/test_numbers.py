"""The guard on numbers: what could be dialled is found however it is written, and nothing else is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.numbers import NumberGuard, find

STRONG = [
    "",
    " ",
    "-",
    "–",
    "—",
    "  ",
    " - ",
    "\u00a0",
    "\u2009",
    "\u2011",
    ")",
    " (",
    "\u200b",
    "\u2060",
    "\u00ad",
    "\t",
]
WEAK = [*STRONG, ".", "/", "·", "・", "_", ". "]
BEFORE = st.sampled_from(
    ["", "请拨打", "电话：", "call ", "（", "热线", "9:00-17:00 ", "2026-03-11 ", "第3条 ", "500元，"]
)
AFTER = st.sampled_from(
    [
        "",
        "。",
        "热线",
        "转人工",
        "人工台",
        "\n年底前",
        "\n路线图",
        "线路",
        " or so",
        "号码",
        "，2026年",
        " 9:00",
    ]
)


def wide(digits: str) -> str:
    return digits.translate({ord("0") + n: ord("０") + n for n in range(10)})


def flat(numbers: list[str]) -> str:
    return re.sub(r"\D", "", "".join(numbers))


@given(st.data(), BEFORE, AFTER)
def test_every_number_is_found_however_it_is_written(data: st.DataObject, before: str, after: str) -> None:
    separators = data.draw(st.sampled_from([STRONG, WEAK]))
    # Emergency numbers are as short as three digits; with the looser separators it takes seven.
    digits = data.draw(st.text("123456789", min_size=3 if separators is STRONG else 7, max_size=13))
    between = data.draw(st.lists(st.sampled_from(separators), min_size=len(digits), max_size=len(digits)))
    written = "".join(d + s for d, s in zip(digits, between, strict=True))[: -len(between[-1]) or None]
    if data.draw(st.booleans()):
        written = wide(written)
    text = f"{before}{written}{after}"
    assert digits in flat(find(text)), text
    assert NumberGuard([lambda: frozenset({"2026", "9001700"})]).unknown(text), text


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-11", "2026/3/11", "2026.03.11", "2026年3月11日", "9:00-17:00", "09：00—17：00",
        "8:30～11:30", "23:59:59", "500元", "1,500元", "￥500", "共RMB 500", "12.50 yuan", "100万元",
        "长宁路599号", "3号楼502室", "仙霞路137弄25号101室", "1000米", "24小时", "300人", "120分钟", "100%",
        "案件 #20260311", "第12条", "24/7", "1. 水\n2. 电\n3. 气", "COVID-19", "3.5公里", "99",
    ],
)  # fmt: skip
def test_dates_times_sums_places_and_references_are_no_numbers(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("62321000 500元", "62321000"), ("￥500 62321000", "62321000"), ("12:30-62321000", "62321000"),
        ("2026-03-11 62321000", "62321000"), ("62321000\n元", "62321000"), ("62321000路", "62321000"),
    ],
)  # fmt: skip
def test_a_number_beside_a_sum_or_a_date_is_still_one(text: str, left: str) -> None:
    assert flat(find(text)) == left


def test_the_guard_lets_through_what_somebody_vouches_for() -> None:
    guard = NumberGuard([lambda: frozenset({"110", "119"}), lambda: frozenset({"02162321000", "4008001234"})])
    for text in (
        "110",
        "１１０",
        "110 119",
        "021-6232 1000",
        "+86 21 6232 1000",
        "(021)62321000",
        "400-800-1234",
        "没有号码",
    ):
        assert guard.unknown(text) == [], text
    assert guard.unknown("021-62321001 或 110") == ["021-62321001"]
    assert guard.unknown("110-62321000") == ["110-62321000"]
    assert guard.unknown("1 1 0 1")
    assert NumberGuard().unknown("119") == ["119"]


@given(st.text(max_size=300))
def test_any_text_is_searched(text: str) -> None:
    assert all(sum(map(str.isdigit, number)) >= 3 for number in find(text))
