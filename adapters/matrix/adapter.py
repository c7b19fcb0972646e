"""The adapter: one account on a homeserver, its events in shared commits, its messages the same however often sent."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from nio import AsyncClient, AsyncClientConfig

from adapters.matrix import login as logins
from adapters.matrix import media
from adapters.matrix.authors import Authors
from adapters.matrix.base import Base, Health
from adapters.matrix.check import LOCALES
from adapters.matrix.check import check as look
from adapters.matrix.cli import app
from adapters.matrix.clocks import Clocks
from adapters.matrix.crypto import Crypto
from adapters.matrix.decode import Decoder
from adapters.matrix.keystore import opened
from adapters.matrix.notes import Notes
from adapters.matrix.privates import Privates
from adapters.matrix.raw import server_of, text
from adapters.matrix.reach import known
from adapters.matrix.receiving import Receiving
from adapters.matrix.rooms import Rooms
from adapters.matrix.sending import Sending
from adapters.matrix.settings import NAME, MatrixSettings, check, settings_of
from adapters.matrix.wire import MatrixError, Wire, path_of
from botkit.adapter import Adapter, Batch, Capabilities, Finding, Rank
from botkit.messages import Attachment, Chat, ChatKind, Outgoing, Sender

if TYPE_CHECKING:
    from botkit.services import Services
    from botkit.storage import UnitOfWork

log = structlog.get_logger()

MAX_TEXT = 10_000
"""Characters of one message: of four bytes each, encrypted and in base64 they stay below the 65,536 of an event."""
TOKEN = 15
"""Characters from which on a word that opens a private chat is a secret, which a link of Matrix can't carry."""
TYPING = 6000
"""Milliseconds that the sign of an answer to come is shown."""


class Matrix(Adapter):
    """One device of one account. ``settings`` are read from the station's, unless they are given."""

    name = NAME
    locales = str(LOCALES)
    models = ("adapters.matrix.models",)
    migrations = "adapters.matrix.migrations"
    fetches = True
    cli = app
    capabilities = Capabilities(
        groups=True,
        sees_plain_group=True,
        can_start_dm=True,
        officers_room=True,
        threads=True,
        reactions=True,
        edit=True,
        delete=True,
        pin=True,
        typing=True,
        read_receipts=True,
        silent_send=True,
        media_in=True,
        media_out=True,
        max_text=MAX_TEXT,
        idempotent_send=True,
    )

    def __init__(self, settings: MatrixSettings | None = None) -> None:
        self._given = settings
        self.health = Health()

    async def open(self, services: Services) -> None:
        await super().open(services)
        self.settings = self._given or settings_of(services.settings)
        check(self.settings)
        self.login = logins.find(self.settings, services.data)
        config = AsyncClientConfig(encryption_enabled=False, store=None, store_sync_tokens=False)
        client = AsyncClient(self.settings.homeserver, self.login.user, self.login.device, config=config)
        client.access_token, client.user_id = self.login.token, self.login.user
        self.wire = Wire(client)
        self.authors, self.rooms = Authors(), Rooms(self.name, self.login.user)
        self.notes = Notes(services, f"{self.name} {self.login.user}")
        self.base = Base(self.name, self.login, self.wire, self.notes, self.rooms, services.clock, self.health)
        clocks = Clocks(server_of(self.login.user))
        commands = frozenset(name for plugin in services.plugins for name in plugin.commands)
        decoder = Decoder(
            self.name, self.login.user, self.rooms, self.authors, commands, services.clock.now, self._was_group, clocks
        )
        key = self.settings.key
        self.crypto = Crypto(self.base, opened(self.login, logins.folder(services.data), key) if key else None)
        self.privates = Privates(self.base, encrypts=self.crypto.on, begins=self.settings.private_chats)
        self.receiving = Receiving(self.base, services, self.settings, decoder, clocks, self.crypto, self.privates)
        self._sending = Sending(self.base, self.authors, self.crypto, services.files)
        self.capabilities = replace(
            type(self).capabilities, e2ee=self.crypto.on, can_start_dm=self.settings.private_chats
        )

    async def close(self) -> None:
        if hasattr(self, "crypto"):
            self.crypto.close()
        if hasattr(self, "wire"):
            await self.wire.close()

    # in ---------------------------------------------------------------------------------------------------

    async def receive(self) -> AsyncGenerator[Batch, None]:
        async with contextlib.aclosing(self.receiving.batches()) as batches:
            async for batch in batches:
                yield batch

    def _was_group(self, chat: Chat) -> bool:
        row = self.services.chats.find(chat)
        return row is not None and row.chat.kind is not ChatKind.DM

    # out --------------------------------------------------------------------------------------------------

    async def send(self, out: Outgoing) -> str:
        return await self._sending.send(out)

    async def edit(self, out: Outgoing) -> str:
        return await self._sending.edit(out)

    async def delete(self, out: Outgoing) -> str | None:
        return await self._sending.delete(out)

    async def open_thread(self, out: Outgoing) -> str:
        return await self._sending.open_thread(out)

    async def seen(self, out: Outgoing) -> None:
        await self._sending.seen(out)

    async def react(self, out: Outgoing) -> None:
        await self._sending.react(out)

    async def pin(self, out: Outgoing) -> str | None:
        return await self._sending.pin(out)

    async def typing(self, chat: Chat) -> None:
        path = path_of("rooms", chat.id, "typing", self.login.user)
        await self.wire.call("PUT", path, {"typing": True, "timeout": TYPING})

    async def private_chat(self, sender: Sender) -> Chat | None:
        return await self.privates.open(sender.id)

    def private_link(self, token: str) -> str | None:
        # A link of Matrix opens a chat, but carries no word into it: a greeting may be left out, a secret may not.
        if len(token) > TOKEN or not hasattr(self, "login"):
            return None
        return f"https://matrix.to/#/{self.login.user}?action=chat"

    async def rank(self, chat: Chat, sender: Sender) -> Rank:
        await known(self.rooms)
        room = self.rooms.get(chat.id)
        return room.rank(sender.id) if room is not None else Rank.MEMBER

    async def present(self, chat: Chat, sender: Sender) -> bool:
        try:
            state = await self.wire.call("GET", path_of("rooms", chat.id, "state", "m.room.member", sender.id))
        except MatrixError as problem:
            if problem.passing or problem.status == 401:
                raise
            # Never there, or the bot is not there itself any more.
            return False
        return text(state, "membership") == "join"

    async def fetch(self, attachment: Attachment) -> bytes:
        return await media.fetch(self.wire, self.services.files, attachment)

    async def erase(self, unit: UnitOfWork, chat: Chat, before: datetime) -> None:
        write = self.receiving.unread.forget(chat.id, before)
        unit.write(write.statement, *write.row)

    async def check(self, services: Services) -> Sequence[Finding]:
        return await look(self._given or settings_of(services.settings), services)

    def describe(self) -> Mapping[str, Any]:
        if not hasattr(self, "receiving"):
            return super().describe()
        told: dict[str, Any] = {"user": self.login.user, "device": self.login.device}
        if self.crypto.on:
            told["fingerprint"] = self.crypto.machine.fingerprint
        waiting = {
            "rooms": len(self.rooms),
            "errands": len(self.receiving.errands),
            "waiting_for_keys": len(self.receiving.unread),
        }
        return {**super().describe(), **told, **waiting, **self.health.counts}
