"""Rows to values: the directory as its tables hold it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from botkit.sql import moment
from botkit.storage import Database
from directory.values import Entry, Family, Faq, Guide, Hours, Phone, Phrases, Source, Topic, Words

ENTRY_TEXTS = ("name", "summary", "area", "cost", "ask_first", "meanwhile")
FAQ_TEXTS = ("question", "answer")
Texts = dict[int, dict[str, dict[str, str]]]
"""Texts by subject, field and language."""


async def read(database: Database) -> Guide:
    """The directory as the tables hold it: what is active, in the order of the files."""
    texts = await read_texts(database)
    phrases = await _read_phrases(database)
    phones: defaultdict[int, list[Phone]] = defaultdict(list)
    for row in await database.read("SELECT id, service_id, number FROM phone ORDER BY service_id, position"):
        phones[row["service_id"]].append(Phone(row["number"], _words(texts, row["id"], "label")))
    rules = {
        row["service_id"]: (row["rule"], bool(row["verified"]))
        for row in await database.read("SELECT service_id, rule, verified FROM schedule")
    }
    terms: defaultdict[int, list[str]] = defaultdict(list)
    for row in await database.read("SELECT service_id, term FROM attribute ORDER BY service_id, position"):
        terms[row["service_id"]].append(row["term"])
    services = await database.read("SELECT * FROM service WHERE status = 'active' ORDER BY position")
    faqs = await database.read("SELECT * FROM faq WHERE status = 'active' ORDER BY position")
    topics, families = await read_terms(database, texts)
    entries = []
    for row in services:
        at = row["id"]
        rule, verified = rules.get(at, ("", False))
        named = {name: _words(texts, at, name) for name in ENTRY_TEXTS}
        entries.append(
            Entry(
                slug=row["slug"],
                topic=terms[at][0],
                topics=tuple(terms[at][1:]),
                name=named["name"],
                summary=named["summary"],
                phones=tuple(phones[at]),
                organization=_words(texts, row["organization_id"], "name"),
                hours=Hours(rule, verified, _words(texts, at, "hours_note")),
                area=named["area"],
                cost=named["cost"],
                do_not_call=bool(row["do_not_call"]),
                ask_first=named["ask_first"],
                meanwhile=named["meanwhile"],
                aliases=_phrases(phrases, at, "alias"),
                phrasings=_phrases(phrases, at, "phrasing"),
                **_shared(texts, row),
            )
        )
    answers = tuple(
        Faq(
            slug=row["slug"],
            about=row["about"],
            question=_words(texts, row["id"], "question"),
            answer=_words(texts, row["id"], "answer"),
            phrasings=_phrases(phrases, row["id"], "phrasing"),
            **_shared(texts, row),
        )
        for row in faqs
    )
    return Guide(tuple(entries), answers, topics, families)


async def read_modified(database: Database) -> dict[str, datetime]:
    """When each active entry was written last, by slug, where that is known."""
    rows = await database.read(
        "SELECT slug, modified_at FROM service WHERE status = 'active' AND modified_at IS NOT NULL"
    )
    return {row["slug"]: moment(row["modified_at"]) for row in rows}


async def read_terms(database: Database, texts: Texts) -> tuple[tuple[Topic, ...], tuple[Family, ...]]:
    """All topics and families, in their order."""
    topics: list[Topic] = []
    families: list[Family] = []
    for row in await database.read("SELECT id, kind, slug, parent FROM taxonomy_term ORDER BY position"):
        name = _words(texts, row["id"], "name")
        if row["kind"] == "family":
            families.append(Family(row["slug"], name))
        else:
            topics.append(Topic(row["slug"], name, row["parent"]))
    return tuple(topics), tuple(families)


async def read_texts(database: Database) -> Texts:
    """All texts of the directory."""
    texts: Texts = defaultdict(lambda: defaultdict(dict))
    for row in await database.read("SELECT subject_id, field, language, value FROM directory_text"):
        texts[row["subject_id"]][row["field"]][row["language"]] = row["value"]
    return texts


async def _read_phrases(database: Database) -> dict[tuple[int, str, str], list[str]]:
    found: defaultdict[tuple[int, str, str], list[str]] = defaultdict(list)
    for row in await database.read(
        "SELECT subject_id, kind, language, value FROM phrasing ORDER BY subject_id, kind, position"
    ):
        found[row["subject_id"], row["kind"], row["language"]].append(row["value"])
    return found


def _words(texts: Texts, subject_id: int | None, name: str) -> Words:
    if subject_id is None or subject_id not in texts or name not in texts[subject_id]:
        return Words()
    given = texts[subject_id][name]
    return Words(given.get("zh", ""), given.get("en", ""))


def _phrases(phrases: dict[tuple[int, str, str], list[str]], subject_id: int, kind: str) -> Phrases:
    texts: Iterable[tuple[str, ...]] = (
        tuple(phrases.get((subject_id, kind, language), ())) for language in ("zh", "en")
    )
    return Phrases(*texts)


def _shared(texts: Texts, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": Source(_words(texts, row["id"], "source"), row["source"]),
        "owner": row["owner"],
        "assured_date": date.fromisoformat(row["assured_date"]) if row["assured_date"] else None,
        "sample": bool(row["sample"]),
    }
