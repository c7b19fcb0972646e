"""Features: what makes two texts alike, told by block, the same in every process."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language.features import BLOCKS, LONGEST, features, hashed, plain


def test_chinese_is_taken_apart_into_characters_edged_pairs_and_their_sounds() -> None:
    found = features("煤气费")
    assert found["c"] == ("煤", "气", "费")
    assert found["b"] == ("^煤", "煤气", "气费", "费$")
    assert found["s"] == ("mei qi", "qi fei")
    assert found["w"] == found["p"] == found["n"] == ()


def test_english_into_stems_rows_pairs_and_pieces() -> None:
    found = features("paying bills")
    assert found["w"] == ("pay", "bill", "^_pay", "pay_bill", "bill_$")
    assert found["p"] == ("bill+pay",)
    assert {" p", "pay", "ying ", "bil", " bill"} <= set(found["n"])
    assert all(2 <= len(piece) <= 5 for piece in found["n"])


def test_each_stands_once_and_numbers_stand_among_the_characters() -> None:
    assert features("电话电话 12345")["c"] == ("电", "话", "12345")
    for listed in features("no no no gas gas 煤气煤气煤气").values():
        assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    ("one", "other", "block"),
    [
        ("煤氣費", "煤气费", "c"),
        ("ＧＡＳ Bill", "gas bill", "n"),
        ("侬晓得伐", "你知道吗", "c"),
        ("@煤气 电费", "电费", "c"),
        ("打13812345678", "打13987654321", "c"),
    ],
    ids=["traditional", "wide", "dialect", "mention", "number"],
)
def test_what_is_the_same_in_other_writing_has_the_same_features(one: str, other: str, block: str) -> None:
    assert features(one)[block] == features(other)[block] != ()


def test_homophones_and_pinyin_meet_in_their_sounds() -> None:
    said = set(features("漏煤气")["s"])
    assert said & set(features("楼没汽")["s"]) and said == set(features("lou mei qi")["s"])


def test_only_the_beginning_of_a_long_text_is_compared() -> None:
    assert len(plain("煤气" * 1000)) <= LONGEST
    assert features("煤气 " * LONGEST + "水")["c"] == ("煤", "气")


def test_pairs_of_a_long_text_stay_few() -> None:
    words = " ".join(f"w{chr(97 + one)}{chr(97 + two)}" for one in range(12) for two in range(12))
    assert len(features(words)["p"]) == 40 * 39 // 2


@given(st.text(max_size=600))
def test_they_never_raise_and_name_every_block(text: str) -> None:
    found = features(text)
    assert list(found) == [name for name, _ in BLOCKS]
    for block, listed in found.items():
        assert all(0 <= number < 2**32 for number in hashed(block, listed))


def test_hashes_are_the_same_in_every_process_and_differ_by_block() -> None:
    program = "from botkit.language.features import hashed; print(list(hashed('c', ['煤', 'gas', chr(0xD800)])))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    here = list(hashed("c", ["煤", "gas", "\ud800"]))
    assert done.stdout.strip() == str(here)
    assert not set(here) & set(hashed("b", ["煤", "gas", "\ud800"]))
