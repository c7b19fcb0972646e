"""What a text sounds like: characters and their spelling in Latin letters are the same."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language import readings
from botkit.language.pinyin import homophones, sound, sounds, syllables
from botkit.language.spelling import SYLLABLES, is_spelt, split_word


@pytest.mark.parametrize(
    ("characters", "spelt"),
    [
        ("煤气泄漏", "meiqi xielou"),
        ("煤氣洩漏", "mei qi xie lou"),
        ("停水了，电话多少", "ting shui le dianhua duoshao"),
        ("银行的电话", "yinhang de dianhua"),
        ("西安路的水管", "xi'an lu de shuiguan"),
        ("旅游", "lvyou lvyou"),
    ],
)
def test_characters_and_their_spelling_meet(characters: str, spelt: str) -> None:
    assert syllables(spelt)[: len(syllables(characters))] == syllables(characters)


def test_pinyin_among_characters_is_read_and_english_is_not() -> None:
    assert syllables("我家 meiqi 漏了") == ["wo", "jia", "mei", "qi", "lou", "le"]
    assert syllables("my gas bill 12") == ["my", "gas", "bill", "12"]
    assert syllables("没 water 了") == ["mei", "water", "le"]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("meiqixielou", ("mei", "qi", "xie", "lou")),
        ("fangan", ("fan", "gan")),
        ("xian", ("xian",)),
        ("xi'an", ("xi", "an")),
        ("nver", ("nv", "er")),
        ("lue", ("lve",)),
        ("nangua", ("nan", "gua")),
        ("hotline", ()),
        ("", ()),
    ],
)
def test_words_are_split_as_the_rules_of_spelling_want(word: str, parts: tuple[str, ...]) -> None:
    assert split_word(word) == parts


@pytest.mark.parametrize(
    ("one", "other"),
    [("zhi", "zi"), ("chang", "can"), ("sheng", "sen"), ("nan", "lan"), ("ming", "min"), ("hua", "fa"), ("hui", "fei")],
)
def test_what_careless_ears_confuse_sounds_the_same(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_words_that_are_no_syllables_keep_their_letters() -> None:
    assert sounds("what a long night 110") == ["what", "a", "long", "night", "110"]


def test_common_homophones_come_first() -> None:
    assert "所" in homophones("锁")[:3]
    assert "锁" not in homophones("锁")
    assert homophones("x") == ""


def test_the_table_is_what_pypinyin_says() -> None:
    pytest.importorskip("pypinyin")
    assert readings.FILE.read_text("utf-8") == readings.made(), "run python -m botkit.language.readings"


@given(st.text(max_size=200))
def test_it_never_raises_and_says_something_for_each_character(text: str) -> None:
    assert all(syllables(text)) and all(sounds(text))
    assert len(syllables("火" + text)) >= 1


@given(st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=5))
def test_what_is_spelt_in_syllables_is_found_to_be(parts: list[str]) -> None:
    word = "".join(parts)
    assert is_spelt(word)
    assert "".join(split_word(word)).replace("lve", "lue").replace("nve", "nue") == word.replace("lve", "lue").replace(
        "nve", "nue"
    )


def test_loading_is_light() -> None:
    """Under 15 MB, and pypinyin with its dictionaries stays away."""
    code = """if True:
        import sys, tracemalloc
        import botkit.language
        tracemalloc.start()
        from botkit.language.pinyin import syllables
        syllables("煤气")
        assert "pypinyin" not in sys.modules
        print(tracemalloc.get_traced_memory()[1])
    """
    memory = int(subprocess.check_output([sys.executable, "-c", code], text=True))
    assert memory < 15e6
