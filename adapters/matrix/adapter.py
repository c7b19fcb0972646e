"""The adapter: one account on a homeserver, its events in shared commits, its messages the same however often sent."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from nio import AsyncClient, AsyncClientConfig

from adapters.matrix import login as logins
from adapters.matrix import media
from adapters.matrix.authors import Authors
from adapters.matrix.check import check as look
from adapters.matrix.cli import app
from adapters.matrix.clocks import Clocks
from adapters.matrix.crypto import Crypto
from adapters.matrix.decode import Decoder
from adapters.matrix.errands import Errands
from adapters.matrix.news import News
from adapters.matrix.notes import CLOCK, Notes, Start
from adapters.matrix.privates import Privates
from adapters.matrix.raw import events, server_of, text
from adapters.matrix.rooms import Room, Rooms
from adapters.matrix.sending import Sending
from adapters.matrix.settings import NAME, MatrixSettings, check, settings_of
from adapters.matrix.sight import Sight
from adapters.matrix.syncing import Syncing
from adapters.matrix.unread import Unread
from adapters.matrix.verifying import Verifying
from adapters.matrix.wire import MatrixError, Wire, path_of
from adapters.matrix.withheld import Withheld
from botkit.adapter import Adapter, Batch, Capabilities, Finding, Rank
from botkit.errors import UserError
from botkit.messages import Attachment, Chat, ChatKind, Outgoing, Sender
from botkit.tasks import ending

if TYPE_CHECKING:
    from botkit.services import Services
    from botkit.storage import UnitOfWork

log = structlog.get_logger()

MAX_TEXT = 10_000
"""Characters of one message: of four bytes each, encrypted and in base64 they stay below the 65,536 of an event."""
READY = 20.0
"""Seconds that a message waits after the start until it is known which rooms are encrypted."""
TOKEN = 15
"""Characters from which on a word that opens a private chat is a secret, which a link of Matrix can't carry."""
TYPING = 6000
"""Milliseconds that the sign of an answer to come is shown."""


class Matrix(Adapter):
    """One device of one account. ``settings`` are read from the station's, unless they are given."""

    name = NAME
    locales = str(Path(__file__).parent / "locales")
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
        self._called = ""
        self.halted: UserError | None = None
        self.away = False
        """Whether the homeserver could not be reached when it was last asked for news."""
        self.counts: Counter[str] = Counter()

    async def open(self, services: Services) -> None:
        await super().open(services)
        self.settings = self._given or settings_of(services.settings)
        check(self.settings)
        self.login = logins.find(self.settings, services.data)
        self.folder = logins.folder(services.data)
        config = AsyncClientConfig(encryption_enabled=False, store=None, store_sync_tokens=False)
        client = AsyncClient(self.settings.homeserver, self.login.user, self.login.device, config=config)
        client.access_token, client.user_id = self.login.token, self.login.user
        self.wire = Wire(client)
        self.authors, self.rooms = Authors(), Rooms(self.name, self.login.user)
        self.clocks = Clocks(server_of(self.login.user))
        self.notes = Notes(services, f"{self.name} {self.login.user}")
        self.start = Start(self.notes, services)
        commands = frozenset(name for plugin in services.plugins for name in plugin.commands)
        self.decoder = Decoder(
            self.name, self.login.user, self.rooms, self.authors, commands, services.clock.now, self._was_group,
            self.clocks,
        )  # fmt: skip
        self.withheld = Withheld(self.notes, self.rooms, services.clock.now)
        self.sight, self.crypto = Sight(self), Crypto(self)
        self.unread, self.verifying = Unread(self), Verifying(self)
        self.crypto.open_store()
        self.news = News(self)
        self.privates, self.errands, self._sending = Privates(self), Errands(self), Sending(self)
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
        errands = asyncio.create_task(self._run_errands(), name="matrix-errands")
        try:
            async with contextlib.aclosing(Syncing(self).batches()) as batches:
                async for batch in batches:
                    yield batch
        finally:
            errands.cancel()
            await asyncio.gather(errands, return_exceptions=True)

    async def _run_errands(self) -> None:
        while True:
            try:
                await self.errands.run()
            # A border of its own: a fault of these must not stop receiving, nor end them for good.
            except (Exception, asyncio.CancelledError) as problem:
                if isinstance(problem, asyncio.CancelledError) and ending():
                    raise
                log.error("matrix.errands", adapter=self.name, problem=type(problem).__name__)
                await asyncio.sleep(5)

    async def introduce(self) -> None:
        """Ask who the bot is, and what only changes of are told later. Raises ``UserError`` for another's token."""
        answer = await self.wire.call("GET", path_of("account", "whoami"))
        user, device = text(answer, "user_id"), text(answer, "device_id")
        if user != self.login.user or (device and device != self.login.device):
            raise UserError(
                f"the Matrix token is of {user} on device {device}, not of {self.login.user} on {self.login.device}",
                "correct matrix.user and matrix.device, or run `botkit matrix login`",
            )
        with contextlib.suppress(MatrixError):
            self.named(text(await self.wire.call("GET", path_of("profile", user, "displayname")), "displayname"))
        self.clocks.load([(note["ref"], note["payload"]) for note in await self.notes.all(CLOCK)])
        await self.news.load()
        await self.privates.load()
        await self.crypto.introduce()
        await self.withheld.load()
        await self.unread.load()

    def patience(self, most: float) -> float:
        """For how many seconds nothing need happen unless something comes."""
        return self.unread.patience(most)

    def named(self, name: str) -> None:
        """What the account is called."""
        self._called = name or self._called
        self.decoder.name = self._called

    def malformed(self, count: int, problem: str = "") -> None:
        """Count events that are none."""
        self.counts["malformed"] += count
        log.warning("matrix.malformed", adapter=self.name, count=count, problem=problem)

    async def members(self, room: Room) -> None:
        """Ask for all members of a room. Raises the errors of the wire."""
        answer = await self.wire.call("GET", path_of("rooms", room.id, "members"), query={"not_membership": "leave"})
        room.everybody(events(answer, "chunk"))

    def _was_group(self, chat: Chat) -> bool:
        row = self.services.chats.find(chat)
        return row is not None and row.chat.kind is not ChatKind.DM

    # out --------------------------------------------------------------------------------------------------

    async def known(self) -> None:
        """Wait until the rooms are known. Raises ``TimeoutError``."""
        async with asyncio.timeout(READY):
            await self.rooms.ready.wait()

    async def writable(self, room_id: str) -> Room:
        """A room to write to, of which it is known whether it is encrypted. Raises the errors of the wire."""
        await self.known()
        room = self.rooms.get(room_id)
        if room is None:
            # The bot has just come in, or is out: the homeserver knows.
            room = Room(room_id)
            try:
                state = await self.wire.call("GET", path_of("rooms", room_id, "state", "m.room.encryption", ""))
                room.encryption = text(state, "algorithm") or "unknown"
            except MatrixError as problem:
                if problem.status != 404:
                    raise
        return room

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
        await self.known()
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
        write = self.unread.forget(chat.id, before)
        unit.write(write.statement, *write.row)

    async def check(self, services: Services) -> Sequence[Finding]:
        return await look(self._given or settings_of(services.settings), services)

    def describe(self) -> Mapping[str, Any]:
        if not hasattr(self, "login"):
            return super().describe()
        told: dict[str, Any] = {"user": self.login.user, "device": self.login.device}
        if self.crypto.on:
            told["fingerprint"] = self.crypto.machine.fingerprint
        waiting = {"rooms": len(self.rooms), "errands": len(self.errands), "waiting_for_keys": len(self.unread)}
        return {**super().describe(), **told, **waiting, **self.counts}
