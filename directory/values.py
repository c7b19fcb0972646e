"""The directory's values: entries, FAQ and topics, immutable, as files and tables both describe them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


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
class Place:
    """Where a service is: its address, and WGS 84 coordinates in degrees where they are known, both or none."""

    address: Words = Words()
    latitude: float | None = None
    longitude: float | None = None


TERMS: Mapping[str, timedelta] = {
    "urgent": timedelta(days=30),
    "hotline": timedelta(days=90),
    "other": timedelta(days=365),
}
"""By risk: how long somebody's word on a subject is good. Urgent repair goes wrong first and costs most."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A service that residents may be sent to.

    ``topic`` is its main topic, ``topics`` are further ones. ``assured_date`` is the day somebody last made
    sure of it; None: nobody ever did. ``sample`` entries exist in demonstration mode only; ``do_not_call``
    marks invented ones. ``ask_first`` is a question about danger that comes before everything else,
    ``meanwhile`` a hint on what to do until help is there. An entry without ``phrasings`` is told beside its
    topic's first one. ``risk`` is a key of ``TERMS``; ``languages`` are the codes of those that are spoken there
    (ISO 639, such as ``zh`` or ``wuu``); ``free`` where it is known to cost nothing. ``behind`` names the texts
    whose translation was not looked at since the other language changed, such as ``summary.en``. ``record`` is
    the id of the HSDS service that it was imported from.
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
    risk: str = "other"
    languages: tuple[str, ...] = ()
    free: bool = False
    place: Place = Place()
    behind: tuple[str, ...] = ()
    record: str = ""

    @property
    def title(self) -> Words:
        """What it is called in lists: the same word for entries and FAQ."""
        return self.name


@dataclass(frozen=True, slots=True)
class Faq:
    """An approved question and its answer. ``about`` is the slug of an entry or a topic; the rest is as of entries."""

    slug: str
    about: str
    question: Words
    answer: Words
    source: Source = Source()
    owner: str = ""
    assured_date: date | None = None
    sample: bool = False
    phrasings: Phrases = Phrases()
    risk: str = "other"
    behind: tuple[str, ...] = ()

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


Value = Entry | Faq | Topic | Family
"""Anything of a guide."""
KINDS: Mapping[str, type[Value]] = {"family": Family, "topic": Topic, "entry": Entry, "faq": Faq}
"""The kinds of values by their name in files, sheets and tables, in the order in which they build on each other."""


def kind_of(value: Value) -> str:
    """The kind of a value, by its name."""
    return type(value).__name__.lower()
