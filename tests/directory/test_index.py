"""The index: what a question is about, what stands beside it, and what a search finds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from botkit.language.match import THRESHOLD
from directory import others
from directory.index import Index
from directory.values import Faq, Guide, Phrases
from tests.directory.conftest import SAMPLE

OTHERS = others.load(SAMPLE.parent / "etiquette" / "questions.toml")


@pytest.fixture(scope="module")
def index(guide: Guide) -> Index:
    return Index(guide, 7, others=OTHERS)


def slug_of(index: Index, question: str) -> str | None:
    """What a matcher that only compares would answer with."""
    found = index.judge(question)
    return found.subject.slug if found.subject is not None and found.confidence >= THRESHOLD else None


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("煤气公司电话多少", "gas"), ("煤氣公司電話多少", "gas"),
        ("my gas bill is wrong, who do I call", "gas"),
        ("开锁", "locksmith"), ("停水", "water"), ("公积金", "housing_fund"), ("lost keys", "locksmith"),
        ("12345 晚上打得通吗", "faq_12345_hours"),
    ],
)  # fmt: skip
def test_it_finds(index: Index, question: str, slug: str) -> None:
    assert slug_of(index, question) == slug


@pytest.mark.parametrize("text", ["", "你好", "我的案子有进展吗", "电话多少", "my bike was stolen", "😀", "x" * 5000])
def test_it_leaves_the_rest_to_a_human(index: Index, text: str) -> None:
    assert slug_of(index, text) is None


def test_what_only_a_human_answers_is_nobody_elses(index: Index) -> None:
    question = OTHERS[0].phrasings[0]
    found = index.judge(question)
    assert found.human and found.subject is None and found.confidence == 1
    assert index.choices(found) == () or found.match is not None
    assert index.runner_up(found) == ""


def test_choices_are_one_of_each_topic_and_nothing_of_a_humans(index: Index) -> None:
    found = index.judge("退不了定金，物业也不管")
    chosen = index.choices(found)
    topics = [index.topic_of(subject) for subject in chosen]
    assert 1 <= len(chosen) <= 3 and len(set(topics)) == len(topics)


def test_two_that_are_as_near_are_nobodys(guide: Guide) -> None:
    gas = next(entry for entry in guide.entries if entry.slug == "gas")
    twin = replace(gas, slug="twin", topic="water")
    assert slug_of(Index(Guide((*guide.entries, twin))), "煤气公司打哪个电话") is None
    same = replace(gas, slug="twin")
    assert slug_of(Index(Guide((*guide.entries, same))), "煤气公司打哪个电话") is not None


def test_the_runner_up_is_another_subject_than_what_was_told(index: Index) -> None:
    heart = index.judge("心理热线电话多少")
    assert heart.subject is not None
    assert index.runner_up(heart) not in ("mental_health", "mental_health_962525")


def test_what_stands_beside(index: Index) -> None:
    def beside(slug: str) -> str | None:
        subject = index.get(slug)
        assert subject is not None
        other = index.beside(subject)
        return other.slug if other else None

    assert beside("mental_health") == "mental_health_962525"
    assert beside("locksmith") == "sample_locksmith"
    assert beside("faq_power_cut") == "electricity"
    assert beside("gas") is None


def test_outside_demonstration_mode_samples_are_not_there(guide: Guide) -> None:
    index = Index(guide.without_samples())
    assert len(index) == 0 and index.numbers == frozenset() and slug_of(index, "煤气公司电话多少") is None
    gas = replace(guide.entries[0], sample=False, do_not_call=True)
    assert Guide((gas,)).without_samples().entries == ()


def test_an_faq_about_a_topic_or_about_nothing_any_more(index: Index) -> None:
    known = index.guide.faqs[0]
    faq = Faq("faq", "gas", known.question, known.answer)
    assert index.topic_of(faq) == "gas"
    lost = replace(faq, about="moon")
    assert index.topic_of(lost) == "moon" and index.beside(lost) is None


def test_search(index: Index) -> None:
    def slugs(words: str = "", family: str = "") -> list[str]:
        return [entry.slug for entry in index.search(words, family)]

    assert len(slugs()) == len(index.guide.entries)
    assert slugs("962777") == ["gas"]
    assert slugs("公积金")[0] == "housing_fund" and slugs("PROVIDENT fund")[0] == "housing_fund"
    assert "sample_locksmith" in slugs("示例 开锁") and "locksmith" in slugs("钥匙断在锁里")
    assert set(slugs(family="legal")) == {"legal_aid", "women", "youth"}
    assert slugs("公积金", "legal") == [] and slugs("qwxv") == []


def test_entries_without_phrasings_are_not_matched(guide: Guide) -> None:
    gas = next(entry for entry in guide.entries if entry.slug == "gas")
    bare = Index(Guide((replace(gas, phrasings=Phrases()),)))
    assert slug_of(bare, "煤气公司电话多少") is None and bare.asked == ()
