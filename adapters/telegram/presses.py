"""Presses: each is answered, at once where it counts no more, else as soon as it is committed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from adapters.telegram.buttons import Buttons
from botkit.logs import where
from botkit.messages import Message, MessageKind

if TYPE_CHECKING:
    from botkit.services import Services

log = structlog.get_logger()

STALE = "telegram.press.stale"


class Presses:
    """Reads what was pressed, and ends the waiting circle on the button."""

    def __init__(self, bot: Bot, buttons: Buttons, services: Services) -> None:
        self._bot = bot
        self._buttons = buttons
        self._services = services
        self._answering: set[asyncio.Task[None]] = set()

    async def read(self, events: Sequence[Message]) -> list[Message]:
        """Events with the values of their presses. Forged and stale presses are told so, and are none."""
        if not any(event.kind is MessageKind.BUTTON for event in events):
            return list(events)
        read = []
        for event in events:
            if event.kind is not MessageKind.BUTTON:
                read.append(event)
                continue
            pressed = str(event.data["raw"])
            value = await self._buttons.value(self._services.database, event.chat.id, pressed)
            if value is None or pressed not in event.data["shown"]:
                self._refuse(event)
                continue
            read.append(replace(event, data={"value": value, "query": event.data["query"]}))
        return read

    def _refuse(self, event: Message) -> None:
        settings = self._services.settings.station
        row = self._services.chats.find(event.chat)
        speaks = event.data["speaks"] or (row.language if row else None) or settings.language
        text = self._services.catalogues.text(speaks, STALE)
        self._answer(str(event.data["query"]), text)

    def committed(self, events: Sequence[Message]) -> None:
        """These are stored: whoever pressed may know that it was heard."""
        for event in events:
            if event.kind is MessageKind.BUTTON:
                self._answer(str(event.data["query"]))

    def _answer(self, query: str, text: str | None = None) -> None:
        # In a task of its own: receiving doesn't wait for it.
        task = asyncio.get_running_loop().create_task(self._say(query, text))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _say(self, query: str, text: str | None) -> None:
        try:
            await self._bot.answer_callback_query(query, text=text, show_alert=text is not None)
        except BadRequest:
            # Too old, or answered already by whoever committed it before a crash: nobody waits any more.
            return
        except TelegramError as problem:
            log.warning("press.unanswered", problem=type(problem).__name__, where=where(problem))

    async def close(self) -> None:
        """Let go of what is still to be answered."""
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
