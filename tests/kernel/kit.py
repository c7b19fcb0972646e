"""What several kernel tests need: an open database, and waiting for something that must come by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from botkit.storage import Database, UnitOfWork
from botkit.testing import PATIENCE, FakeClock


@contextlib.asynccontextmanager
async def opened(url: str, clock: FakeClock | None = None) -> AsyncIterator[Database]:
    """A database with the kernel's tables."""
    database = Database(url, clock=clock or FakeClock(), durable=False)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def busy(database: Database, first: Callable[[UnitOfWork], Awaitable[None]] | None = None) -> AsyncIterator[None]:
    """A unit of work under way, which has done ``first``, until the end of the block, however that comes."""
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def work(unit: UnitOfWork) -> None:
        if first is not None:
            await first(unit)
        inside.set()
        await go_on.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(database.unit(work))
        await inside.wait()
        try:
            yield
        finally:
            go_on.set()


async def until(condition: Callable[[], object]) -> None:
    """Let the bot work until the condition holds. A minute without it is a failure, not a measurement."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.001)
