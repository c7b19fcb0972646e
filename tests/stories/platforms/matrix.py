"""Matrix: people at real clients on a real homeserver, in plain rooms and in encrypted ones."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from adapters.matrix import Matrix
from botkit.adapter import Adapter, Batch
from botkit.messages import MessageKind
from botkit.testing import FakeClock
from tests.stories.platforms.driver import Driver, Line, Said, Words

if TYPE_CHECKING:
    from tests.matrix.homeserver import Account
    from tests.matrix.person import Person

MODERATOR = 50
"""Power that takes away others' messages and pins: what a station asks owners to give the bot."""


class Dated(Matrix):
    """The adapter, on a homeserver whose clock is not the story's: what was said is of when it was said there."""

    def __init__(self, said: Mapping[str, datetime]) -> None:
        super().__init__()
        self._said = said

    async def receive(self) -> AsyncGenerator[Batch, None]:
        source = super().receive()
        try:
            async for batch in source:
                dated = [replace(event, at=self._said.get(event.id, event.at)) for event in batch.events]
                yield Batch(dated, batch.cursor, batch.writes)
        finally:
            await source.aclose()


class Clients(Driver):
    """Everybody at a client of their own, made when they first do something."""

    name = "matrix"
    capabilities = Matrix.capabilities
    slow = True
    fixtures = ("synapse",)
    key = ""
    """What opens the bot's store of keys; empty: no encryption."""

    async def start(self, clock: FakeClock) -> Mapping[str, Any]:
        self._clock = clock
        from tests.matrix.homeserver import Homeserver  # brings the clients' library

        self._server = Homeserver(self.given["synapse"])
        await self._server.__aenter__()
        self._bot: Account = await self._server.account("bot")
        self._people: dict[str, Person] = {}
        self._private: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        self._inside: set[tuple[str, str]] = set()
        self._said: dict[str, datetime] = {}
        account = {"user": self._bot.id, "token": self._bot.token, "device": self._bot.device, "pickle_key": self.key}
        return {"matrix": {"homeserver": self._server.url, "invites": ("*",), **account}}

    def adapter(self) -> Adapter:
        return Dated(self._said)

    async def end(self) -> None:
        await self._server.__aexit__(None, None, None)

    # what people do ---------------------------------------------------------------------------------------

    async def says(self, who: str, group: str | None, words: Words) -> str:
        person, room = await self._person(who), await self._room(who, group)
        text, extra = words.text, _answer(words.reply_to)
        if words.to_bot and not text.startswith(("/", "!")):
            text, extra["m.mentions"] = f"Bot: {text}".strip(" "), {"user_ids": [self._bot.id]}
        if words.channel:
            # Nobody passes on a channel here; other bots say what they say as notices.
            extra["msgtype"] = "m.notice"
        if words.photo is not None:
            event = await person.shows(words.photo, room, body=text or "photo.jpg", **extra)
        elif words.kind is MessageKind.STICKER:
            event = await person.sends("m.sticker", {"body": "👍", "url": "mxc://matrix.test/thumb", "info": {}}, room)
        else:
            event = await person.says(text, room, **extra)
        self._said[event] = self._clock.now()
        return event

    async def shown(self, who: str, group: str | None) -> Sequence[Line]:
        person, room = await self._person(who), await self._room(who, group)
        lines = await person.reads(room)
        return [Line(line.id, line.text, thread=line.thread) for line in lines if line.sender == self._bot.id]

    async def edits(self, who: str, said: Said, words: Words) -> None:
        since = len(self.station.arrived)
        person, room = await self._person(who), await self._room(who, said.group)
        await person.edits(said.ref, words.text, room)
        await self.heard(said.ref, since)

    async def reacts(self, who: str, group: str, ref: str, sign: str) -> None:
        since = len(self.station.arrived)
        await self.heard(await (await self._person(who)).reacts(sign, ref, group), since)

    async def is_renamed(self, who: str, name: str) -> None:
        await (await self._person(who)).client.set_displayname(name)

    # groups -----------------------------------------------------------------------------------------------

    async def group(self, title: str, owner: str, *, small: bool = False) -> str:
        person, since = await self._person(owner), len(self.station.arrived)
        power = {"users": {self._bot.id: MODERATOR}}
        room = await person.room(
            title, invite=[self._bot.id], public=True, power_level_override=power, encrypted=bool(self.key)
        )
        self._owners[room] = owner
        self._inside.add((owner, room))
        await self._happened("bot.added", since)
        return room

    async def joins(self, who: str, group: str) -> None:
        since = len(self.station.arrived)
        await self._enter(who, group)
        await self._happened("member.joined", since)

    async def leaves(self, who: str, group: str) -> None:
        since = len(self.station.arrived)
        await (await self._person(who)).client.room_leave(group)
        self._inside.discard((who, group))
        await self._happened("member.left", since)

    async def removes(self, group: str) -> None:
        since = len(self.station.arrived)
        await (await self._owner(group)).client.room_kick(group, self._bot.id)
        await self._happened("bot.removed", since)

    async def moves(self, group: str) -> str:
        since, owner = len(self.station.arrived), await self._owner(group)
        answer = await self._server.call(
            "POST", f"/_matrix/client/v3/rooms/{group}/upgrade", {"new_version": "11"}, token=owner.token
        )
        new: str = answer["replacement_room"]
        self._owners[new] = self._owners[group]
        self._inside.add((self._owners[group], new))
        await self._happened("chat.moved", since)
        # The bot follows a moment later, so that what it knows of the old room is there first.
        await self.station.advance(seconds=1)
        await owner.meets(self._bot.id, new)
        return new

    async def renames(self, group: str, title: str) -> None:
        since = len(self.station.arrived)
        await self._server.sends(await self._owner(group), "m.room.name", {"name": title}, group, state_key="")
        await self._happened("chat.renamed", since)

    async def hides_talk(self, group: str) -> None:
        since = len(self.station.arrived)
        lock = {"algorithm": "m.megolm.v1.aes-sha2"}
        await self._server.sends(await self._owner(group), "m.room.encryption", lock, group, state_key="")
        await self._happened("bot.blinded", since)

    async def pinned(self, group: str) -> Sequence[str]:
        answer = await self._server.call(
            "GET",
            f"/_matrix/client/v3/rooms/{group}/state/m.room.pinned_events",
            token=(await self._owner(group)).token,
        )
        pins: Sequence[str] = answer["pinned"]
        return pins

    async def signs(self, group: str, ref: str) -> Sequence[str]:
        lines = await (await self._owner(group)).reads(group)
        line = next(line for line in lines if line.id == ref)
        return [sign for sender, sign in line.reactions if sender == self._bot.id]

    def account(self, who: str) -> str:
        return self._people[who].id

    # ------------------------------------------------------------------------------------------------------

    async def _person(self, who: str) -> Person:
        if who not in self._people:
            self._people[who] = await self._server.person(who, encryption=bool(self.key))
        return self._people[who]

    async def _owner(self, group: str) -> Person:
        return await self._person(self._owners[group])

    async def _room(self, who: str, group: str | None) -> str:
        """The room, with this person in it: of a private chat, begun if there is none."""
        if group is not None:
            await self._enter(who, group)
            return group
        if who not in self._private:
            person = await self._person(who)
            await person.syncs()
            if person.invitations:
                # The bot was first.
                self._private[who] = person.invitations[-1]
                await person.enters(self._private[who])
                return self._private[who]
            self._private[who] = await person.room(direct=True, invite=[self._bot.id], encrypted=bool(self.key))
            await person.meets(self._bot.id, self._private[who])
        return self._private[who]

    async def _enter(self, who: str, group: str) -> None:
        if (who, group) not in self._inside:
            self._inside.add((who, group))
            await (await self._person(who)).enters(group)

    async def _happened(self, event: str, since: int) -> None:
        await self.station.arrival(lambda message: message.data.get("event") == event, since)


class Locked(Clients):
    """The same people in rooms that are encrypted from their beginning."""

    variant = "encrypted"
    slowest = True
    key = "a key of the stories"

    async def hides_talk(self, group: str) -> None:
        from tests.matrix.keys import hides, refuses

        since, owner = len(self.station.arrived), await self._owner(group)
        hidden = await hides(owner, "hidden", group, self._bot)
        await refuses(owner, self._bot, group, hidden.session.id, "m.unverified")
        await self._happened("bot.blinded", since)


def _answer(to: str | None) -> dict[str, Any]:
    return {"m.relates_to": {"m.in_reply_to": {"event_id": to}}} if to else {}
