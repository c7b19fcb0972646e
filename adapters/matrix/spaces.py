"""Spaces: the rooms that one lists, and those that its own spaces list; as the homeserver shows them now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.matrix import raw
from adapters.matrix.knocks import RULES
from adapters.matrix.raw import Raw, identifier, text
from adapters.matrix.wire import MatrixError, Wire, path_of

if TYPE_CHECKING:
    from botkit.clock import Clock

KIND = "m.space"
CHILD = "m.space.child"
OPEN = frozenset({"public", "restricted", "knock_restricted"})
"""Join rules that may let somebody in who was not invited; the restricted ones ask for another room's membership."""
DEPTH = 2
"""A space, the spaces in it, and the rooms in those."""
PAGE, MOST_PAGES = 100, 200
PATIENCE = 10
"""Times that one page is asked for: homeservers let nobody ask for many at once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A room that a space lists, or the space itself.

    ``open``: it may let in who was not invited; ``asks``: it lets in who has asked, if somebody says yes.
    """

    room: str
    via: tuple[str, ...]
    open: bool
    asks: bool


async def listed(wire: Wire, space: str, clock: Clock) -> dict[str, Listed]:
    """The space and all that it lists; nothing where it is no space or the bot may not look. Raises as the wire does.

    A room that the bot may not see is there as well, but not what it lists. A long list may take a while.
    """
    shown = await _shown(wire, space, clock)
    if text(shown.get(space, raw.NOTHING), "room_type") != KIND:
        return {}
    found = {space: _entry(space, (), shown)}
    for child, via in _children(shown[space]):
        found.setdefault(child, _entry(child, via, shown))
    for each in list(found):
        if text(shown.get(each, raw.NOTHING), "room_type") == KIND:
            for child, via in _children(shown[each]):
                found.setdefault(child, _entry(child, via, shown))
    return found


async def _shown(wire: Wire, space: str, clock: Clock) -> dict[str, Raw]:
    path = path_of("rooms", space, "hierarchy", base="/_matrix/client/v1")
    query = {"max_depth": str(DEPTH), "limit": str(PAGE)}
    shown: dict[str, Raw] = {}
    for _ in range(MOST_PAGES):
        try:
            page = await _page(wire, path, query, clock)
        except MatrixError as problem:
            if problem.passing or problem.status == 401:
                raise
            return shown
        for room in raw.rows(page, "rooms"):
            if isinstance(room, dict) and identifier(room, "room_id") is not None:
                shown.setdefault(room["room_id"], room)
        query["from"] = text(page, "next_batch")
        if not query["from"]:
            break
    return shown


async def _page(wire: Wire, path: str, query: Mapping[str, str], clock: Clock) -> Raw:
    for _ in range(PATIENCE):
        try:
            return await wire.call("GET", path, query=query)
        except MatrixError as problem:
            if problem.status != 429:
                raise
            await clock.sleep_until(clock.now() + timedelta(seconds=problem.retry_after or 1.0))
    return await wire.call("GET", path, query=query)


def _entry(room: str, via: tuple[str, ...], shown: dict[str, Raw]) -> Listed:
    known = shown.get(room, raw.NOTHING)
    rule = (text(known, "join_rule") or "public") if known else ""
    return Listed(room, via, rule in OPEN, rule in RULES)


def _children(space: Raw) -> list[tuple[str, tuple[str, ...]]]:
    """Only an entry that says through which servers is one: taking a room off the list leaves an empty one."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for event in raw.rows(space, "children_state"):
        child: Any = event.get("state_key") if isinstance(event, dict) else None
        via = raw.words(raw.table(event, "content"), "via", 5) if child else []
        if isinstance(child, str) and child.startswith("!") and via:
            found.append((child, tuple(via)))
    return found
