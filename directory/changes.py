"""Changes: whatever is done to the directory is proposed, lives once it is published, and can be undone.

A change is a set of versions. While it waits, what was live stays live. Published late, it is merged with what
happened meanwhile, field by field; undoing one is a change too, so it can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botkit.messages import Text, tr
from botkit.sql import Statement, Write, insert, update
from botkit.storage import Database, UnitOfWork
from directory.contents import Key, Part, decoded, encoded
from directory.merging import Conflict, merged
from directory.values import Value

WAITING, LIVE, REFUSED = "waiting", "live", "refused"
EDIT, IMPORT, UNDO, FILES, VERIFY = "edit", "import", "undo", "files", "verify"
"""The kinds of changes."""
LIVE_NOW = -1
LONGEST_NOTE = 200
_CHUNK = 500
_PLENTY = 20
"""So many conflicts are named; with more the sum says the rest."""

VERSION = insert("directory_version", "id station_id change_id kind slug value previous_id position")
CHANGE = insert(
    "directory_change",
    "id station_id kind state actor note made_at decided_at decided_by undoes revision items",
)
ITEM = insert(
    "directory_item", "id station_id kind slug version_id file_version_id position revision modified_at", conflict=""
)
PUBLISHED = update("directory_item", "version_id file_version_id position revision modified_at")
REBASED = update("directory_version", "value previous_id")
DECIDED = update("directory_change", "state decided_at decided_by revision")
STATE = insert("directory_state", "id station_id digest revision")
REVISION = Statement("UPDATE directory_state SET revision = ? WHERE id = ?")

_VERSIONS = """
    SELECT version.id, version.kind, version.slug, version.value, version.previous_id, version.position AS wanted,
           item.id AS item_id, item.version_id, item.file_version_id, item.position
    FROM directory_version AS version
    LEFT JOIN directory_item AS item ON item.kind = version.kind AND item.slug = version.slug
    WHERE version.change_id = ? ORDER BY version.id
"""


class ChangeError(Exception):
    """A change can't be made; ``told`` says why, to the one who wanted it."""

    def __init__(self, told: Text) -> None:
        super().__init__(told.key)
        self.told = told


@dataclass(frozen=True, slots=True)
class Edit:
    """What one item is to become; value None: it is to go.

    ``base`` is the id of the version that it was made from, ``LIVE_NOW`` for the one that is live.
    """

    kind: str
    slug: str
    value: Value | Part | None
    base: int | None = LIVE_NOW
    position: int | None = None


async def propose(
    database: Database,
    edits: Sequence[Edit],
    *,
    kind: str,
    actor: str,
    note: str = "",
    undoes: int | None = None,
    written: Callable[[int], None] | None = None,
) -> int:
    """Write a change down, and return its id. It waits: nothing of it is live.

    Many items are written in several commits, and ``written`` hears how many of them are; the change exists with the
    last of them.
    """
    change, now = database.ids(), database.clock.now()
    known = await _live_versions(database, edits)
    rest, done = iter(edits), 0

    def writes(chunk: Iterable[Edit]) -> list[Write]:
        return [
            Write(VERSION, (
                database.ids(), None, change, edit.kind, edit.slug, encoded(edit.value),
                known.get((edit.kind, edit.slug)) if edit.base == LIVE_NOW else edit.base, edit.position,
            ))
            for edit in chunk
        ]  # fmt: skip

    while chunk := list(islice(rest, _CHUNK)):
        await database.writer.rows(writes(chunk))
        done += len(chunk)
        if written is not None:
            written(done)
    row = (
        change, None, kind, WAITING, actor, note[:LONGEST_NOTE], now, None, "", undoes, None, len(edits),
    )  # fmt: skip

    async def job(unit: UnitOfWork) -> None:
        unit.write(CHANGE, *row)
        unit.audit("directory.proposed", f"change:{change}", actor=actor, kind=kind, items=len(edits))

    await database.unit(job)
    return change


async def publish(unit: UnitOfWork, change: int, actor: str) -> int:
    """Make a waiting change live, and return the directory's new revision.

    Raises ``ChangeError`` where it waits no longer, or where what it changes was changed otherwise meanwhile.
    """
    database, now = unit.database, unit.database.clock.now()
    state, revision = await locked(unit)
    kind = await _waiting(unit, change)
    rows = await database.read(_VERSIONS, change)
    moved = [row for row in rows if row["version_id"] != row["previous_id"]]
    values = await _values(database, moved)
    writes: list[Write] = []
    wrong: list[tuple[str, str]] = []
    for row in moved:
        base, live = values.get(row["previous_id"]), values.get(row["version_id"])
        try:
            value = _merged(base, decoded(row["kind"], row["value"]), live)
        except Conflict as problem:
            wrong += [(row["slug"], name) for name in problem.fields]
        else:
            writes.append(Write(REBASED, (encoded(value), row["version_id"], row["id"])))
    if wrong:
        shown = "; ".join(f"{slug} {name}".strip() for slug, name in wrong[:_PLENTY])
        raise ChangeError(tr("directory.change.conflict", count=len(wrong), fields=shown))
    last = await _last_positions(database)
    for row in rows:
        position = row["wanted"] if row["wanted"] is not None else row["position"]
        if position is None:
            position = last[row["kind"]] = last.get(row["kind"], -1) + 1
        said = row["id"] if kind == FILES else row["file_version_id"]
        if row["item_id"] is None:
            item = (unit.new_id(), None, row["kind"], row["slug"], row["id"], said, position, revision, now)
            writes.append(Write(ITEM, item))
        else:
            writes.append(Write(PUBLISHED, (row["id"], said, position, revision, now, row["item_id"])))
    writes.append(Write(DECIDED, (LIVE, now, actor, revision, change)))
    writes.append(Write(REVISION, (revision, state)))
    await unit.fill(writes)
    unit.audit("directory.published", f"change:{change}", actor=actor, items=len(rows), revision=revision)
    return revision


async def refuse(unit: UnitOfWork, change: int, actor: str) -> None:
    """Let a waiting change go. Raises ``ChangeError`` where it waits no longer."""
    await locked(unit)
    await _waiting(unit, change)
    await unit.fill([Write(DECIDED, (REFUSED, unit.database.clock.now(), actor, None, change))])
    unit.audit("directory.refused", f"change:{change}", actor=actor)


async def undo(database: Database, change: int, actor: str, note: str = "") -> int:
    """Propose what takes a live change back, and return that change's id. Raises ``ChangeError`` for any other."""
    rows = await database.read("SELECT state FROM directory_change WHERE id = ?", change)
    if not rows or rows[0]["state"] != LIVE:
        raise ChangeError(tr("directory.change.not_live"))
    done = await database.read(
        "SELECT version.id, version.kind, version.slug, before.value FROM directory_version AS version"
        " LEFT JOIN directory_version AS before ON before.id = version.previous_id"
        " WHERE version.change_id = ? ORDER BY version.id",
        change,
    )
    edits = [Edit(row["kind"], row["slug"], decoded(row["kind"], row["value"]), row["id"]) for row in done]
    return await propose(database, edits, kind=UNDO, actor=actor, note=note, undoes=change)


def _merged(base: Value | Part | None, ours: Value | Part | None, theirs: Value | Part | None) -> Value | Part | None:
    """Values are merged by fields; rows of an import only as a whole."""
    if any(isinstance(side, Mapping) for side in (base, ours, theirs)):
        if theirs in (base, ours):
            return ours
        if ours == base:
            return theirs
        raise Conflict(("",))
    return merged(base, ours, theirs)  # type: ignore[arg-type]  # none of them is a part, as checked above


async def locked(unit: UnitOfWork) -> tuple[int, int]:
    """The state's row id and the next revision. On PostgreSQL, no other process publishes meanwhile."""
    database = unit.database
    query = "SELECT id, revision FROM directory_state"
    rows = await database.read(query if database.sqlite else f"{query} FOR UPDATE")
    if rows:
        return rows[0]["id"], rows[0]["revision"] + 1
    state = unit.new_id()
    await unit.fill([Write(STATE, (state, None, "", 0))])
    return state, 1


async def _waiting(unit: UnitOfWork, change: int) -> str:
    """The kind of a change that waits. Raises ``ChangeError`` for any other."""
    rows = await unit.database.read("SELECT kind, state FROM directory_change WHERE id = ?", change)
    if not rows or rows[0]["state"] != WAITING:
        raise ChangeError(tr("directory.change.not_waiting"))
    return str(rows[0]["kind"])


async def _live_versions(database: Database, edits: Sequence[Edit]) -> Mapping[Key, int | None]:
    slugs = [edit.slug for edit in edits if edit.base == LIVE_NOW]
    found: dict[Key, int | None] = {}
    for start in range(0, len(slugs), _CHUNK):
        chunk = slugs[start : start + _CHUNK]
        query = f"SELECT kind, slug, version_id FROM directory_item WHERE slug IN ({', '.join('?' * len(chunk))})"
        found |= {(row["kind"], row["slug"]): row["version_id"] for row in await database.read(query, *chunk)}
    return found


async def _last_positions(database: Database) -> dict[str, int]:
    rows = await database.read("SELECT kind, max(position) AS last FROM directory_item GROUP BY kind")
    return {row["kind"]: row["last"] for row in rows}


async def _values(database: Database, rows: Sequence[Mapping[str, Any]]) -> dict[int | None, Value | Part | None]:
    """What the versions hold that rows of a change were made from, and those that are live instead, by id."""
    wanted = sorted({row[name] for row in rows for name in ("previous_id", "version_id") if row[name] is not None})
    found: dict[int | None, Value | Part | None] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        query = f"SELECT id, kind, value FROM directory_version WHERE id IN ({', '.join('?' * len(chunk))})"
        found |= {row["id"]: decoded(row["kind"], row["value"]) for row in await database.read(query, *chunk)}
    return found
