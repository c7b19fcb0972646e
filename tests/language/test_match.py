"""The matcher: near phrasings are found, strangers are not, and every answer explains itself."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language import Entry, Matcher

ENTRIES = (
    Entry(
        "gas",
        ("煤气公司电话", "煤气费怎么交", "燃气表坏了找谁", "gas company number", "my gas bill is wrong"),
    ),
    Entry("water", ("自来水公司电话", "停水了打哪里", "水费怎么查", "water company number", "no water at home")),
    Entry(
        "locksmith",
        ("开锁电话", "钥匙丢了进不了门", "附近有开锁师傅吗", "locksmith near me", "locked out of my flat"),
    ),
    Entry("garbage", ("大件垃圾怎么扔", "装修垃圾找谁", "垃圾分类怎么分", "how to throw away an old sofa")),
    Entry("legal_aid", ("免费律师哪里找", "法律援助怎么申请", "free legal hotline", "where can I find a lawyer")),
    Entry("housing_fund", ("公积金怎么提取", "公积金账户查询", "housing fund withdrawal")),
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(ENTRIES)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("请问煤气公司电话是多少呀", "gas"),
        ("煤氣費怎麼交", "gas"),
        ("who is the gas compny, whats their number", "gas"),
        ("家里停水了 打哪里问", "water"),
        ("有没有开锁师傅", "locksmith"),
        ("i am locked out of my flat", "locksmith"),
        ("旧沙发这种大件垃圾怎么扔", "garbage"),
        ("公积金提取怎么弄", "housing_fund"),
        ("@desk free legal hotline?", "legal_aid"),
    ],
)
def test_near_phrasings_are_answered(matcher: Matcher, text: str, key: str) -> None:
    best = matcher.best(text)
    assert best is not None and best.key == key
    assert best.features and 0 < best.score <= 1
    assert best.phrasing in next(entry for entry in ENTRIES if entry.key == key).phrasings


@pytest.mark.parametrize("text", ["今天天气真好", "who won the match", "", "？？", "12345", "电话", "number please"])
def test_strangers_are_not(matcher: Matcher, text: str) -> None:
    assert matcher.best(text) is None


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_a_phrasing_itself_is_certain(matcher: Matcher, entry: Entry) -> None:
    for phrasing in entry.phrasings:
        best = matcher.best(phrasing)
        assert best is not None and best.key == entry.key and best.score == 1.0


def test_a_new_entry_answers_and_a_removed_one_never_again(matcher: Matcher) -> None:
    more = matcher.with_entry(Entry("dentist", ("牙疼看哪里", "dentist nearby")))
    assert "dentist" in more and "dentist" not in matcher
    found = more.best("牙疼看哪里好")
    assert found is not None and found.key == "dentist"
    less = more.without("dentist")
    assert less.best("牙疼看哪里好") is None
    assert len(less) == len(matcher)
    with pytest.raises(KeyError):
        less.without("dentist")


def test_an_entry_is_replaced_by_its_key(matcher: Matcher) -> None:
    changed = matcher.with_entry(Entry("gas", ("天然气热线",)))
    assert len(changed) == len(matcher)
    found = changed.match("天然气热线")[0]
    assert (found.key, found.phrasing) == ("gas", "天然气热线")


def test_keys_are_unique() -> None:
    with pytest.raises(ValueError, match="gas"):
        Matcher([ENTRIES[0], ENTRIES[0]])


def test_an_empty_matcher_knows_nothing() -> None:
    assert Matcher().match("煤气") == []


@given(st.text(max_size=200))
def test_it_never_raises(text: str) -> None:
    for match in Matcher(ENTRIES[:2]).match(text):
        assert 0 <= match.score <= 1


def test_it_is_quick() -> None:
    entries = [
        Entry(str(number), tuple(f"{entry.phrasings[0]} {number} {extra}" for extra in range(25)))
        for number, entry in enumerate(ENTRIES * 10)
    ]
    matcher = Matcher(entries)
    texts = ["请问煤气公司电话是多少", "who do I call about a wrong gas bill", "旧沙发怎么扔"]
    best = min(_seconds(matcher, texts) for _ in range(20))
    assert best / len(texts) < 0.005


def _seconds(matcher: Matcher, texts: list[str]) -> float:
    begun = time.perf_counter()
    for text in texts:
        matcher.match(text)
    return time.perf_counter() - begun


@pytest.mark.parametrize(("folder", "least"), [("clinc150_small", 0.85), ("jining_zh", 0.90)])
def test_accuracy_on_the_reference_sets(folder: str, least: float) -> None:
    reference = os.environ.get("BOTKIT_REFERENCE")
    if not reference or not (Path(reference) / "eval" / folder).is_dir():
        pytest.skip("BOTKIT_REFERENCE names no folder with evaluation sets")
    rows = {
        name: _rows(Path(reference) / "eval" / folder / f"{name}.jsonl") for name in ("entries", "messages", "gold")
    }
    matcher = Matcher(Entry(row["entry"], tuple(row["phrasings"] or [row["title"]])) for row in rows["entries"])
    gold = {row["id"]: row["entry"] for row in rows["gold"] if row["entry"] is not None}
    # A quarter of the messages is enough to notice that something broke.
    asked = [row for row in rows["messages"] if row["id"] in gold][::4]
    right = sum(bool(found := matcher.match(row["text"], 1)) and found[0].key == gold[row["id"]] for row in asked)
    assert right / len(asked) >= least


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
