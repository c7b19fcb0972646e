"""Holding: messages that may not go yet, until their moment, their chat's limit or their account's lets them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from datetime import datetime

from botkit.adapter import Adapter
from botkit.alarm import Alarm
from botkit.clock import Clock
from botkit.lanes import Lanes
from botkit.outgoing import OutRow
from botkit.pacing import Pacer


class Holding:
    """Keeps rows of the outbox in their lanes, and lets them go. ``put_back`` puts one in front of its lane."""

    def __init__(self, clock: Clock, lanes: Lanes[OutRow], put_back: Callable[[OutRow], None]) -> None:
        self._clock = clock
        self._lanes = lanes
        self._put_back = put_back
        self._alarm = Alarm(clock)
        self._until: list[tuple[datetime, int, Hashable]] = []
        self._pacers: dict[str, Pacer[tuple[Hashable, OutRow]]] = {}
        self._passed: set[int] = set()

    async def run(self) -> None:
        """End holds when their time comes. Works until cancelled."""
        while True:
            now = self._clock.now()
            while self._until and self._until[0][0] <= now:
                self._lanes.release(heapq.heappop(self._until)[2])
            wakes = [self._until[0][0]] if self._until else []
            for pacer in self._pacers.values():
                while passed := pacer.next(now):
                    key, row = passed
                    self._passed.add(row.id)
                    self._lanes.release(key)
                if wake := pacer.wakes_at(now):
                    wakes.append(wake)
            await self._alarm.wait(min(wakes, default=None))

    def hold(self, key: Hashable, until: datetime, row: OutRow) -> None:
        """Let a row that is being worked on, and all behind it, wait for a moment."""
        heapq.heappush(self._until, (until, row.id, key))
        self._park(key, row)

    def paced(self, key: Hashable, row: OutRow, adapter: Adapter) -> bool:
        """Whether the platform's limits make a row wait; then it is held until they don't."""
        if row.id in self._passed:
            self._passed.remove(row.id)
            return False
        pacer = self._pacers.get(row.adapter_id)
        if pacer is None:
            pacer = self._pacers[row.adapter_id] = Pacer(adapter.capabilities)
        if not pacer.limited:
            return False
        now = self._clock.now()
        free_at = pacer.chat_free_at(row.chat_id, row.lane, now)
        if free_at is not None:
            self.hold(key, free_at, row)
            return True
        if pacer.take(row.chat_id, row.lane, now):
            return False
        self._queue(key, row)
        return True

    def refused(self, key: Hashable, row: OutRow, until: datetime) -> None:
        """Send nothing of an account before a moment, because its platform said so of this row; it waits with all."""
        self._pacers[row.adapter_id].block(until)
        self._queue(key, row)

    def _queue(self, key: Hashable, row: OutRow) -> None:
        self._pacers[row.adapter_id].wait(row.chat_id, row.lane, (key, row))
        self._park(key, row)

    def answered(self, row: OutRow, taken: bool) -> None:
        """What became of a row that was let go: after a refusal others wait for that."""
        pacer = self._pacers.get(row.adapter_id)
        if pacer is not None and pacer.wary:
            pacer.answered(taken)
            self._alarm.call()

    def _park(self, key: Hashable, row: OutRow) -> None:
        self._lanes.hold(key)
        self._put_back(row)
        self._lanes.done(key)
        self._alarm.call()
