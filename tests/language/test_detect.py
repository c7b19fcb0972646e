"""Which language a message is answered in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language import detect


@pytest.mark.parametrize(
    "text",
    [
        "煤气公司电话多少",
        "没 water 了, hotline 是多少",
        "ting shui le, dianhua shi duoshao",
        "wo yao bao jing",
        "woyao baojing",
        "residence permit 怎么 renew",
        "@police 停电了",
        "😀",
        "12345",
        "",
    ],
)
def test_chinese_mixed_pinyin_and_wordless_are_chinese(text: str) -> None:
    assert detect(text) == "zh"


@pytest.mark.parametrize(
    "text",
    [
        "my gas bill is wrong, who do I call",
        "hi",
        "can you help me",
        "he can run",
        "men in song",
        "where were you before",
        "police came to our gate",
        "the machine made a hole",
        "Please help, my neighbour 王阿姨 fell on the stairs",
        "see https://example.cn/页面 please",
    ],
)
def test_english_stays_english(text: str) -> None:
    assert detect(text) == "en"


@given(st.text(max_size=500))
def test_it_always_answers(text: str) -> None:
    assert detect(text) in ("zh", "en")
