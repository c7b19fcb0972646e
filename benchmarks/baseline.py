"""The yardstick for durability: a bare loop that writes the kernel's own rows, with nothing else around it.

It takes the tables and the rows from a database that the kernel has filled, and writes them again into an
empty one: raw SQL, ``executemany``, WAL, synchronous=FULL, one writer. Each message has the kernel's three
commits, and waits for each: its inbox row, its disposition with the outbox row, its receipt. What waits when
a group starts is one transaction.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite

BATCH = 100
"""Messages that arrive together: what Telegram's getUpdates gives at most."""

Rows = Sequence[tuple[Any, ...]]
Writes = tuple[tuple[str, tuple[Any, ...]], ...]

OUTCOME = {"disposition", "reason", "done_at"}
"""Columns of the inbox that are filled when a message has been dispatched."""
RECEIPT = {"status", "attempts", "platform_id", "done_at"}
"""Columns of the outbox that are filled when a reply has been sent."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table's statements and its rows, split into what is inserted first and what is updated later."""

    insert: str
    inserts: Rows
    update: str
    updates: Rows

    @classmethod
    def read(cls, source: sqlite3.Connection, name: str, later: set[str]) -> Table:
        """The rows of a table in the order of their ids; columns in ``later`` are filled by the update."""
        columns = [row[1] for row in source.execute(f"PRAGMA table_info({name})")]
        first = [column for column in columns if column not in later]
        filled = [column for column in columns if column in later]
        # NOT NULL columns that change later begin with the value of a waiting row.
        begin = {"status": "pending", "attempts": 0}
        extra = [column for column in filled if column in begin]
        marks = ", ".join("?" * (len(first) + len(extra)))
        insert = f"INSERT INTO {name} ({', '.join(first + extra)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        update = f"UPDATE {name} SET {', '.join(f'{column} = ?' for column in filled)} WHERE id = ?"
        tail = tuple(begin[column] for column in extra)
        inserts = [(*row, *tail) for row in source.execute(f"SELECT {', '.join(first)} FROM {name} ORDER BY id")]
        updates = list(source.execute(f"SELECT {', '.join(filled)}, id FROM {name} ORDER BY id"))
        return cls(insert, inserts, update, updates)


class GroupCommit:
    """One writer: all that waits is one transaction, one ``executemany`` for each statement."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[Writes, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self.groups = 0

    def commit(self, *writes: tuple[str, tuple[Any, ...]]) -> asyncio.Future[None]:
        """Queue statements with a row each; the future is done when they are on disk."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((writes, done))
        self._wake.set()
        return done

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                group, self._waiting = self._waiting, []
                batches: dict[str, list[tuple[Any, ...]]] = {}
                for writes, _ in group:
                    for statement, row in writes:
                        batches.setdefault(statement, []).append(row)
                await self._connection.execute("BEGIN IMMEDIATE")
                for statement, rows in batches.items():
                    await self._connection.executemany(statement, rows)
                await self._connection.execute("COMMIT")
                self.groups += 1
                for _, done in group:
                    done.set_result(None)


async def copy(source: Path, target: Path, messages: int) -> dict[str, Any]:
    """Write the last so many messages of ``source`` into a new database ``target``, and say how fast."""
    kernel = sqlite3.connect(source)
    schema = [
        row[0]
        for row in kernel.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name IN ('inbox', 'outbox') AND sql IS NOT NULL ORDER BY type DESC"
        )
    ]
    inbox = Table.read(kernel, "inbox", OUTCOME)
    outbox = Table.read(kernel, "outbox", RECEIPT)
    kernel.close()
    count = min(messages, len(inbox.inserts), len(outbox.inserts))
    if not count:
        raise SystemExit(f"{source} holds no messages to write again")
    first = len(inbox.inserts) - count
    shift = len(outbox.inserts) - len(inbox.inserts)
    loop = asyncio.get_running_loop()

    async with aiosqlite.connect(target, isolation_level=None) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "temp_store = MEMORY"):
            await connection.execute(f"PRAGMA {pragma}")
        for statement in schema:
            await connection.execute(statement)
        writer = GroupCommit(connection)
        task = asyncio.create_task(writer.run())

        async def message(number: int, received: asyncio.Future[None]) -> None:
            await writer.commit((inbox.insert, inbox.inserts[number]))
            received.set_result(None)
            reply = number + shift
            await writer.commit((inbox.update, inbox.updates[number]), (outbox.insert, outbox.inserts[reply]))
            await writer.commit((outbox.update, outbox.updates[reply]))

        # As ours: the collector must not walk the prepared rows again and again.
        gc.collect()
        gc.freeze()
        begin, cpu = time.perf_counter(), time.process_time()
        async with asyncio.TaskGroup() as tasks:
            for start in range(first, first + count, BATCH):
                batch = [loop.create_future() for _ in range(min(BATCH, first + count - start))]
                for number, received in enumerate(batch, start):
                    tasks.create_task(message(number, received))
                # Messages that arrive together are confirmed together, before the next ones come.
                await asyncio.gather(*batch)
        seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
        task.cancel()
        done = await connection.execute_fetchall("SELECT count(*) FROM outbox WHERE done_at IS NOT NULL")
    written = next(iter(done))[0]
    if written != count:
        raise AssertionError(f"{written} of {count} replies are complete")
    return {
        "messages": count,
        "per_second": round(count / seconds),
        "per_cpu_second": round(count / cpu),
        "commits": writer.groups,
    }


def main() -> None:
    """Run as a process of its own, and print one JSON line."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    arguments.add_argument("source", type=Path, help="a database that the kernel has filled")
    arguments.add_argument("target", type=Path, help="the database to make; must not exist")
    arguments.add_argument("--messages", type=int, default=20000)
    given = arguments.parse_args()
    if given.target.exists():
        raise SystemExit(f"{given.target} exists already; name a new file")
    print(json.dumps(asyncio.run(copy(given.source, given.target, given.messages))))


if __name__ == "__main__":
    main()
