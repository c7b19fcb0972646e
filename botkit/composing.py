"""Composing: where an answer takes a while, the platform shows meanwhile that one is coming."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from botkit.decision import Concern
from botkit.logs import where
from botkit.messages import MessageKind

if TYPE_CHECKING:
    from botkit.intake import Item
    from botkit.services import Services

log = structlog.get_logger()

AFTER, EVERY = 1.0, 4.0
"""Seconds until it is shown, and until it is shown again: platforms take it back after five."""
_SAID = frozenset(
    {MessageKind.TEXT, MessageKind.PHOTO, MessageKind.DOCUMENT, MessageKind.VOICE, MessageKind.VIDEO,
     MessageKind.LOCATION, MessageKind.CONTACT, MessageKind.BUTTON}
)  # fmt: skip


def nothing() -> None:
    """There is nothing to end."""


class Composing:
    """Shows it for messages that the bot was asked, on platforms that can. Never keeps an answer waiting."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def begin(self, item: Item) -> Callable[[], None]:
        """From when a message is being decided; returns what ends it."""
        message = item.message
        adapter = self._services.adapters.get(message.chat.adapter)
        asked = (message.private or message.addressed) and message.kind in _SAID and not message.revision
        if adapter is None or not adapter.capabilities.typing or not asked or item.verdict.concern is Concern.PLAIN:
            return nothing
        task: asyncio.Task[None] | None = None

        def show() -> None:
            nonlocal task
            task = asyncio.create_task(self._show(item))

        handle = asyncio.get_running_loop().call_later(AFTER, show)

        def end() -> None:
            handle.cancel()
            if task is not None:
                task.cancel()

        return end

    async def _show(self, item: Item) -> None:
        chat = item.message.chat
        try:
            while True:
                await self._services.adapters[chat.adapter].typing(chat)
                await asyncio.sleep(EVERY)
        # The platform's border: a sign that can't be shown is no reason to trouble anybody.
        except Exception as problem:
            log.info("typing.failed", adapter=chat.adapter, problem=type(problem).__name__, where=where(problem))
