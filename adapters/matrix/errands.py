"""Errands: invitations and rooms that moved. Joining may take a homeserver a minute, so it is done beside receiving."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from adapters.matrix import raw
from adapters.matrix.notes import ROOM
from adapters.matrix.raw import Raw, table, text
from adapters.matrix.rooms import Room
from adapters.matrix.wire import GONE, MatrixError, path_of
from botkit.storage import Write

if TYPE_CHECKING:
    from adapters.matrix.adapter import Matrix

log = structlog.get_logger()

FIRST, LONGEST = 2.0, 600.0
"""Seconds between two attempts, at first and at most."""
GIVE_UP = timedelta(hours=24)


class Errands:
    """The rooms to come into or to decline. Each is a note until it is done, so that a restart forgets none."""

    def __init__(self, adapter: Matrix) -> None:
        self._adapter = adapter
        self._open: dict[str, dict[str, Any]] = {}
        self._wake = asyncio.Event()

    # what comes in ------------------------------------------------------------------------------------------

    def invited(self, room_id: str, state: Sequence[Any], writes: list[Write]) -> None:
        """Somebody invites the bot: it is welcome to come, or it declines."""
        me = self._adapter.login.user
        own: Raw = raw.NOTHING
        for event in state:
            if isinstance(event, dict) and event.get("type") == "m.room.member" and event.get("state_key") == me:
                own = event
        by = text(own, "sender")
        payload = {
            "join": self._allowed(room_id, by),
            "by": by,
            "direct": table(own, "content").get("is_direct") is True,
        }
        self._add(room_id, payload, writes)

    def moved(self, room: Room, to: str, by: str, writes: list[Write]) -> None:
        """A room has another one in its place: the bot follows."""
        payload = {"join": True, "by": by, "direct": room.id in self._adapter.rooms.direct}
        self._add(to, payload, writes)

    def _add(self, room_id: str, payload: dict[str, Any], writes: list[Write]) -> None:
        now = self._adapter.services.clock.now()
        writes.append(self._adapter.notes.drop(ROOM, room_id))
        writes.append(self._adapter.notes.add(ROOM, room_id, room_id, payload, now))
        self._open[room_id] = {**payload, "at": now, "due": now, "pause": FIRST}

    def settled(self, room_id: str, writes: list[Write]) -> None:
        """The bot is out of a room: an invitation there was taken back, or declined."""
        self._open.pop(room_id, None)
        writes.append(self._adapter.notes.drop(ROOM, room_id))

    def _allowed(self, room_id: str, by: str) -> bool:
        listed = self._adapter.settings.invites
        if "*" in listed or by in listed or by.partition(":")[2] in listed or room_id in listed:
            return True
        spaces = (room for room in self._adapter.rooms if room.space and room.id in listed)
        return any(room_id in space.children and space.children[room_id] for space in spaces)

    def wake(self) -> None:
        """What was added is committed: it may be done now."""
        self._wake.set()

    # what is done -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled."""
        now = self._adapter.services.clock.now()
        for row in await self._adapter.notes.all(ROOM):
            self._open.setdefault(row["ref"], {**row["payload"], "at": now, "due": now, "pause": FIRST})
        await self._adapter.rooms.ready.wait()
        while True:
            self._wake.clear()
            await self._adapter.verifying.refuse()
            clock = self._adapter.services.clock
            for room_id, errand in list(self._open.items()):
                if errand["due"] <= clock.now():
                    await self._try(room_id, errand)
            await self._until(min((errand["due"] for errand in self._open.values()), default=None))

    async def _until(self, due: datetime | None) -> None:
        clock = self._adapter.services.clock
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._wake.wait())]
        if due is not None:
            waits.append(asyncio.ensure_future(clock.sleep_until(due)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    async def _try(self, room_id: str, errand: dict[str, Any]) -> None:
        adapter, now = self._adapter, self._adapter.services.clock.now()
        try:
            if errand["join"]:
                await self._join(room_id, errand)
            else:
                await adapter.wire.call("POST", path_of("rooms", room_id, "leave"), {})
        except (MatrixError, *GONE) as problem:
            code = problem.code if isinstance(problem, MatrixError) else type(problem).__name__
            log.warning("matrix.room", adapter=adapter.name, what="join" if errand["join"] else "decline", problem=code)
            if now - errand["at"] < GIVE_UP and errand["join"]:
                errand["due"] = now + timedelta(seconds=errand["pause"])
                errand["pause"] = min(errand["pause"] * 2, LONGEST)
                return
        self._open.pop(room_id, None)
        await adapter.notes.write(adapter.notes.drop(ROOM, room_id))

    async def _join(self, room_id: str, errand: dict[str, Any]) -> None:
        adapter = self._adapter
        if errand["direct"]:
            await adapter.privates.mark(errand["by"], room_id)
        server = errand["by"].partition(":")[2]
        query = {"via": server, "server_name": server} if server else None
        await adapter.wire.call("POST", path_of("join", room_id), {}, query=query)
