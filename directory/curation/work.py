"""Work: what is to be done so that the directory stays true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz

from botkit.language.normalise import normalise
from botkit.sql import moment
from botkit.storage import Database
from directory.contents import Contents
from directory.freshness import DUE, Freshness, expires, freshness
from directory.values import Entry, Faq, Guide, Words
from directory.verifying import NO_ANSWER

RECENT = timedelta(days=90)
"""Residents' words on answers count so long, and only since the entry changed last."""
MAYBE_GONE = 3
"""After so many calls that nobody answered, an entry may be gone."""
_ALIKE = 80
"""Entries with the same number are suspects from this likeness of their names on, in percent."""
_CROWD = 20
"""A number that more entries than this share is a hotline, no sign of a double."""
_ORDER = (Freshness.EXPIRED, Freshness.DUE, Freshness.UNVERIFIED)
_TEXTS = ("question", "answer", "name", "summary", "area", "cost", "ask_first", "meanwhile", "organization")


@dataclass(frozen=True, slots=True)
class Due:
    """A subject to be verified, with the calls since it was verified last, the latest first."""

    subject: Entry | Faq
    state: Freshness
    until: date | None
    calls: tuple[tuple[str, datetime], ...]

    @property
    def is_maybe_gone(self) -> bool:
        """Whether the last calls were all in vain."""
        last = self.calls[:MAYBE_GONE]
        return len(last) == MAYBE_GONE and all(outcome == NO_ANSWER for outcome, _ in last)


async def due(database: Database, guide: Guide, today: date) -> list[Due]:
    """What is to be verified: first what may be gone, then what has expired, what is due, what never was verified."""
    calls: defaultdict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for row in await database.read("SELECT slug, outcome, made_at FROM directory_verification ORDER BY made_at DESC"):
        calls[row["slug"]].append((row["outcome"], moment(row["made_at"])))
    found = []
    for subject in guide.subjects:
        state = freshness(subject, today)
        if state in DUE:
            since = subject.assured_date or date.min
            told = tuple(call for call in calls[subject.slug] if call[1].date() >= since)
            found.append(Due(subject, state, expires(subject), told))
    return sorted(found, key=lambda one: (not one.is_maybe_gone, _ORDER.index(one.state), one.until or date.max))


@dataclass(frozen=True, slots=True)
class Disliked:
    """A subject, and how often residents said that its answer was not right, and that it helped."""

    subject: Entry | Faq
    wrong: int
    right: int


async def disliked(database: Database, contents: Contents, now: datetime) -> list[Disliked]:
    """What was said not to be right since it changed last, the most often first."""
    rows = await database.read("SELECT subject, helpful, at FROM answer_feedback WHERE at >= ?", now - RECENT)
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        changed = contents.modified.get(row["subject"])
        if changed is None or moment(row["at"]) >= changed:
            counts[row["subject"]][bool(row["helpful"])] += 1
    found = []
    for slug, (wrong, right) in counts.items():
        subject = contents.get("entry", slug) or contents.get("faq", slug)
        if wrong and isinstance(subject, Entry | Faq):
            found.append(Disliked(subject, wrong, right))
    return sorted(found, key=lambda one: (-one.wrong, one.right))


@dataclass(frozen=True, slots=True)
class Untranslated:
    """A subject with texts that one language lacks, and texts that are behind the other language."""

    subject: Entry | Faq
    missing: tuple[str, ...]
    behind: tuple[str, ...]


def untranslated(guide: Guide) -> list[Untranslated]:
    """What is to be translated, by flat names of fields such as ``summary.en``."""
    found = []
    for subject in guide.subjects:
        missing = tuple(_missing(subject))
        if missing or subject.behind:
            found.append(Untranslated(subject, missing, subject.behind))
    return found


def _missing(subject: Entry | Faq) -> Iterator[str]:
    for name in _TEXTS:
        words = getattr(subject, name, None)
        if isinstance(words, Words) and words:
            for language, text in (("zh", words.zh), ("en", words.en)):
                if not text:
                    yield f"{name}.{language}"


@dataclass(frozen=True, slots=True)
class Double:
    """Two entries that may be one, and why: the same number, or the same name."""

    first: Entry
    second: Entry
    why: str


def doubles(guide: Guide) -> list[Double]:
    """Pairs of entries that may be one."""
    by_number: defaultdict[str, list[Entry]] = defaultdict(list)
    by_name: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in guide.entries:
        for digits in {phone.digits for phone in entry.phones}:
            by_number[digits].append(entry)
        by_name[normalise(entry.name.of("zh"))].append(entry)
    pairs: dict[tuple[str, str], Double] = {}
    for group, why in _groups(by_name, by_number):
        for first, second in _pairs(group):
            if why == "name" or _likeness(first, second) >= _ALIKE:
                pairs.setdefault((first.slug, second.slug), Double(first, second, why))
    return list(pairs.values())


def _groups(
    by_name: Mapping[str, list[Entry]], by_number: Mapping[str, list[Entry]]
) -> Iterator[tuple[Sequence[Entry], str]]:
    yield from ((group, "name") for group in by_name.values() if len(group) > 1)
    yield from ((group, "number") for group in by_number.values() if 1 < len(group) <= _CROWD)


def _pairs(group: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    return ((group[a], group[b]) for a in range(min(len(group), _CROWD)) for b in range(a + 1, min(len(group), _CROWD)))


def _likeness(first: Entry, second: Entry) -> float:
    sides = [(a, b) for a, b in ((first.name.zh, second.name.zh), (first.name.en, second.name.en)) if a and b]
    return max((fuzz.ratio(normalise(a), normalise(b)) for a, b in sides), default=0.0)
