"""Pacing: staying under a platform's limits, with a tenth of each kept free for what is urgent."""

from __future__ import annotations

from datetime import datetime, timedelta

from botkit.adapter import Capabilities
from botkit.messages import Lane

ROUTINE_SHARE = 0.9
"""Routine messages use at most this part of each limit."""


class _Bucket:
    """A token bucket: ``burst`` at once, refilled at ``rate`` a second."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: datetime) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._at = now

    def free_at(self, now: datetime, reserve: float) -> datetime | None:
        """When there will be a token beside ``reserve`` of the burst; None for now."""
        self._tokens = min(self._burst, self._tokens + (now - self._at).total_seconds() * self._rate)
        self._at = now
        wanted = 1 + reserve * self._burst
        # A thousandth forgives the rounding of a refill that was timed to the microsecond.
        if self._tokens >= wanted - 1e-3:
            return None
        return now + timedelta(seconds=(wanted - self._tokens) / self._rate)

    def take(self) -> None:
        self._tokens -= 1


class Pacer:
    """The limits of one bot account: overall by the second, for each chat by the minute."""

    def __init__(self, capabilities: Capabilities) -> None:
        self._overall_rate = capabilities.rate_global
        self._chat_rate = capabilities.rate_chat
        self._overall: _Bucket | None = None
        self._chats: dict[int, _Bucket] = {}
        self._blocked_until: datetime | None = None

    def block(self, until: datetime) -> None:
        """Send nothing at all before this moment: the platform said so."""
        self._blocked_until = until

    def take(self, chat_id: int, lane: Lane, now: datetime) -> datetime | None:
        """Take a slot for a message, or say when to try again."""
        if self._blocked_until is not None:
            if now < self._blocked_until:
                return self._blocked_until
            self._blocked_until = None
        reserve = 0.0 if lane is Lane.URGENT else 1 - ROUTINE_SHARE
        buckets = []
        if self._overall_rate is not None:
            if self._overall is None:
                self._overall = _Bucket(self._overall_rate, max(1.0, self._overall_rate), now)
            buckets.append((self._overall, reserve if self._overall_rate >= 10 else 0.0))
        if self._chat_rate is not None:
            bucket = self._chats.get(chat_id)
            if bucket is None:
                bucket = self._chats[chat_id] = _Bucket(self._chat_rate / 60, max(1.0, self._chat_rate), now)
            buckets.append((bucket, reserve if self._chat_rate >= 10 else 0.0))
        waits = [free for bucket, kept in buckets if (free := bucket.free_at(now, kept)) is not None]
        if waits:
            return max(waits)
        for bucket, _ in buckets:
            bucket.take()
        return None
