"""Shanghai words: told in standard words, and nothing else touched."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language import normalise
from botkit.language.dialect import FILE, standard

LISTED = tomllib.loads(FILE.read_text("utf-8"))["words"]
WORDS = {word: meant for meant, several in LISTED.items() for word in several.split()}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("侬晓得伐", "你知道吗"),
        ("阿拉屋里厢电灯坏脱了哪能办", "我们家里电灯坏掉了怎么办"),
        ("伊讲伊勿晓得", "他讲他不知道"),
        ("钥匙落脱了，寻勿着", "钥匙掉了,找不到"),
        ("明朝落雨伐?", "明天下雨吗?"),
        ("门口头有人打相打", "门口有人打架"),
        ("楼浪向漏水", "楼上漏水"),
        ("啥人啥辰光来", "谁什么时候来"),
        ("煤气费几钿", "煤气费多少钱"),
    ],
)
def test_shanghai_words_are_told_in_standard_ones(said: str, meant: str) -> None:
    assert standard(normalise(said)) == meant


@pytest.mark.parametrize(
    "text",
    [
        "伊朗和伊拉克", "阿拉伯语", "木乃伊", "请勿打扰", "砍伐树木", "人物事迹", "什么事情", "逃脱", "皮肤脱落",
        "浪费水",
        "明朝皇帝", "战后日本", "星辰光芒", "演讲", "来三个人", "特洛伊", "急刹车", "my gas bill", "",
    ],
)  # fmt: skip
def test_standard_words_stay(text: str) -> None:
    assert standard(normalise(text)) == normalise(text)


def test_the_list_is_long_and_in_plain_form() -> None:
    assert len(WORDS) >= 200
    for word, meant in WORDS.items():
        assert normalise(word) == word and normalise(meant) == meant
        assert standard(word) == meant, word
        assert standard(meant) == meant, meant


@given(st.text(alphabet=st.sampled_from("侬伊勿伐阿拉脱寻着啥人屋里厢来三x ,?"), max_size=60))
def test_it_never_raises(text: str) -> None:
    assert isinstance(standard(text), str)
