"""Shape: every value can be told as fields, and the fields make the same value again."""

from __future__ import annotations

from dataclasses import replace

from directory import codec
from directory.accepting import accept
from directory.guard import Guard
from directory.shape import Shaped, flat, shaped
from directory.values import Guide, Hours, Phone, Phrases, Place, Source, Words, kind_of

GUARD = Guard(("户口",), emergency=frozenset({"110", "119", "120"}))


def test_the_whole_sample_is_made_again_from_its_fields(guide: Guide) -> None:
    values = [*guide.families, *guide.topics, *guide.subjects]
    made = accept([Shaped(value) for value in values], GUARD)
    assert made.problems == () and made.guide == guide


def test_a_value_with_everything_comes_back(guide: Guide) -> None:
    entry = replace(
        next(entry for entry in guide.entries if not entry.do_not_call),
        hours=Hours("Mo-Fr 09:00-17:00", True, Words("午休", "closed at noon")),
        phones=(Phone("12345", Words("热线", "hotline")), Phone("021-64312345")),
        source=Source(Words("报纸", "a newspaper"), "page 3"),
        languages=("zh", "wuu"),
        free=True,
        risk="urgent",
        place=Place(Words("南京路", "Nanjing Road"), 31.23, 121.47),
    )
    made = accept([Shaped(entry)], GUARD, live=guide)
    assert made.problems == () and made.guide.entries == (entry,)
    told = flat(entry)
    assert told["place.latitude"] == 31.23 and told["hours.note.en"] == "closed at noon" and told["free"] is True
    assert told["source.ref"] == "page 3" and told["phones"][1] == {"number": "021-64312345"}


def test_what_is_empty_is_left_out(guide: Guide) -> None:
    entry = replace(guide.entries[0], cost=Words(), aliases=Phrases(), languages=(), free=False)
    assert not {"cost", "aliases", "languages", "free", "place", "behind", "record"} & set(shaped(entry))


def test_values_come_back_from_their_json(guide: Guide) -> None:
    for value in (*guide.families, *guide.topics, *guide.subjects):
        assert codec.load(kind_of(value), codec.dump(value)) == value
