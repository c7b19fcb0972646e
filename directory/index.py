"""The index that answers: a directory in memory, read-only, made anew whenever the directory changes."""

from __future__ import annotations

from dataclasses import dataclass

from botkit.language import Entry as Matchable
from botkit.language import Match, Matcher, normalise
from directory.values import Entry, Faq, Guide, Topic

THRESHOLD = 0.32
MARGIN = 0.12
"""Answer from this score on, and when nothing that leads elsewhere is as near.

Chosen on the sample directory's own phrasings, a seventh left out at a time: of Chinese ones 40 in 100 are answered
and 96 in 100 answers are right, of English ones 36 and 93; of the questions to a topic that is taken out 2 in 100
(English 6) are answered all the same.
"""
NEXT_BEST = 0.2
"""From this score on an entry may be tried after "not right". Below it a human is the better next answer."""
NEAR_MISS = 0.28
"""From this score on an unanswered question is noted for the maintainers: all but answered.

Lower, the log would collect what belongs to cases, in words that tell who is meant.
"""
_LOOKED_AT = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What a question is about, why, and what to try if that was not it (empty: nothing is near enough)."""

    subject: Entry | Faq
    match: Match
    runner_up: str = ""


class Index:
    """One revision of the directory, ready to answer. Never changes.

    Building takes some tens of milliseconds for a few dozen entries, asking well under one.
    """

    def __init__(self, guide: Guide, revision: int = 0) -> None:
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
        self._plain = {entry.slug: normalise(self._shown(entry)) for entry in guide.entries}
        self._matcher = Matcher(
            Matchable(subject.slug, self._said(subject)) for subject in guide.subjects if subject.phrasings
        )

    def __len__(self) -> int:
        return len(self._subjects)

    def get(self, slug: str) -> Entry | Faq | None:
        """An entry or FAQ by its slug; None where it is gone."""
        return self._subjects.get(slug)

    def topic(self, slug: str) -> Topic | None:
        """A topic by its slug."""
        return self._topics.get(slug)

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

    def nearest(self, text: str) -> list[Match]:
        """The subjects nearest to a question, best first, however far away."""
        return self._matcher.match(text, _LOOKED_AT)

    def find(self, text: str) -> Found | None:
        """What a question is about, by the default limits."""
        return self.choose(self.nearest(text))

    def choose(self, nearest: list[Match], threshold: float = THRESHOLD, margin: float = MARGIN) -> Found | None:
        """The subject to answer with; None when that is not sure enough, which is when a human should answer.

        Sure is: near enough, and clearly nearer than anything that would send the resident somewhere else.
        """
        if not nearest or nearest[0].score < threshold:
            return None
        best, *others = nearest
        subject = self._subjects[best.key]
        rival = next((m for m in others if not self._same(subject, self._subjects[m.key])), None)
        if rival is not None and best.score - rival.score < margin:
            return None
        beside = self.beside(subject)
        told = {best.key, beside.slug if beside else ""}
        after = (m.key for m in others if m.score >= NEXT_BEST and m.key not in told)
        return Found(subject, best, next(after, ""))

    def search(self, words: str = "", family: str = "") -> list[Entry]:
        """The entries of a family that have all the words, in the order of the directory; without words, all.

        What has the words in its names and numbers comes before what was only meant by the question.
        """
        entries = [entry for entry in self.guide.entries if not family or self._in(entry, family)]
        # What is real comes before what is only for show.
        entries.sort(key=lambda entry: entry.do_not_call)
        wanted = normalise(words).split()
        if not wanted:
            return entries
        found = [entry for entry in entries if all(word in self._plain[entry.slug] for word in wanted)]
        near = {match.key for match in self.nearest(words) if match.score >= NEXT_BEST}
        return found + [entry for entry in entries if entry.slug in near and entry not in found]

    def _in(self, entry: Entry, family: str) -> bool:
        topics = (self._topics.get(slug) for slug in (entry.topic, *entry.topics))
        return any(topic is not None and topic.family == family for topic in topics)

    def _shown(self, entry: Entry) -> str:
        """What a search looks in: everything short that names the entry."""
        topics = [self._topics[slug] for slug in (entry.topic, *entry.topics) if slug in self._topics]
        words = [entry.name, entry.summary, entry.organization, *(topic.name for topic in topics)]
        texts = [text for one in words for _, text in one] + [text for _, text in entry.aliases]
        return " ".join([*texts, *(phone.number for phone in entry.phones), *(p.digits for p in entry.phones)])

    def _same(self, one: Entry | Faq, other: Entry | Faq) -> bool:
        """Whether two subjects lead to the same place, so that mistaking them does no harm."""
        return self.topic_of(one) == self.topic_of(other)

    def _said(self, subject: Entry | Faq) -> tuple[str, ...]:
        """What residents may say for a subject: its phrasings, its names, its topic."""
        said = [text for _, text in subject.phrasings]
        said += [text for _, text in subject.title]
        if isinstance(subject, Entry):
            said += [text for _, text in subject.aliases]
            topic = self._topics.get(subject.topic)
            said += [text for _, text in topic.name] if topic else []
        return tuple(dict.fromkeys(said))
