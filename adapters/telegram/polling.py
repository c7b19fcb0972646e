"""Polling: questions for updates, each confirming only what is committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError

from adapters.telegram import albums
from adapters.telegram.settings import NAME
from adapters.telegram.transport import Flood
from botkit.adapter import Batch

if TYPE_CHECKING:
    from adapters.telegram.adapter import Telegram

log = structlog.get_logger()

MOST = 100
"""Updates that one answer holds at most."""
SLACK = 15.0
"""Seconds that an answer may take beyond what was asked for."""
FIRST, LAST = 1.0, 30.0
"""Seconds of the first and the longest pause after a failure."""
TROUBLES = {
    "conflict": (
        "another program receives this bot's updates, or a webhook is set",
        "stop the other one, or run `botkit telegram webhook delete`",
    ),
    "token": ("Telegram refuses the token", "get a new one from @BotFather, and set BOTKIT_TELEGRAM_TOKEN"),
    "network": ("Telegram can't be reached", "check the network and telegram.api_url"),
}


class Polling:
    """The loop of one account."""

    def __init__(self, adapter: Telegram) -> None:
        self._adapter = adapter
        self._pause = FIRST

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Batches of events; the next question, which confirms them, is asked when they are committed."""
        adapter = self._adapter
        last = adapter.services.cursor(adapter.name)
        offset = int(last) + 1 if last else None
        asking: asyncio.Task[list[Any]] | None = None
        try:
            while True:
                if asking is None:
                    asking = asyncio.create_task(self._ask(offset))
                if own := await adapter.own.unless(asking):
                    yield Batch(own)
                    continue
                updates = asking.result()
                asking = None
                if albums.any_in(updates):
                    updates = albums.whole(await self._again(updates, offset), MOST)
                parts = await adapter.read(updates)
                if updates and not parts:
                    # Nothing that could be confirmed: it would come again at once.
                    await self._rest(FIRST)
                for part in parts:
                    yield Batch(part.events, part.cursor)
                    # Resumed: all of it is committed.
                    await adapter.committed(part.events)
                    offset = int(part.cursor) + 1
        finally:
            if asking is not None:
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)

    async def _again(self, updates: list[Any], offset: int | None) -> list[Any]:
        """The same updates, after a moment in which the rest of an album may have come. Nothing is confirmed."""
        if len(updates) >= MOST:
            return updates
        await asyncio.sleep(albums.WAIT)
        return await self._ask(offset, 0) or updates

    async def _ask(self, offset: int | None, wait: int | None = None) -> list[Any]:
        """The next updates. Keeps asking, with pauses, however long Telegram can't be reached."""
        settings = self._adapter.settings
        seconds = settings.poll_seconds if wait is None else wait
        fields: dict[str, Any] = {"timeout": seconds, "limit": MOST, "allowed_updates": list(settings.updates)}
        if offset is not None:
            fields["offset"] = offset
        while True:
            try:
                updates: list[Any] = await self._adapter.api.call("getUpdates", read_timeout=seconds + SLACK, **fields)
            except Flood as problem:
                pause = problem.after
            except TelegramError as problem:
                tell(problem)
                pause, self._pause = self._pause, min(self._pause * 2, LAST)
            else:
                self._pause = FIRST
                return updates
            await self._rest(pause)

    async def _rest(self, seconds: float) -> None:
        clock = self._adapter.services.clock
        await clock.sleep_until(clock.now() + timedelta(seconds=seconds))


def tell(problem: TelegramError) -> None:
    """Log what is wrong with receiving, and what to do."""
    kind = "conflict" if isinstance(problem, Conflict) else "token" if isinstance(problem, InvalidToken) else "network"
    what, fix = TROUBLES[kind]
    log.error("telegram.receive", adapter=NAME, what=what, fix=fix, problem=type(problem).__name__)
