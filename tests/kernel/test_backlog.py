"""The backlog: memory and table stay one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from botkit.backlog import Backlog
from botkit.errors import StorageError
from botkit.testing import PATIENCE, FakeClock
from tests.kernel.kit import until


class Table:
    """Open rows, and a backlog that reads them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.open: set[int] = set()
        self.put: list[int] = []
        self.broken = False
        self.backlog = Backlog(self.clock, self._read, lambda row: self.put.append(row["id"]))

    async def _read(self, after: int, limit: int) -> list[dict[str, Any]]:
        await asyncio.sleep(0)
        if self.broken:
            raise StorageError("no")
        return [{"id": row} for row in sorted(self.open) if row > after][:limit]

    def add(self, row: int, *, always: bool = False) -> None:
        self.open.add(row)
        if self.backlog.admit(row, always=always):
            self.put.append(row)

    def end(self, row: int) -> None:
        self.open.discard(row)
        self.backlog.finish(row)


@pytest.fixture
async def table(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Table]:
    monkeypatch.setattr("botkit.backlog.MOST", 10)
    monkeypatch.setattr("botkit.backlog.PAGE", 3)
    made = Table()
    task = asyncio.create_task(made.backlog.run())
    yield made
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_what_a_restart_left_is_read_once_and_in_order() -> None:
    table = Table()
    table.open |= set(range(1, 8))
    task = asyncio.create_task(table.backlog.run())
    await until(lambda: table.backlog.settled)
    assert table.put == list(range(1, 8))
    table.add(9)
    assert table.put[-1] == 9
    task.cancel()


async def test_a_flood_waits_in_the_table_and_nothing_comes_twice(table: Table) -> None:
    await until(lambda: table.backlog.settled)
    for row in range(1, 101):
        table.add(row)
    assert len(table.put) == 10
    done = 0
    async with asyncio.timeout(PATIENCE):
        while done < 100:
            if done < len(table.put):
                table.end(table.put[done])
                done += 1
            else:
                await asyncio.sleep(0)
    await until(lambda: table.backlog.settled)
    assert table.put == list(range(1, 101))


async def test_what_is_urgent_enters_although_memory_is_full(table: Table) -> None:
    await until(lambda: table.backlog.settled)
    for row in range(1, 21):
        table.add(row)
    table.add(99, always=True)
    assert table.put[-1] == 99
    for row in range(1, 21):
        await until(lambda row=row: row in table.put)
        table.end(row)
    await until(lambda: table.backlog.settled)
    assert table.put.count(99) == 1


async def test_what_could_not_be_finished_comes_again_by_itself_after_a_pause(table: Table) -> None:
    await until(lambda: table.backlog.settled)
    table.add(1)
    table.backlog.drop(1)
    for _ in range(20):
        await asyncio.sleep(0)
    assert table.put == [1] and not table.backlog.settled
    table.clock.step(timedelta(seconds=2))
    await until(lambda: table.put == [1, 1])


async def test_a_table_that_cannot_be_read_is_tried_again() -> None:
    table = Table()
    table.open.add(1)
    table.broken = True
    task = asyncio.create_task(table.backlog.run())
    await until(table.clock.next_wake)
    assert table.put == [] and not table.backlog.settled
    table.broken = False
    table.clock.step(timedelta(seconds=2))
    await until(lambda: table.put == [1])
    task.cancel()
