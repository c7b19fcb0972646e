"""Threads: forum topics where a room has them, chains of replies elsewhere."""

from __future__ import annotations

from collections import OrderedDict

from adapters.telegram import refs

KEPT = 20_000
"""Messages whose thread is remembered; older chains Telegram tells itself, in all but small basic groups."""


class Threads:
    """Which messages belong to which thread: numbers only. ``forums`` are the chats known to have topics."""

    def __init__(self) -> None:
        self._of: OrderedDict[tuple[str, int], str] = OrderedDict()
        self.forums: dict[str, bool] = {}

    def note(self, chat: str, message: int, thread: str) -> None:
        """A message stands in a thread."""
        self._of[chat, message] = thread
        if len(self._of) > KEPT:
            self._of.popitem(last=False)

    def of(self, chat: str, message: int | None) -> str | None:
        """The thread of a message, if it is remembered."""
        return self._of.get((chat, message)) if message is not None else None

    def continued(self, chat: str, message: int, answers: int) -> str:
        """The thread of a message that answers another: the one of that, or one that begins with it."""
        thread = self._of.get((chat, answers)) or refs.name(chat, answers)
        self.note(chat, message, thread)
        return thread
