"""Searching: residents type in either script, in pinyin, by ear and with slips, and find it all the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.index import Index
from directory.search import LONGEST, Document, Search
from directory.values import Guide


@pytest.fixture(scope="module")
def index(guide: Guide) -> Index:
    return Index(guide)


def slugs(index: Index, words: str) -> list[str]:
    return [entry.slug for entry in index.search(words)]


@pytest.mark.parametrize(
    "words",
    ["燃气", "上海燃气热线", "燃氣熱線", "ranqi", "ran qi", "ranqi rexian", "然气", "gas", "GAS hotline", "gas hotl",
     "gas hotlnie", "gas hotline shanghai", "962777", "9627", "ｇａｓ", "燃气 962777", "meiqi"],
)  # fmt: skip
def test_the_gas_hotline_is_found_however_it_is_typed(index: Index, words: str) -> None:
    assert slugs(index, words)[0] == "gas"


def test_every_entry_is_found_by_its_names(index: Index) -> None:
    for entry in index.guide.entries:
        for _, name in entry.name:
            assert entry.slug in slugs(index, name), name


@pytest.mark.parametrize("words", ["", " ", "。！", "🔥", "qwxv", "xyzzyqwv", "燃气 qwxv", "00000000000"])
def test_what_is_not_there_is_not_found(words: str) -> None:
    search = Search({"gas": Document((("name", "上海燃气热线"), ("name", "Shanghai gas hotline")), ("962777",))})
    assert search.find(words) == []


def test_what_is_written_as_asked_comes_first() -> None:
    names = ["高速路况", "高速公路救援", "告诉我", "公路"]
    search = Search({name: Document((("name", name),)) for name in names})
    assert search.find("高速") == ["高速路况", "高速公路救援", "告诉我"]


def test_names_count_more_than_what_is_said_of_a_thing() -> None:
    search = Search({"said": Document((("summary", "not for water"),)), "named": Document((("name", "water"),))})
    assert search.find("water") == ["named", "said"]


def test_all_words_must_be_there() -> None:
    search = Search({name: Document((("name", name),)) for name in ("water meter", "gas meter")})
    assert search.find("meter") == ["water meter", "gas meter"]
    assert search.find("gas meter") == ["gas meter"]
    assert search.find("meter electricity") == []


def test_nothing_can_be_searched_in_nothing() -> None:
    assert Search({}).find("gas 燃气 962777 ran qi") == []


@given(st.text(max_size=LONGEST * 2))
def test_any_text_may_be_typed(words: str) -> None:
    search = Search(
        {"gas": Document((("name", "上海燃气热线"), ("alias", "gas pipe")), ("962777",)), "none": Document(())}
    )
    assert set(search.find(words)) <= {"gas"}


def test_what_changed_is_found_as_if_all_had_been_indexed_anew() -> None:
    names = {"water": "water meter", "gas": "gas meter", "lift": "电梯维修"}
    documents = {key: Document((("name", name),)) for key, name in names.items()}
    search = Search(documents)
    for key, name in (("gas", "gas pipes"), ("lamp", "street lamp"), ("lift", ""), ("lamp", "路灯")):
        names[key] = name
        search = search.changed({key: Document((("name", name),)) if name else None})
    assert search.find("gas meter") == [] and search.find("gas pip") == ["gas"] and search.find("meter") == ["water"]
    assert search.find("维修") == [] and search.find("lamp") == [] and search.find("路灯") == ["lamp"]
    assert search.beside == 3
    for words in ("gas", "pipes", "meter", "路灯", "ludeng", "gsa pipes", "water"):
        anew = Search({key: Document((("name", name),)) for key, name in names.items() if name})
        assert search.find(words) == anew.find(words), words
