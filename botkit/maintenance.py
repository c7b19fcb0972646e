"""Maintenance: work on a station's database from the command line, while no bot runs on it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from botkit.bot import Bot

T = TypeVar("T")


def offline(config: Path, data: Path, work: Callable[[Bot], Coroutine[None, None, T]]) -> T:
    """Put the bot together without its platforms, run ``work`` with it, and return what that returns.

    Raises ``Busy`` where a bot runs on the data folder.
    """
    from botkit.folder import DataFolder
    from botkit.running import assemble

    folder = DataFolder(data)
    folder.hold()
    # Maintenance says its own words; the log is for what goes wrong.
    os.environ.setdefault("BOTKIT_LOG_LEVEL", "warning")

    async def go() -> T:
        bot = assemble(config, data, adapters=[])
        bot.services.background = None
        async with bot:
            return await work(bot)

    try:
        return asyncio.run(go())
    finally:
        folder.release()
