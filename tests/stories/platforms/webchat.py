"""The web chat: visitors' pages, which ask the bot's own web server."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import aiohttp

from adapters.webchat import WebChat
from botkit.adapter import Adapter
from botkit.web.app import Site, serve
from tests.stories.platforms.driver import Driver, Line, Words
from tests.stories.station import Station


class Pages(Driver):
    """A browser for each visitor, as far as the server can tell: a secret in a cookie."""

    name = "webchat"
    capabilities = WebChat.capabilities

    def __init__(self) -> None:
        self._ids = itertools.count(1)

    def adapter(self) -> Adapter:
        return WebChat()

    async def open(self, station: Station) -> None:
        await super().open(station)
        settings = station.services.settings
        free = settings.web.model_copy(update={"port": 0})
        station.services.settings = settings.model_copy(update={"web": free})
        self._site: Site = await serve(station.services)
        self._http = aiohttp.ClientSession()

    async def close(self) -> None:
        await self._http.close()
        await self._site.close()

    async def says(self, who: str, group: str | None, words: Words) -> str:
        name = f"message-{next(self._ids)}"
        if words.photo is None:
            await self._ask(who, "POST", "/chat/messages", json={"id": name, "text": words.text})
        else:
            form = aiohttp.FormData({"id": name, "text": words.text})
            form.add_field("photo", words.photo, filename="p.jpg")
            await self._ask(who, "POST", "/chat/messages", data=form)
        return name

    async def shown(self, who: str, group: str | None) -> Sequence[Line]:
        return [
            Line(line["ref"], line["text"], tuple(line["buttons"]))
            for line in await self._lines(who)
            if not line["mine"]
        ]

    async def presses(self, who: str, group: str | None, line: Line, label: str) -> None:
        press = {"id": f"message-{next(self._ids)}", "line": line.ref, "button": line.buttons.index(label)}
        await self._ask(who, "POST", "/chat/press", json=press)

    async def _lines(self, who: str) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = (await self._ask(who, "GET", "/chat/lines"))["lines"]
        return lines

    async def _ask(self, who: str, method: str, path: str, **options: Any) -> Any:
        cookie = f"chat_{self._site.port}={who:-<24}"
        async with self._http.request(
            method, f"{self._site.url}{path}", headers={"Cookie": cookie}, **options
        ) as answer:
            # A post that is not committed is answered with 503: said here as what it is.
            assert answer.status == 200, (answer.status, await answer.text())
            return await answer.json()
