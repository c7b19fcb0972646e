"""The menu of commands, in both languages, by who sees it where."""

from __future__ import annotations

from collections.abc import Iterator
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
from botkit.plugin import MenuEntry, Place

if TYPE_CHECKING:
    from botkit.services import Services

log = structlog.get_logger()

LONGEST = 256


async def show(bot: Bot, services: Services, adapter: str) -> None:
    """Tell Telegram the commands. What can't be told is logged: the commands work without their menu."""
    entries = [entry for plugin in services.plugins for entry in plugin.menu]
    if not entries:
        return
    station = services.settings.station.language
    for scope, places in _scopes(services, adapter):
        wanted = [entry for entry in entries if entry.places & places]
        # Whose program speaks neither language sees the station's.
        for code, language in (("", station), *((each, each) for each in LANGUAGES)):
            commands = [_command(services, entry, language) for entry in wanted]
            try:
                await bot.set_my_commands(commands, scope, code or None)
            except TelegramError as problem:
                log.warning("menu.failed", adapter=adapter, problem=type(problem).__name__, where=where(problem))
                return


def _scopes(services: Services, adapter: str) -> Iterator[tuple[BotCommandScope, frozenset[Place]]]:
    yield BotCommandScopeAllPrivateChats(), frozenset({Place.PRIVATE})
    yield BotCommandScopeAllGroupChats(), frozenset({Place.GROUP})
    yield BotCommandScopeAllChatAdministrators(), frozenset({Place.GROUP, Place.OWNERS})
    for row in services.chats.rooms():
        if row.chat.adapter == adapter:
            yield BotCommandScopeChat(int(row.chat.id)), frozenset({Place.STAFF})


def _command(services: Services, entry: MenuEntry, language: str) -> BotCommand:
    return BotCommand(entry.command, services.catalogues.text(language, entry.text)[:LONGEST])
