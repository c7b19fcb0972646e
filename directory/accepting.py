"""What is accepted into the directory: fields from files, sheets or forms, made values, and all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from botkit.messages import tr
from directory import checks
from directory.fields import Fields, Given
from directory.guard import Guard
from directory.problems import Problem
from directory.values import (
    KINDS,
    TERMS,
    Entry,
    Family,
    Faq,
    Guide,
    Hours,
    Phone,
    Place,
    Source,
    Topic,
    Words,
)  # fmt: skip

_SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_NORTH, _EAST = 90, 180
_TABLES = ", ".join(f"[[{kind}]]" for kind in KINDS)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What can be used of what was given, and what is wrong with the rest."""

    guide: Guide
    problems: tuple[Problem, ...]


def accept(given: Sequence[Given], guard: Guard, *, live: Guide | None = None, both: bool = True) -> Accepted:
    """Make values, and check each by itself and all of them together. Never raises for what was given.

    ``live`` is what they join: its topics, entries and numbers may be referred to, and one with the same slug is
    replaced. Where ``both`` is false, a text in one language is enough: the other is work for a translator.
    """
    live = live or Guide()
    problems = [
        one.problem("", tr("directory.wrong.no_kind", kind=one.kind), tr("directory.fix.one_of", names=_TABLES))
        for one in given
        if one.kind not in KINDS
    ]

    def each(kind: str, make: Callable[[Fields], T]) -> list[tuple[T, Fields]]:
        made = []
        for one in given:
            if one.kind == kind:
                fields = Fields(one, both=both)
                value = make(fields)
                fields.finish()
                made.append((value, fields))
        return made

    families = _sound(each("family", _family), {}, problems)
    topics = _sound(each("topic", _topic), {}, problems)
    entries, faqs = each("entry", _entry), each("faq", _faq)
    names = {topic.slug for topic in (*live.topics, *topics)}
    for entry, fields in entries:
        checks.entry(entry, fields, names, guard)
    taken: dict[str, str] = {}
    sound = _sound(entries, taken, problems)
    homes = names | {entry.slug for entry in (*live.entries, *sound)}
    for faq, fields in faqs:
        checks.faq(faq, fields, homes, guard)
    answers = _sound(faqs, taken, problems)
    vouched = guard.emergency | {phone.digits for entry in (*live.entries, *sound) for phone in entry.phones}
    unsaid = set()
    all_of: list[tuple[Entry | Faq, Fields]] = [*entries, *faqs]
    for value, fields in all_of:
        if not fields.problems:
            checks.numbers(value, fields, vouched)
            if fields.problems:
                unsaid.add(value.slug)
                problems += fields.problems
    guide = Guide(
        tuple(e for e in sound if e.slug not in unsaid),
        tuple(f for f in answers if f.slug not in unsaid),
        tuple(topics),
        tuple(families),
    )
    return Accepted(guide, tuple(problems))


def _sound(made: Iterable[tuple[T, Fields]], seen: dict[str, str], problems: list[Problem]) -> list[T]:
    """The values without mistakes and with their own slug; others' mistakes go to ``problems``.

    ``seen`` are the slugs taken so far, with the places that took them.
    """
    sound = []
    for value, fields in made:
        slug = str(fields.given.data.get("slug", ""))
        if slug in seen:
            fields.wrong("slug", tr("directory.wrong.taken", by=seen[slug]), tr("directory.fix.taken"))
        elif _SLUG.fullmatch(slug):
            seen[slug] = fields.given.place
        else:
            fields.wrong("slug", tr("directory.wrong.slug"), tr("directory.fix.slug"))
        if fields.problems:
            problems += fields.problems
        else:
            sound.append(value)
    return sound


def _family(fields: Fields) -> Family:
    return Family(fields.text("slug", required=True), fields.words("name", (20, 40), required=True))


def _topic(fields: Fields) -> Topic:
    return Topic(
        fields.text("slug", required=True),
        fields.words("name", (20, 40), required=True),
        fields.text("family", required=True),
    )


def _entry(fields: Fields) -> Entry:
    sample = fields.flag("sample")
    return Entry(
        slug=fields.text("slug", required=True),
        topic=fields.text("topic", required=True),
        topics=tuple(fields.clean("topics", item, 40) for item in fields.list_of("topics")),
        name=fields.words("name", (20, 34), required=True),
        summary=fields.words("summary", (40, 100), required=True),
        phones=_phones(fields),
        organization=fields.words("organization", (40, 80)),
        hours=_hours(fields),
        area=fields.words("area", (14, 30)),
        cost=fields.words("cost", (14, 30)),
        source=_source(fields),
        owner=fields.text("owner", required=True),
        assured_date=fields.day("assured_date"),
        sample=sample,
        do_not_call=fields.flag("do_not_call"),
        ask_first=fields.words("ask_first", (40, 80)),
        meanwhile=fields.words("meanwhile", (40, 90)),
        aliases=fields.phrases("aliases", 40),
        phrasings=fields.phrases("phrasings", 120),
        risk=_risk(fields),
        languages=_languages(fields),
        free=fields.flag("free"),
        place=_place(fields),
    )


def _faq(fields: Fields) -> Faq:
    return Faq(
        slug=fields.text("slug", required=True),
        about=fields.text("about", required=True),
        question=fields.words("question", (40, 80), required=True),
        answer=fields.words("answer", (120, 140), required=True),
        source=_source(fields),
        owner=fields.text("owner", required=True),
        assured_date=fields.day("assured_date"),
        sample=fields.flag("sample"),
        phrasings=fields.phrases("phrasings", 120),
        risk=_risk(fields),
    )


def _phones(fields: Fields) -> tuple[Phone, ...]:
    phones = []
    for at, given in enumerate(fields.list_of("phones"), 1):
        if not isinstance(given, dict) or not set(given) <= {"number", "label"}:
            example = 'phones = [{ number = "12345" }]'
            fields.wrong("phones", tr("directory.wrong.phone_form"), tr("directory.fix.write", example=example))
            continue
        number = fields.clean(f"phones.{at}.number", given.get("number"), 30)
        label = fields.words_of(f"phones.{at}.label", given["label"], (24, 40)) if "label" in given else Words()
        phones.append(Phone(number, label))
    return tuple(phones)


def _hours(fields: Fields) -> Hours:
    given = fields.table_of("hours", ("rule", "verified", "note"))
    rule: Any = given.get("rule", "")
    verified: Any = given.get("verified", False)
    if not isinstance(rule, str) or not isinstance(verified, bool):
        example = 'hours = { rule = "24/7", verified = true }'
        fields.wrong("hours", tr("directory.wrong.hours_form"), tr("directory.fix.write", example=example))
        return Hours()
    note = fields.words_of("hours.note", given["note"], (60, 120)) if "note" in given else Words()
    return Hours(rule.strip(), verified, note)


def _source(fields: Fields) -> Source:
    given = fields.table_of("source", ("zh", "en", "ref"))
    if not given:
        fields.wrong("source.zh", tr("directory.wrong.missing"), tr("directory.fix.missing"))
        return Source()
    names = {language: given[language] for language in ("zh", "en") if language in given}
    ref = fields.clean("source.ref", given["ref"], 200) if "ref" in given else ""
    return Source(fields.words_of("source", names, (14, 28)), ref)


def _risk(fields: Fields) -> str:
    risk = fields.text("risk") or "other"
    if risk not in TERMS:
        fields.wrong(
            "risk", tr("directory.wrong.unknown", value=risk), tr("directory.fix.one_of", names=", ".join(TERMS))
        )
    return risk


def _languages(fields: Fields) -> tuple[str, ...]:
    codes = tuple(fields.clean("languages", item, 20) for item in fields.list_of("languages"))
    for code in codes:
        if code and not _LANGUAGE.fullmatch(code):
            fields.wrong("languages", tr("directory.wrong.language", value=code), tr("directory.fix.language"))
    return codes


def _place(fields: Fields) -> Place:
    given = fields.table_of("place", ("zh", "en", "latitude", "longitude"))
    if not given:
        return Place()
    names = {language: given[language] for language in ("zh", "en") if language in given}
    address = fields.words_of("place", names, (60, 120)) if names else Words()
    degrees = [given.get("latitude"), given.get("longitude")]
    if degrees == [None, None]:
        return Place(address)
    for value, most in zip(degrees, (_NORTH, _EAST), strict=True):
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            name = "place.latitude" if most == _NORTH else "place.longitude"
            fields.wrong(name, tr("directory.wrong.degrees"), tr("directory.fix.degrees"))
            return Place(address)
    return Place(address, float(degrees[0]), float(degrees[1]))  # type: ignore[arg-type]  # numbers, as checked above
