"""Lanes: work kept in order for each chat, side by side across chats, urgent first.

Both queues of the bot, dispatch and delivery, hold their waiting work here. An item's chat is closed to its
next item until ``done`` is called, so a chat's order survives slow handlers and slow platforms, and a chat that
must wait (``hold``) delays nobody else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from botkit.messages import Lane

T = TypeVar("T")
ORDER = (Lane.URGENT, Lane.REPLY, Lane.BULK)
SLICE = 16
"""Items that a worker takes before it lets others have a turn."""
RANK = {lane: rank for rank, lane in enumerate(ORDER)}


class _Queue(Generic[T]):
    __slots__ = ("busy", "held", "items", "rank", "ready")

    def __init__(self, rank: int) -> None:
        self.items: deque[T] = deque()
        self.rank = rank
        self.busy = False
        self.ready = False
        self.held = False


class Lanes(Generic[T]):
    """Queues by key, worked by a pool of tasks.

    ``work(key, item)`` is awaited by a worker; it must see to it that ``done(key)`` is called once, at the end
    or later (after a commit). Workers are added while all are busy, up to ``workers``.
    """

    def __init__(self, work: Callable[[Hashable, T], Awaitable[None]], *, workers: int, name: str) -> None:
        self._work = work
        self._limit = workers
        self._name = name
        self._queues: dict[Hashable, _Queue[T]] = {}
        self._ready: list[deque[Hashable]] = [deque(), deque(), deque()]
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake: deque[asyncio.Future[None]] = deque()
        self._closed = False
        self._coming = False

    def put(self, key: Hashable, item: T, lane: Lane = Lane.REPLY, *, front: bool = False) -> None:
        """Queue an item; ``front`` puts it before the key's other items (a retry). A key stays in one lane."""
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = _Queue(RANK[lane])
        if front:
            queue.items.appendleft(item)
        else:
            queue.items.append(item)
        self._offer(key, queue)

    def done(self, key: Hashable) -> None:
        """The key's current item is finished: its next may go."""
        queue = self._queues.get(key)
        if queue is None:
            return
        queue.busy = False
        if queue.items:
            self._offer(key, queue)
        elif not queue.held:
            del self._queues[key]

    def hold(self, key: Hashable) -> None:
        """Let nothing of this key, which is being worked on, go until ``release``."""
        self._queues[key].held = True

    def release(self, key: Hashable) -> None:
        """End a hold."""
        queue = self._queues.get(key)
        if queue is None:
            return
        queue.held = False
        if queue.items:
            self._offer(key, queue)
        elif not queue.busy:
            del self._queues[key]

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is being worked on."""
        return not self._queues

    @property
    def quiet(self) -> bool:
        """Whether everything that is left is on hold."""
        return all(queue.held and not queue.busy for queue in self._queues.values())

    async def close(self) -> None:
        """Stop the workers; what waits stays in the database."""
        self._closed = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _offer(self, key: Hashable, queue: _Queue[T]) -> None:
        if queue.ready or queue.busy or queue.held or self._closed:
            return
        queue.ready = True
        self._ready[queue.rank].append(key)
        self._summon()

    def _summon(self) -> None:
        """Wake one more worker, unless one is on its way: it wakes the next when it finds enough to do."""
        if self._coming:
            return
        while self._wake:
            waiter = self._wake.popleft()
            if not waiter.done():
                waiter.set_result(None)
                self._coming = True
                return
        if len(self._tasks) < self._limit:
            task = asyncio.create_task(self._worker(), name=f"{self._name}-{len(self._tasks)}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            self._coming = True

    def _take(self) -> tuple[Hashable, T] | None:
        for ready in self._ready:
            while ready:
                key = ready.popleft()
                queue = self._queues[key]
                queue.ready = False
                if not queue.held:
                    queue.busy = True
                    return key, queue.items.popleft()
        return None

    async def _worker(self) -> None:
        loop, turn = asyncio.get_running_loop(), 0
        self._coming = False
        # Closing cancels a worker once, and work may swallow that: ``asyncio.wait_for`` does, when it ends just then.
        while not self._closed:
            taken = self._take()
            if taken is None:
                waiter: asyncio.Future[None] = loop.create_future()
                self._wake.append(waiter)
                await waiter
                self._coming = False
                continue
            if any(self._ready):
                # Should this item make us wait, somebody else goes on with the next.
                self._summon()
            await self._work(*taken)
            turn += 1
            if not turn % SLICE:
                # Work that never waits would keep the writer, and everybody else, from starting on what is done.
                await asyncio.sleep(0)
