"""Lanes: each key in order and alone, keys side by side, urgent ones first."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Hashable

from hypothesis import given, settings
from hypothesis import strategies as st

from botkit.lanes import Lanes
from botkit.messages import Lane
from botkit.testing import PATIENCE

PUT = st.tuples(st.just("put"), st.integers(0, 3))
HOLD = st.tuples(st.just("hold"), st.integers(0, 3))
RELEASE = st.tuples(st.just("release"), st.integers(0, 3))
REST = st.tuples(st.just("rest"), st.just(0))
LANE = {0: Lane.URGENT, 1: Lane.REPLY, 2: Lane.REPLY, 3: Lane.BULK}


@settings(max_examples=150, deadline=None)
@given(st.lists(PUT | HOLD | RELEASE | REST, max_size=40), st.integers(1, 4))
def test_each_key_in_order_and_alone_whatever_is_held(steps: list[tuple[str, int]], workers: int) -> None:
    async def run() -> None:
        worked: dict[Hashable, list[int]] = defaultdict(list)
        given: dict[Hashable, list[int]] = defaultdict(list)
        at_work: set[Hashable] = set()
        wants_hold: set[int] = set()
        held: set[Hashable] = set()

        async def work(key: Hashable, item: int) -> None:
            assert key not in at_work and key not in held
            at_work.add(key)
            await asyncio.sleep(0)
            worked[key].append(item)
            at_work.discard(key)
            if key in wants_hold:
                wants_hold.discard(key)  # type: ignore[arg-type]  # keys are integers here
                held.add(key)
                lanes.hold(key)
            lanes.done(key)

        lanes: Lanes[int] = Lanes(work, workers=workers, name="test")
        for number, (what, key) in enumerate(steps):
            if what == "put":
                given[key].append(number)
                lanes.put(key, number, LANE[key])
            elif what == "hold":
                wants_hold.add(key)
            elif what == "release":
                held.discard(key)
                lanes.release(key)
            else:
                for _ in range(10):
                    await asyncio.sleep(0)
        wants_hold.clear()
        for _ in range(len(steps) * 6 + 10):
            await asyncio.sleep(0)
        for key, items in given.items():
            assert worked[key] == items[: len(worked[key])]
            assert key in held or worked[key] == items
        assert lanes.quiet
        for key in tuple(held):
            held.discard(key)
            lanes.release(key)
        for _ in range(len(steps) * 6 + 10):
            await asyncio.sleep(0)
        assert dict(worked) == dict(given) or all(worked[key] == given[key] for key in given)
        assert lanes.idle
        await lanes.close()

    asyncio.run(run())


async def test_urgent_goes_before_replies_and_these_before_bulk() -> None:
    order: list[str] = []

    async def work(key: Hashable, item: str) -> None:
        order.append(item)
        lanes.done(key)

    lanes: Lanes[str] = Lanes(work, workers=1, name="test")
    for lane in (Lane.BULK, Lane.REPLY, Lane.URGENT):
        for number in range(2):
            lanes.put((lane, number), f"{lane}{number}", lane)
    while not lanes.idle:
        await asyncio.sleep(0)
    assert order == ["urgent0", "urgent1", "reply0", "reply1", "bulk0", "bulk1"]
    await lanes.close()


async def test_a_retry_goes_before_what_came_later() -> None:
    order: list[int] = []
    tried: set[int] = set()

    async def work(key: Hashable, item: int) -> None:
        if item not in tried:
            tried.add(item)
            lanes.hold(key)
            lanes.put(key, item, front=True)
            lanes.done(key)
            return
        order.append(item)
        lanes.done(key)

    lanes: Lanes[int] = Lanes(work, workers=2, name="test")
    for item in range(3):
        lanes.put("chat", item)
    while not lanes.idle:
        await asyncio.sleep(0)
        if lanes.quiet:
            lanes.release("chat")
    assert order == [0, 1, 2]
    await lanes.close()


async def test_closing_ends_a_worker_whose_work_swallows_the_cancellation() -> None:
    begun = asyncio.Event()

    async def work(key: Hashable, item: int) -> None:
        begun.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        lanes.done(key)

    lanes: Lanes[int] = Lanes(work, workers=2, name="test")
    lanes.put("a", 1)
    await begun.wait()
    async with asyncio.timeout(PATIENCE):
        await lanes.close()
