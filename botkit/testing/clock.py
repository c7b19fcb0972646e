"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from botkit.clock import Clock

WEDNESDAY = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
"""A Wednesday, 10:00 in Shanghai: an ordinary working day."""


class FakeClock(Clock):
    """Time for tests. Starts on a Wednesday at 10:00 in Shanghai unless told otherwise."""

    def __init__(self, now: datetime = WEDNESDAY) -> None:
        self._now = now
        self._order = count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, moment: datetime) -> None:
        if moment <= self._now:
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (moment, next(self._order), sleeper))
        await sleeper

    def next_wake(self) -> datetime | None:
        """When the next sleeper wants to be woken."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def set(self, now: datetime) -> None:
        """Move to a moment and wake everyone whose time has come."""
        self._now = max(self._now, now)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            sleeper = heapq.heappop(self._sleepers)[2]
            if not sleeper.done():
                sleeper.set_result(None)

    def step(self, by: timedelta) -> None:
        """Move by a span."""
        self.set(self._now + by)

    async def pass_until(self, goal: datetime, settle: Callable[[], Awaitable[None]]) -> None:
        """Let time pass up to a moment, stopping wherever somebody wakes, and let things ``settle`` at each stop."""
        while True:
            await settle()
            wake = self.next_wake()
            if wake is None or wake > goal:
                break
            self.set(wake)
        self.set(goal)
        await settle()
