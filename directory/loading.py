"""Loading: what the station's files say joins the directory, without overwriting what was edited since."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botkit.sql import Statement
from botkit.storage import Database, UnitOfWork
from directory import changes, codec
from directory.changes import FILES, ChangeError, Edit
from directory.contents import revision
from directory.merging import Conflict, merged
from directory.reading import Reading
from directory.values import KINDS, Guide, Value, kind_of

ACTOR = "files"
REMEMBER = Statement("UPDATE directory_state SET digest = ?")
SAID = Statement(
    "UPDATE directory_item SET file_version_id = (SELECT version.id FROM directory_version AS version"
    " WHERE version.change_id = ? AND version.kind = directory_item.kind AND version.slug = directory_item.slug)"
    " WHERE kind = ? AND slug = ?"
)
MOVE = Statement("UPDATE directory_item SET position = ?, revision = ? WHERE id = ?")

_ITEMS = """
    SELECT item.id, item.kind, item.slug, item.position, item.version_id, item.file_version_id,
           live.value AS live, said.value AS said
    FROM directory_item AS item
    LEFT JOIN directory_version AS live ON live.id = item.version_id
    LEFT JOIN directory_version AS said ON said.id = item.file_version_id
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load changed: slugs that are new or different, and that left.

    ``waiting`` are those that the files and the desk changed to different ends: their new texts wait for approval.
    """

    changed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    revision: int = 0


async def loaded_digest(database: Database) -> str:
    """The fingerprint of the files that were loaded last; empty when never."""
    rows = await database.read("SELECT digest FROM directory_state")
    return str(rows[0]["digest"]) if rows else ""


async def load(database: Database, reading: Reading) -> Loaded:
    """Bring the directory to what the files say now, where they say something else than last time.

    Doing it again changes nothing. What is no longer in the files retires, unless it was edited since; while
    anything is wrong with the files, nothing retires, and their fingerprint is not kept, so that problems are told
    at every start.
    """
    known = {(row["kind"], row["slug"]): row for row in await database.read(_ITEMS)}
    told = {(kind_of(value), value.slug): (value, place) for value, place in _placed(reading.guide)}
    sure: list[Edit] = []
    unsure: list[Edit] = []
    moved: list[tuple[int, int]] = []
    for (kind, slug), (value, place) in told.items():
        row = known.get((kind, slug))
        text = codec.dump(value)
        if row is not None and row["said"] == text:
            if row["position"] != place:
                moved.append((place, row["id"]))
            continue
        edit = Edit(kind, slug, value, row["file_version_id"] if row else None, place)
        (sure if row is None or _merges(row, value) else unsure).append(edit)
    gone = [] if reading.problems else [
        Edit(kind, slug, None, row["file_version_id"])
        for (kind, slug), row in known.items()
        if (kind, slug) not in told and row["said"] is not None and row["live"] in (row["said"], None)
    ]  # fmt: skip
    waiting = await changes.propose(database, unsure, kind=FILES, actor=ACTOR) if unsure else None
    if sure or gone:
        await _publish(database, [*sure, *gone])
    mark = "" if reading.problems else reading.digest

    async def job(unit: UnitOfWork) -> None:
        if moved:
            state, revision = await changes.locked(unit)
            for place, row_id in moved:
                unit.write(MOVE, place, revision, row_id)
            unit.write(changes.REVISION, revision, state)
        # They have been said, whatever becomes of them: a refused text does not come back at every start.
        for edit in unsure:
            unit.write(SAID, waiting, edit.kind, edit.slug)
        unit.write(REMEMBER, mark)

    await database.unit(job)
    return Loaded(_slugs(sure), _slugs(gone), _slugs(unsure), await revision(database))


def _slugs(edits: list[Edit]) -> tuple[str, ...]:
    return tuple(edit.slug for edit in edits if edit.kind in ("entry", "faq"))


def _merges(row: dict[str, Any], value: Value) -> bool:
    """Whether what the files changed does not touch what the desk changed."""
    kind = row["kind"]
    said, live = (codec.load(kind, text) if text is not None else None for text in (row["said"], row["live"]))
    try:
        merged(said, value, live)
    except Conflict:
        return False
    return True


async def _publish(database: Database, edits: list[Edit]) -> None:
    change = await changes.propose(database, edits, kind=FILES, actor=ACTOR)

    async def job(unit: UnitOfWork) -> None:
        await changes.publish(unit, change, ACTOR)

    # Where somebody publishes in this moment, it waits for approval like what is unsure.
    with suppress(ChangeError):
        await database.unit(job)


def _placed(guide: Guide) -> list[tuple[Value, int]]:
    """The values with their place among their kind, in the order in which kinds build on each other."""
    groups: dict[str, tuple[Value, ...]] = {
        "family": guide.families, "topic": guide.topics, "entry": guide.entries, "faq": guide.faqs,
    }  # fmt: skip
    return [(value, place) for kind in KINDS for place, value in enumerate(groups[kind])]
