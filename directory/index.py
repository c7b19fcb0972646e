"""The index that answers: a directory in memory, read-only, made anew whenever the directory changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass

from botkit.language import Entry as Matchable
from botkit.language import Match, Matcher
from directory.search import Document, Search
from directory.values import Entry, Faq, Guide, Topic

NEAR = 0.2
NEAR_FITTED = -0.75
"""From this score on an entry may be tried or offered: where a matcher only compares, and where it was fitted.

Chosen by eye on the sample directory: below it the third choice has mostly nothing to do with the question.
"""
_LOOKED_AT = 8
_CHOICES = 3
_FEW = 3
_BESIDE = 200
"""So many changed entries are searched beside the others; with more of them, all are indexed anew."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question is about, how sure that is, why, and what else it may be about, best first.

    ``subject`` is None where the nearest is a question that only a human answers, or where nothing is near.
    """

    subject: Entry | Faq | None
    confidence: float = 0.0
    match: Match | None = None
    nearest: tuple[Match, ...] = ()

    @property
    def human(self) -> bool:
        """Whether it is what only a human answers."""
        return self.match is not None and self.subject is None


class Index:
    """One revision of the directory, ready to answer. Never changes.

    Building takes some tens of milliseconds for a few dozen entries, asking well under one.
    """

    def __init__(
        self,
        guide: Guide,
        revision: int = 0,
        *,
        others: Iterable[Matchable] = (),
        matcher: Matcher | None = None,
    ) -> None:
        """``others`` are what only a human answers; ``matcher`` has the same entries as ``asked``."""
        self._others = tuple(others)
        self._settle(guide, revision)
        self._search = Search({entry.slug: self._document(entry) for entry in guide.entries})
        self._askable = {subject.slug: self._matchable(subject) for subject in guide.subjects if subject.phrasings}
        self.asked = self._asked()
        """What can be asked for: the subjects that have phrasings, each with its topic, and the others."""
        self.matcher = Matcher(self.asked) if matcher is None else matcher

    def _settle(self, guide: Guide, revision: int) -> None:
        self.guide = guide
        self.revision = revision
        self._subjects: dict[str, Entry | Faq] = {subject.slug: subject for subject in guide.subjects}
        self._topics = {topic.slug: topic for topic in guide.topics}
        self._by_topic: dict[str, list[Entry]] = {}
        for entry in guide.entries:
            for topic in (entry.topic, *entry.topics):
                self._by_topic.setdefault(topic, []).append(entry)
        self.numbers = frozenset(phone.digits for entry in guide.entries for phone in entry.phones)
        """The digits of every number in it: what automatic texts may say."""

    def changed(self, guide: Guide, revision: int) -> Index:
        """The index of another guide, asked through the same matcher. Costs little where little has changed."""
        index = copy(self)
        index._settle(guide, revision)
        old, new = self._subjects, index._subjects
        differ = [slug for slug in dict.fromkeys((*old, *new)) if old.get(slug) is not new.get(slug)]
        if self.guide.topics != guide.topics or self._search.beside + len(differ) > _BESIDE:
            return Index(guide, revision, others=self._others, matcher=self.matcher)
        entries = {slug: new.get(slug) for slug in differ if isinstance(old.get(slug) or new.get(slug), Entry)}
        index._search = self._search.changed(
            {slug: index._document(entry) if isinstance(entry, Entry) else None for slug, entry in entries.items()}
        )
        # In the order of the guide, as if it had been made anew.
        index._askable = {
            subject.slug: self._askable[subject.slug]
            if subject.slug in self._askable and old[subject.slug] is subject
            else index._matchable(subject)
            for subject in guide.subjects
            if subject.phrasings
        }
        index.asked = index._asked()
        return index

    def __len__(self) -> int:
        return len(self._subjects)

    def get(self, slug: str) -> Entry | Faq | None:
        """An entry or FAQ by its slug; None where it is gone."""
        return self._subjects.get(slug)

    def topic(self, slug: str) -> Topic | None:
        """A topic by its slug."""
        return self._topics.get(slug)

    @property
    def slugs(self) -> frozenset[str]:
        """Everything that can be asked for by a slug: entries, FAQs, and the topics that they belong to."""
        return frozenset((*self._subjects, *self._topics))

    def topic_of(self, subject: Entry | Faq) -> str:
        """The topic of an entry or FAQ, by slug."""
        if isinstance(subject, Entry):
            return subject.topic
        about = self._subjects.get(subject.about)
        return about.topic if isinstance(about, Entry) else subject.about

    def beside(self, subject: Entry | Faq) -> Entry | None:
        """The one other entry worth naming: of an entry's topic, or the one that an FAQ is about."""
        if isinstance(subject, Faq):
            about = self._subjects.get(subject.about)
            if isinstance(about, Entry):
                return about
        return next((e for e in self._by_topic.get(self.topic_of(subject), ()) if e is not subject), None)

    def with_matcher(self, matcher: Matcher) -> Index:
        """The same directory, asked through another matcher of the same entries."""
        index = copy(self)
        index.matcher = matcher
        return index

    def judge(self, text: str) -> Found:
        """What a question is nearest to, and how sure that is. A millisecond or two; never raises."""
        judged = self.matcher.judge(text, _LOOKED_AT)
        if not judged.matches:
            return Found(None)
        best = judged.matches[0]
        return Found(self._subjects.get(best.key), judged.confidence, best, judged.matches)

    def runner_up(self, found: Found) -> str:
        """What to try if the answer was not it, by slug; empty where nothing else is near, or a human is nearer."""
        if found.subject is None:
            return ""
        beside = self.beside(found.subject)
        told = {found.subject.slug, beside.slug if beside else ""}
        after = next((match for match in self._near(found.nearest) if match.key not in told), None)
        return after.key if after is not None and after.key in self._subjects else ""

    def choices(self, found: Found) -> tuple[Entry | Faq, ...]:
        """Up to three subjects that may be meant, best first, one of each topic."""
        chosen: dict[str, Entry | Faq] = {}
        for match in self._near(found.nearest):
            subject = self._subjects.get(match.key)
            if subject is not None:
                chosen.setdefault(self.topic_of(subject), subject)
        return tuple(chosen.values())[:_CHOICES]

    def _near(self, matches: Sequence[Match]) -> list[Match]:
        # What a matcher that only compares gives lies between 0 and 1; a classifier's scores do not.
        limit = NEAR if self.matcher.ranking is None else NEAR_FITTED
        return [match for match in matches if match.score >= limit]

    def search(self, words: str = "", family: str = "") -> list[Entry]:
        """The entries of a family that have all the words, best first; without words, all in the directory's order.

        Where hardly any has them, what the words may ask for comes after. What is real comes before what is for show.
        """
        entries = self.guide.entries
        if not words.strip():
            found = list(entries)
        else:
            known = (self._subjects[slug] for slug in self._search.find(words))
            found = [entry for entry in known if isinstance(entry, Entry)]
            if len(found) < _FEW:
                near = {match.key for match in self._near(self.judge(words).nearest)}
                found += [entry for entry in entries if entry.slug in near and entry not in found]
        if family:
            found = [entry for entry in found if self._in(entry, family)]
        return [e for e in found if not e.do_not_call] + [e for e in found if e.do_not_call]

    def _in(self, entry: Entry, family: str) -> bool:
        topics = (self._topics.get(slug) for slug in (entry.topic, *entry.topics))
        return any(topic is not None and topic.family == family for topic in topics)

    def _document(self, entry: Entry) -> Document:
        """What a search looks in: everything short that names the entry."""
        topics = [self._topics[slug].name for slug in (entry.topic, *entry.topics) if slug in self._topics]
        told = [("name", entry.name), ("summary", entry.summary), ("organization", entry.organization)]
        texts = [(field, text) for field, words in told for _, text in words]
        texts += [("topic", text) for words in topics for _, text in words]
        texts += [("alias", text) for _, text in entry.aliases]
        return Document(tuple(texts), tuple(phone.digits for phone in entry.phones))

    def _asked(self) -> tuple[Matchable, ...]:
        return (*self._askable.values(), *self._others)

    def _matchable(self, subject: Entry | Faq) -> Matchable:
        """Subjects of one topic lead to the same place: mistaking one for the other does no harm."""
        return Matchable(subject.slug, self._said(subject), self.topic_of(subject))

    def _said(self, subject: Entry | Faq) -> tuple[str, ...]:
        """What residents may say for a subject: its phrasings, its names, its topic."""
        said = [text for _, text in subject.phrasings]
        said += [text for _, text in subject.title]
        if isinstance(subject, Entry):
            said += [text for _, text in subject.aliases]
            topic = self._topics.get(subject.topic)
            said += [text for _, text in topic.name] if topic else []
        return tuple(dict.fromkeys(said))
