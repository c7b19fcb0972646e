"""The adapter: one bot account on Telegram, its updates in shared commits, its messages with their outcomes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import InvalidToken, TelegramError

from adapters.telegram import refs
from adapters.telegram.account import Account
from adapters.telegram.albums import Albums
from adapters.telegram.buttons import Buttons
from adapters.telegram.check import check, refused
from adapters.telegram.cli import app
from adapters.telegram.decode import Decoder
from adapters.telegram.errors import Told
from adapters.telegram.files import MB, fetch
from adapters.telegram.menu import Menu
from adapters.telegram.moves import Moves, is_move
from adapters.telegram.own import Own
from adapters.telegram.polling import Polling, tell
from adapters.telegram.presses import Presses
from adapters.telegram.send import Sender as Saying
from adapters.telegram.settings import NAME, TelegramSettings, derived, settings_of, webhook_address
from adapters.telegram.threads import Threads
from adapters.telegram.transport import Transport
from adapters.telegram.webhook import Webhook
from botkit.adapter import Adapter, Batch, Capabilities, Finding, Rank
from botkit.files import ID as STORED
from botkit.logs import where
from botkit.messages import Attachment, Chat, Message, MessageKind, Outgoing, Sender

if TYPE_CHECKING:
    from aiohttp import web

    from botkit.services import Services

log = structlog.get_logger()

MAX_TEXT = 4000
"""Units of one message; Telegram takes 4,096, and an author's name may stand before it."""
LINK = 64
"""Signs that a deep link may carry."""
HELLO_SECONDS = 10.0
"""Seconds that the first call may take; where Telegram can't be reached then, the bot starts all the same."""
MALFORMED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError)
"""What reading an update may raise whose parts are not what they should be."""
_RANKS = {ChatMemberStatus.OWNER.value: Rank.OWNER, ChatMemberStatus.ADMINISTRATOR.value: Rank.ADMIN}


class Part(NamedTuple):
    """Events that are committed together, and the update up to which that confirms."""

    events: list[Message]
    cursor: str


class Telegram(Adapter):
    """One bot account."""

    name = NAME
    cli = app
    fetches = True
    locales = str(Path(__file__).parent / "locales")
    capabilities = Capabilities(
        groups=True,
        officers_room=True,
        buttons=True,
        max_buttons=24,
        threads=True,
        reactions=True,
        edit=True,
        delete=True,
        pin=True,
        typing=True,
        silent_send=True,
        media_in=True,
        media_out=True,
        max_text=MAX_TEXT,
        utf16=True,
        rate_global=30,
        rate_chat=20,
        rate_burst=6,
    )

    def __init__(self) -> None:
        self._webhook: Webhook | None = None
        self._menu: Menu | None = None

    async def open(self, services: Services) -> None:
        await super().open(services)
        self.settings: TelegramSettings = settings_of(services.settings)
        token, address = self.settings.bot_token, self.settings.api_url
        self.api = self._way(f"{address}/bot{token}")
        await self.api.initialize()
        self.bot = Bot(
            token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=self.api,
            get_updates_request=self.api,
        )
        self.account = Account(int(token.partition(":")[0]))
        self.buttons = Buttons(derived(token, "buttons"))
        self.presses = Presses(self.bot, self.buttons, services)
        self._albums = Albums()
        self.told, self.moves, self.threads, self.own = Told(), Moves(), Threads(), Own()
        self._saying = Saying(self)
        self._commands = frozenset(name for plugin in services.plugins for name in plugin.commands)
        # Made here, so that settings that can't work are told at once.
        self._webhook = Webhook(self) if self.settings.receive == "webhook" else None
        if self._webhook is not None:
            webhook_address(services.settings, self.settings)
        await self._introduce()
        if self.settings.menu and self.account.username and any(plugin.menu for plugin in services.plugins):
            self._menu = Menu(self.bot, services, self.name)

    def _way(self, base: str) -> Transport:
        """The way to Telegram. Measurements put one without a network here."""
        return Transport(base)

    async def _introduce(self) -> None:
        """Ask who the bot is. Raises ``UserError`` where Telegram refuses the token."""
        try:
            self.account = Account.of(await self.api.call("getMe", read_timeout=HELLO_SECONDS))
        except InvalidToken:
            raise refused() from None
        except TelegramError as problem:
            # It may be back in a minute; receiving asks until then.
            tell(problem)
        self.capabilities = replace(type(self).capabilities, sees_plain_group=self.account.sees_all)
        self._decode = Decoder(
            self.name, self.account, self._commands, self.services.clock.now, self.threads.continued, self._known_move
        )

    async def close(self) -> None:
        if self._webhook is not None:
            self._webhook.close()
        if self._menu is not None:
            await self._menu.close()
        if hasattr(self, "api"):
            await self.presses.close()
            await self.api.shutdown()

    # in ---------------------------------------------------------------------------------------------------

    async def receive(self) -> AsyncGenerator[Batch, None]:
        if not self.account.username:
            await self._introduce()
        source = Polling(self).batches() if self._webhook is None else self._webhook.batches()
        async with contextlib.aclosing(source):
            async for batch in source:
                yield batch

    async def read(self, updates: Sequence[Any]) -> list[Part]:
        """Updates as events, cut where a chat moves: what follows is read when its row has followed."""
        parts: list[Part] = []
        events: list[Message] = []
        moved: set[tuple[str, str]] = set()
        updates = [update for update in updates if self._numbered(update)]
        for update in updates:
            for event in self.decoded(update):
                if not is_move(event):
                    events.append(event)
                elif (move := (event.chat.id, str(event.data["to"]))) not in moved:
                    # It is told in the old chat and in the new one.
                    moved.add(move)
                    parts.append(Part([*events, event], str(update["update_id"])))
                    events = []
        if updates and (events or not parts or parts[-1].cursor != str(updates[-1]["update_id"])):
            parts.append(Part(events, str(updates[-1]["update_id"])))
        return [Part(await self.presses.read(self._albums.join(part.events)), part.cursor) for part in parts]

    def _numbered(self, update: Any) -> bool:
        """Whether this is an update at all."""
        if isinstance(update, dict) and isinstance(update.get("update_id"), int):
            return True
        self.services.metrics.failed.labels("decode").inc()
        log.error("update.malformed", adapter=self.name)
        return False

    def decoded(self, update: Any) -> tuple[Message, ...]:
        """The events of one update. One that makes no sense is counted and left out; its neighbours are not."""
        try:
            return self._decode(update)
        except MALFORMED as problem:
            self.services.metrics.failed.labels("decode").inc()
            log.error("update.malformed", adapter=self.name, problem=type(problem).__name__, where=where(problem))
            return ()

    async def committed(self, events: Sequence[Message]) -> None:
        """These events are stored."""
        self.presses.committed(events)
        for event in events:
            if is_move(event):
                self.moves.note(event.chat.id, str(event.data["to"]))
                await self.moves.followed(self.services, event)

    def has_moved(self, chat: Chat, new: str) -> None:
        """Sending found out that a chat has another id."""
        if not self._known_move(chat.id, new):
            self.moves.note(chat.id, new)
            now = self.services.clock.now()
            data = {"event": "chat.moved", "to": new}
            self.own.tell(Message(chat, Sender(chat.id), refs.moved(new), now, kind=MessageKind.SYSTEM, data=data))

    def _known_move(self, old: str, new: str) -> bool:
        return self.moves.noted(old) or self.services.chats.find(Chat(self.name, new)) is not None

    # out --------------------------------------------------------------------------------------------------

    async def send(self, out: Outgoing) -> str:
        return await self._saying.send(out)

    async def edit(self, out: Outgoing) -> str:
        return await self._saying.edit(out)

    async def delete(self, out: Outgoing) -> str | None:
        return await self._saying.delete(out)

    async def react(self, out: Outgoing) -> None:
        await self._saying.react(out)

    async def pin(self, out: Outgoing) -> str | None:
        return await self._saying.pin(out)

    async def open_thread(self, out: Outgoing) -> str:
        return await self._saying.open_thread(out)

    async def typing(self, chat: Chat) -> None:
        await self.bot.send_chat_action(int(self.moves.now(chat.id)), "typing")

    async def fetch(self, attachment: Attachment) -> bytes:
        if STORED.fullmatch(attachment.id):
            return await self.services.files.get(attachment.id)
        limit = min(int(self.settings.max_file_mb * MB), self.services.files.max_bytes)
        return await fetch(self.bot, self.api, self.told, attachment, limit)

    # who --------------------------------------------------------------------------------------------------

    async def rank(self, chat: Chat, sender: Sender) -> Rank:
        if sender.id == chat.id:
            # An anonymous administrator: certainly no less, and nobody can tell whether more.
            return Rank.ADMIN
        if sender.id.startswith("-"):
            return Rank.MEMBER
        member = await self.bot.get_chat_member(int(self.moves.now(chat.id)), int(sender.id))
        return _RANKS.get(member.status, Rank.MEMBER)

    def private_link(self, token: str) -> str | None:
        name = self.account.username
        return f"https://t.me/{name}?start={token[:LINK]}" if name else None

    def routes(self) -> Sequence[web.RouteDef]:
        return (self._webhook.route(),) if self._webhook is not None else ()

    async def check(self, services: Services) -> Sequence[Finding]:
        return await check(services, self.name)
