"""The directory's values: entries, FAQ and topics, immutable, as files and tables both describe them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages. Empty in both means that it was not given."""

    zh: str = ""
    en: str = ""

    def of(self, language: str) -> str:
        """The text in ``language``, in the other one where it is missing."""
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return (pair for pair in (("zh", self.zh), ("en", self.en)) if pair[1])


@dataclass(frozen=True, slots=True)
class Phrases:
    """Several texts in each language: what residents say, or other names of a thing."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield from (("zh", text) for text in self.zh)
        yield from (("en", text) for text in self.en)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as it is shown, and what answers there."""

    number: str
    label: Words = Words()

    @property
    def digits(self) -> str:
        """The number's digits alone: what the guard on automatic texts compares."""
        return "".join(filter(str.isdigit, self.number))


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody answers: ``rule`` in OpenStreetMap's opening_hours syntax, empty where unknown.

    A rule that nobody ``verified`` is kept, but never told as a fact.
    """

    rule: str = ""
    verified: bool = False
    note: Words = Words()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from: in words for residents, and precisely (``ref``) for those who check it."""

    name: Words = Words()
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A service that residents may be sent to.

    ``topic`` is its main topic, ``topics`` are further ones. ``assured_date`` is the day somebody last made
    sure of it; None: nobody ever did. ``sample`` entries exist in demonstration mode only; ``do_not_call``
    marks invented ones. ``ask_first`` is a question about danger that comes before everything else,
    ``meanwhile`` a hint on what to do until help is there. An entry without ``phrasings`` is told beside its
    topic's first one.
    """

    slug: str
    topic: str
    name: Words
    summary: Words
    phones: tuple[Phone, ...]
    topics: tuple[str, ...] = ()
    organization: Words = Words()
    hours: Hours = Hours()
    area: Words = Words()
    cost: Words = Words()
    source: Source = Source()
    owner: str = ""
    assured_date: date | None = None
    sample: bool = False
    do_not_call: bool = False
    ask_first: Words = Words()
    meanwhile: Words = Words()
    aliases: Phrases = Phrases()
    phrasings: Phrases = Phrases()

    @property
    def title(self) -> Words:
        """What it is called in lists: the same word for entries and FAQ."""
        return self.name


@dataclass(frozen=True, slots=True)
class Faq:
    """An approved question and its answer. ``about`` is the slug of an entry or a topic."""

    slug: str
    about: str
    question: Words
    answer: Words
    source: Source = Source()
    owner: str = ""
    assured_date: date | None = None
    sample: bool = False
    phrasings: Phrases = Phrases()

    @property
    def title(self) -> Words:
        """What it is called in lists: the same word for entries and FAQ."""
        return self.question


@dataclass(frozen=True, slots=True)
class Topic:
    """An everyday subject, such as ``gas``, in a family of them."""

    slug: str
    name: Words
    family: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A group of topics on the public page."""

    slug: str
    name: Words


@dataclass(frozen=True, slots=True)
class Guide:
    """A whole directory: what a folder of files or a database holds."""

    entries: tuple[Entry, ...] = ()
    faqs: tuple[Faq, ...] = ()
    topics: tuple[Topic, ...] = ()
    families: tuple[Family, ...] = field(default=())

    @property
    def subjects(self) -> tuple[Entry | Faq, ...]:
        """Everything that can be answered with."""
        return (*self.entries, *self.faqs)

    def without_samples(self) -> Guide:
        """What may be told outside demonstration mode: no samples, nothing invented."""
        entries = tuple(e for e in self.entries if not e.sample and not e.do_not_call)
        return Guide(entries, tuple(f for f in self.faqs if not f.sample), self.topics, self.families)
