"""Allowance: whose invitations the bot follows, and into which rooms it comes by itself; asked anew each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from adapters.matrix.base import Base
from adapters.matrix.directory import ALIAS, resolve
from adapters.matrix.spaces import Listed, listed
from adapters.matrix.wire import GONE, MatrixError

log = structlog.get_logger()

FRESH = timedelta(seconds=5)
"""For how long a list that was asked for is taken for true, unless the bot hears that it changed."""


class Allowance:
    """What ``matrix.invites`` means now: an alias may lead elsewhere tomorrow, a space list other rooms."""

    def __init__(self, base: Base, invites: Sequence[str]) -> None:
        self._base = base
        self._invites = invites
        self._lists: dict[str, tuple[datetime, dict[str, Listed]]] = {}
        self._names = frozenset(entry for entry in invites if not entry.startswith(("!", "#")))

    async def follows(self, room: str, by: str) -> bool:
        """Whether an invitation is followed. Raises the errors of the wire where that can't be said now."""
        if "*" in self._names or by in self._names or by.partition(":")[2] in self._names:
            return True
        return room in self._invites or await self.offers(room)

    def changed(self) -> None:
        """A space lists other rooms now."""
        self._lists = {}

    async def offers(self, room: str) -> bool:
        """Whether an address leads to a room, or a space lists it. Raises as ``follows`` does.

        What was heard a moment ago is enough for a yes: homeservers do not let themselves be asked for each of a
        hundred rooms. A no is asked for.
        """
        since = self._base.clock.now() - FRESH
        if any(room in entries for at, entries in self._lists.values() if at >= since):
            return True
        faults: list[Exception] = []
        for place in await self._places(faults):
            if room == place or room in await self._listed(place, faults):
                return True
        if faults:
            raise faults[0]
        return False

    async def everything(self, faults: list[Exception]) -> dict[str, Listed]:
        """The spaces that are allowed, with all that they list; and why not all of them could be asked."""
        found: dict[str, Listed] = {}
        for place in await self._places(faults):
            for room, entry in (await self._listed(place, faults)).items():
                found.setdefault(room, entry)
        return found

    # One server that does not answer must not keep the bot out of where it is allowed by another's word.

    async def _places(self, faults: list[Exception]) -> list[str]:
        """The rooms and spaces that are named, by id or by address."""
        found: dict[str, None] = {}
        for entry in self._invites:
            if entry.startswith("!"):
                found[entry] = None
            elif ALIAS.fullmatch(entry):
                try:
                    place = await resolve(self._base.wire, entry)
                except (MatrixError, *GONE) as problem:
                    faults.append(problem)
                    continue
                if place is not None:
                    found[place.room] = None
                    continue
                fix = "correct matrix.invites, or let the room's administrators publish the address"
                log.warning("matrix.alias", adapter=self._base.name, what=entry, problem="leads nowhere", fix=fix)
        return list(found)

    async def _listed(self, place: str, faults: list[Exception]) -> dict[str, Listed]:
        room = self._base.rooms.get(place)
        if room is not None and not room.space:
            # The bot is in it: it is no space, and lists nothing.
            return {}
        lists = self._lists
        try:
            found = await listed(self._base.wire, place, self._base.clock)
        except (MatrixError, *GONE) as problem:
            faults.append(problem)
            return {}
        # Where a change was heard meanwhile, it is not known whether this is from before: then it is kept for nobody.
        lists[place] = (self._base.clock.now(), found)
        return found
