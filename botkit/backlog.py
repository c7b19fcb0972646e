"""The backlog: how a queue in memory and its table stay one, after a restart and under a flood.

Fresh rows are handed over in memory right after their commit. What does not fit, and whatever a crash left
behind, is read from the table in passes, until a pass finds nothing new.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from botkit.alarm import Alarm
from botkit.clock import Clock
from botkit.errors import StorageError

log = structlog.get_logger()

PAGE = 500
"""Rows read at once."""
MOST = 5000
"""Rows held in memory."""
RETRY = timedelta(seconds=1)

Row = Mapping[str, Any]


class Backlog:
    """Which rows of a table are in memory, and reading those that are not."""

    def __init__(
        self,
        clock: Clock,
        read: Callable[[int, int], Awaitable[list[dict[str, Any]]]],
        put: Callable[[Row], None],
    ) -> None:
        """``read(after, limit)`` gives open rows by id; ``put(row)`` queues one that was admitted."""
        self._clock = clock
        self._read = read
        self._put = put
        self._alarm = Alarm(clock)
        self._here: set[int] = set()
        self._finished: set[int] | None = None
        self._behind = True
        self._missed = False
        self._pause_until: datetime | None = None

    @property
    def held(self) -> int:
        """How many rows are in memory."""
        return len(self._here)

    @property
    def settled(self) -> bool:
        """Whether memory holds all open rows."""
        return not self._behind

    def admit(self, row_id: int, *, always: bool = False) -> bool:
        """Whether a fresh row may be queued now. If not it will be read later, in its turn."""
        if not always and (self._behind or len(self._here) >= MOST):
            self._behind = self._missed = True
            self._alarm.call()
            return False
        return self._enter(row_id)

    def finish(self, row_id: int) -> None:
        """A row is done, and committed as such."""
        self._here.discard(row_id)
        if self._finished is not None:
            self._finished.add(row_id)
        if self._behind and len(self._here) < MOST // 2:
            self._alarm.call()

    def drop(self, row_id: int) -> None:
        """A row could not be finished: it is still open in the table, and is read again after a pause."""
        self._here.discard(row_id)
        self._behind = self._missed = True
        self._pause_until = self._clock.now() + RETRY
        self._alarm.call()

    async def run(self) -> None:
        """Read what is missing, whenever something is. Works until cancelled."""
        while True:
            if self._behind:
                if self._pause_until is not None:
                    # What was dropped failed a moment ago: at once it would fail again.
                    pause, self._pause_until = self._pause_until, None
                    await self._clock.sleep_until(pause)
                try:
                    await self._pass()
                except StorageError as problem:
                    log.error("backlog.unreadable", problem=type(problem).__name__)
            await self._alarm.wait(self._clock.now() + RETRY if self._behind else None)

    async def _pass(self) -> None:
        self._missed = False
        after = 0
        while len(self._here) < MOST:
            # A row may be finished while the query runs: what it then still calls open is not.
            self._finished = set()
            rows = await self._read(after, PAGE)
            finished, self._finished = self._finished, None
            if not rows:
                self._behind = self._missed
                return
            for row in rows:
                after = row["id"]
                if after not in finished and self._enter(after):
                    self._put(row)

    def _enter(self, row_id: int) -> bool:
        if row_id in self._here:
            return False
        self._here.add(row_id)
        return True
