"""Lists: the directory's values as maintainers look for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from botkit.services import Services
from directory.freshness import Freshness, freshness
from directory.running import Directory
from directory.search import LONGEST
from directory.values import KINDS, Entry, Faq, Guide, Topic, Value, Words, kind_of

STATES = tuple(state.value for state in Freshness)
"""What a list can be filtered by, besides its words, topic and owner."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for. Empty: anything."""

    kind: str = "entry"
    words: str = ""
    topic: str = ""
    owner: str = ""
    state: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """The filters of an address; what is unknown there is ignored."""
        kind, state = query.get("kind", ""), query.get("state", "")
        return cls(
            kind if kind in KINDS else "entry",
            query.get("q", "").strip()[:LONGEST],
            query.get("topic", ""),
            query.get("owner", ""),
            state if state in STATES else "",
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A value as a list shows it. ``waiting`` is a change of it that waits for approval, 0 where there is none."""

    value: Value
    kind: str
    title: str
    other: str
    told: str
    topic: str
    assured: date | None
    owner: str
    waiting: int


def found(directory: Directory, filters: Filters, today: date) -> list[Value]:
    """The values that are looked for: the best first where there are words, else in their order.

    ``today`` is the station's day.
    """
    guide = directory.contents.guide
    groups: Mapping[str, Sequence[Value]] = {
        "entry": guide.entries, "faq": guide.faqs, "topic": guide.topics, "family": guide.families,
    }  # fmt: skip
    values = list(groups[filters.kind])
    if filters.words and filters.kind == "entry":
        order = {entry.slug: at for at, entry in enumerate(directory.index.search(filters.words))}
        values = sorted(
            (v for v in values if v.slug in order or filters.words == v.slug), key=lambda v: order.get(v.slug, -1)
        )
    elif filters.words:
        words = filters.words.lower()
        values = [v for v in values if words in v.slug or any(words in text.lower() for _, text in _title(v))]
    if filters.topic:
        values = [value for value in values if filters.topic in _topics(value)]
    if filters.owner:
        values = [value for value in values if getattr(value, "owner", "") == filters.owner]
    if filters.state:
        values = [value for value in values if _is(value, filters.state, today)]
    return values


def owners(guide: Guide) -> list[str]:
    """Everybody who keeps something."""
    return sorted({subject.owner for subject in guide.subjects if subject.owner})


async def rows(services: Services, directory: Directory, values: Sequence[Value], language: str) -> list[Row]:
    """What a list shows of these values, of one kind."""
    waiting = {
        (row["kind"], row["slug"]): row["change_id"]
        for row in await services.database.read(
            "SELECT version.kind, version.slug, version.change_id FROM directory_version AS version"
            " JOIN directory_change AS change ON change.id = version.change_id WHERE change.state = 'waiting'"
        )
    }
    names = {topic.slug: topic.name.of(language) for topic in directory.contents.guide.topics}
    return [_row(value, names, waiting, language) for value in values]


def _row(value: Value, names: Mapping[str, str], waiting: Mapping[tuple[str, str], int], language: str) -> Row:
    kind = kind_of(value)
    title = _title(value)
    about = value.topic if isinstance(value, Entry) else value.about if isinstance(value, Faq) else ""
    subject = value if isinstance(value, Entry | Faq) else None
    return Row(
        value,
        kind,
        title.of(language),
        title.of("zh" if language == "en" else "en"),
        ", ".join(phone.number for phone in value.phones) if isinstance(value, Entry) else "",
        names.get(about, about),
        subject.assured_date if subject else None,
        subject.owner if subject else "",
        waiting.get((kind, value.slug), 0),
    )


def _title(value: Value) -> Words:
    return value.title if isinstance(value, Entry | Faq) else value.name


def _topics(value: Value) -> tuple[str, ...]:
    if isinstance(value, Entry):
        return (value.topic, *value.topics)
    return (value.about,) if isinstance(value, Faq) else (value.family,) if isinstance(value, Topic) else ()


def _is(value: Value, state: str, today: date) -> bool:
    return isinstance(value, Entry | Faq) and freshness(value, today).value == state
