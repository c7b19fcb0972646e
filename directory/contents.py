"""Contents: all that is live in the directory, as the tables hold it, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from botkit.sql import moment
from botkit.storage import Database
from directory import codec
from directory.values import Entry, Family, Faq, Guide, Topic, Value

PART = "part"
"""The kind of rows that an import brought along with its entries, see ``directory.hsds.parts``."""
Part = Mapping[str, Any]
Key = tuple[str, str]
"""Kind and slug."""

_LIVE = """
    SELECT item.kind, item.slug, item.position, item.revision, item.modified_at, version.value
    FROM directory_item AS item LEFT JOIN directory_version AS version ON version.id = item.version_id
    WHERE item.revision > ?
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One live item: its value, its place among its kind, when it changed last."""

    value: Value | Part
    position: int
    modified_at: datetime


@dataclass(frozen=True)
class Contents:
    """What is live at one revision. Never changes."""

    items: Mapping[Key, Held] = field(default_factory=dict)
    revision: int = 0

    @cached_property
    def guide(self) -> Guide:
        """The values, each kind in its order."""
        ordered = sorted(self.items.values(), key=lambda held: held.position)
        values = [held.value for held in ordered]
        return Guide(
            tuple(value for value in values if isinstance(value, Entry)),
            tuple(value for value in values if isinstance(value, Faq)),
            tuple(value for value in values if isinstance(value, Topic)),
            tuple(value for value in values if isinstance(value, Family)),
        )

    @cached_property
    def parts(self) -> dict[str, Part]:
        """What imports brought along, by its key."""
        return {slug: held.value for (kind, slug), held in self.items.items() if isinstance(held.value, Mapping)}

    @cached_property
    def modified(self) -> dict[str, datetime]:
        """When each entry changed last, by slug."""
        return {slug: held.modified_at for (kind, slug), held in self.items.items() if kind == "entry"}

    def get(self, kind: str, slug: str) -> Value | None:
        """A live value; None where there is none."""
        held = self.items.get((kind, slug))
        return held.value if held is not None and not isinstance(held.value, Mapping) else None

    def changed(self, found: Iterable[tuple[Key, Held | None]], revision: int) -> Contents:
        """The contents with some items replaced, added, or (None) gone."""
        items = dict(self.items)
        for key, held in found:
            if held is None:
                items.pop(key, None)
            else:
                items[key] = held
        return Contents(items, revision)


async def read(database: Database) -> Contents:
    """All that is live."""
    return await renewed(Contents(), database)


async def renewed(old: Contents, database: Database) -> Contents:
    """The contents brought to what the tables say now; ``old`` itself where nothing has changed."""
    now = await revision(database)
    if now == old.revision:
        return old
    rows = await database.read(_LIVE, old.revision)
    return old.changed(((_key(row), _held(row)) for row in rows), now)


async def revision(database: Database) -> int:
    """How often the directory has changed; 0 before the first load."""
    rows = await database.read("SELECT revision FROM directory_state")
    return int(rows[0]["revision"]) if rows else 0


def decoded(kind: str, value: str | None) -> Value | Part | None:
    """What a version holds."""
    if value is None:
        return None
    if kind == PART:
        part: Part = msgspec.json.decode(value)
        return part
    return codec.load(kind, value)


def encoded(value: Value | Part | None) -> str | None:
    """How a version holds it."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return msgspec.json.encode(value, order="deterministic").decode()
    return codec.dump(value)


def _key(row: Mapping[str, Any]) -> Key:
    return row["kind"], row["slug"]


def _held(row: Mapping[str, Any]) -> Held | None:
    value = decoded(row["kind"], row["value"])
    return None if value is None else Held(value, row["position"], moment(row["modified_at"]))
