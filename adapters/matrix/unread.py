"""Unread: encrypted events whose key has not come. They wait a little, then a human is told, then they wait on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from adapters.matrix.base import Base
from adapters.matrix.crypto import Crypto
from adapters.matrix.decode import Decoder
from adapters.matrix.notes import LOCKED
from adapters.matrix.raw import Raw, text
from adapters.matrix.rooms import Room
from adapters.matrix.sight import Sight
from adapters.matrix.withheld import Withheld
from botkit.messages import Message
from botkit.sql import moment
from botkit.storage import Write

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

    def __init__(self, base: Base, decoder: Decoder, crypto: Crypto, sight: Sight, withheld: Withheld) -> None:
        self._base = base
        self._decoder = decoder
        self._crypto = crypto
        self._sight = sight
        self._withheld = withheld
        self._held: dict[str, Held] = {}
        self._asking: list[tuple[str, Raw]] = []
        self._mended: set[str] = set()
        self._erased: list[Write] = []
        self._look = True
        self._new: set[str] = set()
        self._fresh: set[str] = set()
        if crypto.on:
            crypto.machine.writers = self.writers

    def __len__(self) -> int:
        return len(self._held)

    async def load(self) -> None:
        """Read what waits since before the restart, or since before a commit that failed."""
        self._held = {
            row["ref"]: Held(row["room"], row["payload"], moment(row["at"]), bool(row["told"]), moment(row["at"]))
            for row in await self._base.notes.all(LOCKED)
        }
        self._look = True
        self._new.clear()
        self._sight.forget()
        for held in self._held.values():
            if held.told:
                self._sight.kept(held.room, held.event)

    def keep(self, room: Room, event: Raw) -> None:
        """An event has no key yet."""
        event_id = event["event_id"]
        if event_id in self._held or len(self._held) >= MOST:
            return
        now = self._base.clock.now()
        at = self._decoder.moment(event).astimezone(UTC)
        self._held[event_id] = Held(room.id, event, at, False, now)
        self._new.add(event_id)
        self._asking.append((room.id, event))

    def forget(self, room: str, before: datetime) -> Write:
        """What waits of a room from before a moment is not to be read any more; the write that makes it so."""
        self._held = {key: held for key, held in self._held.items() if held.room != room or held.at >= before}
        write = self._base.notes.forget(LOCKED, room, before)
        self._erased.append(write)
        return write

    async def committed(self) -> None:
        """What was read last is stored. If something was to be forgotten meanwhile, it may be among it."""
        erased, self._erased = self._erased, []
        if erased:
            await self._base.notes.write(*erased)

    def writers(self, room: str, session: str) -> set[str]:
        """Whose events of a room wait for the key of a session."""
        return {
            held.event["sender"]
            for held in self._held.values()
            if held.room == room and text(held.event["content"], "session_id") == session
        }

    def unlocked(self, session: str) -> None:
        """The key of a session has come."""
        self._fresh.add(session)

    def ask_again(self, users: set[str]) -> None:
        """These could not be understood when they answered: the keys of what they wrote are asked for once more."""
        self._mended |= users

    def patience(self, most: float) -> float:
        """How many seconds may pass until something must be told."""
        came = [held.since for held in self._held.values() if not held.told]
        if not came:
            return most
        left = (min(came) + GRACE - self._base.clock.now()).total_seconds()
        return min(most, max(left, 0.5))

    async def again(self, writes: list[Write]) -> list[Message]:
        """What can be read now, and what must be told as unreadable. Raises as the wire does, and then did nothing."""
        await self._ask()
        base = self._base
        self._withheld.settle(writes)
        found: list[Message] = []
        now = base.clock.now()
        for event_id, held in list(self._held.items()):
            room = base.rooms.get(held.room)
            if room is None or (held.told and now - held.since > KEPT):
                self._drop(event_id, writes)
                found += self._sight.given_up(room, held.event) if room is not None else []
                continue
            opened = None
            if self._look or text(held.event["content"], "session_id") in self._fresh:
                opened = self._crypto.open(room, held.event)
            if opened is not None:
                self._drop(event_id, writes)
                found += self._read(room, held, opened)
            elif not held.told and (why := self._why(held, now)):
                held.told = True
                if event_id not in self._new:
                    writes.append(base.notes.tell(LOCKED, event_id))
                found += self._unreadable(room, held, why)
        for event_id in self._new & self._held.keys():
            held = self._held[event_id]
            writes.append(base.notes.add(LOCKED, held.room, event_id, held.event, held.at, told=held.told))
        self._new.clear()
        self._fresh.clear()
        self._look = False
        return found

    async def _ask(self) -> None:
        """Ask for the keys of what has come, and once more for those of whom an answer could not reach us."""
        again = {
            text(held.event["content"], "session_id"): (held.room, held.event)
            for held in self._held.values()
            if held.event["sender"] in self._mended
        }
        await self._crypto.ask(self._asking)
        await self._crypto.ask(again.values(), again=True)
        self._asking.clear()
        self._mended.clear()

    def _why(self, held: Held, now: datetime) -> str | None:
        """Why an event can't be read, if that is certain enough to be told."""
        return self._withheld.why(held.room, held.event) or ("keys" if now - held.since >= GRACE else None)

    def _drop(self, event_id: str, writes: list[Write]) -> None:
        del self._held[event_id]
        writes.append(self._base.notes.drop(LOCKED, event_id))

    def _read(self, room: Room, held: Held, opened: Raw) -> list[Message]:
        seen = self._sight.read(room, held.event)
        message = self._decoder(room, opened)
        if message is None:
            return seen
        message = replace(message, at=held.at)
        locked = self._decoder(room, held.event, locked="keys")
        if held.told and not message.revision and locked is not None and (locked.private or locked.addressed):
            # It was handed on already, as something that can't be read: these are the words of it.
            message = replace(message, revision=1)
        return [message, *seen]

    def _unreadable(self, room: Room, held: Held, why: str) -> list[Message]:
        counts = self._base.health.counts
        counts["unreadable"] += 1
        counts[f"unreadable_{why}"] += 1
        log.warning("matrix.unreadable", adapter=self._base.name, why=why, count=counts["unreadable"])
        message = self._decoder(room, held.event, locked=why)
        if message is None:
            return []
        return [replace(message, at=held.at), *self._sight.lost(room, held.event, why)]
