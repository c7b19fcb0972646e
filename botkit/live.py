"""Live: news inside the process, from committed work to the pages that are open now.

Nothing is kept: a page that was away reads the database again. Topics are strings such as ``desk`` or
``chat:<token>``; who may listen to which is decided where a page subscribes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

QUEUE = 256


class Live:
    """Publish and subscribe, within this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Queue[tuple[str, Mapping[str, Any]] | None]]] = {}

    def publish(self, topic: str, data: Mapping[str, Any]) -> None:
        """Tell all listeners of a topic. A listener that is too slow is dropped, and has to read again."""
        for queue in tuple(self._listeners.get(topic, ())):
            try:
                queue.put_nowait((topic, data))
            except asyncio.QueueFull:
                self._listeners[topic].discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)

    def heard(self, topic: str) -> bool:
        """Whether anybody listens to a topic now, in this process."""
        return bool(self._listeners.get(topic))

    async def listen(self, topics: Iterable[str]) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
        """News of these topics until the caller stops; ends by itself when the listener was too slow."""
        queue: asyncio.Queue[tuple[str, Mapping[str, Any]] | None] = asyncio.Queue(QUEUE)
        topics = tuple(topics)
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(queue)
        try:
            while (news := await queue.get()) is not None:
                yield news
        finally:
            for topic in topics:
                listeners = self._listeners.get(topic)
                if listeners is not None:
                    listeners.discard(queue)
                    if not listeners:
                        del self._listeners[topic]
