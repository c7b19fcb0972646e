"""Reach: rooms of which more must be known than the homeserver has told. All raise the errors of the wire."""

from __future__ import annotations

import asyncio

from adapters.matrix.raw import events, text
from adapters.matrix.rooms import Room, Rooms
from adapters.matrix.wire import MatrixError, Wire, path_of

READY = 20.0
"""Seconds that a message waits after the start until it is known which rooms are encrypted."""


async def members(wire: Wire, room: Room) -> None:
    """Ask for all members of a room."""
    answer = await wire.call("GET", path_of("rooms", room.id, "members"), query={"not_membership": "leave"})
    room.everybody(events(answer, "chunk"))


async def count(wire: Wire, rooms: Rooms, room: Room) -> None:
    """How many are in a room that may be a private one: the homeserver tells that only when it changes."""
    if rooms.doubtful(room):
        await members(wire, room)


async def known(rooms: Rooms) -> None:
    """Wait until the rooms are known. Raises ``TimeoutError``."""
    async with asyncio.timeout(READY):
        await rooms.ready.wait()


async def writable(wire: Wire, rooms: Rooms, room_id: str) -> Room:
    """A room to write to, of which it is known whether it is encrypted."""
    await known(rooms)
    room = rooms.get(room_id)
    if room is None:
        # The bot has just come in, or is out: the homeserver knows.
        room = Room(room_id)
        try:
            state = await wire.call("GET", path_of("rooms", room_id, "state", "m.room.encryption", ""))
            room.encryption = text(state, "algorithm") or "unknown"
        except MatrixError as problem:
            if problem.status != 404:
                raise
    return room
