"""A bot with its pages in a test: real database, real server, a client that keeps cookies."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from adapters.webchat import WebChat
from botkit.adapter import Adapter
from botkit.bot import Bot
from botkit.clock import Clock
from botkit.plugin import Plugin
from botkit.settings import DatabaseSettings, Names, Settings, StationSettings, WebSettings
from botkit.testing import FakeClock
from botkit.testing.template import prepare
from botkit.web.app import Site, serve

SETTINGS = Settings().source
"""Where a station's settings come from unless a test says otherwise: nowhere."""


@dataclass
class Running:
    """A running bot, its server and a browser of sorts."""

    bot: Bot
    site: Site
    http: aiohttp.ClientSession

    @property
    def url(self) -> str:
        return self.site.url

    @property
    def own(self) -> dict[str, str]:
        """The header that a browser sends with a change from one of our own pages."""
        return {"Origin": self.site.url}

    async def log_in(self, login: str, password: str, **form: str) -> aiohttp.ClientResponse:
        """Send the login form."""
        form = {"login": login, "password": password, **form}
        return await self.http.post(f"{self.url}/login", data=form, headers=self.own, allow_redirects=False)

    async def get(self, path: str, **options: Any) -> aiohttp.ClientResponse:
        """Get a page as a browser does."""
        headers = {"Accept": "text/html", **options.pop("headers", {})}
        return await self.http.get(f"{self.url}{path}", headers=headers, allow_redirects=False, **options)

    async def audit(self) -> list[tuple[str, str]]:
        """Events and subjects of the audit log, in order."""
        rows = await self.bot.services.database.read("SELECT event, subject FROM audit ORDER BY seq")
        return [(row["event"], row["subject"]) for row in rows]


@contextlib.asynccontextmanager
async def running(
    folder: Path,
    *,
    plugins: Iterable[Plugin] = (),
    adapters: Iterable[Adapter] | None = None,
    clock: Clock | None = None,
    database_url: str | None = None,
    tables: Mapping[str, Mapping[str, Any]] | None = None,
    port: int = 0,
    source: Path = SETTINGS,
) -> AsyncIterator[Running]:
    """A bot that serves its pages (on a free port, if none is given), until the block ends."""
    settings = Settings(
        station=StationSettings(name=Names(zh="滨江派出所", en="Riverside Police Station")),
        web=WebSettings(port=port),
        database=DatabaseSettings(url=database_url),
        tables=dict(tables or {}),
        source=source,
    )
    bot = Bot(
        settings,
        data=folder,
        plugins=plugins,
        adapters=[WebChat()] if adapters is None else adapters,
        clock=clock or FakeClock(),
        durable=False,
    )
    await prepare(bot.services.database)
    async with bot:
        site = await serve(bot.services)
        bot.receive()
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(20)) as http:
            try:
                yield Running(bot, site, http)
            finally:
                await site.close()


async def events(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any, str]]:
    """The events of a stream: name, data, id."""
    fields: dict[str, str] = {}
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield fields["event"], json.loads(fields["data"]), fields.get("id", "")
            fields = {}
