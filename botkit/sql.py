"""Raw SQL for both backends: statements with ``?`` placeholders, and single executions of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class Statement:
    """A raw statement. The writer batches executions of one and the same object."""

    __slots__ = ("postgres", "sqlite")

    def __init__(self, sql: str) -> None:
        self.sqlite = sql
        parts = sql.split("?")
        self.postgres = parts[0] + "".join(f"${n}{part}" for n, part in enumerate(parts[1:], 1))


@dataclass(frozen=True, slots=True)
class Write:
    """One execution of a statement. Parameters are integers, strings, aware datetimes or None."""

    statement: Statement
    row: Sequence[Any]


def moment(value: datetime | str) -> datetime:
    """A moment as a raw query gives it: PostgreSQL knows them, SQLite keeps them as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
