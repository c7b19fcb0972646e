"""Pacing: staying under a platform's limits, with a part of each kept free for what is urgent.

Whoever meets the limit of its chat waits for that alone. The limit of the whole account is a gate: one queue, urgent
first, from which messages go one by one as slots come free, so that an alert to thousands of groups neither delays
an answer nor makes thousands ask again for every slot.

A platform that says no names a moment, but not how much it takes from then on: messages begin again one by one, and
each that is taken lets one more be under way, so that what waits is not refused all over again.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Hashable
from datetime import datetime, timedelta
from itertools import count
from typing import Generic, TypeVar

from botkit.adapter import Capabilities
from botkit.messages import Lane

T = TypeVar("T")
CHAT_SHARE = 0.9
"""Routine messages use at most this part of a chat's limit: whoever waits there waits for a minute."""
OVERALL_SHARE = 29 / 30
"""And this part of the account's: a slot comes free many times a second, and urgent messages take the next."""
WIDE = 32
"""Messages under way at once from which on nobody counts them any more."""
RANK = {lane: rank for rank, lane in enumerate((Lane.URGENT, Lane.REPLY, Lane.BULK))}


class _Window:
    """At most ``limit`` messages in any span of ``seconds``, of which a ``share`` may be routine ones.

    The sends themselves are remembered, not a rate: after a pause a bucket that refills would let through
    nearly twice the limit within one span.
    """

    __slots__ = ("_limit", "_routine", "_sent", "_span")

    def __init__(self, rate: float, seconds: float, share: float) -> None:
        self._limit = max(1, int(rate))
        # Of a small limit the rest is no message at all.
        self._routine = int(self._limit * share) if self._limit >= 10 else self._limit
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


class Pacer(Generic[T]):
    """The limits of one bot account: overall by the second, for each chat by the minute."""

    def __init__(self, capabilities: Capabilities) -> None:
        self._chat_rate = capabilities.rate_chat
        overall = capabilities.rate_global
        self._overall = _Window(overall, 1, OVERALL_SHARE) if overall is not None else None
        # Platforms count what arrives, and not all takes equally long to get there: a second's messages sent at once,
        # and the next second's at its first moment, would arrive within one.
        burst = capabilities.rate_burst
        self._burst = _Window(burst, burst / overall, 1) if burst is not None and overall is not None else None
        self._chats: dict[Hashable, _Window] = {}
        self._blocked_until: datetime | None = None
        self._most: int | None = None
        self._under_way = 0
        self._gate: list[tuple[int, int, Hashable, Lane, T]] = []
        self._order = count()

    @property
    def limited(self) -> bool:
        """Whether there is anything to wait for at all."""
        blocked = self.wary or self._blocked_until is not None
        return blocked or self._overall is not None or self._chat_rate is not None

    @property
    def wary(self) -> bool:
        """Whether the platform said no a short while ago, so that it matters what becomes of each message."""
        return self._most is not None

    def block(self, until: datetime) -> None:
        """Send nothing at all before this moment: the platform said so."""
        self._blocked_until = max(until, self._blocked_until or until)
        self._most, self._under_way = 1, 0

    def answered(self, taken: bool) -> None:
        """A message is no longer under way; ``taken`` says that the platform took it."""
        if not self._under_way:
            # It went before the platform said no: that tells nothing of what is taken now.
            return
        self._under_way -= 1
        if taken and self._most is not None:
            self._most = self._most + 1 if self._most < WIDE else None

    def chat_free_at(self, chat: Hashable, lane: Lane, now: datetime) -> datetime | None:
        """When this chat takes the next message; None for now."""
        if self._chat_rate is None or chat not in self._chats:
            return None
        return self._chats[chat].free_at(now, lane is Lane.URGENT)

    def take(self, chat: Hashable, lane: Lane, now: datetime) -> bool:
        """Take a slot of the account, and of the chat. False: there is none, or others wait before this message."""
        if self._gate and self._gate[0][0] <= RANK[lane]:
            return False
        return self._grant(chat, lane, now)

    def wait(self, chat: Hashable, lane: Lane, item: T) -> None:
        """Put something into the queue for the account's slots."""
        heapq.heappush(self._gate, (RANK[lane], next(self._order), chat, lane, item))

    def next(self, now: datetime) -> T | None:
        """Whatever is first in that queue, with its slots taken; None while there is no slot or nobody waits."""
        if not self._gate or not self._grant(self._gate[0][2], self._gate[0][3], now):
            return None
        return heapq.heappop(self._gate)[4]

    def wakes_at(self, now: datetime) -> datetime | None:
        """When to ask ``next`` again; None while nobody waits, or all wait for an answer."""
        return (self._free_at(self._gate[0][3], now) or now) if self._gate and not self._full else None

    @property
    def _full(self) -> bool:
        return self._most is not None and self._under_way >= self._most

    def _free_at(self, lane: Lane, now: datetime) -> datetime | None:
        if self._blocked_until is not None:
            if now < self._blocked_until:
                return self._blocked_until
            self._blocked_until = None
        if self._overall is None:
            return None
        urgent = lane is Lane.URGENT
        free_at = self._overall.free_at(now, urgent)
        if self._burst is None or urgent:
            return free_at
        next_burst = self._burst.free_at(now, urgent)
        return free_at if next_burst is None else max(next_burst, free_at or next_burst)

    def _grant(self, chat: Hashable, lane: Lane, now: datetime) -> bool:
        if self._full or self._free_at(lane, now) is not None:
            return False
        self._under_way += 1
        if self._overall is not None:
            self._overall.take(now)
        if self._burst is not None:
            self._burst.take(now)
        if self._chat_rate is not None:
            if chat not in self._chats:
                self._chats[chat] = _Window(self._chat_rate, 60, CHAT_SHARE)
            self._chats[chat].take(now)
        return True
