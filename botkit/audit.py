"""The audit log: append-only, hash-chained, ids and facts without message texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botkit.clock import Clock
from botkit.ids import Ids
from botkit.sql import Statement, moment

if TYPE_CHECKING:
    from botkit.storage.database import Database

GENESIS = "0" * 64
CHAIN = "main"
INSERT = Statement(
    "INSERT INTO audit (id, station_id, chain, seq, at, event, subject, actor, facts, previous, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact on its way into the log."""

    id: int
    at: datetime
    event: str
    subject: str
    actor: str
    facts: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain."""

    seq: int = 0
    hash: str = GENESIS


class Audit:
    """One writer's chain. Each entry's hash covers the one before it, so that nothing can be changed unseen."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self.station_id = 0
        self.head = Head()

    def entry(self, event: str, subject: str, actor: str, facts: Mapping[str, Any]) -> Entry:
        """A new entry. Raises ``ValueError`` for facts that are not short values: texts don't belong here."""
        for name, value in facts.items():
            if _is_text(value):
                raise ValueError(f"audit fact {name!r} of {event} is a text; the log holds ids and facts only")
        if len(event) > 64 or len(subject) > 96 or len(actor) > 96:
            raise ValueError(f"audit entry {event[:64]}: event, subject and actor are ids, not texts")
        plain = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return Entry(self._ids(), self._clock.now(), event, subject, actor, plain)

    def chain(self, entries: Iterable[Entry]) -> list[tuple[Statement, tuple[Any, ...]]]:
        """The rows of these entries, linked to the chain, whose head moves on."""
        rows = []
        for entry in entries:
            seq, previous = self.head.seq + 1, self.head.hash
            digest = link(previous, seq, entry.at, entry.event, entry.subject, entry.actor, entry.facts)
            rows.append(
                (
                    INSERT,
                    (
                        entry.id, self.station_id, CHAIN, seq, entry.at, entry.event,
                        entry.subject, entry.actor, entry.facts, previous, digest,
                    ),
                )
            )  # fmt: skip
            self.head = Head(seq, digest)
        return rows

    async def load(self, database: Database) -> Head:
        """The stored end of the chain."""
        rows = await database.read("SELECT seq, hash FROM audit WHERE chain = ? ORDER BY seq DESC LIMIT 1", CHAIN)
        return Head(rows[0]["seq"], rows[0]["hash"]) if rows else Head()


def _is_text(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_is_text(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set | frozenset):
        return any(_is_text(part) for part in value)
    return isinstance(value, str) and len(value) > 120


def link(previous: str, seq: int, at: datetime, event: str, subject: str, actor: str, facts: str) -> str:
    """The hash of an entry: SHA-256 over the one before and all of its own fields."""
    fields = [previous, str(seq), at.isoformat(), event, subject, actor, facts]
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()


async def verify(database: Database) -> tuple[int, int | None]:
    """Walk the chain: how many entries there are, and the sequence number of the first that is wrong."""
    head, count = Head(), 0
    while True:
        rows = await database.read(
            "SELECT seq, at, event, subject, actor, facts, previous, hash FROM audit"
            " WHERE chain = ? AND seq > ? ORDER BY seq LIMIT 1000",
            CHAIN,
            head.seq,
        )
        if not rows:
            return count, None
        for row in rows:
            at = moment(row["at"])
            expected = link(head.hash, head.seq + 1, at, row["event"], row["subject"], row["actor"], row["facts"])
            if (row["seq"], row["previous"], row["hash"]) != (head.seq + 1, head.hash, expected):
                return count, row["seq"]
            head, count = Head(row["seq"], row["hash"]), count + 1
