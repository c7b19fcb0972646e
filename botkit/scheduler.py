"""The scheduler: durable timers, so that every promise with a date survives a restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from botkit.adapter import RetryLater
from botkit.alarm import Alarm
from botkit.clock import Clock
from botkit.decision import FollowUp
from botkit.ids import Ids
from botkit.logs import where
from botkit.sql import Statement, Write, moment
from botkit.tasks import ending

if TYPE_CHECKING:
    from botkit.storage import Database, UnitOfWork

log = structlog.get_logger()

SET = Statement(
    "INSERT INTO timer (id, station_id, plugin, name, key, due_at, data, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, 0)"
    " ON CONFLICT (plugin, name, key) DO UPDATE SET due_at = excluded.due_at, data = excluded.data, attempts = 0"
)
CANCEL = Statement("DELETE FROM timer WHERE plugin = ? AND name = ? AND key = ?")
PUT_OFF = Statement("UPDATE timer SET due_at = ?, attempts = attempts + 1 WHERE id = ? AND due_at = ?")
BATCH = 100


class Timers:
    """Timers as rows. ``changed`` wakes the scheduler after the commit that changed them."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self.changed: Callable[[], None] = lambda: None

    def write(self, timer: FollowUp, station_id: int) -> Write:
        """The row that sets or cancels a timer."""
        if timer.due is None:
            return Write(CANCEL, (timer.plugin, timer.name, timer.key))
        data = json.dumps(dict(timer.data), ensure_ascii=False)
        return Write(SET, (self._ids(), station_id, timer.plugin, timer.name, timer.key, timer.due, data))


def settled(timers: Iterable[FollowUp]) -> list[FollowUp]:
    """What is left of changes in their order: of each timer the last. Then their order no longer matters."""
    last: dict[tuple[str, str, str], FollowUp] = {}
    for timer in timers:
        last[timer.plugin, timer.name, timer.key] = timer
    return list(last.values())


class Scheduler:
    """Sweeps due timers and runs their handlers, each in a unit of work with the timer's end.

    Where a platform says how long to wait (``RetryLater``), a timer waits for just that; after a fault longer and
    longer. Those that may take long, because they ask a platform, have a sweep of their own: what is promised to the
    minute never waits for them.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        prepare: Callable[..., Awaitable[Any]],
        slow: Iterable[tuple[str, str]] = (),
    ) -> None:
        """``prepare(plugin, name, key, data)`` decides outside of any transaction, and returns what to run inside.

        ``slow`` are timers that may take long, by plugin and name.
        """
        apart = sorted(slow)
        self._sweeps = [_Sweep(database, clock, prepare, apart, among=False)]
        if apart:
            self._sweeps.append(_Sweep(database, clock, prepare, apart, among=True))
        database.timers.changed = self._changed

    def _changed(self) -> None:
        for each in self._sweeps:
            each.alarm.call()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for each in self._sweeps:
                tasks.create_task(each.run())

    async def sweep(self) -> int:
        """Run everything that is due now; returns how many timers fired."""
        return sum([await each.sweep() for each in self._sweeps])


_ONE = "(plugin = ? AND name = ?)"


class _Sweep:
    """Runs the timers that are (``among``) or are not among those of ``names``, one after the other."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        prepare: Callable[..., Awaitable[Any]],
        names: Sequence[tuple[str, str]],
        *,
        among: bool,
    ) -> None:
        self._database = database
        self._clock = clock
        self._prepare = prepare
        self._names = [part for name in names for part in name]
        listed = " OR ".join([_ONE] * len(names)) or "1 = 0"
        self._which = f"({listed})" if among else f"NOT ({listed})"
        self._among = among
        self.alarm = Alarm(clock)
        self._sweeping = asyncio.Lock()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.sweep()
            # Of few among many: grouped by what they are found by, so that not all others are gone through.
            group = "GROUP BY plugin, name" if self._among else ""
            rows = await self._database.read(
                f"SELECT min(due_at) AS due FROM timer WHERE {self._which} {group}", *self._names
            )
            await self.alarm.wait(min([moment(row["due"]) for row in rows if row["due"]], default=None))

    async def sweep(self) -> int:
        """Run everything that is due now; returns how many timers fired."""
        async with self._sweeping:
            return await self._sweep()

    async def _sweep(self) -> int:
        fired = 0
        while True:
            rows = await self._database.read(
                f"SELECT * FROM timer WHERE due_at <= ? AND {self._which} ORDER BY due_at LIMIT ?",
                self._clock.now(), *self._names, BATCH,
            )  # fmt: skip
            for row in rows:
                fired += 1
                await self._fire(row)
            if len(rows) < BATCH:
                return fired

    async def _fire(self, row: Mapping[str, Any]) -> None:
        due = moment(row["due_at"])
        from botkit.storage.models import Timer  # the models need the database, which needs the timers

        try:
            work = await self._prepare(row["plugin"], row["name"], row["key"], json.loads(row["data"]))

            async def job(unit: UnitOfWork) -> None:
                # Moved, cancelled or fired by another process meanwhile: then it is not ours to fire.
                if await Timer.filter(id=row["id"], due_at=due).delete() and work is not None:
                    await work(unit)

            await self._database.unit(job)
        except RetryLater as wait:
            await self._put_off(row, due, timedelta(seconds=wait.after))
        # Plugin code: a timer that fails is tried again later, and holds up no other.
        except (Exception, asyncio.CancelledError) as problem:
            if isinstance(problem, asyncio.CancelledError) and ending():
                raise
            delay = timedelta(seconds=min(3600, 10 * 2 ** min(row["attempts"], 10)))
            log.error(
                "timer.failed", timer=f"{row['plugin']}.{row['name']}", problem=type(problem).__name__,
                where=where(problem), attempt=row["attempts"],
            )  # fmt: skip
            await self._put_off(row, due, delay)

    async def _put_off(self, row: Mapping[str, Any], due: datetime, delay: timedelta) -> None:
        later = self._clock.now() + delay

        async def job(unit: UnitOfWork) -> None:
            unit.write(PUT_OFF, later, row["id"], due)

        await self._database.unit(job)
