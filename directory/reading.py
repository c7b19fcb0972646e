"""From a folder of TOML files to a directory: what can be used, and what is wrong with the rest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from directory import checks
from directory.fields import Fields
from directory.guard import Guard
from directory.problems import Problem
from directory.toml_file import Table, read
from directory.values import Entry, Family, Faq, Guide, Hours, Phone, Source, Topic, Words

GUARD_FILE = "guard.toml"
_SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder says: the usable directory, the problems of the rest, and the texts' fingerprint."""

    guide: Guide
    problems: tuple[Problem, ...]
    digest: str


def digest(folder: Path) -> str:
    """The fingerprint of a folder's files: equal as long as nothing in them changed."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        whole.update(path.name.encode() + b"\0")
        try:
            whole.update(path.read_bytes())
        except OSError as error:
            whole.update(repr(error.errno).encode())
        whole.update(b"\0")
    return whole.hexdigest()


def read_folder(folder: Path) -> Reading:
    """Read all TOML files of a folder. Never raises for what stands in them.

    A bad entry is left out, the others are used. Without a usable guard file nothing is: the guard on
    police business must not vanish with a file.
    """
    mark = digest(folder)
    guard, problems = read_guard(folder)
    if guard is None:
        return Reading(Guide(), tuple(problems), mark)
    tables: list[Table] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name != GUARD_FILE:
            single, found, wrong = read(path)
            problems += wrong
            tables += found
            problems += [
                Problem(path.name, f"there is no table [{name}]", "begin each entry with a line [[entry]]")
                for name in single
            ]
    known = {"family": _family, "topic": _topic, "entry": _entry, "faq": _faq}
    problems += [
        table.problem("", f"there is no [[{table.kind}]]", f"use one of {', '.join(f'[[{k}]]' for k in known)}")
        for table in tables
        if table.kind not in known
    ]

    def each(kind: str, make: Callable[[Fields], T]) -> list[tuple[T, Fields]]:
        made = []
        for table in tables:
            if table.kind == kind:
                fields = Fields(table)
                value = make(fields)
                fields.finish()
                made.append((value, fields))
        return made

    families = _sound(each("family", _family), {}, problems)
    topics = _sound(each("topic", _topic), {}, problems)
    entries, faqs = each("entry", _entry), each("faq", _faq)
    names = {topic.slug for topic in topics}
    for entry, fields in entries:
        checks.entry(entry, fields, names, guard)
    taken: dict[str, str] = {}
    sound = _sound(entries, taken, problems)
    homes = names | {entry.slug for entry in sound}
    for faq, fields in faqs:
        checks.faq(faq, fields, homes, guard)
    answers = _sound(faqs, taken, problems)
    vouched = guard.emergency | {phone.digits for entry in sound for phone in entry.phones}
    both: list[tuple[Entry | Faq, Fields]] = [*entries, *faqs]
    unsaid = set()
    for value, fields in both:
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
    return Reading(guide, tuple(sorted(problems, key=lambda p: (p.where, p.line))), mark)


def _sound(made: Iterable[tuple[T, Fields]], seen: dict[str, str], problems: list[Problem]) -> list[T]:
    """The values without mistakes and with their own slug; others' mistakes go to ``problems``.

    ``seen`` are the slugs taken so far, with the places that took them.
    """
    sound = []
    for value, fields in made:
        slug = str(fields.table.data.get("slug", ""))
        if slug in seen:
            fields.wrong("slug", f"the slug is taken, by {seen[slug]}", "give each its own slug")
        elif _SLUG.fullmatch(slug):
            seen[slug] = f"{fields.table.file}:{fields.table.line}"
        else:
            fields.wrong("slug", "the slug is missing or odd", 'write slug = "…", of a-z, 0-9 and _, 2 to 40 of them')
        if fields.problems:
            problems += fields.problems
        else:
            sound.append(value)
    return sound


def read_guard(folder: Path) -> tuple[Guard | None, list[Problem]]:
    """The guard of a folder, or what is wrong with its file."""
    path = folder / GUARD_FILE
    single, _, problems = read(path)
    table = single.get("guard")
    if problems or not table:
        fix = f"restore {GUARD_FILE} with its [guard] table; without it nothing is loaded"
        return None, problems or [Problem(path.name, "has no [guard]", fix)]
    lists: dict[str, tuple[str, ...]] = {}
    for name in ("subjects", "except", "numbers", "unsourced"):
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            return None, [Problem(path.name, f"{name} is not a list of texts", f'write {name} = ["…", "…"]')]
        lists[name] = tuple(value)
    for name in ("subjects", "numbers"):
        if not lists[name]:
            return None, [Problem(path.name, f"{name} is empty", "restore the list: it guards police business")]
    return (
        Guard(lists["subjects"], lists["except"], frozenset(lists["numbers"]), frozenset(lists["unsourced"])),
        [],
    )


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
    )


def _phones(fields: Fields) -> tuple[Phone, ...]:
    phones = []
    for given in fields.list_of("phones"):
        if not isinstance(given, dict) or not set(given) <= {"number", "label"}:
            fields.wrong("phones", "a phone is not { number, label }", 'write phones = [{ number = "12345" }]')
            continue
        number = fields.clean("phones", given.get("number"), 30)
        label = fields.words_of("phones", given["label"], (24, 40)) if "label" in given else Words()
        phones.append(Phone(number, label))
    return tuple(phones)


def _hours(fields: Fields) -> Hours:
    given = fields.table_of("hours", ("rule", "verified", "note"))
    rule: Any = given.get("rule", "")
    verified: Any = given.get("verified", False)
    if not isinstance(rule, str) or not isinstance(verified, bool):
        fields.wrong("hours", "hours are malformed", 'write hours = { rule = "24/7", verified = true }')
        return Hours()
    note = fields.words_of("hours", given["note"], (60, 120)) if "note" in given else Words()
    return Hours(rule.strip(), verified, note)


def _source(fields: Fields) -> Source:
    given = fields.table_of("source", ("zh", "en", "ref"))
    if not given:
        fields.wrong("source", "source is missing", 'write source = { zh = "…", en = "…", ref = "where exactly" }')
        return Source()
    names = {language: given[language] for language in ("zh", "en") if language in given}
    ref = fields.clean("source", given["ref"], 200) if "ref" in given else ""
    return Source(fields.words_of("source", names, (14, 28)), ref)
