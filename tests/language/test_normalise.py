"""Normalising: one plain form, whatever people and phones do to a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language import normalise, without_mentions

EVERYDAY = st.text(
    alphabet=st.sampled_from("着火了煤气公司電話樓道裡請問abcXYZ 019!?。，\n\t🔥\u200b\u202e"), max_size=80
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ＨＥＬＰ　１１０", "help 110"),
        ("樓道裡有燒焦味", "楼道里有烧焦味"),
        ("著火了", "着火了"),
        ("著名作家", "著名作家"),
        ("煤\u200b气\u2060泄\u00ad漏", "煤气泄漏"),
        ("\u202e救命\u202c", "救命"),
        ("着 火 了", "着火了"),
        ("Helppppp!!!!", "help!"),
        ("啊啊啊啊啊", "啊啊"),
        ("a\r\n\r\n  b", "a\nb"),
        ("12345 1000", "12345 1000"),
        ("http://www.a.cn//b", "http://www.a.cn//b"),
        ("🔥🔥🔥", "🔥"),
        ("can’t", "can't"),
        ("", ""),
        ("\ud800", ""),
    ],
)
def test_the_plain_form(written: str, plain: str) -> None:
    assert normalise(written) == plain


@given(st.text(max_size=300))
def test_it_never_raises_and_drops_the_invisible(text: str) -> None:
    plain = normalise(text)
    assert plain == plain.strip()
    assert not set(plain) & set("\u200b\u200d\u202e\u2066\r\t\x00")


@given(EVERYDAY)
def test_a_plain_form_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_mentions_of_anybody_are_left_out() -> None:
    assert without_mentions("@社区民警 停水了 @li") == "停水了"
    assert without_mentions("停水了") == "停水了"
