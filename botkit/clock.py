"""Clock: the only source of time. Everything that needs the time is given one."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from datetime import UTC, datetime


class Clock(ABC):
    """Wall-clock time in UTC, and sleeping by it."""

    @abstractmethod
    def now(self) -> datetime:
        """The time now: aware, UTC, never going back within a process."""

    @abstractmethod
    async def sleep_until(self, moment: datetime) -> None:
        """Return at ``moment`` or soon after; at once if it has passed."""


class SystemClock(Clock):
    """The machine's clock, held still where the machine steps it back."""

    def __init__(self) -> None:
        self._last = datetime.now(UTC)

    def now(self) -> datetime:
        now = datetime.now(UTC)
        if now > self._last:
            self._last = now
        return self._last

    async def sleep_until(self, moment: datetime) -> None:
        # In pieces of a minute at most, so that a stepped clock or a suspended machine is noticed.
        while (seconds := (moment - self.now()).total_seconds()) > 0:
            await asyncio.sleep(min(seconds, 60))
