"""The world of a story: residents, officers and groups on some platform, and the bot among them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.officers import enrol
from botkit.staff import Member
from botkit.testing import FakeClock
from tests.stories.people import Group, Person
from tests.stories.platforms.driver import Driver
from tests.stories.platforms.fake import Fake
from tests.stories.station import Station


class World:
    """A station in an ordinary week: Wednesday, 10:00.

    Residents are on the story's platform as far as it has seats for them; who works there is on it if it can hold an
    officers' room. Everybody else is on the fake platform, which the same bot serves.
    """

    def __init__(self, driver: Driver, folder: Path) -> None:
        self.driver = driver
        self.can = driver.capabilities
        whole = driver.capabilities.officers_room and driver.seats is None
        self._beside: Driver = driver if whole else Fake()
        self.office = driver if driver.capabilities.officers_room else self._beside
        self._folder = folder
        self.clock = FakeClock()
        self._people: dict[str, Person] = {}
        self.late: list[Coroutine[Any, Any, str]] | None = None
        """What is being said while the bot is away; None while it is there."""

    @contextlib.asynccontextmanager
    async def living(self) -> AsyncIterator[World]:
        """The bot runs, and everybody is there."""
        drivers = [self.driver] if self._beside is self.driver else [self.driver, self._beside]
        async with contextlib.AsyncExitStack() as stack:
            tables: dict[str, Any] = {}
            for driver in drivers:
                tables |= await driver.start(self.clock)
                stack.push_async_callback(driver.end)
            adapters = [driver.adapter() for driver in drivers]
            self.station = Station(self._folder, self.clock, adapters, tables)
            await stack.enter_async_context(self.station.running())
            for driver in drivers:
                await driver.open(self.station)
                stack.push_async_callback(driver.close)
            await self.settle()
            yield self

    # who is there -----------------------------------------------------------------------------------------

    def resident(self, name: str) -> Person:
        """Somebody who lives here."""
        if name not in self._people:
            here = sum(person.driver is self.driver for person in self._people.values())
            full = self.driver.seats is not None and here >= self.driver.seats
            self._people[name] = Person(self, self._beside if full else self.driver, name)
        return self._people[name]

    async def officer(self, name: str, *roles: str, title: str = "社区民警") -> Person:
        """Somebody of the station, whose account is enrolled by a code."""
        person = self._people.setdefault(name, Person(self, self.office, name))
        member, _ = await self.station.services.staff.create(name, name.title(), roles or ("officer",), title=title)
        await person.says(f"/link {await self._code(member)}")
        await person.news()
        return person

    async def group(self, title: str, owner: str = "wu", *, enabled: bool = True, small: bool = False) -> Group:
        """A group of residents, whose owner has let the bot work there; a small one can be upgraded."""
        group = await self._group(self.driver, title, owner, small=small)
        if enabled:
            await self.resident(owner).says("/enable", group, to_bot=True)
            await group.news()
        return group

    async def officers_room(self, title: str = "民警群") -> Group:
        """The room where the station's people work on cases."""
        return await self._staffed(title, "officers")

    async def partners_room(self, title: str) -> Group:
        """The room of a partner, such as the property's."""
        return await self._staffed(title, "partner")

    async def _staffed(self, title: str, kind: str) -> Group:
        room = await self._group(self.office, title, "root")
        root = self._people.setdefault("root", Person(self, self.office, "root"))
        await root.says(f"/link {await self._code(kind=kind, name=title)}", room, to_bot=True)
        await room.news()
        return room

    async def _group(self, driver: Driver, title: str, owner: str, *, small: bool = False) -> Group:
        group = Group(self, driver, owner, await driver.group(title, owner, small=small))
        await self.settle()
        return group

    async def _code(self, member: Member | None = None, *, kind: str = "", name: str = "") -> str:
        services = self.station.services
        desk = desk_of(services.database)
        return await services.unit(lambda unit: enrol.make(desk, unit, "system", member=member, kind=kind, name=name))

    # time -------------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Wait until nothing more happens without time passing."""
        await self.station.settle()

    async def advance(self, **span: float) -> None:
        """Time passes, stopping wherever something is due."""
        await self.station.advance(**span)

    async def leap(self, **span: float) -> None:
        """Time passes at once: what came due meanwhile happens now."""
        await self.station.leap(**span)

    @contextlib.asynccontextmanager
    async def outage(self, **span: float) -> AsyncIterator[None]:
        """The bot receives nothing for so long; what was said meanwhile comes in afterwards."""
        self.late = []
        await self.station.deaf()
        yield
        said, self.late = self.late, None
        self.clock.step(timedelta(**span))
        self.station.bot.receive()
        await asyncio.gather(*said)
        await self.settle()
