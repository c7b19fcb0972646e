"""Bots on the tests' homeserver: their settings, and a whole bot in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.matrix import Matrix
from botkit.bot import Bot
from botkit.clock import SystemClock
from botkit.context import Context
from botkit.messages import MessageKind
from botkit.plugin import Plugin, Stage
from botkit.settings import DatabaseSettings, Settings, StationSettings
from botkit.testing import PATIENCE
from tests.matrix.config import DOMAIN
from tests.matrix.homeserver import Account

CONFIG = Path(__file__).parents[3] / "config" / "station.toml"
"""Whose folder has the rules of plugins that need some."""
PICKLE_KEY = "a key of the tests"


def table(url: str, account: Account, *, keys: bool = True, **more: Any) -> dict[str, Any]:
    """The table ``[matrix]`` of a bot with this account, that comes when anybody of the homeserver invites it.

    Without ``keys`` it has no encryption, which saves a tenth of a second each time that it starts.
    """
    return {
        "homeserver": url,
        "user": account.id,
        "device": account.device,
        "token": account.token,
        "pickle_key": PICKLE_KEY if keys else "",
        "invites": [DOMAIN],
        **more,
    }


def settings(folder: Path, matrix: dict[str, Any], **tables: dict[str, Any]) -> Settings:
    """A demonstration station on Matrix, with its database in a folder; ``tables`` are its plugins'."""
    return Settings(
        station=StationSettings(demo=True),
        database=DatabaseSettings(url=f"sqlite://{folder / 'bot.sqlite3'}"),
        adapters=("matrix",),
        tables={"matrix": matrix, **tables},
        source=CONFIG,
    )


def parrot() -> Plugin:
    """A plugin that repeats every text, and names the kind of anything else."""
    plugin = Plugin("parrot")

    @plugin.stage(Stage.HANDOFF)
    async def everything(context: Context) -> str:
        message = context.message
        return f"echo {message.text}" if message.kind is MessageKind.TEXT else f"got {message.kind.value}"

    return plugin


@asynccontextmanager
async def running(
    folder: Path, matrix: dict[str, Any], plugins: Iterable[Plugin] = (), *, durable: bool = False, **tables: Any
) -> AsyncIterator[Bot]:
    """A bot that receives; stopped in order at the end. On the same folder it is the same bot, started again."""
    bot = Bot(
        settings(folder, matrix, **tables),
        data=folder,
        plugins=tuple(plugins) or (parrot(),),
        adapters=(Matrix(),),
        clock=SystemClock(),
        durable=durable,
    )
    async with bot:
        bot.receive()
        yield bot


async def until(condition: Callable[[], Any]) -> Any:
    """Wait for something of this process."""
    async with asyncio.timeout(PATIENCE):
        while not (found := condition()):
            await asyncio.sleep(0.02)
    return found


def matrix_of(bot: Bot) -> Matrix:
    """The adapter of a running bot."""
    adapter = bot.services.adapters["matrix"]
    assert isinstance(adapter, Matrix)
    return adapter
