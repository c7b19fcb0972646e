"""Noise: natural errors, the same for the same seed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language import detect, normalise
from botkit.language.pinyin import syllables
from botkit.testing.noise import Noise

ZH = "请问煤气公司的电话是多少"
EN = "where can I find a locksmith near the station"


def test_the_same_seed_makes_the_same_errors() -> None:
    assert Noise(3).typed(EN) == Noise(3).typed(EN)
    assert len({Noise(seed).typed(EN) for seed in range(20)}) > 10


def test_typing_errors_are_small_and_spare_the_first_letters() -> None:
    for seed in range(50):
        typed = Noise(seed, 0.2).typed(EN)
        assert typed != EN
        assert [word[0] for word in typed.split()] == [word[0] for word in EN.split()]
        assert abs(len(typed) - len(EN)) <= 9
        assert abs(len(Noise(seed, 0.05).typed(ZH)) - len(ZH)) <= 4


def test_homophones_sound_the_same() -> None:
    for seed in range(20):
        heard = Noise(seed, 0.2).misheard("消防电梯开锁")
        assert heard != "消防电梯开锁"
        assert syllables(heard) == syllables("消防电梯开锁")


def test_traditional_characters_and_the_invisible_are_undone_by_normalising() -> None:
    assert Noise().traditional("楼道里着火了") != "楼道里着火了"
    assert normalise(Noise().traditional("楼道里着火了")) == "楼道里着火了"
    assert Noise(1).invisible(ZH) != ZH
    assert normalise(Noise(1, 0.5).invisible(ZH)) == ZH


def test_pinyin_says_the_same_in_latin_letters() -> None:
    spelt = Noise(2).pinyin(ZH)
    assert spelt.isascii() and detect(spelt) == "zh"
    assert syllables(spelt) == syllables(ZH)


def test_nothing_is_changed_at_a_rate_of_nought() -> None:
    assert Noise(1, 0).typed(ZH + EN) == ZH + EN
    with pytest.raises(ValueError, match="rate"):
        Noise(1, 2)


@given(st.text(max_size=100), st.integers(0, 100))
def test_it_never_raises(text: str, seed: int) -> None:
    noise = Noise(seed, 0.3)
    for change in (noise.typed, noise.misheard, noise.pinyin, noise.invisible):
        assert isinstance(change(text), str)
