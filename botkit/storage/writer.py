"""The writer: one task that commits the work of many, in groups.

Every change to the database goes through it. What waits when a group starts is one transaction: rows for
queues as batched raw statements, domain models in a savepoint of their own for each unit of work. So a commit
(and its fsync) is shared by everything that was waiting, and a unit that fails undoes only itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from botkit.errors import BotkitError, StorageError
from botkit.logs import where
from botkit.scheduler import settled
from botkit.sql import Statement, Write
from botkit.storage.bulk import Batches
from botkit.storage.faults import is_fault, storage_error
from botkit.tasks import ending

if TYPE_CHECKING:
    from botkit.audit import Audit, Entry
    from botkit.context import Context
    from botkit.decision import FollowUp
    from botkit.messages import Reply
    from botkit.storage.database import Database

log = structlog.get_logger()

T = TypeVar("T")
IN_UNIT: contextvars.ContextVar[bool] = contextvars.ContextVar("in_unit", default=False)
"""Whether the running code is inside a unit of work: then reads see its own writes."""


class UnitOfWork:
    """What a unit of work may do besides writing models: all of it happens with the commit, or not at all.

    ``context`` is that of the message whose effects are applied; None for the work of pages and timers.
    """

    connection: Any
    """The transaction's connection, for the framework's own bulk statements."""

    def __init__(self, database: Database, context: Context | None = None) -> None:
        self.database = database
        self.context = context
        self._writes: list[Write] = []
        self._timers: list[FollowUp] = []
        self._audit: list[Entry] = []
        self._after: list[Callable[[], None]] = []

    def new_id(self) -> int:
        """A fresh row id."""
        return self.database.ids()

    def write(self, statement: Statement, *row: Any) -> None:
        """Write a raw row with the group's batch."""
        self._writes.append(Write(statement, row))

    async def fill(self, writes: Iterable[Write]) -> None:
        """Write raw rows at once instead of with the group: what is read later in this unit sees them."""
        batches: dict[Statement, list[Sequence[Any]]] = {}
        for statement, row in writes:
            batches.setdefault(statement, []).append(row)
        await self.database.fill(self.connection, batches)

    def say(self, reply: Reply, *, chat: int, facts: Mapping[str, Any] | None = None) -> int:
        """Queue a reply to a chat (row id) and return its outbox id. ``facts`` fill the texts' missing arguments."""
        return self.database.outgoing.queue(self, reply, chat, facts or {})

    def thread(self, name: str, *, chat: int, title: str, on: str | None = None) -> None:
        """Open a thread in a chat, once for its name, on the message said with ``once=on``; nothing without threads."""
        self.database.outgoing.queue_thread(self, name, chat, title, on)

    def seen(self, *, chat: int, message: str) -> None:
        """Let the chat know that a human has seen the message with this platform id, where it can show that."""
        self.database.outgoing.queue_seen(self, chat, message)

    def pin(self, *, chat: int, once: str) -> None:
        """Pin what was said in a chat with this ``once`` key, earlier or just now; nothing without pins."""
        self.database.outgoing.queue_pin(self, chat, once)

    def audit(self, event: str, subject: str = "", *, actor: str = "system", **facts: Any) -> None:
        """Append to the audit log: a dotted past-tense event, ids and facts, never message texts."""
        self._audit.append(self.database.audit.entry(event, subject, actor, facts))

    def follow_up(self, timer: FollowUp) -> None:
        """Set, move or cancel a durable timer."""
        self._timers.append(timer)
        self.after_commit(self.database.timers.changed)

    def publish(self, topic: str, data: Mapping[str, Any] | None = None) -> None:
        """Tell open pages, after the commit."""
        self.after_commit(lambda: self.database.live.publish(topic, data or {}))

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of this unit that is undone alone where it raises: its models, raw rows, audit and callbacks."""
        marks = len(self._writes), len(self._audit), len(self._after), len(self._timers)
        try:
            async with self.connection._in_transaction():
                yield
        # Whatever it was: nothing of the part may stay.
        except BaseException:
            del self._writes[marks[0] :], self._audit[marks[1] :], self._after[marks[2] :], self._timers[marks[3] :]
            raise

    def after_commit(self, function: Callable[[], None]) -> None:
        """Run a quick function once the commit is done; not at all if it fails."""
        self._after.append(function)


Done = Callable[[Any, BaseException | None], None]


class _Job:
    """Raw rows, or work to be run with a unit of its own, anew at each attempt; or both."""

    __slots__ = ("context", "done", "isolated", "run", "unit", "writes")

    def __init__(
        self,
        run: Callable[[UnitOfWork], Awaitable[Any]] | None,
        writes: Sequence[Write],
        done: Done,
        isolated: bool,
        context: Context | None,
    ) -> None:
        self.run = run
        self.writes = writes
        self.done = done
        self.isolated = isolated
        self.context = context
        self.unit: UnitOfWork | None = None


MAX_GROUP = 1000
"""Jobs in one transaction at most, so that a burst delays nobody for long."""


class Writer:
    """Runs jobs in groups, one transaction a group, in the order of their submission."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit
        self._waiting: deque[_Job] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._outside = contextvars.copy_context()
        self.groups = 0

    def start(self) -> None:
        """Start the writer task, with a context of its own: it must inherit nobody's transaction."""
        # Callbacks after a commit may start tasks, which must not take themselves for part of a unit of work.
        self._outside = contextvars.copy_context()
        self._task = asyncio.create_task(self._run(), name="writer")

    async def close(self) -> None:
        """Commit what waits, then stop."""
        self._closing = True
        self._wake.set()
        if self._task:
            await self._task

    def submit(
        self,
        run: Callable[[UnitOfWork], Awaitable[Any]],
        done: Done,
        *,
        isolated: bool = True,
        context: Context | None = None,
    ) -> None:
        """Queue a job. ``done(result, error)`` is called after its commit, from the writer's task.

        ``isolated`` gives the job a savepoint; a job that only adds raw rows needs none. Once the writer is
        closed ``done`` hears of a ``StorageError`` at once.
        """
        self._queue(_Job(run, (), done, isolated, context))

    def write(self, writes: Sequence[Write], done: Done) -> None:
        """Queue raw rows. The result: the ids that were there already, of the rows whose statement tells."""
        self._queue(_Job(None, writes, done, False, None))

    async def rows(self, writes: Sequence[Write]) -> set[int]:
        """Write raw rows and wait for their commit; returns the ids that were there already."""
        done, future = _awaited()
        self.write(writes, done)
        known: set[int] = await future
        return known

    def _queue(self, job: _Job) -> None:
        if self._closing and (self._task is None or self._task.done()):
            job.done(None, StorageError("the database is closed", "open it first"))
            return
        self._waiting.append(job)
        self._wake.set()

    async def unit(self, run: Callable[[UnitOfWork], Awaitable[T]], *, isolated: bool = True) -> T:
        """Run a job and wait for its commit. Cancelling the caller does not cancel the job.

        Raises ``BotkitError`` inside another unit of work, which would wait for itself.
        """
        if IN_UNIT.get():
            raise BotkitError("a unit of work can't wait for another; write both in one, or start it after the commit")
        done, future = _awaited()
        self.submit(run, done, isolated=isolated)
        result: T = await future
        return result

    async def _run(self) -> None:
        IN_UNIT.set(True)
        while True:
            if not self._waiting:
                if self._closing:
                    return
                self._wake.clear()
                await self._wake.wait()
                continue
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_GROUP))]
            if not await self._apart(group):
                # Something in the group spoils it for all: each job alone shows which one.
                for job in group:
                    await self._apart([job])

    async def _apart(self, group: list[_Job]) -> bool:
        """Commit in a task of its own: a transaction whose connection broke stays the current one of its task."""
        return await asyncio.create_task(self._commit(group), name="commit")

    async def _commit(self, group: list[_Job]) -> bool:
        """One transaction. Whether its jobs were told their results; if not, it must be taken apart."""
        outcomes: list[tuple[_Job, Any, BaseException | None]] = []
        head = self._audit.head
        try:
            if all(job.run is None for job in group):
                known = await self._database.commit_rows(self._batches(group))
                outcomes = [(job, known, None) for job in group]
            else:
                async with self._database.transaction() as connection:
                    for job in group:
                        outcomes.append((job, *await self._perform(job, connection)))
                    good = [job for job, _, error in outcomes if error is None]
                    known = await self._database.fill(connection, self._batches(good))
        # The boundary to the database drivers, each of which raises what it likes: whatever it is, the
        # transaction is undone, and those who wait must hear of it.
        except Exception as problem:
            self._audit.head = head
            if len(group) > 1:
                return False
            self._tell(group[0].done, None, _translated(problem))
            return True
        self.groups += 1
        for job, result, error in outcomes:
            if error is None and job.unit is not None:
                for function in job.unit._after:
                    self._tell(function)
            self._tell(job.done, known if job.run is None else result, error)
        return True

    async def _perform(self, job: _Job, connection: Any) -> tuple[Any, BaseException | None]:
        if job.run is None:
            return None, None
        unit = job.unit = UnitOfWork(self._database, job.context)
        unit.connection = connection
        if not job.isolated:
            return await job.run(unit), None
        savepoint = connection._in_transaction()
        try:
            async with savepoint:
                return await job.run(unit), None
        # Plugin code runs here: whatever it raises must undo its own savepoint and nobody else's.
        except Exception as problem:
            if is_fault(problem):
                # Not the job's doing: nothing in this transaction can be relied on any more.
                raise
            return None, problem
        except asyncio.CancelledError:
            if ending():
                raise
            return None, BotkitError("a unit of work awaited something that was cancelled")

    def _batches(self, jobs: list[_Job]) -> Batches:
        batches: dict[Statement, list[Sequence[Any]]] = {}
        entries: list[Entry] = []
        timers: list[FollowUp] = []
        for job in jobs:
            for statement, row in job.writes:
                batches.setdefault(statement, []).append(row)
            if job.unit is not None:
                for statement, row in job.unit._writes:
                    batches.setdefault(statement, []).append(row)
                entries.extend(job.unit._audit)
                timers.extend(job.unit._timers)
        for timer in settled(timers):
            statement, row = self._database.timers.write(timer, self._database.station_id)
            batches.setdefault(statement, []).append(row)
        for statement, row in self._audit.chain(entries):
            batches.setdefault(statement, []).append(row)
        return batches

    def _tell(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call somebody back, outside of the unit of work."""
        try:
            self._outside.run(function, *arguments)
        # The work is committed; a listener's fault must not look like the work's, nor end the writer.
        except Exception as problem:
            log.error("after_commit.failed", problem=type(problem).__name__, where=where(problem))


def _awaited() -> tuple[Done, asyncio.Future[Any]]:
    """A future, and the callback that ends it; a caller that was cancelled no longer listens."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def done(result: Any, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    return done, future


def _translated(problem: BaseException) -> BaseException:
    return storage_error(problem) if isinstance(problem, OSError) or is_fault(problem) else problem


__all__ = ["IN_UNIT", "Statement", "UnitOfWork", "Write", "Writer"]
