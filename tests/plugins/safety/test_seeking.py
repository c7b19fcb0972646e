"""Seeking: nothing that a phrase says is passed over, and where its words are missing nothing is tried."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from botkit.plugins.safety.phrases import compiled
from botkit.plugins.safety.seeking import Seeker

PHRASES = [
    compiled(row, {})
    for row in (
        "转 ~3 给 骗子",
        "^ 我? 转 了",
        "# ~2 给 骗子",
        "a|^ ~4 给 !骗子",
        "转 了? 给 *? 骗子",
        "给 骗子|$",
        "转账 给",
        "转 账",
    )
]
PIECES = st.sampled_from(["转", "账", "给", "骗子", "我", "了", "的", ",", "。", " ", "a", "5000", "三", "万", "好"])


@given(st.lists(PIECES, max_size=14).map("".join))
def test_every_place_where_a_phrase_stands_is_found(text: str) -> None:
    seeker = Seeker(PHRASES)
    places = seeker.places(text, 0, len(text))
    for phrase in PHRASES:
        there = places.present & seeker.every(phrase) == seeker.every(phrase)
        starts = set(seeker.starts(phrase, places)) if there else set()
        for at in range(len(text) + 1):
            # An amount is found from its beginning: "万" of "三万" need not be.
            inside = at and text[at - 1] in "5000三万好" and text[at : at + 1] in "5000三万好"
            if phrase.pattern.match(text, at) and not inside and text[at : at + 1] != " ":
                assert at in starts, (phrase.source, at)


def test_without_its_words_a_phrase_begins_nowhere() -> None:
    seeker = Seeker(PHRASES)
    text = "给骗子, 转"
    places = seeker.places(text, 0, len(text))
    every = seeker.every(PHRASES[1])
    assert places.present & every != every, "it needs 了"
    # Its words are there, in another order.
    assert not list(seeker.starts(PHRASES[0], places))
    assert list(seeker.starts(PHRASES[5], places)) == [0]
