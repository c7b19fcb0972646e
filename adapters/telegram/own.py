"""What the adapter itself finds out, such as that a chat has a new id: events that wait to be received."""

from __future__ import annotations

import asyncio
from typing import Any

from botkit.messages import Message


class Own:
    """A few events of the adapter's own. They come again by themselves if they are lost."""

    def __init__(self) -> None:
        self._events: list[Message] = []
        self._news = asyncio.Event()

    def tell(self, event: Message) -> None:
        """Receive this soon."""
        if all((event.chat, event.id) != (each.chat, each.id) for each in self._events):
            self._events.append(event)
            self._news.set()

    async def unless(self, other: asyncio.Future[Any]) -> list[Message]:
        """What waits, as soon as something does; nothing as soon as ``other`` is done."""
        if not self._events and not other.done():
            news = asyncio.ensure_future(self._news.wait())
            try:
                await asyncio.wait({other, news}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                news.cancel()
        events, self._events = self._events, []
        self._news.clear()
        return events
