"""Notices: the room in which the homeserver itself speaks to an account. It is nobody's chat, and can't be declined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adapters.matrix import raw
from adapters.matrix.raw import table, text
from adapters.matrix.wire import MatrixError, Wire, path_of

TAG = "m.server_notice"
"""Set by the homeserver, where only the account and it can: nobody else makes such a room."""
LATEST = 3
LONGEST = 300
"""Characters of a notice that are shown."""


def tagged(events: Iterable[Any]) -> bool | None:
    """Whether account data of a room marks it as one for notices; None where they say nothing of marks."""
    marks = [event for event in events if isinstance(event, dict) and event.get("type") == "m.tag"]
    return TAG in table(marks[-1], "content", "tags") if marks else None


async def expected(wire: Wire, user: str, room: str) -> bool:
    """Whether a room is one for notices, as the homeserver says. Raises where it can't be asked."""
    try:
        answer = await wire.call("GET", path_of("user", user, "rooms", room, "tags"))
    except MatrixError as problem:
        if problem.passing or problem.status == 401:
            raise
        return False
    return TAG in table(answer, "tags")


async def latest(wire: Wire, room: str) -> list[str]:
    """The last notices in a room, oldest first. Raises the errors of the wire."""
    answer = await wire.call("GET", path_of("rooms", room, "messages"), query={"dir": "b", "limit": "20"})
    said = [event for event in raw.events(answer, "chunk") if event["type"] == "m.room.message"]
    texts = [" ".join(text(event["content"], "body").split())[:LONGEST] for event in said[:LATEST]]
    return [words for words in reversed(texts) if words]
