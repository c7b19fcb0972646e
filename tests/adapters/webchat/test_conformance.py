"""The web chat passes the conformance suite: a visitor's page that repeats what it got no answer for."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from adapters.webchat import WebChat
from botkit.adapter import Adapter
from botkit.bot import Bot
from botkit.messages import MessageKind
from botkit.testing.conformance import AdapterConformance, Platform
from botkit.web.app import Site, serve
from tests.web.test_files import photo


class Visitor(Platform):
    """A browser that keeps its secret and its unsent messages while the server comes and goes."""

    kinds = frozenset({MessageKind.TEXT, MessageKind.PHOTO})

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._site: Site | None = None
        self._secret = "visitor-secret-0123456789"
        self._ids = itertools.count(1)
        self._posted: dict[str, str] = {}

    def adapter(self) -> Adapter:
        return WebChat()

    async def serve(self, bot: Bot) -> None:
        settings = bot.services.settings
        free = settings.web.model_copy(update={"port": 0})
        bot.services.settings = settings.model_copy(update={"web": free})
        self._site = await serve(bot.services)

    async def unserve(self) -> None:
        site, self._site = self._site, None
        if site:
            await site.close()

    async def _ask(self, method: str, path: str, **options: Any) -> Any:
        """Ask until the server says yes, as the page does."""
        while True:
            if self._site:
                url, cookie = f"{self._site.url}{path}", f"chat_{self._site.port}={self._secret}"
                try:
                    answer = await self._http.request(method, url, headers={"Cookie": cookie}, **options)
                    if answer.status == 200:
                        return await answer.json()
                    assert answer.status in (429, 503), await answer.text()
                except aiohttp.ClientError:
                    pass
            await asyncio.sleep(0.02)

    async def write(self, text: str) -> str:
        name = f"message-{next(self._ids)}"
        self._posted[name] = text
        await self.repeat(name)
        return name

    async def repeat(self, message: str) -> None:
        await self._ask("POST", "/chat/messages", json={"id": message, "text": self._posted[message]})

    async def deliver(self, kind: MessageKind) -> None:
        form = aiohttp.FormData({"id": f"message-{next(self._ids)}", "text": ""})
        form.add_field("photo", photo(), filename="p.jpg")
        await self._ask("POST", "/chat/messages", data=form)

    async def press(self, label: str) -> None:
        [line] = [line for line in await self._lines() if label in line["buttons"]]
        place = line["buttons"].index(label)
        name = f"message-{next(self._ids)}"
        await self._ask("POST", "/chat/press", json={"id": name, "line": line["ref"], "button": place})

    async def _lines(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = (await self._ask("GET", "/chat/lines"))["lines"]
        return lines

    async def shown(self) -> list[str]:
        return [line["text"] for line in await self._lines() if not line["mine"]]


class TestWebChat(AdapterConformance):
    @pytest.fixture
    async def platform(self) -> AsyncIterator[Platform]:
        async with aiohttp.ClientSession() as http:
            yield Visitor(http)
