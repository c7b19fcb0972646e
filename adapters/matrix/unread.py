"""Unread: encrypted events whose key has not come. They wait a little, then a human is told, then they wait on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from adapters.matrix.notes import LOCKED
from adapters.matrix.raw import Raw, text
from adapters.matrix.rooms import Room
from botkit.messages import Message
from botkit.sql import moment
from botkit.storage import Write

if TYPE_CHECKING:
    from adapters.matrix.adapter import Matrix

log = structlog.get_logger()

GRACE = timedelta(seconds=30)
"""How long a key may be late before a human is told that something can't be read."""
KEPT = timedelta(days=7)
"""How long an event waits for its key."""
MOST = 5_000
"""Events that wait at most; of a room without keys more would come than anybody reads."""


@dataclass(slots=True)
class Held:
    """One event that waits. ``told`` says that it was handed on as unreadable; ``since`` is when it began to wait.

    When it was said, ``at``, is another matter: it may have been long on its way.
    """

    room: str
    event: Raw
    at: datetime
    told: bool
    since: datetime


class Unread:
    """What waits, in memory and, as it came, in the adapter's table."""

    def __init__(self, adapter: Matrix) -> None:
        self._adapter = adapter
        self._held: dict[str, Held] = {}
        self._asking: list[tuple[str, Raw]] = []
        self._mended: set[str] = set()
        self._erased: list[Write] = []
        self._look = True
        self._blind: set[str] = set()

    def __len__(self) -> int:
        return len(self._held)

    async def load(self) -> None:
        """Read what waits since before the restart, or since before a commit that failed."""
        self._held = {
            row["ref"]: Held(row["room"], row["payload"], moment(row["at"]), bool(row["told"]), moment(row["at"]))
            for row in await self._adapter.notes.all(LOCKED)
        }
        self._look = True

    def keep(self, room: Room, event: Raw, writes: list[Write]) -> None:
        """An event has no key yet."""
        event_id = event["event_id"]
        if event_id in self._held or len(self._held) >= MOST:
            return
        at = self._adapter.decoder.moment(event).astimezone(UTC)
        self._held[event_id] = Held(room.id, event, at, False, self._adapter.services.clock.now())
        writes.append(self._adapter.notes.add(LOCKED, room.id, event_id, event, at))
        self._asking.append((room.id, event))

    def forget(self, room: str, before: datetime) -> Write:
        """What waits of a room from before a moment is not to be read any more; the write that makes it so."""
        self._held = {key: held for key, held in self._held.items() if held.room != room or held.at >= before}
        write = self._adapter.notes.forget(LOCKED, room, before)
        self._erased.append(write)
        return write

    async def committed(self) -> None:
        """What was read last is stored. If something was to be forgotten meanwhile, it may be among it."""
        erased, self._erased = self._erased, []
        if erased:
            await self._adapter.notes.write(*erased)

    def writers(self, room: str, session: str) -> set[str]:
        """Whose events of a room wait for the key of a session."""
        return {
            held.event["sender"]
            for held in self._held.values()
            if held.room == room and text(held.event["content"], "session_id") == session
        }

    def ask_again(self, users: set[str]) -> None:
        """These could not be understood when they answered: the keys of what they wrote are asked for once more."""
        self._mended |= users

    def patience(self, most: float) -> float:
        """How many seconds may pass until something must be told."""
        came = [held.since for held in self._held.values() if not held.told]
        if not came:
            return most
        left = (min(came) + GRACE - self._adapter.services.clock.now()).total_seconds()
        return min(most, max(left, 0.5))

    async def again(self, writes: list[Write]) -> list[Message]:
        """What can be read now, and what must be told as unreadable."""
        adapter, fresh = self._adapter, self._adapter.crypto.fresh
        asking, self._asking = self._asking, []
        mended, self._mended = self._mended, set()
        found: list[Message] = []
        now = adapter.services.clock.now()
        for event_id, held in list(self._held.items()):
            room = adapter.rooms.get(held.room)
            if room is None or (held.told and now - held.since > KEPT):
                self._drop(event_id, writes)
                continue
            opened = None
            if self._look or text(held.event["content"], "session_id") in fresh:
                opened = adapter.crypto.open(room, held.event)
            if opened is not None:
                self._drop(event_id, writes)
                found += self._read(room, held, opened)
            elif not held.told and now - held.since >= GRACE:
                held.told = True
                writes.append(adapter.notes.tell(LOCKED, event_id))
                found += self._unreadable(room, held)
        fresh.clear()
        self._look = False
        await adapter.crypto.ask(asking)
        again = {
            text(held.event["content"], "session_id"): (held.room, held.event)
            for held in self._held.values()
            if held.event["sender"] in mended
        }
        await adapter.crypto.ask(again.values(), again=True)
        return found

    def _drop(self, event_id: str, writes: list[Write]) -> None:
        del self._held[event_id]
        writes.append(self._adapter.notes.drop(LOCKED, event_id))

    def _read(self, room: Room, held: Held, opened: Raw) -> list[Message]:
        message = self._adapter.decoder(room, opened)
        if message is None:
            return []
        message = replace(message, at=held.at)
        locked = self._adapter.decoder(room, held.event, locked=True)
        if held.told and not message.revision and locked is not None and (locked.private or locked.addressed):
            # It was handed on already, as something that can't be read: these are the words of it.
            message = replace(message, revision=1)
        found = [message]
        if room.id in self._blind:
            self._blind.discard(room.id)
            found.append(self._adapter.news.told(room, f"{message.id}#sighted", {"event": "bot.sighted"}))
        return found

    def _unreadable(self, room: Room, held: Held) -> list[Message]:
        adapter = self._adapter
        adapter.counts["unreadable"] += 1
        log.warning("matrix.unreadable", adapter=adapter.name, count=adapter.counts["unreadable"])
        message = adapter.decoder(room, held.event, locked=True)
        if message is None:
            return []
        found = [replace(message, at=held.at)]
        if not message.private and room.id not in self._blind:
            self._blind.add(room.id)
            data = {"event": "bot.blinded", "why": "keys"}
            found.append(adapter.news.told(room, f"{message.id}#blinded", data))
        return found
