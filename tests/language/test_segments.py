"""Segments: two asks are two, one ask stays one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language import split


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("煤气公司电话,还有我的案子", ("煤气公司电话", "我的案子")),
        ("煤气公司电话多少？我的案子怎么样了？", ("煤气公司电话多少？", "我的案子怎么样了？")),
        ("垃圾分类怎么弄以及装修垃圾找谁", ("垃圾分类怎么弄", "装修垃圾找谁")),
        ("请问开锁电话，另外身份证丢了怎么补办", ("请问开锁电话", "身份证丢了怎么补办")),
        (
            "the locksmith's number please, and what happened with my theft report",
            ("the locksmith's number please", "what happened with my theft report"),
        ),
        (
            "what's the gas company's number and how do I renew my passport",
            ("what's the gas company's number", "how do I renew my passport"),
        ),
    ],
)
def test_two_asks_are_taken_apart(text: str, parts: tuple[str, ...]) -> None:
    assert split(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "煤气公司电话多少",
        "我家水管爆了怎么办?电话多少?",
        "你好。煤气公司电话多少?",
        "我和我老公还有孩子的户口怎么办",
        "家里停电了，还有小孩在家",
        "who do I call and when are they open",
        "I lost my keys and I need help",
        "门锁着里面没人应 要开锁",
        "",
        "   ",
    ],
)
def test_one_ask_stays_whole(text: str) -> None:
    assert split(text) == (text,)


@given(st.text(max_size=400))
def test_it_never_raises_and_never_makes_many(text: str) -> None:
    parts = split(text)
    assert 1 <= len(parts) <= 4
    assert all(part in text for part in parts)


@given(
    st.lists(
        st.sampled_from(["煤气电话多少", "，", "还有", "另外", "我的案子", "？", " and what about ", "my visa", "。"]),
        max_size=30,
    )
)
def test_parts_are_pieces_of_the_text_in_order(pieces: list[str]) -> None:
    text = "".join(pieces)
    place = 0
    for part in split(text):
        found = text.find(part, place)
        assert found >= place
        place = found + len(part)
