"""The question log: nothing in it leads back to a person."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from directory.questions import LONGEST, redact


def test_digits_links_addresses_and_mentions_go() -> None:
    said = "@社区民警 我电话13800138000，住３号楼②室 https://a.example/b?c=1 mail me@home.example\n煤气费怎么交"
    assert redact(said) == "我电话，住号楼室 mail 煤气费怎么交"


def test_long_texts_are_cut() -> None:
    assert len(redact("煤气" * 5000)) == LONGEST


@given(st.text(max_size=400))
def test_no_number_and_no_control_is_left_of_any_text(text: str) -> None:
    kept = redact(text)
    assert len(kept) <= LONGEST
    assert not any(unicodedata.category(sign)[0] in "NC" for sign in kept)
