"""Reading fields: the right types come out, and each mistake is noted once, with its fix."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from directory.fields import Fields
from directory.toml_file import Table
from directory.values import Phrases, Words


def fields(**data: Any) -> Fields:
    return Fields(Table("entry", data, "a.toml", 1, {}))


def test_what_is_well_written_comes_out() -> None:
    given = fields(
        slug=" gas ",
        name={"zh": "燃气", "en": "Gas"},
        sample=True,
        day=date(2026, 1, 31),
        words={"zh": ["a", "a"]},
    )
    assert given.text("slug") == "gas"
    assert given.words("name", (5, 5)) == Words("燃气", "Gas")
    assert given.phrases("words", 9) == Phrases(("a",), ())
    assert given.flag("sample") is True
    assert given.day("day") == date(2026, 1, 31)
    given.finish()
    assert not given.problems


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({}, "is missing"),
        ({"name": "Gas"}, "not given by language"),
        ({"name": {"zh": "燃气"}}, "name.en is missing"),
        ({"name": {"zh": "燃气", "en": ""}}, "is empty"),
        ({"name": {"zh": "燃气", "en": 7}}, "is not a text"),
        ({"name": {"zh": "燃气", "en": "G" * 41}}, "has 41 characters"),
        ({"name": {"zh": "燃\n气", "en": "Gas"}}, "invisible"),
        ({"name": {"zh": "<script>alert(1)", "en": "Gas"}}, "marks of a web page"),
        ({"name": {"zh": "燃气", "en": "<b>Gas</b>"}}, "marks of a web page"),
        ({"name": {"zh": "燃\u202e气", "en": "Gas"}}, "invisible"),
        ({"name": {"zh": "燃气", "en": "Gas", "fr": "Gaz"}}, "name.fr is no known field"),
    ],
)
def test_a_mistake_is_noted_once_and_says_what_to_do(data: dict[str, Any], part: str) -> None:
    given = fields(**data)
    given.words("name", (20, 40), required=True)
    assert len(given.problems) == 1
    assert part in str(given.problems[0]) and given.problems[0].fix


def test_misspelt_fields_are_not_lost_in_silence() -> None:
    given = fields(slug="gas", phoens=[])
    given.text("slug")
    given.list_of("phones")
    given.finish()
    assert str(given.problems[0]).endswith("fix: did you mean phones?")
    assert given.problems[0].field == "phoens"


def test_wrong_types_are_noted() -> None:
    given = fields(sample="yes", day="2026-01-31", phones="12345", hours=3, slug=4)
    assert given.flag("sample") is False and given.day("day") is None
    assert given.list_of("phones") == [] and given.table_of("hours", ("rule",)) == {} and given.text("slug") == ""
    assert len(given.problems) == 5


def test_a_sign_for_less_is_no_mark_of_a_web_page() -> None:
    given = fields(name={"zh": "一 < 二 > 零", "en": "I <3 gas, a<b"})
    assert given.words("name", (20, 40)).en == "I <3 gas, a<b" and not given.problems
