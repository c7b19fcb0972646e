"""Telegram's flood limits: 20 messages a minute in a group, 30 a second overall, one a second to a person."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable

from tests.telegram.errors import too_many

_Window = tuple[float, int]


class Limits:
    """Off unless ``on``. What is refused does not count; the clock is the emulator's."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.on = False
        self.overall: _Window = (1, 30)
        self.group: _Window = (60, 20)
        self.person: _Window = (5, 5)
        """Seconds, and messages in them: a short burst is let pass."""
        self._sent: defaultdict[int, deque[float]] = defaultdict(deque)
        self._all: deque[float] = deque()
        self.refused = 0

    def count(self, chat_id: int) -> None:
        """A message is sent to a chat. Raises the 429 that it meets."""
        if not self.on:
            return
        now = self._clock()
        own, limit = self._sent[chat_id], self.person if chat_id > 0 else self.group
        wait = max(_wait(self._all, self.overall, now), _wait(own, limit, now))
        if wait > 0:
            self.refused += 1
            raise too_many(max(1, math.ceil(wait)))
        self._all.append(now)
        own.append(now)


def _wait(sent: deque[float], window: _Window, now: float) -> float:
    seconds, allowed = window
    while sent and sent[0] <= now - seconds:
        sent.popleft()
    return sent[0] + seconds - now if len(sent) >= allowed else 0
