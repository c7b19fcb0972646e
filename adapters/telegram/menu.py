"""The menu of commands, in both languages, by who sees it where."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from botkit.i18n import LANGUAGES
from botkit.logs import where
from botkit.messages import Chat
from botkit.plugin import MenuEntry, Place

if TYPE_CHECKING:
    from botkit.services import Services

log = structlog.get_logger()

LONGEST = 256


class Menu:
    """Tells Telegram the commands: all at the start, a room's when it becomes one of staff or a group again.

    What can't be told is logged: the commands work without their menu.
    """

    def __init__(self, bot: Bot, services: Services, adapter: str) -> None:
        self._bot = bot
        self._services = services
        self._adapter = adapter
        self._entries = [entry for plugin in services.plugins for entry in plugin.menu]
        self._changed: asyncio.Queue[Chat] = asyncio.Queue()
        self._task = asyncio.create_task(self._work())
        services.chats.watchers.append(self._notice)

    async def close(self) -> None:
        """Leave it as it is."""
        self._services.chats.watchers.remove(self._notice)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _notice(self, chat: Chat) -> None:
        if chat.adapter == self._adapter:
            self._changed.put_nowait(chat)

    async def _work(self) -> None:
        for scope, places in (
            (BotCommandScopeAllPrivateChats(), frozenset({Place.PRIVATE})),
            (BotCommandScopeAllGroupChats(), frozenset({Place.GROUP})),
            (BotCommandScopeAllChatAdministrators(), frozenset({Place.GROUP, Place.OWNERS})),
        ):
            await self._tell(scope, places)
        for row in self._services.chats.rooms():
            self._notice(row.chat)
        while True:
            chat = await self._changed.get()
            await self._tell(BotCommandScopeChat(int(chat.id)), frozenset({Place.STAFF}) if chat.kind.staffed else None)

    async def _tell(self, scope: BotCommandScope, places: frozenset[Place] | None) -> None:
        """Say what is shown there; None for nothing of its own."""
        station = self._services.settings.station.language
        wanted = [entry for entry in self._entries if places and entry.places & places]
        # Whose program speaks neither language sees the station's.
        for code, language in (("", station), *((each, each) for each in LANGUAGES)):
            try:
                if places is None:
                    await self._bot.delete_my_commands(scope, code or None)
                else:
                    commands = [self._command(entry, language) for entry in wanted]
                    await self._bot.set_my_commands(commands, scope, code or None)
            except TelegramError as problem:
                log.warning("menu.failed", adapter=self._adapter, problem=type(problem).__name__, where=where(problem))
                return

    def _command(self, entry: MenuEntry, language: str) -> BotCommand:
        return BotCommand(entry.command, self._services.catalogues.text(language, entry.text)[:LONGEST])
