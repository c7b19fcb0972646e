"""The world of a story: residents, officers and groups on some platform, and the bot among them."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from botkit.messages import MessageKind
from botkit.plugins.groups.models import GroupSetting
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.officers import enrol
from botkit.staff import Member
from botkit.testing import FakeClock
from tests.stories.platforms.driver import Driver, Line, Said, Words
from tests.stories.platforms.fake import Fake
from tests.stories.station import Station
from tests.web.test_files import photo


class Place:
    """A chat as somebody sees it: the bot's lines as they stand, and which of them are new."""

    def __init__(self, driver: Driver, reader: str, group: str | None) -> None:
        self.driver, self.reader, self.group = driver, reader, group
        self._read: set[str] = set()

    async def shown(self) -> list[str]:
        """The bot's texts as they stand now, oldest first."""
        return [line.text for line in await self.lines()]

    async def lines(self) -> Sequence[Line]:
        """The bot's lines as they stand now."""
        return await self.driver.shown(self.reader, self.group)

    async def line(self, *parts: str) -> Line:
        """The newest line with these parts."""
        lines = await self.lines()
        found = [line for line in lines if all(part in line.text for part in parts)]
        assert found, f"no line with {parts}; shown are {[line.text for line in lines]}"
        return found[-1]

    async def news(self) -> list[str]:
        """The texts that are new since the last look."""
        lines = [line for line in await self.lines() if line.ref not in self._read]
        self._read.update(line.ref for line in lines)
        return [line.text for line in lines]

    async def reads(self, *parts: str) -> str:
        """Exactly one line is new, and has these parts."""
        news = await self.news()
        assert len(news) == 1, f"expected one new line with {parts}, got {news}"
        for part in parts:
            assert part in news[0], f"expected {part!r} in {news[0]!r}"
        return news[0]

    async def hears_nothing(self) -> None:
        """Nothing is new."""
        news = await self.news()
        assert not news, f"expected silence, got {news}"


class Group(Place):
    """A group with the bot in it."""

    def __init__(self, world: World, driver: Driver, owner: str, group: str) -> None:
        super().__init__(driver, owner, group)
        self.world = world
        self.members = {owner}

    async def seats(self, who: str) -> None:
        """Somebody who speaks there is in it."""
        if who not in self.members:
            self.members.add(who)
            await self.driver.joins(who, str(self.group))
            await self.world.settle()

    async def joins(self, person: Person) -> None:
        """Somebody comes in."""
        await self.seats(person.name)

    async def leaves(self, person: Person) -> None:
        """Somebody goes."""
        self.members.discard(person.name)
        await self.driver.leaves(person.name, str(self.group))
        await self.world.settle()

    async def removes_the_bot(self) -> None:
        """The owner takes the bot out."""
        await self.driver.removes(str(self.group))
        await self.world.settle()

    async def moves(self) -> None:
        """The platform gives the group another id."""
        self.group = await self.driver.moves(str(self.group))
        await self.world.settle()
        self._read.clear()  # there the platform counts its messages anew

    async def is_renamed(self, title: str) -> None:
        """The owner gives it another name."""
        await self.driver.renames(str(self.group), title)
        await self.world.settle()

    async def hides_talk(self) -> None:
        """From now on the platform hides the group's talk from the bot."""
        await self.driver.hides_talk(str(self.group))
        await self.world.settle()

    async def is_blind(self) -> bool:
        """Whether the desk is told that danger in the group's talk goes unseen."""
        chats = self.world.station.services.chats
        row = next(row for row in chats.groups() if row.chat.id == self.group)
        return (await GroupSetting.get(chat_id=row.id)).blind

    async def pinned(self) -> list[str]:
        """The texts of what is pinned."""
        pins = await self.driver.pinned(str(self.group))
        return [line.text for line in await self.lines() if line.ref in pins]

    async def signs(self, said: Said) -> Sequence[str]:
        """The signs that the bot has set on a message."""
        return await self.driver.signs(str(self.group), said.ref)


class Person(Place):
    """Somebody with an account. The place is their private chat with the bot."""

    def __init__(self, world: World, driver: Driver, name: str) -> None:
        super().__init__(driver, name, None)
        self.world, self.name = world, name

    async def says(
        self, text: str, where: Group | None = None, *, to_bot: bool = False, reply_to: Line | Said | None = None,
        kind: MessageKind = MessageKind.TEXT, channel: bool = False,
    ) -> Said:  # fmt: skip
        """Writes, in private or in a group; the bot does all that it has to."""
        ref = reply_to.ref if reply_to else None
        return await self._sends(where, Words(text, kind, to_bot, ref, channel=channel))

    async def asks(self, text: str, where: Group) -> Said:
        """Writes in a group to the bot."""
        return await self.says(text, where, to_bot=True)

    async def sends_photo(
        self, text: str = "", where: Group | None = None, *, to_bot: bool = False, reply_to: Line | None = None
    ) -> Said:
        """Sends a photo, as a camera made it: with the place where it was taken."""
        words = Words(text, MessageKind.PHOTO, to_bot, reply_to.ref if reply_to else None, photo(place=True))
        return await self._sends(where, words)

    async def edits(self, said: Said, text: str) -> None:
        """Edits what they said in a group."""
        await self.driver.edits(self.name, said, Words(text))
        await self.world.settle()

    async def reacts(self, sign: str, line: Line, where: Group) -> None:
        """Sets a sign on a line of the bot's in a group."""
        await where.seats(self.name)
        await self.driver.reacts(self.name, str(where.group), line.ref, sign)
        await self.world.settle()

    async def is_renamed(self, name: str) -> None:
        """Gives themselves another name."""
        await self.driver.is_renamed(self.name, name)

    async def presses(self, label: str, where: Group | None = None) -> None:
        """Presses the newest button with this label; where there are no buttons, types the number of the choice."""
        place = where or self
        for line in reversed(await place.lines()):
            if label in line.buttons:
                await self.driver.presses(self.name, place.group, line, label)
                return await self.world.settle()
            if found := re.search(rf"^(\d+)\. {re.escape(label)}$", line.text, re.M):
                await self.says(found[1], where, reply_to=line if where else None)
                return None
        raise AssertionError(f"no choice {label!r}; shown are {await place.shown()}")

    async def _sends(self, where: Group | None, words: Words) -> Said:
        if where is not None:
            await where.seats(self.name)
        group = where.group if where else None
        since = len(self.world.station.arrived)
        ref = await self.driver.says(self.name, group, words)
        hearing = self.driver.heard(ref, since)
        if self.world.late is not None:
            self.world.late.append(hearing)
            return Said(ref, group)
        ref = await hearing
        await self.world.settle()
        return Said(ref, group)


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


__all__ = ["Group", "Line", "Person", "Place", "Said", "World"]
