"""Pacing: staying under a platform's limits, with a tenth of each kept free for what is urgent."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from botkit.adapter import Capabilities
from botkit.messages import Lane

ROUTINE_SHARE = 0.9
"""Routine messages use at most this part of each limit."""


class _Window:
    """At most ``limit`` messages in any span of ``seconds``, of which ``routine`` may be routine ones.

    The sends themselves are remembered, not a rate: after a pause a bucket that refills would let through
    nearly twice the limit within one span.
    """

    __slots__ = ("_limit", "_routine", "_sent", "_span")

    def __init__(self, rate: float, seconds: float) -> None:
        self._limit = max(1, int(rate))
        # Of a small limit a tenth is no message at all.
        self._routine = int(self._limit * ROUTINE_SHARE) if self._limit >= 10 else self._limit
        self._span = timedelta(seconds=seconds * self._limit / rate)
        self._sent: deque[datetime] = deque()

    def free_at(self, now: datetime, urgent: bool) -> datetime | None:
        """When the next message may go; None for now."""
        while self._sent and self._sent[0] + self._span <= now:
            self._sent.popleft()
        most = self._limit if urgent else self._routine
        return None if len(self._sent) < most else self._sent[len(self._sent) - most] + self._span

    def take(self, now: datetime) -> None:
        self._sent.append(now)


class Pacer:
    """The limits of one bot account: overall by the second, for each chat by the minute."""

    def __init__(self, capabilities: Capabilities) -> None:
        self._chat_rate = capabilities.rate_chat
        self._overall = _Window(capabilities.rate_global, 1) if capabilities.rate_global is not None else None
        self._chats: dict[int, _Window] = {}
        self._blocked_until: datetime | None = None

    @property
    def limited(self) -> bool:
        """Whether there is anything to wait for at all."""
        return self._blocked_until is not None or self._overall is not None or self._chat_rate is not None

    def block(self, until: datetime) -> None:
        """Send nothing at all before this moment: the platform said so."""
        self._blocked_until = max(until, self._blocked_until or until)

    def take(self, chat_id: int, lane: Lane, now: datetime) -> datetime | None:
        """Take a slot for a message, or say when to try again."""
        if self._blocked_until is not None:
            if now < self._blocked_until:
                return self._blocked_until
            self._blocked_until = None
        windows = [] if self._overall is None else [self._overall]
        if self._chat_rate is not None:
            if chat_id not in self._chats:
                self._chats[chat_id] = _Window(self._chat_rate, 60)
            windows.append(self._chats[chat_id])
        waits = [free for window in windows if (free := window.free_at(now, lane is Lane.URGENT)) is not None]
        if waits:
            return max(waits)
        for window in windows:
            window.take(now)
        return None
