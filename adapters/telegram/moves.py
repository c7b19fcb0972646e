"""Moves: groups that became supergroups, and so have another id."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from botkit.messages import Chat, Message, MessageKind

if TYPE_CHECKING:
    from botkit.services import Services

MOVED = "chat.moved"
PATIENCE = 5.0
"""Seconds that what comes from the new id waits for the old chat's row to follow."""
LOOK = 0.01


class Moves:
    """Old ids to new ones, from when Telegram tells them."""

    def __init__(self) -> None:
        self._to: dict[str, str] = {}

    def note(self, old: str, new: str) -> None:
        """A chat has moved."""
        self._to[old] = new

    def now(self, chat: str) -> str:
        """Where a chat is now."""
        return self._to.get(chat, chat)

    def noted(self, old: str) -> bool:
        """Whether it is known that this chat has moved."""
        return old in self._to

    async def followed(self, services: Services, event: Message) -> None:
        """Wait until the chat's row has its new id: what comes from there would else open a second chat."""
        if not any(MOVED in plugin.events for plugin in services.plugins):
            return
        new = Chat(event.chat.adapter, str(event.data["to"]))
        try:
            async with asyncio.timeout(PATIENCE):
                while services.chats.find(event.chat) is not None and services.chats.find(new) is None:
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            return


def is_move(event: Message) -> bool:
    """Whether an event tells that its chat has another id now."""
    return event.kind is MessageKind.SYSTEM and event.data.get("event") == MOVED
