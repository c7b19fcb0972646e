"""What several kernel tests need: an open database, and waiting for something that must come by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from botkit.storage import Database
from botkit.testing import FakeClock


@contextlib.asynccontextmanager
async def opened(url: str, clock: FakeClock | None = None) -> AsyncIterator[Database]:
    """A database with the kernel's tables."""
    database = Database(url, clock=clock or FakeClock(), durable=False)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def until(condition: Callable[[], object]) -> None:
    """Let the bot work until the condition holds; fails after ten seconds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)
