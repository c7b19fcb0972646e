"""Asking: who wrote the events that others relate to, where that is not remembered any more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.matrix.authors import Written
from adapters.matrix.raw import Raw, sound
from adapters.matrix.room import Room
from adapters.matrix.wire import MatrixError, path_of

if TYPE_CHECKING:
    from adapters.matrix.adapter import Matrix

AT_ONCE = 8
"""Events that the homeserver is asked for at once."""


async def ask(adapter: Matrix, room: Room, events: Sequence[Raw]) -> None:
    """Learn what must be known before these can be read. Raises where the homeserver can't be reached."""
    here = {event["event_id"] for event in events}
    wanted = {asked for event in events if (asked := adapter.decoder.wants(room, event)) is not None}
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(event_id: str) -> None:
        async with gate:
            await _ask(adapter, room, event_id)

    await asyncio.gather(*(one(each) for each in wanted - here))


async def _ask(adapter: Matrix, room: Room, event_id: str) -> None:
    path = path_of("rooms", room.id, "event", event_id)
    try:
        event = await adapter.wire.call("GET", path)
    except MatrixError:
        # It does not show it, now or ever: who wrote it remains unknown.
        adapter.authors.note(room.id, event_id, Written(None))
        return
    if sound(event) and event["event_id"] == event_id:
        adapter.decoder.note(room, event)
