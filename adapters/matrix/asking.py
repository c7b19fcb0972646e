"""Asking: who wrote the events that others relate to, where that is not remembered any more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from adapters.matrix.decode import Decoder
from adapters.matrix.raw import Raw, sound
from adapters.matrix.room import Room
from adapters.matrix.wire import MatrixError, Wire, path_of

AT_ONCE = 8
"""Events that the homeserver is asked for at once."""


async def ask(wire: Wire, decoder: Decoder, room: Room, events: Sequence[Raw]) -> None:
    """Learn what must be known before these can be read. Raises where the homeserver can't be reached."""
    here = {event["event_id"] for event in events}
    wanted = {asked for event in events if (asked := decoder.wants(room, event)) is not None}
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(event_id: str) -> None:
        async with gate:
            await _ask(wire, decoder, room, event_id)

    await asyncio.gather(*(one(each) for each in wanted - here))


async def _ask(wire: Wire, decoder: Decoder, room: Room, event_id: str) -> None:
    path = path_of("rooms", room.id, "event", event_id)
    try:
        event = await wire.call("GET", path)
    except MatrixError:
        decoder.hidden(room, event_id)
        return
    if sound(event) and event["event_id"] == event_id:
        decoder.note(room, event)
