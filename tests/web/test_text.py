"""Text from people: nothing invisible changes what is read."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.web.language import preferred
from botkit.web.text import isolated, visible


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("煤气公司电话多少", "煤气公司电话多少"),
        ("line\r\nline\rline\n", "line\nline\nline\n"),
        ("a\x00b\x1bc\x7f", "a\ufffdb\ufffdc\ufffd"),
        ("call \u202e011\u202c now", "call \ufffd011\ufffd now"),
        ("\u2067x\u2069", "\ufffdx\ufffd"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("tab\there", "tab\there"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_what_hides_is_replaced(given_text: str, shown: str) -> None:
    assert visible(given_text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_that_hides_is_left(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert visible(shown) == shown


def test_templates_get_it_escaped_and_isolated() -> None:
    assert isolated("<b>\u202e") == "<bdi>&lt;b&gt;\ufffd</bdi>"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.2, zh;q=0.8", "zh"),
        ("de, fr;q=0.9", "zh"),
        ("en;q=x", "zh"),
        (",;,;q=", "zh"),
    ],
)
def test_the_browser_s_language(header: str, language: str) -> None:
    assert preferred(header) == language


@given(st.text(max_size=200))
def test_any_header_gives_a_language(header: str) -> None:
    assert preferred(header) in ("zh", "en")
