"""Typing errors: put right by the words that can be asked for, and only by them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language.typos import NEIGHBOURS, Typos

WORDS = [
    "locksmith",
    "passport",
    "electricity",
    "warranty",
    "water",
    "number",
    "hotline",
    "plumber",
    "garbage",
    "repair",
    "form",
    "from",
    "from",
    "gas",
    "煤气",
    "泄漏",
    "开锁",
    "公积金",
    "物业",
    "电话",
    "派出所",
    "居住证",
    "自来水",
]


@pytest.fixture(scope="module")
def typos() -> Typos:
    return Typos(WORDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("locsmith", "locksmith"), ("loksmithh", "locksmith"), ("passprot", "passport"), ("electrcity", "electricity"),
        ("wtaer", "water"), ("watet", "water"), ("repiar", "repair"), ("numbber", "number"), ("pulmber", "plumber"),
        ("frmo", "from"), ("煤汽", "煤气"), ("公鸡金", "公积金"), ("派粗所", "派出所"),
    ],
)  # fmt: skip
def test_slips_are_put_right(typos: Typos, typed: str, meant: str) -> None:
    assert typos.correct(typed) == meant


@pytest.mark.parametrize(
    "word", ["water", "gas", "gaz", "later", "mater", "dinner", "waiter1", "电话", "电灯", "没期", "", "x" * 500]
)
def test_other_words_stay(typos: Typos, word: str) -> None:
    assert typos.correct(word) == word


def test_of_two_that_are_as_near_the_commoner_is_meant(typos: Typos) -> None:
    assert typos.correct("frpm") == "from"


def test_a_whole_message_is_put_right(typos: Typos) -> None:
    assert typos.correct_text("煤汽泄露 打电画给locsmith 12345") == "煤气泄漏 打电话给locksmith 12345"
    assert typos.correct_text("我家没有煤气") == "我家没有煤气"
    assert Typos([]).correct_text("煤汽 locsmith") == "煤汽 locsmith"


def test_keys_have_the_neighbours_of_a_keyboard() -> None:
    assert set(NEIGHBOURS["g"]) == set("tyfhvb")
    assert all(key in NEIGHBOURS[other] for key, others in NEIGHBOURS.items() for other in others)


@given(st.text(max_size=60))
def test_it_never_raises_and_is_settled(text: str) -> None:
    typos = Typos(WORDS)
    typos.correct(text)
    assert typos.correct_text(typos.correct_text(text)) is not None


@given(st.sampled_from([word for word in WORDS if word.isascii() and len(word) > 4]), st.integers(0, 1_000))
def test_a_dropped_or_doubled_letter_leads_back(word: str, seed: int) -> None:
    at = random.Random(seed).randrange(1, len(word))
    typos = Typos(WORDS)
    assert typos.correct(word[:at] + word[at + 1 :]) == word
    assert typos.correct(word[:at] + word[at] + word[at:]) == word
