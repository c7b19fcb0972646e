"""Review: a change as it is looked at before it becomes live, and long after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botkit.services import Services
from botkit.sql import moment
from directory.changes import LIVE, WAITING, Edit
from directory.contents import PART, decoded
from directory.curation.history import name, names_of
from directory.merging import Difference, differences
from directory.values import Entry, Faq, Value

_CHANGE = """
    SELECT id, kind, state, actor, note, made_at, decided_at, decided_by, undoes, items
    FROM directory_change
"""
_ITEMS = """
    SELECT version.kind, version.slug, version.value, before.value AS before
    FROM directory_version AS version LEFT JOIN directory_version AS before ON before.id = version.previous_id
    WHERE version.change_id = ? AND version.kind <> 'part' ORDER BY version.id
"""
_LATEST = 100


@dataclass(frozen=True, slots=True)
class Change:
    """A change, without what it changes. ``actor`` is as the audit log names people."""

    id: int
    kind: str
    state: str
    actor: str
    by: str
    note: str
    made_at: datetime
    decided_at: datetime | None
    decided_by: str
    undoes: int | None
    items: int

    @property
    def waits(self) -> bool:
        return self.state == WAITING

    @property
    def is_live(self) -> bool:
        return self.state == LIVE


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change makes of one value; None: it was not there before, or is to go."""

    kind: str
    slug: str
    before: Value | None
    after: Value | None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Field by field."""
        return differences(self.before, self.after)

    @property
    def title(self) -> Any:
        """What it is called, in both languages."""
        value = self.after or self.before
        return value.title if isinstance(value, Entry | Faq) else value.name if value is not None else None

    @property
    def how(self) -> str:
        """Added, changed or removed."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class Review:
    """A change with all that it changes, parts of imports left out."""

    change: Change
    changed: tuple[Changed, ...]

    def count(self, how: str) -> int:
        """How many values are added, changed or removed."""
        return sum(one.how == how for one in self.changed)

    @property
    def edits(self) -> list[Edit]:
        """What is to become of the values."""
        return [Edit(one.kind, one.slug, one.after) for one in self.changed]


async def review(services: Services, change: int) -> Review | None:
    """A change; None where there is none."""
    rows = await services.database.read(f"{_CHANGE} WHERE id = ?", change)
    if not rows:
        return None
    items = await services.database.read(_ITEMS, change)
    changed = tuple(
        Changed(row["kind"], row["slug"], _value(row["kind"], row["before"]), _value(row["kind"], row["value"]))
        for row in items
    )
    return Review(_change(rows[0], await names_of(services)), changed)


async def waiting(services: Services) -> list[Change]:
    """All changes that wait, the oldest first."""
    rows = await services.database.read(f"{_CHANGE} WHERE state = 'waiting' ORDER BY made_at LIMIT {_LATEST}")
    names = await names_of(services)
    return [_change(row, names) for row in rows]


async def decided(services: Services) -> list[Change]:
    """The latest changes that are live or were refused."""
    query = f"{_CHANGE} WHERE state <> 'waiting' ORDER BY decided_at DESC LIMIT {_LATEST}"
    names = await names_of(services)
    return [_change(row, names) for row in await services.database.read(query)]


def _change(row: dict[str, Any], names: dict[str, str]) -> Change:
    return Change(
        row["id"],
        row["kind"],
        row["state"],
        row["actor"],
        name(row["actor"], names),
        row["note"],
        moment(row["made_at"]),
        moment(row["decided_at"]) if row["decided_at"] else None,
        name(row["decided_by"], names),
        row["undoes"],
        row["items"],
    )


def _value(kind: str, text: str | None) -> Value | None:
    value = decoded(kind, text)
    assert kind != PART
    return value  # type: ignore[return-value]  # no part, as asserted
