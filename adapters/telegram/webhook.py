"""The webhook: Telegram calls, and hears 200 when what it said is committed."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from aiohttp import web
from telegram.error import TelegramError

from adapters.telegram.settings import NAME, PATH, webhook_address
from botkit.adapter import Batch

if TYPE_CHECKING:
    from adapters.telegram.adapter import Telegram

log = structlog.get_logger()

HEADER = "X-Telegram-Bot-Api-Secret-Token"
COMMIT_WAIT = 5.0
"""Seconds that Telegram waits for a commit before it is told to come again."""
AGAIN = "1"
"""Seconds after which it may."""
WAITING = 2000
BATCH = 500
MAX_BODY = 1024 * 1024


@dataclass(slots=True)
class Pending:
    """An update on its way into the inbox. ``done`` says whether its commit held."""

    update: Any
    done: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Webhook:
    """The endpoint of one account, and what waits there."""

    def __init__(self, adapter: Telegram) -> None:
        self._adapter = adapter
        self._secret = adapter.settings.secret.encode()
        self._waiting: asyncio.Queue[Pending] = asyncio.Queue(WAITING)

    def route(self) -> web.RouteDef:
        """Where Telegram calls."""
        return web.post(PATH, self._called)

    async def _called(self, request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        if (request.content_length or 0) > MAX_BODY:
            return web.Response(status=413)
        try:
            update = msgspec.json.decode(await request.read())
        except msgspec.DecodeError:
            return web.Response(status=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return web.Response(status=400)
        held = await self._commit(update)
        return web.Response() if held else web.Response(status=503, headers={"Retry-After": AGAIN})

    async def _commit(self, update: Any) -> bool:
        if self._waiting.full():
            return False
        pending = Pending(update)
        self._waiting.put_nowait(pending)
        # Not cancelled when the time is up: it may be committed later, and its repetition is the same one.
        await asyncio.wait({pending.done}, timeout=COMMIT_WAIT)
        return pending.done.done() and pending.done.result()

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Everything that came while the last batch was being committed is the next batch."""
        adapter = self._adapter
        await self._expected()
        while True:
            first = asyncio.ensure_future(self._waiting.get())
            try:
                own = await adapter.own.unless(first)
            finally:
                if not first.done():
                    first.cancel()
            if own:
                yield Batch(own)
                if not first.done() or first.cancelled():
                    continue
            lot = [first.result()]
            self._take(lot)
            # Calls run side by side; Telegram's own order is that of the numbers.
            lot.sort(key=lambda pending: pending.update["update_id"])
            try:
                for part in await adapter.read([pending.update for pending in lot]):
                    yield Batch(part.events)
                    await adapter.committed(part.events)
                for pending in lot:
                    settle(pending, True)
            finally:
                for pending in lot:
                    settle(pending, False)

    def _take(self, lot: list[Pending]) -> None:
        while len(lot) < BATCH and not self._waiting.empty():
            lot.append(self._waiting.get_nowait())

    async def _expected(self) -> None:
        """Say so where Telegram does not know this address: nothing would ever come."""
        adapter = self._adapter
        wanted = webhook_address(adapter.services.settings, adapter.settings)
        try:
            known = await adapter.api.call("getWebhookInfo")
        except TelegramError:
            return
        if known.get("url") != wanted:
            log.error(
                "telegram.receive", adapter=NAME, what="Telegram does not call this bot",
                fix="run `botkit telegram webhook set`",
            )  # fmt: skip

    def close(self) -> None:
        """What waits is not committed: Telegram sends it again."""
        while not self._waiting.empty():
            settle(self._waiting.get_nowait(), False)


def settle(pending: Pending, held: bool) -> None:
    """Answer a call that still waits."""
    if not pending.done.done():
        pending.done.set_result(held)
