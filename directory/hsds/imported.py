"""Imported services: what the directory makes of the HSDS records of a service.

What chat has no room for, or the directory no field, stays in the records, which are kept beside the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from botkit.language.normalise import HAN
from botkit.messages import Text
from directory import hours
from directory.hsds.entities import ENTITIES
from directory.hsds.records import Records, Row
from directory.problems import Problem
from directory.values import TERMS, Guide

_HAN = re.compile(f"[{HAN}]")
_SENTENCE = re.compile(r"(?<=[。！？.!?;；])\s*")
_DAYS = {"MO": "Mo", "TU": "Tu", "WE": "We", "TH": "Th", "FR": "Fr", "SA": "Sa", "SU": "Su"}
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?!\d)")
_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_BOUNDED = ("valid_from", "valid_to", "until", "count", "byweekno", "bymonthday", "byyearday")
"""What makes a schedule more, or less, than every week."""
_LIMITS = {
    "name": (20, 34), "summary": (40, 100), "organization": (40, 80), "area": (14, 30), "cost": (14, 30),
    "source": (14, 28), "note": (60, 120), "label": (24, 40), "place": (60, 120), "ask_first": (40, 80),
    "meanwhile": (40, 90),
}  # fmt: skip
"""Characters in Chinese and in English that the directory has room for."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service of HSDS as something given for an entry."""

    record: str
    data: Mapping[str, Any]
    kind: str = field(default="entry", init=False)

    @property
    def place(self) -> str:
        return f"service {self.record}"

    def problem(self, field: str, what: Text | str, fix: Text | str) -> Problem:
        return Problem(self.place, what, fix, field=field)


def service(records: Records, record: str, guide: Guide, slug: str, *, owner: str, source: str) -> Service:
    """The fields of an entry for one service. ``owner`` and ``source`` are for records that name none."""
    row = records.rows["service"][record]
    data: dict[str, Any] = {
        "slug": slug,
        "name": _words(row, "name", "name"),
        "summary": _words(row, "description", "summary") or _words(row, "name", "summary"),
        "phones": [_phone(phone) for phone in _phones(records, row)],
        "hours": _hours(records, row),
        "area": next((_words(area, "name", "area") for area in _below(records, row, "service_areas")), {}),
        "cost": _words(row, "fees_description", "cost") or _cost(records, row),
        "free": any(option.get("amount") == 0 for option in _below(records, row, "cost_options")),
        "languages": list(dict.fromkeys(_languages(records, row))),
        "place": _place(records, row),
        "source": {**(_words(row, "source", "source") or _split(source, "source")), **_reference(row)},
        "owner": _text(row, "owner") or owner,
        "risk": risk if (risk := _text(row, "risk")) in TERMS else "",
        "sample": row.get("sample") is True,
        "do_not_call": row.get("do_not_call") is True,
        "ask_first": _words(row, "ask_first", "ask_first"),
        "meanwhile": _words(row, "meanwhile", "meanwhile"),
        "aliases": _phrases(row, "aliases"),
        "phrasings": _phrases(row, "phrasings"),
        **_topics(records, row, guide),
    }
    organization = records.rows["organization"].get(str(row.get("organization_id", "")))
    if organization:
        data["organization"] = _words(organization, "name", "organization")
    if day := _day(row.get("assured_date")):
        data["assured_date"] = day
    return Service(record, {name: value for name, value in data.items() if value not in (None, "", [], {}, False)})


def seen_terms(records: Records, row: Row) -> list[str]:
    """What the terms of a service are called: for saying why none of them is a topic."""
    return [str(term.get("name", "")) for term in _terms(records, row)]


def topic_of(term: Row, guide: Guide) -> str:
    """The topic whose code or name a taxonomy term has; empty where there is none."""
    code, name = str(term.get("code", "")), str(term.get("name", "")).casefold()
    return next((topic.slug for topic in guide.topics if topic.slug == code), "") or next(
        (topic.slug for topic in guide.topics if any(name == text.casefold() for _, text in topic.name)), ""
    )


def translations_of(row: Row) -> dict[str, dict[str, Any]]:
    """What the profile keeps in ``translations``, by language. Others may mean something else by that word."""
    told = row.get("translations")
    by_language = told.items() if isinstance(told, dict) else ()
    return {language: texts for language, texts in by_language if isinstance(texts, dict)}


def _topics(records: Records, row: Row, guide: Guide) -> dict[str, Any]:
    """The topics whose code or name a term has, the first of them as the main one."""
    found = dict.fromkeys(slug for term in _terms(records, row) if (slug := topic_of(term, guide)))
    first, *more = found or [""]
    return {"topic": first, "topics": more}


def _terms(records: Records, row: Row) -> Iterator[Row]:
    for attribute in _below(records, row, "attributes"):
        term = records.rows["taxonomy_term"].get(str(attribute.get("taxonomy_term_id", "")))
        if term:
            yield term


def _phones(records: Records, row: Row) -> list[Row]:
    """The service's own phones; where it has none, those of its places, then of its organization."""
    own = _below(records, row, "phones")
    if own:
        return own
    for place in _below(records, row, "service_at_locations"):
        at = _below_of(records, "service_at_location", place, "phones")
        location = records.rows["location"].get(str(place.get("location_id", "")))
        at = at or (_below_of(records, "location", location, "phones") if location else [])
        if at:
            return at
    organization = records.rows["organization"].get(str(row.get("organization_id", "")))
    return _below_of(records, "organization", organization, "phones") if organization else []


def _phone(row: Row) -> dict[str, Any]:
    label = _words(row, "description", "label")
    return {"number": str(row.get("number", "")).strip(), **({"label": label} if label else {})}


def _hours(records: Records, row: Row) -> dict[str, Any]:
    """The rule that the profile keeps, or one out of weekly schedules; what else is said becomes the note."""
    schedules = _below(records, row, "schedules")
    note = next((words for one in schedules if (words := _words(one, "description", "note"))), {})
    rule = next((rule for one in schedules if (rule := _text(one, "rule"))), "")
    verified = bool(rule) or bool(row.get("assured_date"))
    rule = rule or _weekly(schedules)
    made: dict[str, Any] = {"rule": rule} if rule else {}
    if rule and verified:
        made["verified"] = True
    return {**made, **({"note": note} if note else {})}


def _weekly(schedules: list[Row]) -> str:
    """Weekly schedules in opening_hours syntax; empty where one of them is anything else."""
    spans: dict[str, list[str]] = {}
    for one in schedules:
        days = [_DAYS.get(day.strip(), "") for day in str(one.get("byday", "")).split(",") if day.strip()]
        times = [_TIME.match(str(one.get(name, ""))) for name in ("opens_at", "closes_at")]
        plain = one.get("freq", "WEEKLY") == "WEEKLY" and one.get("interval", 1) == 1
        if not plain or any(name in one for name in _BOUNDED) or not days or "" in days or None in times:
            return ""
        span = "-".join(f"{int(time[1]):02}:{time[2]}" for time in times if time)
        for day in days:
            spans.setdefault(day, []).append(span)
    # A later rule replaces an earlier one of the same day: each day is told once, and days alike together.
    days_of: dict[str, list[str]] = {}
    for day in filter(spans.__contains__, _DAYS.values()):
        days_of.setdefault(",".join(sorted(set(spans[day]))), []).append(day)
    parts = [f"{','.join(days)} {told}" for told, days in days_of.items()]
    rule = "; ".join(parts)
    return rule if hours.problem(rule) is None else ""


def _cost(records: Records, row: Row) -> dict[str, str]:
    for option in _below(records, row, "cost_options"):
        if words := _words(option, "option", "cost") or _words(option, "amount_description", "cost"):
            return words
    return {}


def _place(records: Records, row: Row) -> dict[str, Any]:
    """Where the first of its locations is."""
    for place in _below(records, row, "service_at_locations"):
        location = records.rows["location"].get(str(place.get("location_id", "")))
        if location is None:
            continue
        told: dict[str, Any] = {}
        address = next(iter(_below_of(records, "location", location, "addresses")), None)
        if address is not None:
            lines = [str(address[name]) for name in ("address_1", "city") if address.get(name)]
            told.update(_split(", ".join(lines), "place"))
        else:
            told.update(_words(location, "name", "place"))
        latitude, longitude = location.get("latitude"), location.get("longitude")
        if latitude is not None and longitude is not None:
            told |= {"latitude": latitude, "longitude": longitude}
        return told
    return {}


def _reference(row: Row) -> dict[str, str]:
    told = str(row.get("source_reference") or row.get("url") or "").strip()[:200]
    return {"ref": told} if told else {}


def _below(records: Records, row: Row, name: str) -> list[Row]:
    return _below_of(records, "service", row, name)


def _below_of(records: Records, entity: str, row: Row, name: str) -> list[Row]:
    child = next(child for child in ENTITIES[entity].children if child.name == name)
    return [records.rows[child.entity][one] for one in records.children(ENTITIES[entity], row["id"], child)]


def _words(row: Row, name: str, kind: str) -> dict[str, str]:
    """A text in the languages it is there in: the row's own, and what the profile keeps as its translation."""
    text = row.get(name)
    english = translations_of(row).get("en", {}).get(name)
    if isinstance(english, str) and english:
        return {**({"zh": _short(str(text), kind, 0)} if text else {}), "en": _short(english, kind, 1)}
    return _split(text, kind) if isinstance(text, str) and text.strip() else {}


def _split(text: str, kind: str) -> dict[str, str]:
    """A text in the one language that it is in."""
    chinese = bool(_HAN.search(text))
    short = _short(text, kind, 0 if chinese else 1)
    return {"zh" if chinese else "en": short} if short else {}


def _short(text: str, kind: str, language: int) -> str:
    """A text on one line, cut at the end of a sentence or a word where it is too long for a chat."""
    most = _LIMITS[kind][language]
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    kept = ""
    for sentence in _SENTENCE.split(text):
        if len(kept) + len(sentence) + 1 > most:
            break
        kept = f"{kept} {sentence}".strip() if language else kept + sentence
    if kept:
        return kept
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if language and " " in cut else cut).rstrip(" ,，、") + "…"


def _text(row: Row, name: str) -> str:
    """A field of the profile, where it is a text: others may mean something else by its name."""
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def _phrases(row: Row, name: str) -> dict[str, list[str]]:
    told = row.get(name)
    by_language = told.items() if isinstance(told, dict) else ()
    return {
        language: texts
        for language, texts in by_language
        if language in ("zh", "en") and isinstance(texts, list) and all(isinstance(text, str) for text in texts)
    }


def _languages(records: Records, row: Row) -> Iterator[str]:
    """The codes of languages; what is no code stays in the records."""
    for one in _below(records, row, "languages"):
        code = _text(one, "code").lower()
        if _CODE.fullmatch(code):
            yield code


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
