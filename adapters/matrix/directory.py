"""The room directory: which room an address such as ``#square:example.org`` leads to now."""

from __future__ import annotations

import re
from typing import NamedTuple

from adapters.matrix import raw
from adapters.matrix.raw import identifier
from adapters.matrix.wire import MatrixError, Query, Wire, path_of

ALIAS = re.compile(r"#[^\s:]{1,200}:[^\s/]{1,230}")
ROOM = re.compile(r"![^\s:]{1,200}(:[^\s/]{1,230})?")
MOST_SERVERS = 5
"""Servers through which a room is asked for."""


class Place(NamedTuple):
    """A room, and servers that are in it."""

    room: str
    via: tuple[str, ...] = ()


async def resolve(wire: Wire, alias: str) -> Place | None:
    """Where an alias leads; None where the directory says that it leads nowhere. Raises the errors of the wire."""
    try:
        answer = await wire.call("GET", path_of("directory", "room", alias))
    except MatrixError as problem:
        if problem.passing or problem.status == 401:
            raise
        return None
    room = identifier(answer, "room_id")
    return Place(room, tuple(raw.words(answer, "servers", MOST_SERVERS))) if room is not None else None


async def join(wire: Wire, room: str, via: tuple[str, ...] = ()) -> None:
    """Come into a room, through servers that are in it. Raises the errors of the wire."""
    await wire.call("POST", path_of("join", room), {}, query=_through(via))


async def knock(wire: Wire, room: str, via: tuple[str, ...] = ()) -> None:
    """Ask to be let into a room, through servers that are in it. Raises the errors of the wire."""
    await wire.call("POST", path_of("knock", room), {}, query=_through(via))


def _through(via: tuple[str, ...]) -> Query | None:
    # Newer homeservers ask for the one, older ones for the other.
    return {"via": via, "server_name": via} if via else None
