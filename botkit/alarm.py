"""The alarm: waiting for a moment or for a call, whichever comes first."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from botkit.clock import Clock


class Alarm:
    """Waiting for a moment or for a call, whichever comes first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._called = asyncio.Event()

    def call(self) -> None:
        """End the wait now, or the next one at once."""
        self._called.set()

    async def wait(self, until: datetime | None) -> None:
        """Return at ``until`` (None: only when called), or when called."""
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._called.wait())]
        if until is not None:
            waits.append(asyncio.ensure_future(self._clock.sleep_until(until)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._called.clear()
