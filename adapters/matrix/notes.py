"""Notes: writing and reading the adapter's table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botkit.sql import Statement, Write, insert

if TYPE_CHECKING:
    from botkit.services import Services

_COLUMNS = "id station_id account kind room ref payload at told"
INSERT = insert("matrix_note", _COLUMNS)
REPLACE = insert(
    "matrix_note",
    _COLUMNS,
    "ON CONFLICT (account, kind, ref) DO UPDATE SET id = excluded.id, payload = excluded.payload, at = excluded.at",
)
ENDED = Statement("DELETE FROM matrix_note WHERE id = ?")
TOLD = Statement("UPDATE matrix_note SET told = ? WHERE account = ? AND kind = ? AND ref = ?")
DELETE = Statement("DELETE FROM matrix_note WHERE account = ? AND kind = ? AND ref = ?")
FORGET = Statement("DELETE FROM matrix_note WHERE account = ? AND kind = ? AND room = ? AND at < ?")
_READ = "SELECT * FROM matrix_note WHERE account = ? AND kind = ? ORDER BY id"

START, ROOM, LEFT, SIGHT, CLOCK = "start", "room", "left", "sight", "clock"
LOCKED, WITHHELD = "locked", "withheld"


class Notes:
    """The notes of one account."""

    def __init__(self, services: Services, account: str) -> None:
        self._services = services
        self._account = account

    def add(
        self, kind: str, room: str, ref: str, payload: Mapping[str, Any], at: datetime, *, told: bool = False
    ) -> Write:
        """The write that keeps a note; the same one again changes nothing."""
        return Write(INSERT, self._row(kind, room, ref, payload, at, told))

    def put(self, kind: str, room: str, ref: str, payload: Mapping[str, Any], at: datetime) -> tuple[int, Write]:
        """The write that keeps a note in place of an earlier one, and the note's id.

        What is committed together is not written in its order, so a note that may be renewed is ended by its id.
        """
        row = self._row(kind, room, ref, payload, at)
        return row[0], Write(REPLACE, row)

    def end(self, note: int) -> Write:
        """The write that ends this very note."""
        return Write(ENDED, (note,))

    def _row(
        self, kind: str, room: str, ref: str, payload: Mapping[str, Any], at: datetime, told: bool = False
    ) -> tuple[Any, ...]:
        database = self._services.database
        # In letters that every database takes, whatever stands in an event.
        content = json.dumps(payload)
        return (database.ids(), database.station_id, self._account, kind, room, ref, content, at, told)

    def drop(self, kind: str, ref: str) -> Write:
        """The write that ends a note."""
        return Write(DELETE, (self._account, kind, ref))

    def tell(self, kind: str, ref: str) -> Write:
        """The write that marks a note as told."""
        return Write(TOLD, (True, self._account, kind, ref))

    def forget(self, kind: str, room: str, before: datetime) -> Write:
        """The write that ends all notes of a kind on a room from before a moment."""
        return Write(FORGET, (self._account, kind, room, before))

    async def all(self, kind: str) -> list[dict[str, Any]]:
        """All notes of a kind, oldest first, with their payload read."""
        rows = await self._services.database.read(_READ, self._account, kind)
        return [{**row, "payload": json.loads(row["payload"])} for row in rows]

    async def write(self, *writes: Write) -> None:
        """Commit writes by themselves."""
        await self._services.database.writer.rows(list(writes))


class Start:
    """From where the account is read the first time, decided once: what comes in before the first commit counts too."""

    def __init__(self, notes: Notes, services: Services) -> None:
        self._notes = notes
        self._services = services

    async def read(self) -> str | None:
        """The token that was kept, if any."""
        rows = await self._notes.all(START)
        return str(rows[0]["payload"]["token"]) if rows else None

    async def keep(self, token: str, writes: Sequence[Write]) -> str:
        """Keep the token of now, with what was found on the way; returns the one that counts."""
        now = self._services.clock.now()
        await self._notes.write(*writes, self._notes.add(START, "", START, {"token": token}, now))
        return await self.read() or token
