"""Allowance: whose invitations the bot follows, and into which rooms it comes by itself; asked anew each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from adapters.matrix.directory import ALIAS, resolve
from adapters.matrix.spaces import Listed, listed

if TYPE_CHECKING:
    from adapters.matrix.adapter import Matrix

log = structlog.get_logger()


class Allowance:
    """What ``matrix.invites`` means now: an alias may lead elsewhere tomorrow, a space list other rooms."""

    def __init__(self, adapter: Matrix) -> None:
        self._adapter = adapter
        self._names = frozenset(entry for entry in adapter.settings.invites if not entry.startswith(("!", "#")))

    async def follows(self, room: str, by: str) -> bool:
        """Whether an invitation is followed. Raises the errors of the wire."""
        if "*" in self._names or by in self._names or by.partition(":")[2] in self._names:
            return True
        if room in self._adapter.settings.invites:
            return True
        places = await self._places()
        if room in places:
            return True
        for place in places:
            if room in await self._listed(place):
                return True
        return False

    async def offers(self) -> dict[str, Listed]:
        """The spaces that are allowed, with all that they list. Raises the errors of the wire."""
        found: dict[str, Listed] = {}
        for place in await self._places():
            for room, entry in (await self._listed(place)).items():
                found.setdefault(room, entry)
        return found

    async def _places(self) -> list[str]:
        """The rooms and spaces that are named, by id or by address."""
        found: dict[str, None] = {}
        for entry in self._adapter.settings.invites:
            if entry.startswith("!"):
                found[entry] = None
            elif ALIAS.fullmatch(entry):
                place = await resolve(self._adapter.wire, entry)
                if place is not None:
                    found[place.room] = None
                    continue
                fix = "correct matrix.invites, or let the room's administrators publish the address"
                log.warning("matrix.alias", adapter=self._adapter.name, what=entry, problem="leads nowhere", fix=fix)
        return list(found)

    async def _listed(self, place: str) -> dict[str, Listed]:
        room = self._adapter.rooms.get(place)
        # A room that the bot is in and that is no space lists nothing.
        return {} if room is not None and not room.space else await listed(self._adapter.wire, place)
