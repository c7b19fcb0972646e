"""Merging: what differs is told field by field, and what changed side by side comes together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from directory.merging import Conflict, Difference, behind, differences, merged
from directory.values import Entry, Hours, Phone, Phrases, Words

BASE = Entry(
    "gas", "gas", Words("燃气热线", "Gas line"), Words("燃气的事。", "About gas."), (Phone("962777"),),
    phrasings=Phrases(("煤气找谁", "煤气费"), ("gas bill",)),
)  # fmt: skip


def test_differences_are_told_by_field_and_lists_by_what_left_and_joined() -> None:
    after = replace(
        BASE,
        name=Words("燃气热线", "Gas hotline"),
        hours=Hours("24/7"),
        phrasings=Phrases(("煤气找谁", "煤气停了"), ("gas bill",)),
    )
    assert differences(BASE, after) == (
        Difference("name.en", "Gas line", "Gas hotline"),
        Difference("phrasings.zh", ["煤气费"], ["煤气停了"]),
        Difference("hours.rule", None, "24/7"),
    )
    assert differences(BASE, BASE) == ()
    assert [d.field for d in differences(None, BASE)][:3] == ["slug", "topic", "name.zh"]
    assert all(d.after is None or d.after == [] for d in differences(BASE, None))


def test_an_order_that_changed_is_a_difference() -> None:
    other = replace(BASE, phrasings=Phrases(("煤气费", "煤气找谁"), ("gas bill",)))
    assert differences(BASE, other) == (Difference("phrasings.zh", ["煤气找谁", "煤气费"], ["煤气费", "煤气找谁"]),)


def test_changes_of_different_fields_come_together() -> None:
    ours = replace(
        BASE, name=Words("燃气热线", "Gas hotline"), phrasings=Phrases(("煤气找谁", "没气了"), ("gas bill",))
    )
    theirs = replace(BASE, name=Words("燃气服务", "Gas line"), phrasings=Phrases(("煤气费",), ("gas bill", "gas")))
    both = merged(BASE, ours, theirs)
    assert isinstance(both, Entry)
    assert both.name == Words("燃气服务", "Gas hotline")
    assert both.phrasings == Phrases(("没气了",), ("gas bill", "gas"))


def test_one_field_changed_to_two_ends_is_a_conflict_that_names_it() -> None:
    ours = replace(BASE, name=Words("甲", "Gas line"), owner="a")
    theirs = replace(BASE, name=Words("乙", "Gas line"), owner="b")
    with pytest.raises(Conflict) as told:
        merged(BASE, ours, theirs)
    assert set(told.value.fields) == {"name.zh", "owner"}


def test_removing_what_somebody_changed_is_a_conflict_and_the_same_change_twice_is_none() -> None:
    other = replace(BASE, owner="b")
    with pytest.raises(Conflict):
        merged(BASE, None, other)
    assert merged(BASE, None, BASE) is None and merged(BASE, other, other) == other and merged(None, BASE, None) == BASE


def test_a_text_whose_other_language_changed_is_behind_until_it_changes_too() -> None:
    first = behind(BASE, replace(BASE, summary=Words("燃气的新事。", "About gas.")))
    assert isinstance(first, Entry) and first.behind == ("summary.en",)
    second = behind(first, replace(first, summary=Words("燃气的新事。", "News of gas.")))
    assert isinstance(second, Entry) and second.behind == ()
    both = behind(BASE, replace(BASE, summary=Words("都改了。", "Both changed.")))
    assert isinstance(both, Entry) and both.behind == ()
    only = behind(BASE, replace(BASE, summary=Words("只有中文。", "")))
    assert isinstance(only, Entry) and only.behind == ()
