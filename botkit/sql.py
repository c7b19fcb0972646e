"""Raw SQL for both backends: statements with ``?`` placeholders, and single executions of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple


class Statement:
    """A raw statement. The writer batches executions of one and the same object.

    ``many(n)`` is a form for SQLite that takes the values of n rows: one call into the library, which runs
    beside the interpreter, where ``executemany`` would come back to it, and wait for it, after every row.
    ``tells`` is the table of an insertion that tells which ids it passed over, because their row was there.
    """

    __slots__ = ("many", "postgres", "sqlite", "tells")

    def __init__(self, sql: str, many: Callable[[int], str] | None = None, tells: str = "") -> None:
        self.sqlite = sql
        parts = sql.split("?")
        self.postgres = parts[0] + "".join(f"${n}{part}" for n, part in enumerate(parts[1:], 1))
        self.many = many
        self.tells = tells


def insert(table: str, columns: str, conflict: str = "ON CONFLICT DO NOTHING", *, tells: bool = False) -> Statement:
    """An insertion of whole rows; ``columns`` are names separated by blanks, in the order of the rows."""
    names = columns.split()
    head = f"INSERT INTO {table} ({', '.join(names)}) VALUES "
    row = f"({', '.join('?' * len(names))})"

    @functools.cache
    def many(count: int) -> str:
        return f"{head}{', '.join([row] * count)} {conflict}"

    return Statement(f"{head}{row} {conflict}", many, table if tells else "")


def update(table: str, columns: str) -> Statement:
    """An update of these columns by id: a row is their new values, then the id.

    A row may be updated once in a group: of two executions for the same id any may win.
    """
    names = columns.split()
    row = f"({', '.join('?' * (len(names) + 1))})"
    sets = ", ".join(f"{name} = new.{name}" for name in names)

    @functools.cache
    def many(count: int) -> str:
        values = ", ".join([row] * count)
        return (
            f"WITH new ({', '.join(names)}, id) AS (VALUES {values})"
            f" UPDATE {table} SET {sets} FROM new WHERE {table}.id = new.id"
        )

    return Statement(f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?", many)


class Write(NamedTuple):
    """One execution of a statement. Parameters are integers, strings, aware datetimes or None."""

    statement: Statement
    row: Sequence[Any]


def moment(value: datetime | str) -> datetime:
    """A moment as a raw query gives it: PostgreSQL knows them, SQLite keeps them as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
