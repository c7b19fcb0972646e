"""Errands: rooms to come into or to decline, beside receiving: joining may take a homeserver a minute."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapters.matrix import raw
from adapters.matrix.allowance import Allowance
from adapters.matrix.base import Base
from adapters.matrix.errand import Errand, Why
from adapters.matrix.going import Going, failed
from adapters.matrix.notes import LEFT, ROOM
from adapters.matrix.privates import Privates
from adapters.matrix.raw import Raw, table, text
from adapters.matrix.room import Room
from adapters.matrix.verifying import Verifying
from adapters.matrix.wire import GONE, MatrixError
from botkit.sql import moment
from botkit.storage import Write

log = structlog.get_logger()

LONGEST = 600.0
"""Seconds between two attempts at most."""
GIVE_UP = timedelta(hours=24)
LOOK = timedelta(hours=1)
"""Between two looks at what the spaces list; what the bot is told of them makes it look at once."""


class Errands:
    """The rooms to go to. Each is a note until it is done, so that a restart forgets none.

    ``comes``: the bot comes by itself into rooms that its spaces list.
    """

    def __init__(
        self, base: Base, allowance: Allowance, privates: Privates, verifying: Verifying, *, comes: bool
    ) -> None:
        self._base = base
        self._allowance = allowance
        self._going = Going(base, allowance, privates)
        self._verifying = verifying
        self._comes = comes
        self._open: dict[str, Errand] = {}
        self._left: set[str] = set()
        self._entered: set[str] = set()
        """Rooms that the bot was let into, and has received nothing from yet."""
        self._wake = asyncio.Event()
        self._look_at: datetime | None = None
        self._rests_until: datetime | None = None

    def __len__(self) -> int:
        """How many rooms are still to be gone to, or to be declined."""
        return len(self._open)

    # what comes in ------------------------------------------------------------------------------------------

    def invited(self, room_id: str, state: Sequence[Any], writes: list[Write]) -> None:
        """Somebody invites the bot. Whether it comes is asked when it would."""
        me = self._base.user
        own: Raw = raw.NOTHING
        for event in state:
            if isinstance(event, dict) and event.get("type") == "m.room.member" and event.get("state_key") == me:
                own = event
        direct = table(own, "content").get("is_direct") is True
        self._add(room_id, Why.INVITED, text(own, "sender"), writes, direct=direct)

    def moved(self, room: Room, to: str, by: str, writes: list[Write]) -> None:
        """A room has another one in its place: the bot follows."""
        self._add(to, Why.MOVED, by, writes, direct=room.id in self._base.rooms.direct)

    def _add(
        self, room_id: str, why: Why, by: str, writes: list[Write], *, via: Sequence[str] = (), direct: bool = False
    ) -> None:
        now = self._base.clock.now()
        server = by.partition(":")[2]
        errand = Errand(why, by, tuple(via) or (server,) * bool(server), direct, now, now)
        errand.note, write = self._base.notes.put(ROOM, room_id, room_id, errand.payload(), now)
        writes.append(write)
        self._open[room_id] = errand

    def settled(self, room_id: str, writes: list[Write], *, left: bool = False) -> None:
        """The bot is out of a room: taken out (``left``), or an invitation was taken back or declined."""
        errand, notes = self._open.pop(room_id, None), self._base.notes
        # One that an earlier process left behind may not have been read yet.
        writes.append(notes.end(errand.note) if errand is not None else notes.drop(ROOM, room_id))
        if left or room_id in self._entered:
            self._entered.discard(room_id)
            self._left.add(room_id)
            writes.append(self._base.notes.add(LEFT, room_id, room_id, {}, self._base.clock.now()))

    def came(self, room_id: str, writes: list[Write]) -> None:
        """The bot has come into a room."""
        self._left.discard(room_id)
        self._entered.discard(room_id)
        writes.append(self._base.notes.drop(LEFT, room_id))

    def look(self) -> None:
        """What a space lists may be other than it was."""
        self._allowance.changed()
        if self._comes:
            self._look_at = self._base.clock.now()

    def wake(self) -> None:
        """What was added is committed: it may be done now."""
        self._wake.set()

    # what is done -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled."""
        clock = self._base.clock
        for row in await self._base.notes.all(ROOM):
            self._open.setdefault(row["ref"], Errand.kept(row["id"], row["payload"], moment(row["at"])))
        self._left |= {row["ref"] for row in await self._base.notes.all(LEFT)}
        await self._base.rooms.ready.wait()
        self.look()
        while True:
            self._wake.clear()
            await self._verifying.refuse()
            if self._look_at is not None and self._look_at <= clock.now():
                await self._look()
            for room_id, errand in list(self._open.items()):
                if self._due(errand) <= clock.now():
                    await self._try(room_id, errand)
            dues = [self._due(errand) for errand in self._open.values()]
            await self._until(min([*dues, self._look_at] if self._look_at is not None else dues, default=None))

    def _due(self, errand: Errand) -> datetime:
        """When it is to be tried: not while the homeserver says that the account has joined too much."""
        return errand.due if self._rests_until is None else max(errand.due, self._rests_until)

    async def _until(self, due: datetime | None) -> None:
        clock = self._base.clock
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._wake.wait())]
        if due is not None:
            waits.append(asyncio.ensure_future(clock.sleep_until(due)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    async def _look(self) -> None:
        """Go to the rooms that the spaces list, but not to one that the bot was taken out of."""
        base = self._base
        self._look_at = base.clock.now() + LOOK
        faults: list[Exception] = []
        offers = await self._allowance.everything(faults)
        if faults:
            failed(self._base, "look", faults[0])
            self._look_at = base.clock.now() + timedelta(seconds=LONGEST)
        writes: list[Write] = []
        for room_id, entry in offers.items():
            known = self._inside(room_id) or room_id in self._left or room_id in self._open
            if known or not (entry.open or entry.asks):
                continue
            self._add(room_id, Why.ASKS if entry.asks else Why.LISTED, "", writes, via=entry.via)
        if writes:
            await base.notes.write(*writes)

    def _inside(self, room_id: str) -> bool:
        """Whether the bot is in a room, told so or not yet.

        Going there once more would bring it back from where it was taken out meanwhile.
        """
        return self._base.rooms.get(room_id) is not None or room_id in self._entered

    async def _try(self, room_id: str, errand: Errand) -> None:
        base, now, entered = self._base, self._base.clock.now(), False
        try:
            if not (errand.unasked and self._inside(room_id)):
                entered = await self._going(room_id, errand)
        except (MatrixError, *GONE) as problem:
            failed(self._base, errand.why, problem)
            refused = isinstance(problem, MatrixError) and not problem.passing and errand.unasked
            if isinstance(problem, MatrixError) and problem.status == 429:
                self._rests_until = now + timedelta(seconds=problem.retry_after or errand.pause)
                return
            if now - errand.at < GIVE_UP and not refused:
                errand.due = now + timedelta(seconds=errand.pause)
                errand.pause = min(errand.pause * 2, LONGEST)
                return
        # Somebody may have invited it anew meanwhile: that is another errand.
        if self._open.get(room_id) is errand:
            del self._open[room_id]
            if entered and base.rooms.get(room_id) is None:
                self._entered.add(room_id)
        await base.notes.write(base.notes.end(errand.note))
