"""Limits: how much one visitor may post in a minute."""

from __future__ import annotations

from botkit.clock import Clock

VISITORS = 10_000
"""Visitors remembered before those who have been quiet are forgotten."""


class Limits:
    """A token bucket for each thread, in memory: ``per_minute`` at once, refilled evenly."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._capacity = float(per_minute)
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, thread: str) -> float:
        """Take one post: 0 when it is allowed, else the seconds until the next one is."""
        now = self._clock.now().timestamp()
        level = self._level(thread, now)
        if level < 1:
            return (1 - level) * 60 / self._capacity
        if len(self._buckets) >= VISITORS:
            quiet = [known for known in self._buckets if self._level(known, now) >= self._capacity]
            for known in quiet:
                del self._buckets[known]
        self._buckets[thread] = (level - 1, now)
        return 0

    def _level(self, thread: str, now: float) -> float:
        level, at = self._buckets.get(thread, (self._capacity, now))
        return min(self._capacity, level + (now - at) * self._capacity / 60)
