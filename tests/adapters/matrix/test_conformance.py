"""Matrix passes the conformance suite on a real homeserver, in an open room and in an encrypted one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.matrix import Matrix
from botkit.adapter import Adapter
from botkit.bot import Bot
from botkit.messages import MessageKind
from botkit.testing import PATIENCE
from botkit.testing.conformance import AdapterConformance, Platform
from tests.adapters.matrix.bots import table
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Person
from tests.matrix.relay import Relay
from tests.matrix.synapse import Synapse
from tests.web.test_files import photo

SLICE = 20_000
"""Characters of one message: in three bytes each they and their encryption stay below the 65,536 of an event."""
FILES: dict[MessageKind, dict[str, Any]] = {
    MessageKind.VOICE: {"kind": "m.audio", "name": "v.ogg", "mime": "audio/ogg", "org.matrix.msc3245.voice": {}},
    MessageKind.VIDEO: {"kind": "m.video", "name": "v.mp4", "mime": "video/mp4"},
    MessageKind.DOCUMENT: {"kind": "m.file", "name": "f.pdf", "mime": "application/pdf"},
}
POLL = "org.matrix.msc3381.poll.start"
EVENTS: dict[MessageKind, tuple[str, dict[str, Any]]] = {
    MessageKind.LOCATION: (
        "m.room.message",
        {"msgtype": "m.location", "body": "here", "geo_uri": "geo:35.4,116.5"},
    ),
    MessageKind.STICKER: ("m.sticker", {"body": "cat", "url": "mxc://matrix.test/cat", "info": {}}),
    MessageKind.POLL: (
        POLL,
        {
            POLL: {
                "question": {"org.matrix.msc1767.text": "几点？"},
                "answers": [{"id": "1", "org.matrix.msc1767.text": "八点"}],
            },
            "org.matrix.msc1767.text": "几点？ 1. 八点",
        },
    ),
    MessageKind.UNKNOWN: ("org.example.strange", {"a": 1}),
}


class Resident(Platform):
    """One resident at a real client, in a private room with the bot."""

    kinds = frozenset(
        {
            MessageKind.TEXT,
            MessageKind.PHOTO,
            MessageKind.VOICE,
            MessageKind.VIDEO,
            MessageKind.DOCUMENT,
            MessageKind.LOCATION,
            MessageKind.STICKER,
            MessageKind.POLL,
            MessageKind.UNKNOWN,
        }
    )
    repeats = True
    edits = True

    def __init__(self, account: Account, li: Person, room: str, relay: Relay) -> None:
        self._account = account
        self._li = li
        self._room = room
        self._relay = relay
        self._met = False
        self._before = {line.id for line in li.timelines[room]}

    def adapter(self) -> Adapter:
        self._bot = Matrix()
        return self._bot

    async def _meets(self) -> None:
        """Only who is there, with keys, can read what is said, and answers it."""
        if not self._met:
            async with asyncio.timeout(PATIENCE):
                while not (hasattr(self._bot, "rooms") and self._bot.rooms.ready.is_set()):
                    await asyncio.sleep(0.01)
            await self._li.meets(self._account, self._room)
            await self._li.knows(self._account)
            self._met = True

    async def _sends(self, kind: str, content: dict[str, Any]) -> str:
        return await self._li.sends(kind, content, self._room)

    async def write(self, text: str) -> str:
        await self._meets()
        # What no event can hold a client cuts; each part is a message.
        parts = [text[start : start + SLICE] for start in range(0, len(text), SLICE)]
        return [await self._li.says(part, self._room) for part in parts][-1]

    async def deliver(self, kind: MessageKind) -> None:
        await self._meets()
        if kind is MessageKind.PHOTO:
            await self._li.shows(photo(), self._room)
        elif kind in FILES:
            await self._li.shows(b"data", self._room, **FILES[kind])
        else:
            await self._sends(*EVENTS[kind])

    async def rewrite(self, message: str, text: str) -> None:
        await self._li.edits(message, text, self._room)

    async def repeat(self, message: str) -> None:
        self._relay.repeat(message)

    async def shown(self) -> list[str]:
        await self._li.syncs(100)
        lines = self._li.timelines[self._room]
        return [line.text for line in lines if line.sender == self._account.id and line.id not in self._before]


@dataclass(frozen=True, slots=True)
class Home:
    """A private room and who is in it. Making one costs more than most tests: they share it, each with a new bot.

    A bot on a new device and with an empty folder answers nothing that was said before it came, as it must.
    """

    server: Homeserver
    account: Account
    li: Person
    room: str


@pytest.fixture(scope="module", params=["plain", "encrypted"])
async def home(request: pytest.FixtureRequest, synapse: Synapse) -> AsyncIterator[Home]:
    async with Homeserver(synapse) as server:
        encrypted = request.param == "encrypted"
        account, li = await server.account("bot"), await server.person("li", encryption=encrypted)
        yield Home(server, account, li, await li.room(invite=[account], encrypted=encrypted, direct=True))


class TestMatrix(AdapterConformance):
    @pytest.fixture
    async def platform(self, home: Home) -> AsyncIterator[Platform]:
        account = await home.server.device(home.account)
        async with Relay(home.server.url) as relay:
            self._table = table(relay.url, account, keys=bool(home.li.client.olm))
            await home.li.syncs()
            yield Resident(account, home.li, home.room, relay)
        # With the device its keys go, and nobody writes to it any more.
        await home.server.call("POST", "/_matrix/client/v3/logout", {}, token=account.token)

    def _bot(self, platform: Platform, folder: Path) -> Bot:
        bot = super()._bot(platform, folder)
        bot.services.settings = bot.services.settings.model_copy(update={"tables": {"matrix": self._table}})
        return bot
