"""Raw SQL for both backends: statements with ``?`` placeholders, and single executions of them."""

from __future__ import annotations

import json
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class Statement:
    """A raw statement. The writer batches executions of one and the same object.

    ``bulk`` is a form for SQLite that takes all rows at once, as one JSON array: a single call into the
    library, which runs beside the interpreter, where ``executemany`` would come back to it for every row.
    """

    __slots__ = ("bulk", "postgres", "sqlite")

    def __init__(self, sql: str, bulk: str | None = None) -> None:
        self.sqlite = sql
        parts = sql.split("?")
        self.postgres = parts[0] + "".join(f"${n}{part}" for n, part in enumerate(parts[1:], 1))
        self.bulk = bulk


def insert(table: str, columns: str, conflict: str = "ON CONFLICT DO NOTHING") -> Statement:
    """An insertion of whole rows; ``columns`` are names separated by blanks, in the order of the rows."""
    names = columns.split()
    marks = ", ".join("?" * len(names))
    fields = ", ".join(f"json_extract(row.value, '$[{n}]')" for n in range(len(names)))
    head = f"INSERT INTO {table} ({', '.join(names)})"
    # Without the condition SQLite would take the conflict clause for part of a join.
    bulk = f"{head} SELECT {fields} FROM json_each(?) AS row WHERE true {conflict}"
    return Statement(f"{head} VALUES ({marks}) {conflict}", bulk)


def update(table: str, columns: str) -> Statement:
    """An update of these columns by id: a row is their new values, then the id."""
    names = columns.split()
    sets = ", ".join(f"{name} = ?" for name in names)
    fields = ", ".join(f"{name} = json_extract(row.value, '$[{n}]')" for n, name in enumerate(names))
    bulk = (
        f"UPDATE {table} SET {fields} FROM json_each(?) AS row WHERE {table}.id = json_extract(row.value, '$[{len(names)}]')"
    )
    return Statement(f"UPDATE {table} SET {sets} WHERE id = ?", bulk)


def as_json(rows: Sequence[Sequence[Any]]) -> str:
    """Rows for a statement's bulk form; moments as SQLite keeps them."""
    return _encode(rows)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    raise TypeError(f"{type(value).__name__} can't be stored")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_plain).encode


@dataclass(frozen=True, slots=True)
class Write:
    """One execution of a statement. Parameters are integers, strings, aware datetimes or None."""

    statement: Statement
    row: Sequence[Any]


def moment(value: datetime | str) -> datetime:
    """A moment as a raw query gives it: PostgreSQL knows them, SQLite keeps them as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
