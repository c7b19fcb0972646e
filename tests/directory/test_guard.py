"""The guard: police business and emergency numbers never become entries."""

from __future__ import annotations

import pytest

from directory.guard import Guard
from directory.reading import read_guard
from tests.directory.conftest import SAMPLE

guard, _ = read_guard(SAMPLE)
assert guard is not None
GUARD: Guard = guard


@pytest.mark.parametrize(
    "text",
    [
        "户口迁移怎么办", "身份证丢了", "办护照", "居住证到期", "签证延期", "查违章", "我的案子有进展吗",
        "案件进展", "调档案", "给狗办犬证", "换驾照", "renew my passport", "lost ID card", "Hukou transfer",
        "a Chinese visa", "driving licence", "my case",
    ],
)  # fmt: skip
def test_police_business_is_found(text: str) -> None:
    assert GUARD.subject(text)


@pytest.mark.parametrize("text", ["违章建筑找谁", "煤气费", "advisable", "Visa card", "showcase", "paid cards"])
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert GUARD.subject(text) is None


def test_emergency_and_unsourced_numbers_are_refused() -> None:
    for number in ("110", "119", "120", "122", "12110", "96110", "12367", "12319", "962121"):
        assert GUARD.number(number)
    assert GUARD.number("12345") is None


def test_an_empty_list_guards_nothing_and_raises_nothing() -> None:
    assert Guard(()).subject("护照") is None
