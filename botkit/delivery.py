"""Delivery: the durable outbox, sent in lanes, in each chat's order, within the platform's limits."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog

from botkit.adapter import Adapter, Ambiguous, Refused, RetryLater, Unreachable
from botkit.backlog import Backlog
from botkit.errors import StorageError
from botkit.holding import Holding
from botkit.lanes import Lanes
from botkit.logs import where
from botkit.messages import Attachment, Lane, MessageKind, Outgoing
from botkit.outgoing import OutRow
from botkit.patience import within
from botkit.services import Services
from botkit.sql import Statement, Write, moment, update
from botkit.tasks import ending
from botkit.turn import Turn

log = structlog.get_logger()

SENDING = update("outbox", "status problem attempts")
SENT = update("outbox", "status platform_id attempts done_at")
ENDED = Statement("UPDATE outbox SET status = ?, problem = ?, attempts = ?, done_at = ? WHERE id = ?")
LATER = Statement("UPDATE outbox SET status = 'pending', problem = ?, attempts = ?, due_at = ? WHERE id = ?")
OUTDATED = """
    SELECT id FROM outbox
    WHERE chat_id = ? AND id > ? AND platform_id = ? AND kind IN ('edit', 'delete') AND status = 'sent' LIMIT 1
"""
RETRY = Statement(
    "UPDATE outbox SET status = 'pending', attempts = 0, problem = NULL, due_at = ?, done_at = NULL WHERE id = ?"
)
DOUBTS = frozenset({"Ambiguous", "TimeoutError", "restart"})
"""Problems after which a message may have arrived."""

REPEATABLE = frozenset({"seen", "react", "pin"})
"""Kinds that say the same when they are sent twice."""

WORKERS = 64
ATTEMPTS = 30
"""Attempts before a message is a dead letter: about an hour of a platform that does not answer."""
SEND_TIMEOUT = 30.0
"""Seconds a platform may take for one call."""
BASE, CAP = 1.0, 300.0
"""Seconds of the first and of the longest pause between attempts."""
AFTER, FOLLOW = timedelta(seconds=0.25), timedelta(minutes=10)
"""Between two looks whether something has arrived that a message waits for, and how long it does."""
AGAIN = 1.0
"""Seconds until a receipt that could not be written is written again."""


class Receipt(NamedTuple):
    """What became of a row, and what waits until that is written."""

    row: OutRow
    write: Write
    then: Callable[[], None] | None = None


class Delivery:
    """Sends what the outbox holds, and writes receipts. Loses nothing; says when it can't know."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock
        self._lanes: Lanes[OutRow] = Lanes(self._work, workers=WORKERS, name="delivery")
        self._backlog = Backlog(services.clock, self._open_rows, lambda row: self._put(_outrow(row)))
        self._holding = Holding(services.clock, self._lanes, lambda row: self._put(row, front=True))
        self._writing = 0
        self._receipts = Turn(self._write)
        self._counters: dict[tuple[str, str], Any] = {}

    # in and out -------------------------------------------------------------------------------------------

    def offer(self, rows: list[OutRow]) -> None:
        """Take freshly committed rows."""
        for row in rows:
            if self._backlog.admit(row.id, always=row.lane is Lane.URGENT):
                self._put(row)

    def _put(self, row: OutRow, *, front: bool = False) -> None:
        self._lanes.put((row.chat_id, row.lane), row, row.lane, front=front)

    async def _open_rows(self, after: int, limit: int) -> list[dict[str, Any]]:
        return await self._services.database.read(
            "SELECT * FROM outbox WHERE done_at IS NULL AND id > ? ORDER BY id LIMIT ?", after, limit
        )

    async def run(self) -> None:
        """Read what a restart left behind, and end holds when their time comes. Works until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._backlog.run())
            tasks.create_task(self._holding.run())

    @property
    def waiting(self) -> int:
        """How many are held in memory."""
        return self._backlog.held

    @property
    def idle(self) -> bool:
        """Whether everything was sent and every receipt is written."""
        return self._lanes.idle and self._backlog.settled and not self._writing

    @property
    def quiet(self) -> bool:
        """Whether nothing can be sent before time passes."""
        return self._lanes.quiet and self._backlog.settled and not self._writing

    async def close(self) -> None:
        """Stop sending. What waits is in the database."""
        await self._lanes.close()
        self._receipts.end()

    # one message ------------------------------------------------------------------------------------------

    async def _work(self, key: Hashable, row: OutRow) -> None:
        adapter = self._services.adapters.get(row.adapter_id)
        if row.due_at > row.created_at and row.due_at > self._clock.now():
            self._holding.hold(key, row.due_at, row)
            return
        if adapter is None:
            # Its adapter is not running (the console was closed): the row waits in the table for it.
            self._backlog.finish(row.id)
            self._lanes.done(key)
            return
        if self._holding.paced(key, row, adapter):
            return
        taken = False
        try:
            taken = await self._send(key, row, adapter)
        # The last border: nothing that goes wrong with one message may end the worker.
        except (Exception, asyncio.CancelledError) as problem:
            if isinstance(problem, asyncio.CancelledError) and ending():
                raise
            # What the database can't do is no fault of the message: it waits for as long as that takes.
            self._later(key, row, self._backoff(row), problem, counted=not isinstance(problem, StorageError))
        finally:
            self._holding.answered(row, taken)

    async def _send(self, key: Hashable, row: OutRow, adapter: Adapter) -> bool:
        """Returns whether the platform took it."""
        if row.once and not await self._stored(row):
            # Another row with the same ``once`` was there first: this one was never written. Or it was taken back.
            self._backlog.finish(row.id)
            self._lanes.done(key)
            return False
        if self._superfluous(row):
            self._drop(key, row, "answered")
            return False
        if "after" in row.payload and not await self._may_follow(key, row):
            return False
        can = adapter.capabilities
        safe = can.idempotent_send or row.kind in REPEATABLE or (row.kind == "edit" and can.edit)
        if row.status == "sending" and not safe:
            # The process died during the call. Only what is urgent is worth being said twice.
            row.attempts += 1
            if row.lane is not Lane.URGENT or row.problem in DOUBTS:
                self._end(key, row, "unknown", "restart")
                return False
            row.problem = "restart"
        if not safe:
            await self._services.database.writer.unit(_mark(row), isolated=False)
        out, call = await self._outgoing(row, adapter)
        if out.kind == "text" and row.payload.get("optional"):
            # What it would have replaced was never said.
            self._drop(key, row, "nothing to edit")
            return False
        if out.kind == "edit" and await self._outdated(row, out):
            # An edit that waited (for a page, a busy platform) must not bring an older text back.
            self._drop(key, row, "outdated")
            return False
        if out.kind == "pin" and out.target is None:
            self._drop(key, row, "nothing to pin")
            return False
        try:
            platform_id = await within(SEND_TIMEOUT, call(out))
        except RetryLater as wait:
            until = self._clock.now() + timedelta(seconds=wait.after)
            self._later(key, row, until, wait, counted=False)
        except (Unreachable, Refused) as problem:
            row.attempts += 1
            self._end(key, row, "dead", type(problem).__name__)
        except (Ambiguous, TimeoutError) as problem:
            if safe or (row.lane is Lane.URGENT and row.problem not in DOUBTS):
                self._later(key, row, self._backoff(row), problem)
            else:
                row.attempts += 1
                self._end(key, row, "unknown", type(problem).__name__)
        except Exception as problem:  # the platform's border: whatever a library raises is a passing fault
            self._later(key, row, self._backoff(row), problem)
        else:
            self._count(row, "sent")
            now = self._clock.now()
            if row.inbox_id is not None:
                self._services.metrics.latency.observe((now - row.created_at).total_seconds())
            sent = Write(SENT, ("sent", platform_id or "", row.attempts + 1, now, row.id))
            if row.once is None:
                self._receipt(row, sent)
                self._lanes.done(key)
            else:
                # It has a name so that something may edit it: what comes next must find the platform's id.
                self._receipt(row, sent, lambda: self._lanes.done(key))
            return True
        return False

    async def _outgoing(self, row: OutRow, adapter: Adapter) -> tuple[Outgoing, Callable[[Outgoing], Any]]:
        payload, kind, can = row.payload, row.kind, adapter.capabilities
        buttons = payload.get("buttons", ())
        if not can.buttons or len(buttons) > can.max_buttons:
            buttons = ()  # they stand in the text, numbered
        target = payload.get("target")
        call: Callable[[Outgoing], Any] = adapter.send
        if kind == "seen":
            call = adapter.seen
        elif kind == "react":
            call = adapter.react
        elif kind == "pin":
            target = await self._target(payload["edits"])
            call = adapter.pin
        elif kind == "thread":
            target = await self._target(payload["edits"]) if "edits" in payload else None
            call = adapter.open_thread
        elif kind in ("edit", "delete"):
            call = adapter.edit if kind == "edit" else adapter.delete
            if not getattr(adapter.capabilities, kind):
                target = None
            elif target is None:
                target = await self._target(payload["edits"])
            if target is None:
                kind, call = "text", adapter.send
        thread = payload.get("thread")
        if thread is not None:
            thread = await self._target(thread) if can.threads else None
        out = Outgoing(
            row.key,
            self._services.chats.by_id(row.chat_id).chat,
            payload["text"],
            tuple([(label, value) for label, value in buttons]) if buttons else (),
            kind,
            target,
            payload.get("reply_to"),
            row.lane,
            payload.get("silent", False) and adapter.capabilities.silent_send,
            payload.get("author", ""),
            row.created_at,
            thread,
            tuple([Attachment(MessageKind(kind), *rest) for kind, *rest in payload.get("files", ())]),
        )
        return out, call

    async def _may_follow(self, key: Hashable, row: OutRow) -> bool:
        """Whether what this row waits for has arrived. If not, it is held, or dropped where that never will."""
        rows = await self._services.database.read("SELECT status FROM outbox WHERE once = ?", row.payload["after"])
        status, now = rows[0]["status"] if rows else "pending", self._clock.now()
        if status == "sent":
            return True
        if status in ("pending", "sending") and now - row.created_at < FOLLOW:
            row.due_at = now + AFTER
            self._holding.hold(key, row.due_at, row)
        else:
            self._drop(key, row, "not preceded")
        return False

    def _superfluous(self, row: OutRow) -> bool:
        """Whether somebody answered the question while this answer waited."""
        ask = row.payload.get("ask")
        activity, chats = self._services.activity, self._services.chats
        return bool(ask and activity.answered(chats.by_id(row.chat_id), ask, row.created_at))

    async def _target(self, once: str) -> str | None:
        rows = await self._services.database.read("SELECT platform_id FROM outbox WHERE once = ?", once)
        return rows[0]["platform_id"] if rows else None

    async def _outdated(self, row: OutRow, out: Outgoing) -> bool:
        """Whether a younger edit of the same message has gone out already."""
        return bool(await self._services.database.read(OUTDATED, row.chat_id, row.id, out.target))

    async def _stored(self, row: OutRow) -> bool:
        return bool(await self._services.database.read("SELECT id FROM outbox WHERE id = ?", row.id))

    def _count(self, row: OutRow, outcome: str) -> None:
        counter = self._counters.get((row.adapter_id, outcome))
        if counter is None:
            counter = self._services.metrics.sent.labels(row.adapter_id, outcome)
            self._counters[row.adapter_id, outcome] = counter
        counter.inc()

    # what became of it ------------------------------------------------------------------------------------

    def _backoff(self, row: OutRow) -> datetime:
        """Exponential, with full jitter, so that many that failed together don't come back together."""
        seconds = random.uniform(BASE / 2, min(CAP, BASE * 2**row.attempts))
        return self._clock.now() + timedelta(seconds=seconds)

    def _later(
        self, key: Hashable, row: OutRow, until: datetime, problem: BaseException, *, counted: bool = True
    ) -> None:
        row.attempts += counted
        name = type(problem).__name__
        if row.problem not in DOUBTS:
            row.problem = name
        self._count(row, "retry")
        log.warning("send.retry", outbox=row.id, adapter=row.adapter_id, attempt=row.attempts, problem=name,
                    where=where(problem))  # fmt: skip
        if row.attempts >= ATTEMPTS:
            self._end(key, row, "dead", name)
            return
        row.due_at, row.status = until, "pending"
        write = Write(LATER, (row.problem, row.attempts, until, row.id))
        self._services.database.writer.write([write], lambda result, error: None)
        if isinstance(problem, RetryLater) and problem.everywhere:
            self._holding.refused(key, row, until)
        else:
            self._holding.hold(key, until, row)

    def _end(self, key: Hashable, row: OutRow, status: str, problem: str) -> None:
        self._count(row, status)
        log.error("send.ended", outbox=row.id, adapter=row.adapter_id, status=status, problem=problem)
        self._receipt(row, Write(ENDED, (status, problem, row.attempts, self._clock.now(), row.id)))
        self._services.live.publish("dead", {})
        self._lanes.done(key)

    def _drop(self, key: Hashable, row: OutRow, why: str) -> None:
        """Don't send it: it is no longer needed."""
        self._count(row, "dropped")
        self._receipt(row, Write(ENDED, ("dropped", why, row.attempts, self._clock.now(), row.id)))
        self._lanes.done(key)

    def _receipt(self, row: OutRow, write: Write, then: Callable[[], None] | None = None) -> None:
        self._writing += 1
        self._receipts.add(Receipt(row, write, then))

    def _write(self, receipts: list[Receipt]) -> None:
        def done(result: Any, error: BaseException | None) -> None:
            if error is not None:
                # The messages went out, only the notes of it failed: until they hold, the rows must not be
                # read again. Each on its own, in case that one of them spoils it for all.
                for one in receipts:
                    asyncio.get_running_loop().call_later(AGAIN, self._write, [one])
                return
            self._writing -= len(receipts)
            for one in receipts:
                self._backlog.finish(one.row.id)
                if one.then is not None:
                    one.then()

        self._services.database.writer.write([one.write for one in receipts], done)

    # dead letters -----------------------------------------------------------------------------------------

    async def retry(self, outbox_id: int, actor: str = "system") -> bool:
        """Send a dead or unknown message again, by hand. False when there is no such message."""
        rows = await self._services.database.read(
            "SELECT id FROM outbox WHERE id = ? AND status IN ('dead', 'unknown')", outbox_id
        )
        if not rows:
            return False
        now = self._clock.now()
        await self._services.database.writer.unit(_again(now, outbox_id, actor), isolated=False)
        row = await self._services.database.read("SELECT * FROM outbox WHERE id = ?", outbox_id)
        self.offer([_outrow(row[0])])
        return True


def _mark(row: OutRow) -> Callable[[Any], Any]:
    async def job(unit: Any) -> None:
        unit.write(SENDING, "sending", row.problem or None, row.attempts, row.id)

    return job


def _again(now: datetime, outbox_id: int, actor: str) -> Callable[[Any], Any]:
    async def job(unit: Any) -> None:
        unit.write(RETRY, now, outbox_id)
        unit.audit("letter.retried", str(outbox_id), actor=actor)

    return job


def _outrow(row: Any) -> OutRow:
    return OutRow(
        row["id"], row["adapter_id"], row["chat_id"], row["inbox_id"], Lane(row["lane"]), row["kind"], row["once"],
        json.loads(row["payload"]), moment(row["due_at"]), moment(row["created_at"]), row["attempts"], row["status"],
        row["problem"] or "", row["platform_id"] or "",
    )  # fmt: skip
