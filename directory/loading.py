"""Loading: bringing the tables to what the files say, writing only what changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from botkit.sql import Statement
from botkit.storage import Database, UnitOfWork
from directory.reading import Reading
from directory.rows import ENTRY_TEXTS, FAQ_TEXTS, read_terms, read_texts
from directory.values import Entry, Faq, Guide, Phrases, Words

STATION = None
"""The station of what files bring: none, they speak for the whole city."""


def _insert(table: str, columns: str) -> Statement:
    names = ["id", "station_id", *columns.split()]
    return Statement(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})")


_COMMON = "source owner assured_date sample position digest"
ORGANIZATION = _insert("organization", "slug")
SERVICE = _insert("service", f"slug status organization_id do_not_call modified_at {_COMMON}")
FAQ = _insert("faq", f"slug status about {_COMMON}")
PHONE = _insert("phone", "service_id number position")
SCHEDULE = _insert("schedule", "service_id rule verified")
TERM = _insert("taxonomy_term", "kind slug parent position")
ATTRIBUTE = _insert("attribute", "service_id term position")
TEXT = _insert("directory_text", "subject_id field language value")
PHRASING = _insert("phrasing", "subject_id kind language value position")
QUESTION = _insert("question_log", "asked_at language text subject score")
FEEDBACK = _insert("answer_feedback", "at subject helpful")
STATE = _insert("directory_state", "digest revision")

# Cleared in this order before anything is inserted: texts of phones and organizations while these are known.
CLEAR = [
    Statement("DELETE FROM directory_text WHERE subject_id IN (SELECT id FROM phone WHERE service_id = ?)"),
    Statement("DELETE FROM directory_text WHERE subject_id IN (SELECT organization_id FROM service WHERE id = ?)"),
    Statement("DELETE FROM organization WHERE id IN (SELECT organization_id FROM service WHERE id = ?)"),
    Statement("DELETE FROM directory_text WHERE subject_id = ?"),
    Statement("DELETE FROM phrasing WHERE subject_id = ?"),
    Statement("DELETE FROM phone WHERE service_id = ?"),
    Statement("DELETE FROM schedule WHERE service_id = ?"),
    Statement("DELETE FROM attribute WHERE service_id = ?"),
    Statement("DELETE FROM service WHERE id = ?"),
    Statement("DELETE FROM faq WHERE id = ?"),
]
CLEAR_TERM_TEXTS = Statement("DELETE FROM directory_text WHERE subject_id = ?")
CLEAR_TERM = Statement("DELETE FROM taxonomy_term WHERE id = ?")
CLEAR_STATE = Statement("DELETE FROM directory_state WHERE id = ?")
MOVE_SERVICE = Statement("UPDATE service SET position = ? WHERE id = ?")
MOVE_FAQ = Statement("UPDATE faq SET position = ? WHERE id = ?")
RETIRE_SERVICE = Statement("UPDATE service SET status = 'inactive', digest = '' WHERE id = ?")
RETIRE_FAQ = Statement("UPDATE faq SET status = 'inactive', digest = '' WHERE id = ?")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load changed: slugs that are new or different, slugs that left, and the revision now."""

    changed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    revision: int = 0


async def loaded_digest(database: Database) -> str:
    """The fingerprint of the files that the tables were last loaded from; empty when never."""
    rows = await database.read("SELECT digest FROM directory_state")
    return str(rows[0]["digest"]) if rows else ""


async def revision(database: Database) -> int:
    """How often the tables have changed; 0 before the first load."""
    rows = await database.read("SELECT revision FROM directory_state")
    return int(rows[0]["revision"]) if rows else 0


async def load(database: Database, reading: Reading) -> Loaded:
    """Bring the tables to what the files say, in one commit. Doing it again changes nothing.

    Rows are found by slug and keep their ids. What is no longer in the files becomes inactive. The files'
    fingerprint is kept only when they had no problems, so that problems are told at every start.
    """
    known = await _Known.read(database)
    guide = reading.guide

    async def job(unit: UnitOfWork) -> Loaded:
        writer = _Writer(unit)
        changed, moved = _compared(guide, known)
        same_terms = known.terms == _mark((guide.topics, guide.families))
        # The unit batches equal statements: all deletions must be said before the first insertion.
        for _, row_id, _, _ in changed:
            writer.clear(row_id)
        if not same_terms:
            writer.clear_terms(known.term_ids)
        # What can't be read is not gone: while anything is wrong with the files, nothing leaves.
        kept = {s.slug for s in guide.subjects}
        retired = [] if reading.problems else writer.retire(known, kept)
        for subject, row_id, position, mark in changed:
            writer.subject(subject, row_id or unit.new_id(), position, mark)
        for statement, row_id, position in moved:
            unit.write(statement, position, row_id)
        if not same_terms:
            writer.terms(guide)
        version = known.revision + bool(changed or moved or retired or not same_terms)
        mark = "" if reading.problems else reading.digest
        if version != known.revision or mark != known.digest:
            writer.state(known, mark, version)
        if version != known.revision:
            unit.audit("directory.loaded", changed=len(changed), retired=len(retired), revision=version)
        return Loaded(tuple(subject.slug for subject, _, _, _ in changed), tuple(retired), version)

    return await database.unit(job)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row as the tables hold it."""

    row_id: int = 0
    digest: str = ""
    position: int = 0


@dataclass(slots=True)
class _Known:
    """What the tables hold now, as far as loading needs it."""

    services: dict[str, _Kept] = field(default_factory=dict)
    faqs: dict[str, _Kept] = field(default_factory=dict)
    term_ids: list[int] = field(default_factory=list)
    terms: str = ""
    state_id: int = 0
    digest: str = ""
    revision: int = 0

    @classmethod
    async def read(cls, database: Database) -> _Known:
        known = cls()
        for table, rows in (("service", known.services), ("faq", known.faqs)):
            for row in await database.read(f"SELECT id, slug, digest, position FROM {table}"):
                rows[row["slug"]] = _Kept(row["id"], row["digest"], row["position"])
        known.term_ids = [row["id"] for row in await database.read("SELECT id FROM taxonomy_term")]
        topics, families = await read_terms(database, await read_texts(database))
        known.terms = _mark((topics, families))
        for row in await database.read("SELECT id, digest, revision FROM directory_state"):
            known.state_id, known.digest, known.revision = row["id"], row["digest"], row["revision"]
        return known


def _compared(
    guide: Guide, known: _Known
) -> tuple[list[tuple[Entry | Faq, int, int, str]], list[tuple[Statement, int, int]]]:
    """What differs from its row or has none (row id 0), with position and fingerprint; and what only moved."""
    changed: list[tuple[Entry | Faq, int, int, str]] = []
    moved: list[tuple[Statement, int, int]] = []
    rows = {**known.services, **known.faqs}
    for position, subject in enumerate(guide.subjects):
        mark = _mark(subject)
        kept = rows.get(subject.slug, _Kept())
        if kept.digest != mark:
            changed.append((subject, kept.row_id, position, mark))
        elif kept.position != position:
            moved.append((MOVE_SERVICE if isinstance(subject, Entry) else MOVE_FAQ, kept.row_id, position))
    return changed, moved


class _Writer:
    """Writes rows into a unit of work."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def clear(self, row_id: int) -> None:
        for statement in CLEAR if row_id else ():
            self._unit.write(statement, row_id)

    def clear_terms(self, row_ids: list[int]) -> None:
        for row_id in row_ids:
            self._unit.write(CLEAR_TERM_TEXTS, row_id)
            self._unit.write(CLEAR_TERM, row_id)

    def subject(self, subject: Entry | Faq, row_id: int, position: int, mark: str) -> None:
        if isinstance(subject, Entry):
            self._service(subject, row_id, position, mark)
        else:
            self._faq(subject, row_id, position, mark)
        self._phrases(row_id, "phrasing", subject.phrasings)
        self._text(row_id, "source", subject.source.name)

    def retire(self, known: _Known, kept: set[str]) -> list[str]:
        gone = []
        for rows, statement in ((known.services, RETIRE_SERVICE), (known.faqs, RETIRE_FAQ)):
            for slug, row in rows.items():
                if slug not in kept and row.digest:
                    self._unit.write(statement, row.row_id)
                    gone.append(slug)
        return gone

    def terms(self, guide: Guide) -> None:
        rows = [("family", f.slug, "", f.name) for f in guide.families]
        rows += [("topic", t.slug, t.family, t.name) for t in guide.topics]
        for position, (kind, slug, parent, name) in enumerate(rows):
            row_id = self._insert(TERM, kind, slug, parent, position)
            self._text(row_id, "name", name)

    def state(self, known: _Known, mark: str, revision: int) -> None:
        if known.state_id:
            self._unit.write(CLEAR_STATE, known.state_id)
        self._insert(STATE, mark, revision)

    def _service(self, entry: Entry, row_id: int, position: int, mark: str) -> None:
        organization = None
        if entry.organization:
            organization = self._insert(ORGANIZATION, entry.slug)
            self._text(organization, "name", entry.organization)
        common = _common(entry, position, mark)
        now = self._unit.database.clock.now()
        self._unit.write(SERVICE, row_id, STATION, entry.slug, "active", organization, entry.do_not_call, now, *common)
        for name in ENTRY_TEXTS:
            self._text(row_id, name, getattr(entry, name))
        self._text(row_id, "hours_note", entry.hours.note)
        self._insert(SCHEDULE, row_id, entry.hours.rule, entry.hours.verified)
        for number, phone in enumerate(entry.phones):
            self._text(self._insert(PHONE, row_id, phone.number, number), "label", phone.label)
        for number, topic in enumerate((entry.topic, *entry.topics)):
            self._insert(ATTRIBUTE, row_id, topic, number)
        self._phrases(row_id, "alias", entry.aliases)

    def _faq(self, faq: Faq, row_id: int, position: int, mark: str) -> None:
        self._unit.write(FAQ, row_id, STATION, faq.slug, "active", faq.about, *_common(faq, position, mark))
        for name in FAQ_TEXTS:
            self._text(row_id, name, getattr(faq, name))

    def _text(self, subject_id: int, name: str, words: Words) -> None:
        for language, value in words:
            self._insert(TEXT, subject_id, name, language, value)

    def _phrases(self, subject_id: int, kind: str, phrases: Phrases) -> None:
        for position, (language, value) in enumerate(phrases):
            self._insert(PHRASING, subject_id, kind, language, value, position)

    def _insert(self, statement: Statement, *columns: Any) -> int:
        row_id = self._unit.new_id()
        self._unit.write(statement, row_id, STATION, *columns)
        return row_id


def _common(subject: Entry | Faq, position: int, mark: str) -> tuple[Any, ...]:
    day = subject.assured_date.isoformat() if subject.assured_date else None
    return subject.source.ref, subject.owner, day, subject.sample, position, mark


def _mark(value: object) -> str:
    """The fingerprint of a value: its dataclass fields in full."""
    return hashlib.sha256(repr(value).encode()).hexdigest()
