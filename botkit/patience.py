"""Patience: a time limit for a coroutine that costs nothing when the coroutine does not wait."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Await ``work``; raises ``TimeoutError`` and cancels it when it takes longer.

    Most handlers answer without waiting for anything: their first step is their last, and needs no timer.
    """
    try:
        waits_for = work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    async with asyncio.timeout(seconds):
        return await _resumed(work, waits_for)


@types.coroutine
def _resumed(work: Coroutine[Any, Any, T], waits_for: Any) -> Generator[Any, Any, T]:
    """Go on with a coroutine that was started by hand and now waits for something."""
    try:
        while True:
            try:
                value = yield waits_for
            except BaseException as problem:  # a cancellation, say: it belongs to the coroutine, as with await
                waits_for = work.throw(problem)
            else:
                waits_for = work.send(value)
    except StopIteration as end:
        result: T = end.value
        return result
