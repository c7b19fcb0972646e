"""Marks: the first and longest word of a group counts, and a longer one that is nothing hides it."""

from __future__ import annotations

import pytest

from botkit.plugins.safety.marks import Marks

MARKS = Marks(
    {
        "negated": {"negated": ("没", "没有", "not"), Marks.LIKE: ("没想到", "not only")},
        "who": {"own": ("我", "i"), "others": ("我同事",)},
    }
)


@pytest.mark.parametrize(
    ("text", "negated", "who"),
    [
        ("我没转", [(1, 2, "negated")], [(0, 1, "own")]),
        ("没想到我没有转", [(4, 6, "negated")], [(3, 4, "own")]),
        ("我同事", None, [(0, 3, "others")]),
        ("nothing i notice", None, [(8, 9, "own")]),
        ("not only, not", [(10, 13, "negated")], None),
        ("", None, None),
    ],
)
def test_what_is_found(text: str, negated: object, who: object) -> None:
    found = {name: marks for name, marks in MARKS.find(text, 0, len(text)).items() if marks}
    assert (found.get("negated"), found.get("who")) == (negated, who)


def test_a_part_is_looked_at_with_its_place_in_the_whole() -> None:
    assert MARKS.find("没没没没", 1, 3)["negated"] == [(1, 2, "negated"), (2, 3, "negated")]
    # A word that the part's edge cuts open is none.
    assert not MARKS.find("another", 2, 99).get("negated")
