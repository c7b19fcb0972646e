"""Tokens and numerals: what is compared by kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language import normalise
from botkit.language.numerals import fold, value
from botkit.language.tokens import tokens, without_fillers


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("十", 10), ("十二", 12), ("二十三", 23), ("一百二", 120), ("一百零二", 102), ("一千零五十", 1050),
        ("两万五", 25000),
        ("一二〇", 120), ("幺幺零", 110), ("零", 0), ("万", None), ("", None), ("一十一二", None), ("煤", None),
    ],
)  # fmt: skip
def test_numerals_are_read(numeral: str, number: int | None) -> None:
    assert value(numeral) == number


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("一楼", "1楼"), ("十二点", "12点"), ("三号楼五零二室", "3号楼502室"), ("打幺幺零", "打110"),
        ("二〇二六年", "2026年"),
        ("三点十分", "3点10分"), ("下午一点", "下午1点"), ("两千块", "2000块"), ("3.5万", "35000"), ("两个人", "2个人"),
    ],
)  # fmt: skip
def test_what_counts_is_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    "text", ["一下", "十分好", "万一", "千万别", "有一点", "三五个", "第一个", "四川", "三三两两", "一起", "周一"]
)
def test_words_stay(text: str) -> None:
    assert fold(text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("点击 http://a.cn/x?b=1领取", "点击 <url> 领取"),
        ("看 abc123.xyz/q 吧", "看 <url> 吧"),
        ("打13812345678或400-820-8820 [捂脸]", "打 <number> 或 <number>"),
        ("联系 a.b@c.com", "联系 <mail>"),
        ("12345 962288", "12345 962288"),
        ("2026.5.1 三点", "2026.5.1 3点"),
    ],
)
def test_addresses_and_long_numbers_are_tokens(text: str, plain: str) -> None:
    assert tokens(text) == plain


def test_the_um_and_er_of_speech_go() -> None:
    assert without_fillers("嗯那个就是我家油烟机坏了然后呢不转了") == "我家油烟机坏了不转了"
    assert without_fillers("um you know the gas smells") == "the gas smells"
    assert without_fillers("额度多少") == "额度多少"


@given(st.text(max_size=200))
def test_they_never_raise(text: str) -> None:
    plain = normalise(text)
    tokens(plain)
    without_fillers(plain)
    value(text[:12])
    assert fold(fold(plain)) is not None
