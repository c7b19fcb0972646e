"""A station's directory as HSDS records: what the bot answers from, in the standard's words.

What HSDS has no field for is in fields of the station's profile, see ``PROFILE``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, tzinfo
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from directory.hours import week
from directory.hsds.records import Records
from directory.values import Entry, Guide, Place, Words

LANGUAGE = "zh"
"""The language of HSDS's own fields; the other one is in ``translations``."""
PROFILE: Mapping[str, Mapping[str, str]] = {
    "service": {
        "slug": "text: the entry's own name, which never changes",
        "translations": "object: by language (en), the texts of this record in it, by field",
        "aliases": "object: by language, other names as a list of texts",
        "phrasings": "object: by language, what residents ask when they mean it, as a list of texts",
        "ask_first": "text: a question about danger that comes before everything else",
        "meanwhile": "text: what to do until help is there",
        "risk": "text: how soon it goes wrong, urgent or hotline; other where it is missing",
        "owner": "text: who keeps it true; in exports only",
        "source": "text: where its facts come from; source_reference names the place precisely",
        "source_reference": "text",
        "sample": "true where it exists for demonstration only",
        "do_not_call": "true where it is invented, numbers included",
    },
    "organization": {"translations": "as of service"},
    "phone": {"translations": "as of service"},
    "schedule": {"rule": "text: the hours in OpenStreetMap's opening_hours syntax", "translations": "as of service"},
    "service_area": {"translations": "as of service"},
    "location": {"translations": "as of service"},
    "taxonomy_term": {"translations": "as of service"},
}
"""The profile: by entity, the fields that are not HSDS's, and what they hold."""

TAXONOMY = "topics"
_SPACE = UUID("5d1f3b56-1a64-4c2c-9d0c-0c6a7ad0a2a1")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def record_id(entity: str, *names: object) -> str:
    """The id of a record: the same for the same names, in every process and at every start."""
    return str(uuid5(_SPACE, "/".join(map(str, (entity, *names)))))


def records_of(guide: Guide, zone: tzinfo, modified: Mapping[str, datetime], *, owners: bool = False) -> Records:
    """The records of a directory. ``modified`` tells by slug when an entry changed last, where that is known.

    ``owners``: also who keeps each entry, which may be a person's name and is not for the public.
    """
    records = Records()
    _terms(records, guide)
    known: dict[str, str] = {}
    for entry in guide.entries:
        name = entry.organization.of(LANGUAGE)
        if name and name not in known:
            known[name] = record_id("organization", name)
            row = {"id": known[name], "name": name, "description": name, **_translated(name=entry.organization)}
            records.add("organization", row, entry.slug)
        row = _service(entry, known, zone, modified.get(entry.slug))
        records.add("service", {**row, "owner": entry.owner} if owners else row, entry.slug)
    # The values were checked when they were read: what is refused here would be a fault of this module.
    assert not records.problems, records.problems[0]
    return records


def _terms(records: Records, guide: Guide) -> None:
    taxonomy = {"id": record_id("taxonomy", TAXONOMY), "name": TAXONOMY, "description": "Everyday services by topic"}
    records.add("taxonomy", taxonomy, TAXONOMY)
    terms = [("family", family.slug, "", family.name) for family in guide.families]
    terms += [("topic", topic.slug, topic.family, topic.name) for topic in guide.topics]
    for kind, slug, family, name in terms:
        row = {
            "id": record_id("taxonomy_term", kind, slug),
            "code": slug,
            "name": name.of(LANGUAGE),
            "description": name.of(LANGUAGE),
            "parent_id": record_id("taxonomy_term", "family", family) if family else "",
            "taxonomy": TAXONOMY,
            "taxonomy_id": taxonomy["id"],
            "language": LANGUAGE,
            **_translated(name=name),
        }
        records.add("taxonomy_term", row, slug)


def _service(entry: Entry, organizations: Mapping[str, str], zone: tzinfo, modified: datetime | None) -> dict[str, Any]:
    numbers: defaultdict[str, Iterator[int]] = defaultdict(count)

    def part(entity: str) -> str:
        return record_id(entity, entry.slug, next(numbers[entity]))

    here = LANGUAGE
    return {
        "id": record_id("service", entry.slug),
        "organization_id": organizations.get(entry.organization.of(here)),
        "name": entry.name.of(here),
        "description": entry.summary.of(here),
        "status": "active",
        "fees_description": entry.cost.of(here),
        "assured_date": entry.assured_date.isoformat() if entry.assured_date else "",
        "last_modified": modified.astimezone(UTC).isoformat() if modified else "",
        "phones": [
            {
                "id": part("phone"), "number": phone.number, "type": "voice", "description": phone.label.of(here),
                **_translated(description=phone.label),
            }
            for phone in entry.phones
        ],
        "schedules": _schedules(entry, part, zone),
        "service_areas": [
            {"id": part("service_area"), "name": entry.area.of(here), **_translated(name=entry.area)}
        ] if entry.area else [],
        "attributes": [
            {
                "id": part("attribute"), "link_type": "topic", "link_entity": "service",
                "taxonomy_term_id": record_id("taxonomy_term", "topic", topic),
            }
            for topic in (entry.topic, *entry.topics)
        ],
        "languages": [{"id": part("language"), "code": code} for code in entry.languages],
        "cost_options": [{"id": part("cost_option"), "amount": 0, "currency": "CNY"}] if entry.free else [],
        "service_at_locations": [
            {"id": part("service_at_location"), "location": _location(entry, part("location"))}
        ] if entry.place != Place() else [],
        "slug": entry.slug,
        "risk": entry.risk if entry.risk != "other" else "",
        "aliases": _by_language(entry.aliases),
        "phrasings": _by_language(entry.phrasings),
        "ask_first": entry.ask_first.of(here),
        "meanwhile": entry.meanwhile.of(here),
        "source": entry.source.name.of(here),
        "source_reference": entry.source.ref,
        **({"sample": True} if entry.sample else {}),
        **({"do_not_call": True} if entry.do_not_call else {}),
        **_translated(
            name=entry.name, description=entry.summary, fees_description=entry.cost, ask_first=entry.ask_first,
            meanwhile=entry.meanwhile, source=entry.source.name,
        ),
    }  # fmt: skip


def _location(entry: Entry, record: str) -> dict[str, Any]:
    place = entry.place
    degrees = {"latitude": place.latitude, "longitude": place.longitude} if place.latitude is not None else {}
    name = {"name": place.address.of(LANGUAGE), **_translated(name=place.address)} if place.address else {}
    return {"id": record, "location_type": "physical", **name, **degrees}


def _schedules(entry: Entry, part: Callable[[str], str], zone: tzinfo) -> list[dict[str, Any]]:
    """One schedule for each span of hours, on its weekdays. Hours that nobody verified are no facts: only the note."""
    hours = entry.hours
    note = {"description": hours.note.of(LANGUAGE), **_translated(description=hours.note)}
    if not hours.rule or not hours.verified:
        return [{"id": part("schedule"), **note}] if hours.note else []
    common = {"rule": hours.rule, **note}
    days = week(hours.rule)
    if days is None:
        return [{"id": part("schedule"), **common}]
    spans: defaultdict[tuple[time, time], list[str]] = defaultdict(list)
    for name, told in zip(_DAYS, days, strict=True):
        for span in told:
            spans[span].append(name)
    offset = datetime(2026, 1, 12, tzinfo=zone).utcoffset()
    return [
        {
            "id": part("schedule"), "freq": "WEEKLY", "interval": 1, "wkst": "MO", "byday": ",".join(weekdays),
            "opens_at": f"{opens:%H:%M}", "closes_at": f"{closes:%H:%M}",
            "timezone": offset.total_seconds() / 3600 if offset is not None else 0,
            **common,
        }
        for (opens, closes), weekdays in sorted(spans.items())
    ]  # fmt: skip


def _translated(**texts: Words) -> dict[str, Any]:
    """The texts in the other language, where there are any."""
    english = {name: words.en for name, words in texts.items() if words.en}
    return {"translations": {"en": english}} if english else {}


def _by_language(phrases: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    told: defaultdict[str, list[str]] = defaultdict(list)
    for language, text in phrases:
        told[language].append(text)
    return dict(told)
