"""The sample data: complete, honest, and told apart from the real thing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest

from botkit.learning import Models
from directory import others, phones
from directory.index import Index
from directory.reading import Reading
from directory.values import Guide, Phrases
from tests.directory.conftest import SAMPLE

# fmt: off
TOPICS = (
    "locksmith", "electricity", "gas", "water", "legal_aid", "consumer", "market_supervision",
    "community_affairs", "housing_fund", "social_security", "labour", "tax", "medical_insurance",
    "mental_health", "youth", "women", "disability", "elderly_care", "pest_control", "appliance_repair",
    "property_management", "parking", "noise_complaint_non_police", "garbage", "telecom",
    "urban_management", "environment", "education", "health_services", "housekeeping",
)
# fmt: on


def test_every_file_is_sound(sample: Reading) -> None:
    assert [str(problem) for problem in sample.problems] == []


def test_every_everyday_topic_has_an_entry_of_its_own(guide: Guide) -> None:
    assert sorted(topic.slug for topic in guide.topics) == sorted(TOPICS)
    slugs = {entry.slug: entry.topic for entry in guide.entries}
    assert all(slugs.get(topic) == topic for topic in TOPICS)
    families = {family.slug for family in guide.families}
    assert all(topic.family in families for topic in guide.topics)


def test_it_is_marked_as_a_sample_that_nobody_verified(guide: Guide) -> None:
    assert all(subject.sample and subject.assured_date is None for subject in guide.subjects)
    assert all(subject.source.name and subject.source.ref and subject.owner for subject in guide.subjects)
    assert guide.faqs


def test_there_are_ten_phrasings_or_more_in_each_language_and_none_belongs_to_two(guide: Guide) -> None:
    owners: dict[str, str] = {}
    for subject in guide.subjects:
        if not subject.phrasings:
            continue
        for texts in (subject.phrasings.zh, subject.phrasings.en):
            assert len(texts) >= 10, subject.slug
        for _, text in subject.phrasings:
            assert owners.setdefault(text.lower(), subject.slug) == subject.slug, text


def test_the_local_businesses_are_plainly_invented(guide: Guide) -> None:
    invented = [entry for entry in guide.entries if entry.do_not_call]
    assert {entry.topic for entry in invented} >= {
        "locksmith",
        "appliance_repair",
        "housekeeping",
        "pest_control",
    }
    for entry in guide.entries:
        fictional = [phones.is_fictional(phone.number) for phone in entry.phones]
        assert all(fictional) if entry.do_not_call else not any(fictional)


def test_numbers_that_must_not_be_there_are_not(guide: Guide) -> None:
    numbers = {phone.number for entry in guide.entries for phone in entry.phones}
    assert not numbers & {"110", "119", "120", "122", "12110", "96110", "12367", "12319", "962121"}
    assert {
        "12345",
        "12315",
        "12348",
        "95598",
        "962740",
        "962777",
        "12333",
        "12329",
        "12366",
        "12356",
    } <= numbers


FOLDS = 6


@dataclass(frozen=True)
class Part:
    """Every third topic, learnt without a sixth of its phrasings, and what only a human answers."""

    index: Index
    limits: tuple[float, float]
    held: list[tuple[str, str]]
    """Questions about it that were not learnt, each with its topic."""
    others: list[str]
    """Questions about the topics that are not in it."""


@pytest.fixture(scope="module")
async def part(guide: Guide) -> Part:
    inside = set(TOPICS[::3])

    def thin(phrasings: Phrases) -> Phrases:
        zh, en = (tuple(t for n, t in enumerate(texts) if n % FOLDS) for texts in (phrasings.zh, phrasings.en))
        return Phrases(zh, en)

    known = [entry for entry in guide.entries if entry.topic in inside]
    bare = Index(
        Guide(tuple(replace(entry, phrasings=thin(entry.phrasings)) for entry in known), (), guide.topics),
        others=others.load(SAMPLE.parent / "etiquette" / "questions.toml")[::3],
    )
    fitted = await Models.of(SAMPLE).fit(bare.asked)
    assert fitted.calibration is not None
    return Part(
        bare.with_matcher(fitted),
        (fitted.threshold(0.98), fitted.offer_threshold(0.6)),
        [(t, e.topic) for e in known for texts in (e.phrasings.zh, e.phrasings.en) for t in texts[::FOLDS]],
        [t for e in guide.entries if e.topic not in inside for _, t in e.phrasings][::5],
    )


def test_phrasings_it_has_not_seen_are_answered_rightly_or_offered_or_a_humans(part: Part) -> None:
    answer, offer = part.limits
    outcomes: Counter[str] = Counter()
    for text, topic in part.held:
        found = part.index.judge(text)
        if found.subject is None or found.confidence < offer:
            outcomes["human"] += 1
        elif found.confidence >= answer:
            outcomes["right" if part.index.topic_of(found.subject) == topic else "wrong"] += 1
        else:
            among = topic in map(part.index.topic_of, part.index.choices(found))
            outcomes["offered" if among else "offered without it"] += 1
    asked = len(part.held)
    # The target is 98 answers in 100; the rest is chance, with some hundred questions.
    assert outcomes["wrong"] <= 0.02 * (outcomes["right"] + outcomes["wrong"]) + 3, outcomes
    assert outcomes["right"] + outcomes["offered"] >= 0.4 * asked, outcomes
    assert outcomes["offered"] >= outcomes["offered without it"], outcomes


def test_with_two_thirds_of_the_topics_gone_their_questions_are_mostly_left_to_a_human(part: Part) -> None:
    answered = [text for text in part.others if _answers(part, text)]
    # Measured: 13 in 100. It has never seen a question of that kind, and the rest of the directory lies around them.
    assert len(answered) / len(part.others) <= 0.16, answered


def _answers(part: Part, text: str) -> bool:
    found = part.index.judge(text)
    return found.subject is not None and found.confidence >= part.limits[0]
