"""Bulk rows: a group's raw statements, on SQLite in one call into the database's thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tortoise.exceptions import IntegrityError, OperationalError

from botkit.sql import Statement

CHUNK = 64
"""Rows that one call writes at most, on SQLite: the parameters stay under the limit of old versions."""

Batches = Mapping[Statement, Sequence[Sequence[Any]]]
"""Rows by the statement that writes them."""


async def fill(connection: Any, batches: Batches, *, sqlite: bool) -> set[int]:
    """Write rows on a transaction's connection.

    Returns the ids (first column) that a statement which ``tells`` passed over.
    """
    if sqlite:
        return await _in_thread(connection._connection, _fill, batches)
    known: set[int] = set()
    for statement, rows in batches.items():
        await connection.execute_many(statement.postgres, rows)
        if statement.tells:
            ids = [row[0] for row in rows]
            query = _present(statement.tells, len(ids)).postgres
            known.update(set(ids) - {row["id"] for row in await connection.execute_query_dict(query, ids)})
    return known


async def commit(client: Any, batches: Batches) -> set[int]:
    """The same as a transaction of its own, on a SQLite client: nothing comes back before it is on disk.

    Every call into the thread and back waits for the interpreter twice, so one is much cheaper than one for
    each statement.
    """
    async with client.acquire_connection() as connection:
        return await _in_thread(connection, _commit, batches)


async def _in_thread(connection: Any, function: Callable[..., set[int]], batches: Batches) -> set[int]:
    try:
        known: set[int] = await connection._execute(function, connection._conn, batches)
    # As the ORM says it, so that callers need to know one kind of errors.
    except sqlite3.IntegrityError as problem:
        raise IntegrityError(problem) from problem
    except sqlite3.OperationalError as problem:
        raise OperationalError(problem) from problem
    return known


def _commit(connection: sqlite3.Connection, batches: Batches) -> set[int]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        known = _fill(connection, batches)
        connection.execute("COMMIT")
    # Also when interrupted: the connection is used again and must not keep a transaction open.
    except BaseException:
        connection.rollback()
        raise
    return known


def _fill(connection: sqlite3.Connection, batches: Batches) -> set[int]:
    known: set[int] = set()
    for statement, rows in batches.items():
        before = connection.total_changes
        if statement.many is None or len(rows) == 1:
            connection.executemany(statement.sqlite, rows)
        else:
            for start in range(0, len(rows), CHUNK):
                chunk = rows[start : start + CHUNK]
                connection.execute(statement.many(len(chunk)), [value for row in chunk for value in row])
        if statement.tells and connection.total_changes - before != len(rows):
            ids = [row[0] for row in rows]
            found = connection.execute(_present(statement.tells, len(ids)).sqlite, ids)
            known.update(set(ids) - {row[0] for row in found})
    return known


def _present(table: str, number: int) -> Statement:
    return Statement(f"SELECT id FROM {table} WHERE id IN ({', '.join('?' * number)})")
