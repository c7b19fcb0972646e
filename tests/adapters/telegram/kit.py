"""A bot on the emulator, as the tests of the adapter need it."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from adapters.telegram import Telegram
from botkit.bot import Bot
from botkit.clock import SystemClock
from botkit.context import Context
from botkit.messages import Chat, ChatKind, Outgoing
from botkit.plugin import Plugin, Stage
from botkit.settings import Settings, StationSettings, WebSettings
from tests.telegram.emulator import Emulator


def table(emulator: Emulator, **more: Any) -> dict[str, Any]:
    """The table ``[telegram]`` for the emulator's bot."""
    return {"token": emulator.token, "api_url": emulator.url, "poll_seconds": 5, **more}


def echoing() -> Plugin:
    """A plugin that says back what it hears, and keeps the messages in ``heard``."""
    plugin = Plugin("echo")
    plugin.heard = []  # type: ignore[attr-defined]  # for the tests to look at

    @plugin.stage(Stage.HANDOFF)
    async def say(context: Context) -> str:
        plugin.heard.append(context.message)  # type: ignore[attr-defined]  # see above
        return f"echo {context.message.text}"

    return plugin


def vouching() -> Plugin:
    """A plugin that vouches for the numbers in the texts of groups, as safety does at a station."""
    plugin = Plugin("numbers")
    plugin.numbers(lambda: frozenset({"110", "119", "120"}))
    return plugin


@contextlib.asynccontextmanager
async def running(
    emulator: Emulator,
    folder: Path,
    plugins: Iterable[Plugin] = (),
    *,
    web: WebSettings | None = None,
    others: dict[str, Any] | None = None,
    **more: Any,
) -> AsyncIterator[Bot]:
    """A bot that receives. At its end the emulator has found nothing wrong with what was asked of it."""
    settings = Settings(
        station=StationSettings(demo=True),
        web=web or WebSettings(port=0),
        tables={"telegram": table(emulator, **more), **(others or {})},
    )
    bot = Bot(settings, data=folder, plugins=plugins, adapters=(Telegram(),), clock=SystemClock(), durable=False)
    async with bot:
        bot.receive()
        yield bot
    assert emulator.violations == []


@contextlib.asynccontextmanager
async def opened(emulator: Emulator, folder: Path, **more: Any) -> AsyncIterator[Telegram]:
    """The adapter alone: nothing is received, and what it sends is what the test tells it to."""
    settings = Settings(station=StationSettings(demo=True), tables={"telegram": table(emulator, **more)})
    bot = Bot(settings, data=folder, adapters=(Telegram(),), clock=SystemClock(), durable=False)
    async with bot:
        adapter = bot.services.adapters["telegram"]
        assert isinstance(adapter, Telegram)
        yield adapter
    assert emulator.violations == []


async def rows(bot: Bot, query: str) -> list[dict[str, Any]]:
    """Rows, once everything before has been written."""
    await bot.drain()
    return await bot.services.database.read(query)


def out(adapter: Telegram, chat: int, text: str = "", **fields: Any) -> Outgoing:
    """Something to send."""
    kind = ChatKind.DM if chat > 0 else ChatKind.GROUP
    return Outgoing(str(fields.pop("key", 1)), Chat(adapter.name, str(chat), kind), text, **fields)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
