"""Reading a folder: a bad entry is refused with file, line and fix, and all others load."""

from __future__ import annotations

import pytest

from botkit.messages import Text
from directory.problems import speaking
from directory.reading import digest, read_folder
from directory.values import Hours, Phone, Words
from tests.directory.conftest import ENTRY, FAQ, Write


def test_an_entry_and_an_faq_come_out_as_written(write: Write) -> None:
    reading = read_folder(write(a=ENTRY, b=FAQ))
    assert reading.problems == ()
    (entry,), (faq,) = reading.guide.entries, reading.guide.faqs
    assert entry.name == Words("燃气热线", "Gas line") and entry.phones == (Phone("962777"),)
    assert entry.hours == Hours() and entry.assured_date is None and not entry.sample
    assert faq.about == "gas" and faq.answer.of("en") == "Ask 962777."
    assert [topic.slug for topic in reading.guide.topics] == ["gas", "water"]


def test_a_bad_entry_is_named_and_the_others_load(write: Write) -> None:
    bad = ENTRY.replace('slug = "gas"', 'slug = "gas_two"').replace("962777", "021-00000001")
    reading = read_folder(write(a=ENTRY + bad))
    assert [entry.slug for entry in reading.guide.entries] == ["gas"]
    (problem,) = reading.problems
    lines = (ENTRY + bad).split("\n")
    assert (problem.where, lines[problem.line - 1]) == ("a.toml", 'phones = [{ number = "021-00000001" }]')
    assert "gas_two" in str(problem) and "021-00000001" in str(problem) and problem.fix


def test_a_broken_file_leaves_the_other_files_alone(write: Write) -> None:
    reading = read_folder(write(a=ENTRY, b="[[faq]\n"))
    assert [entry.slug for entry in reading.guide.entries] == ["gas"]
    assert (reading.problems[0].where, reading.problems[0].line) == ("b.toml", 1)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('topic = "gas"', 'topic = "moon"', "has no topic moon"),
        ('slug = "gas"', 'slug = "Gas!"', "slug is missing or odd"),
        ('owner = "maintainers"', "", "owner is missing"),
        ('phones = [{ number = "962777" }]', "", "has no phone"),
        ('phones = [{ number = "962777" }]', "phones = [4]", "has something that is no phone"),
        ('number = "962777"', 'number = "110"', "emergency number"),
        ('number = "962777"', 'number = "12367"', "left out on purpose"),
        ("煤气公司电话多少", "护照怎么办", "police business (护照)"),
        ("燃气的事。", "身份证的事。", "police business (身份证)"),
        ("About gas.", "Call 021-64312345.", "no number of this directory"),
        ("source = ", "sauce = ", "source.zh is missing"),
        ('owner = "maintainers"', 'owner = "m"\nhours = { rule = "9-17" }', "can't be read"),
        ('owner = "maintainers"', 'owner = "m"\nhours = { rule = 9 }', "malformed"),
        ('owner = "maintainers"', 'owner = "m"\nassured_date = "today"', "is no date"),
        ('owner = "maintainers"', 'owner = "m"\ndo_not_call = true', "invented"),
    ],
)
def test_what_an_entry_may_not_be(write: Write, old: str, new: str, part: str) -> None:
    assert old in ENTRY
    reading = read_folder(write(a=ENTRY.replace(old, new)))
    assert reading.guide.entries == ()
    assert any(part in str(problem) for problem in reading.problems), reading.problems
    assert all(problem.line and problem.fix for problem in reading.problems)


def test_an_faq_needs_a_home_and_phrasings(write: Write) -> None:
    reading = read_folder(write(a=ENTRY, b=FAQ.replace('about = "gas"', 'about = "moon"')))
    assert "no entry or topic moon" in str(reading.problems[0])
    reading = read_folder(write(a=ENTRY, b=FAQ.replace('phrasings.zh = ["煤气费怎么交"]', "")))
    assert "phrasings.zh is missing" in str(reading.problems[0])


def test_a_slug_belongs_to_one(write: Write) -> None:
    reading = read_folder(write(a=ENTRY, b=ENTRY, c=FAQ.replace("faq_gas", "gas")))
    assert [entry.slug for entry in reading.guide.entries] == ["gas"] and not reading.guide.faqs
    told = [str(problem).partition(": ")[2].partition(",")[0] for problem in reading.problems]
    assert told == ["entry 'gas': slug is taken", "faq 'gas': slug is taken"]


def test_without_its_guard_nothing_loads(write: Write) -> None:
    folder = write(a=ENTRY)
    for text in ("", "[guard]\nsubjects = []\nnumbers = []\n", "[guard]\nsubjects = 3\n", "[guard"):
        (folder / "guard.toml").write_text(text)
        reading = read_folder(folder)
        assert reading.guide.entries == () and reading.problems[0].where == "guard.toml"
    (folder / "guard.toml").unlink()
    assert "can't be read" in str(read_folder(folder).problems[0])


def test_unknown_tables_are_named(write: Write) -> None:
    reading = read_folder(write(a="[[entri]]\nslug = 'a'\n", b="[entry]\nslug = 'a'\n"))
    assert "no [[entri]]" in str(reading.problems[0]) and "no table [entry]" in str(reading.problems[1])


def test_the_fingerprint_follows_every_file(write: Write) -> None:
    folder = write(a=ENTRY)
    before = digest(folder)
    assert digest(folder) == before == read_folder(folder).digest
    (folder / "guard.toml").write_text("[guard]\n")
    assert digest(folder) != before


@pytest.mark.parametrize(
    ("old", "new", "field", "told"),
    [
        ('owner = "maintainers"', 'owner = "m"\nhours = { note = { zh = "", en = "x" } }', "hours.note.zh", "是空的"),
        ('ref = "page 3"', 'ref = ""', "source.ref", "是空的"),
        ('owner = "maintainers"', 'owner = "m"\ntopics = ["moon"]', "topics", "没有“moon”这个类目"),
        ('zh = "燃气的事。", ', "", "summary.zh", "没有填"),
        ('owner = "maintainers"', 'owner = "m"\nsample = "yes"', "sample", "只能是 true 或 false"),
    ],
)
def test_a_mistake_names_the_very_field_in_the_readers_language(
    write: Write, old: str, new: str, field: str, told: str
) -> None:
    assert old in ENTRY
    (problem,) = read_folder(write(a=ENTRY.replace(old, new))).problems
    say = speaking("zh")
    assert problem.field == field and say(problem.what) == f"entry 'gas'：{field} {told}"
    assert say(problem.fix).startswith(("请", "写", "中文"))


def test_no_mistake_is_a_text_of_the_code(write: Write) -> None:
    folder = write(a="[entry]\nslug = 'a'\n", b="slug = 'b'\n", c="[[entri]]\n", d="[[faq]\n", e="[[faq]]\nslug = 3\n")
    (folder / "f.toml").write_bytes("名字".encode("gbk"))
    problems = read_folder(folder).problems
    (folder / "guard.toml").write_text("[guard]\nsubjects = 3\n")
    problems += read_folder(folder).problems
    assert len({problem.where for problem in problems}) == 7
    assert all(isinstance(one.what, Text) and isinstance(one.fix, Text) for one in problems)
