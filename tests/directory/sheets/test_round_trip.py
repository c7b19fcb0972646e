"""What is written is read back the same: any directory, as a workbook and as CSV, in both languages."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from botkit.numbers import find
from directory.accepting import accept
from directory.guard import Guard
from directory.reading import read_guard
from directory.sheets.csv_file import write_csv
from directory.sheets.reading import Sheets, read_sheets
from directory.sheets.rows import Row
from directory.sheets.xlsx import template_xlsx, write_xlsx
from directory.values import (
    KINDS,
    TERMS,
    Entry,
    Family,
    Faq,
    Guide,
    Hours,
    Phone,
    Phrases,
    Place,
    Source,
    Topic,
    Words,
)  # fmt: skip
from tests.directory.conftest import SAMPLE

GUARD = Guard((), emergency=frozenset({"110"}))
SIGNS = "=+-@'\"|｜\\,;，、：&#%{}_xABCD＝＋ \u3000燃气热线热é😀𠮷\u2028 >"

ODD = ("=a+b", "+", "-", "@SUM(A)", "'", "''x", "'=x", "_xABCD_", "_xaaaa_x", "#N/A", "TRUE", "是", "\\|", "a\\")


def is_text(text: str) -> bool:
    """Whether a text may stand in a directory: see ``Fields``; and no numbers, which must be phones."""
    return (
        bool(text)
        and text == text.strip()
        and not any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs") or sign in "\ufffe\uffff" for sign in text)
        and not any(find(text))
    )


def texts(limit: int) -> st.SearchStrategy[str]:
    signs = st.one_of(st.sampled_from(SIGNS), st.characters(exclude_categories=("Cc", "Cf", "Co", "Cs", "Nd")))
    free = st.text(signs.filter(lambda sign: sign != "<"), min_size=1, max_size=limit)
    return st.one_of(st.sampled_from(ODD).filter(lambda text: len(text) <= limit), free).filter(is_text)


def words(zh: int, en: int) -> st.SearchStrategy[Words]:
    return st.builds(Words, texts(zh), texts(en))


def maybe(zh: int, en: int) -> st.SearchStrategy[Words]:
    return st.just(Words()) | words(zh, en)


def phrases(limit: int, *, least: int = 0) -> st.SearchStrategy[Phrases]:
    lines = st.lists(texts(limit), min_size=least, max_size=12, unique=True).map(tuple)
    return st.builds(Phrases, lines, lines)


SLUGS = st.from_regex(r"[a-z][a-z0-9_]{1,39}", fullmatch=True)
NUMBERS = st.from_regex(r"\+?[0-9][0-9 ()-]{1,20}[0-9)]", fullmatch=True).filter(
    lambda number: "".join(filter(str.isdigit, number)) not in GUARD.emergency
)
DAYS = st.none() | st.dates(date(1954, 12, 1), date(2100, 1, 1))
RISKS = st.sampled_from(list(TERMS))
SOURCES = st.builds(Source, words(14, 28), st.just("") | texts(80))
HOURS = st.builds(Hours, st.sampled_from(["", "24/7", "Mo-Fr 09:00-17:00; PH off"]), st.booleans(), maybe(60, 120))
PLACES = st.one_of(
    st.builds(Place, maybe(60, 120)),
    st.builds(Place, maybe(60, 120), st.floats(-90, 90), st.floats(-180, 180)),
)
LANGUAGES = st.lists(st.sampled_from(["zh", "wuu", "en", "zh-Hant", "yue"]), unique=True).map(tuple)


@st.composite
def guides(draw: Any) -> Guide:
    slugs = draw(st.lists(SLUGS, min_size=5, max_size=8, unique=True))
    family, topic, other, *rest = slugs
    entries = [
        draw(
            st.builds(
                Entry,
                slug=st.just(slug),
                topic=st.just(topic),
                name=words(20, 34),
                summary=words(40, 100),
                phones=st.lists(st.builds(Phone, NUMBERS, maybe(24, 40)), min_size=1, max_size=6).map(tuple),
                topics=st.sampled_from([(), (other,), (other, topic)]),
                organization=maybe(40, 80),
                hours=HOURS,
                area=maybe(14, 30),
                cost=maybe(14, 30),
                source=SOURCES,
                owner=texts(200),
                assured_date=DAYS,
                sample=st.just(True),
                do_not_call=st.just(False),
                ask_first=maybe(40, 80),
                meanwhile=maybe(40, 90),
                aliases=phrases(40),
                phrasings=phrases(120),
                risk=RISKS,
                languages=LANGUAGES,
                free=st.booleans(),
                place=PLACES,
                behind=st.just(()),
                record=st.just(""),
            )
        )
        for slug in rest[:-1]
    ]
    faq = draw(
        st.builds(
            Faq,
            slug=st.just(rest[-1]),
            about=st.sampled_from([*rest[:-1], topic]),
            question=words(40, 80),
            answer=words(120, 140),
            source=SOURCES,
            owner=texts(200),
            assured_date=DAYS,
            sample=st.booleans(),
            phrasings=phrases(120, least=1),
            risk=RISKS,
            behind=st.just(()),
        )
    )
    topics = (Topic(topic, draw(words(20, 40)), family), Topic(other, draw(words(20, 40)), family))
    return Guide(tuple(entries), (faq,), topics, (Family(family, draw(words(20, 40))),))


def accepted(sheets: Sheets | list[Row], guard: Guard = GUARD) -> Guide:
    rows = sheets.given if isinstance(sheets, Sheets) else sheets
    done = accept(rows, guard)
    assert not done.problems, [str(problem) for problem in done.problems]
    return done.guide


def through_csv(guide: Guide, language: str) -> list[Row]:
    rows: list[Row] = []
    for kind in KINDS:
        read = read_sheets("a.csv", write_csv(guide, kind, language))
        assert not read.problems
        rows += read.given
    return rows


# Not shrunk: each example is read by a process of its own.
@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(guides(), st.sampled_from(["zh", "en"]))
def test_a_workbook_comes_back_the_same(guide: Guide, language: str) -> None:
    read = read_sheets("名单.xlsx", write_xlsx(guide, language))
    assert not read.problems
    assert accepted(read) == guide


@settings(max_examples=15, deadline=None)
@given(guides(), st.sampled_from(["zh", "en"]))
def test_csv_comes_back_the_same(guide: Guide, language: str) -> None:
    assert accepted(through_csv(guide, language)) == guide


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sample_comes_back_whole(guide: Guide, language: str) -> None:
    guard, _ = read_guard(SAMPLE)
    assert guard
    assert accepted(read_sheets("名单.xlsx", write_xlsx(guide, language)), guard) == guide
    assert accepted(through_csv(guide, language), guard) == guide


def test_a_template_has_topics_and_no_entries(guide: Guide) -> None:
    read = read_sheets("名单.xlsx", template_xlsx(guide, "zh"))
    assert not read.problems
    assert accepted(read) == Guide(topics=guide.topics, families=guide.families)


@given(st.text(st.sampled_from("=+-@\t'＝a,\"\n"), max_size=6))
@example("'=x")
def test_csv_is_safe_and_exact_for_any_beginning(text: str) -> None:
    guide = Guide(families=(Family("repair", Words("修", text)),))
    content = write_csv(guide, "family", "zh").decode("utf-8-sig")
    row = content.split("\r\n", 1)[1]
    assert text[:1] not in tuple("=+-@\t＝") or "'" + text[0] in row
    (read,) = read_sheets("a.csv", content.encode()).given
    assert read.columns.get("name.en", "") == text.strip()
