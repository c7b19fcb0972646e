"""The adapter passes the conformance suite over the emulator, by polling and with a webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.telegram import Telegram
from adapters.telegram.settings import UPDATES, settings_of
from botkit.adapter import Adapter
from botkit.bot import Bot
from botkit.messages import MessageKind
from botkit.services import Services
from botkit.testing.conformance import AdapterConformance, Platform
from botkit.web.app import Site, serve
from tests.telegram import Emulator

PUBLIC = "https://desk.example"
LONGEST = 4096
"""What the field of a Telegram client takes."""


class Resident(Platform):
    """Somebody in the private chat with the bot."""

    kinds = frozenset(MessageKind) - {MessageKind.BUTTON, MessageKind.DELETED, MessageKind.SYSTEM}
    edits = True

    def __init__(self, emulator: Emulator, receive: str) -> None:
        self._emulator = emulator
        self._receive = receive
        self._li = emulator.person("li", "Li")
        self._site: Site | None = None
        self._written: dict[str, Any] = {}
        emulator.updates.allow(UPDATES)  # Telegram remembers what a bot asked for

    def adapter(self) -> Adapter:
        table = {
            "token": self._emulator.token,
            "api_url": self._emulator.url,
            "receive": self._receive,
            "webhook_url": f"{PUBLIC}/telegram/webhook",
        }

        class Ours(Telegram):
            async def open(self, services: Services) -> None:
                services.settings = services.settings.model_copy(update={"tables": {"telegram": table}})
                await super().open(services)

        return Ours()

    async def serve(self, bot: Bot) -> None:
        if self._receive == "polling":
            return
        settings = bot.services.settings
        free = settings.web.model_copy(update={"port": 0})
        bot.services.settings = settings.model_copy(update={"web": free})
        self._site = await serve(bot.services)
        self._emulator.updates.routes[PUBLIC] = self._site.url
        hook = settings_of(bot.services.settings)
        self._emulator.updates.set_webhook(str(hook.webhook_url), hook.secret, None, drop=False)

    async def unserve(self) -> None:
        site, self._site = self._site, None
        if site:
            await site.close()

    async def write(self, text: str) -> str:
        message = await self._li.says(text[:LONGEST])
        self._written[str(message.id)] = message
        return str(message.id)

    async def repeat(self, message: str) -> None:
        self._emulator.repeat(self._written[message])

    async def rewrite(self, message: str, text: str) -> None:
        await self._li.edits(self._written[message], text)

    async def deliver(self, kind: MessageKind) -> None:
        li = self._li
        if kind is MessageKind.UNKNOWN:
            self._emulator.inject("telepathy", {"chat": li.chat.json(), "from": li.user.json(), "thought": 1})
        elif kind is MessageKind.REACTION:
            await li.reacts(next(reversed(li.chat.messages.values())), "👍")
        else:
            await getattr(li, kind.value)()

    async def press(self, label: str) -> None:
        await self._li.presses(label)

    async def shown(self) -> list[str]:
        return [message.text for message in self._li.sees()]


class _OverTheEmulator(AdapterConformance):
    receive = ""

    @pytest.fixture
    async def platform(self, emulator: Emulator, tmp_path: Path) -> AsyncIterator[Platform]:
        yield Resident(emulator, self.receive)


class TestPolling(_OverTheEmulator):
    receive = "polling"


class TestWebhook(_OverTheEmulator):
    receive = "webhook"
