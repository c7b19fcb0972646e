"""The matcher: near phrasings are found, strangers are not, and every answer explains itself."""

from __future__ import annotations

import json
import os
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language import Entry, Matcher
from botkit.language.fit import fit
from botkit.language.match import THRESHOLD, TOP
from tests.language.small import ENTRIES, STRANGERS

DENTIST = Entry("dentist", ("牙疼看哪里", "牙科诊所在哪", "dentist nearby", "my tooth hurts"))


@pytest.fixture(scope="module")
def compared() -> Matcher:
    return Matcher(ENTRIES)


@pytest.fixture(scope="module")
def fitted() -> Matcher:
    return fit(ENTRIES)


@pytest.fixture(params=["compared", "fitted"])
def matcher(request: pytest.FixtureRequest) -> Matcher:
    """Before a fit, and after it."""
    found: Matcher = request.getfixturevalue(request.param)
    return found


def answer(matcher: Matcher, text: str) -> str | None:
    """The key of what is surely asked for, or None."""
    judged = matcher.judge(text)
    return judged.matches[0].key if judged.matches and judged.confidence >= matcher.threshold() else None


NEAR = [
    ("请问煤气公司电话是多少呀", "gas"),
    ("煤氣費怎麼交", "gas"),
    ("who is the gas compny, whats their number", "gas"),
    ("家里停水了 打哪里问", "water"),
    ("有没有开锁师傅", "locksmith"),
    ("i am locked out of my flat", "locksmith"),
    ("旧沙发这种大件垃圾怎么扔", "garbage"),
    ("公积金提取怎么弄", "housing_fund"),
    ("@desk free legal hotline?", "legal_aid"),
]


@pytest.mark.parametrize(("text", "key"), NEAR)
def test_near_phrasings_are_found_and_explained(matcher: Matcher, text: str, key: str) -> None:
    judged = matcher.judge(text)
    best = judged.matches[0]
    assert best.key == key
    assert best.phrasing in next(entry for entry in ENTRIES if entry.key == key).phrasings
    assert best.features and all(share > 0 for _, share in best.features)
    assert list(best.features) == sorted(best.features, key=lambda one: -one[1])
    assert len(judged.matches) <= TOP
    assert [match.score for match in judged.matches] == sorted((m.score for m in judged.matches), reverse=True)


def test_most_of_them_are_answered(matcher: Matcher) -> None:
    assert sum(answer(matcher, text) == key for text, key in NEAR) >= len(NEAR) - 2


@pytest.mark.parametrize("text", [*STRANGERS, "12345", "number please"])
def test_strangers_are_not(matcher: Matcher, text: str) -> None:
    assert answer(matcher, text) is None


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_a_phrasing_itself_is_certain(matcher: Matcher, entry: Entry) -> None:
    for phrasing in entry.phrasings:
        judged = matcher.judge(phrasing)
        assert (judged.matches[0].key, judged.confidence) == (entry.key, 1.0)
        assert judged.matches[0].phrasing == phrasing


def test_a_phrasing_among_words_that_nobody_knows_is_not_certain(matcher: Matcher) -> None:
    judged = matcher.judge("开锁电话 犇 骉 淼 龘 wzjqx")
    assert judged.matches[0].key == "locksmith" and judged.confidence < 1


@pytest.mark.parametrize("learn", [Matcher, fit], ids=["compared", "fitted"])
def test_what_two_entries_say_alike_is_certain_for_neither(learn: type[Matcher]) -> None:
    entries = (*ENTRIES, Entry("theatre", ("话剧票怎么买", "开锁电话", "theatre tickets")))
    assert learn(entries).judge("开锁电话").confidence < 1
    kin = [Entry(one.key, one.phrasings, "doors" if "开锁电话" in one.phrasings else "") for one in entries]
    assert learn(kin).judge("开锁电话").confidence == 1.0


def test_a_new_entry_answers_and_a_removed_one_never_again(matcher: Matcher) -> None:
    more = matcher.with_entry(DENTIST)
    assert "dentist" in more and "dentist" not in matcher and len(more) == len(matcher) + 1
    assert answer(more, "牙疼看哪里") == "dentist"
    assert more.match("牙疼的话看哪里好")[0].key == "dentist"
    assert all(answer(more, phrasing) == entry.key for entry in ENTRIES[:6] for phrasing in entry.phrasings)
    less = more.without("dentist")
    assert len(less) == len(matcher) and less.entries == matcher.entries
    assert "dentist" not in keys_of(less, ("牙疼看哪里", "dentist nearby"))
    with pytest.raises(KeyError):
        less.without("dentist")


def test_an_entry_of_the_first_day_is_removed_as_well(matcher: Matcher) -> None:
    less = matcher.without("gas").with_entry(DENTIST)
    assert "gas" not in less and "gas" in matcher and less.entries == [*ENTRIES[1:], DENTIST]
    assert "gas" not in keys_of(less, ENTRIES[0].phrasings)
    again = less.with_entry(ENTRIES[0])
    assert all(again.judge(phrasing).matches[0].key == "gas" for phrasing in ENTRIES[0].phrasings)


def test_an_entry_is_replaced_by_its_key(matcher: Matcher) -> None:
    changed = matcher.with_entry(Entry("gas", ("天然气热线",)))
    assert len(changed) == len(matcher)
    found = changed.match("天然气热线")[0]
    assert (found.key, found.phrasing) == ("gas", "天然气热线")
    assert all(match.phrasing == "天然气热线" for match in changed.match("煤气公司电话", 10) if match.key == "gas")
    twice = changed.with_entry(Entry("gas", ("液化气站",)))
    assert len(twice) == len(matcher) and twice.match("液化气站")[0].phrasing == "液化气站"


def test_without_all_entries_nothing_answers(matcher: Matcher) -> None:
    for entry in ENTRIES:
        matcher = matcher.without(entry.key)
    assert len(matcher) == 0 and matcher.entries == [] and matcher.judge("煤气公司电话").matches == ()
    assert answer(matcher.with_entry(DENTIST), "dentist nearby") == "dentist"


def test_it_is_saved_only_as_built(matcher: Matcher) -> None:
    with pytest.raises(ValueError, match="added or removed"):
        matcher.with_entry(DENTIST).parts()
    assert matcher.with_entry(DENTIST).without("dentist").parts().keys() == matcher.parts().keys()


def test_keys_are_unique() -> None:
    with pytest.raises(ValueError, match="gas"):
        Matcher([ENTRIES[0], ENTRIES[0]])


FEW: list[tuple[Entry, ...]] = [
    (),
    (Entry("gas", ("煤气",)),),
    (Entry("gas", ("煤气",)), Entry("water", ("自来水", "water"))),
    (Entry("silent", ()), Entry("gas", ("煤气",))),
    (Entry("silent", ()),),
    (Entry("signs", ("？？", "👍", "")), Entry("gas", ("煤气",))),
    (Entry("signs", ("煤气", "？？")), Entry("gas", ("？？", "煤气费", "👍"))),
]


@pytest.mark.parametrize("entries", FEW, ids=lambda entries: "+".join(entry.key for entry in entries) or "none")
@pytest.mark.parametrize("learn", [Matcher, fit], ids=["compared", "fitted"])
@pytest.mark.parametrize("text", ["煤气", "煤", "煤气费 water", "完全陌生", "", "？？", "👍"])
def test_few_entries_are_enough(learn: type[Matcher], entries: tuple[Entry, ...], text: str) -> None:
    """Warnings are errors here: nothing is divided by nothing."""
    for matcher in (learn(entries), learn(entries).with_entry(DENTIST), learn([]).with_entry(Entry("new", ()))):
        judged = matcher.judge(text, 10)
        assert 0 <= judged.confidence <= 1
        assert all(match.phrasing for match in judged.matches)
    if text == "煤气" and any("煤气" in entry.phrasings for entry in entries):
        assert learn(entries).match(text)


def test_before_a_calibration_there_is_a_fixed_threshold_and_no_offer(compared: Matcher) -> None:
    assert compared.threshold() == compared.threshold(0.5) == THRESHOLD
    assert compared.offer_threshold() > 1


def test_what_is_common_to_all_is_left_out_of_the_search_and_back_in_the_scores(
    compared: Matcher, fitted: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [text for text, _ in NEAR]
    exact = [[matcher.match(text, 1)[0] for text in texts] for matcher in (compared, fitted)]
    monkeypatch.setattr("botkit.language.shard._POSTINGS", 40)
    for matcher, told in zip((compared, fitted), exact, strict=True):
        for text, match in zip(texts, told, strict=True):
            found = matcher.match(text, 1)[0]
            assert (found.key, found.phrasing) == (match.key, match.phrasing)
            assert found.score == pytest.approx(match.score, abs=2e-3)


@given(
    st.text(max_size=300)
    | st.text(st.sampled_from("煤气公司电 \u200b\u202e\ufeff\ud83d\udc00👍gas num？<>[]@'.0１"), max_size=300)
    | st.text(st.characters(categories=("Cs", "Cf", "Mn", "So")), max_size=60)
)
def test_it_never_raises(text: str) -> None:
    for matcher in (_small, _small_fitted):
        judged = matcher.judge(text, 5)
        assert 0 <= judged.confidence <= 1
        assert all(match.key in matcher for match in judged.matches)


_small, _small_fitted = Matcher(ENTRIES[:4]), fit(ENTRIES[:4])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("煤\u200b气\u200d公\ufeff司\u2060电话", "gas"),
        ("\u202e煤气公司电话\u202c", "gas"),
        ("煤气公司电话\ud83d", "gas"),
        ("ｇａｓ company ＮＵＭＢＥＲ", "gas"),
        ("煤气公司电话" + "\u0301" * 1000, "gas"),
    ],
    ids=["zero-width", "right-to-left", "half an emoji", "wide", "marks"],
)
def test_tricks_of_writing_hide_nothing(matcher: Matcher, text: str, key: str) -> None:
    judged = matcher.judge(text)
    assert (judged.matches[0].key, judged.confidence) == (key, 1.0)


def keys_of(matcher: Matcher, texts: tuple[str, ...]) -> set[str]:
    """All entries that are told of for some texts, however far off they are."""
    return {match.key for match in chain.from_iterable(matcher.match(text, 100) for text in texts)}


@pytest.mark.parametrize(("folder", "least"), [("clinc150_small", 0.87), ("jining_zh", 0.91)])
def test_accuracy_on_the_reference_sets_by_comparing_alone(folder: str, least: float) -> None:
    reference = os.environ.get("BOTKIT_REFERENCE")
    if not reference or not (Path(reference) / "eval" / folder).is_dir():
        pytest.skip("BOTKIT_REFERENCE names no folder with evaluation sets")
    rows = {
        name: _rows(Path(reference) / "eval" / folder / f"{name}.jsonl") for name in ("entries", "messages", "gold")
    }
    matcher = Matcher(Entry(row["entry"], tuple(row["phrasings"] or [row["title"]])) for row in rows["entries"])
    gold = {row["id"]: row["entry"] for row in rows["gold"] if row["entry"] is not None}
    # A tenth of the messages is enough to notice that something broke.
    asked = [row for row in rows["messages"] if row["id"] in gold][::10]
    right = sum(bool(found := matcher.match(row["text"], 1)) and found[0].key == gold[row["id"]] for row in asked)
    assert right / len(asked) >= least


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
