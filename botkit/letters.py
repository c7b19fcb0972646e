"""Dead letters: what could not be delivered, or may have been, for people to see and to send again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botkit.sql import moment

if TYPE_CHECKING:
    from botkit.storage import Database


@dataclass(frozen=True, slots=True)
class Letter:
    """An undelivered message, without its text: an admin sees no case contents."""

    id: int
    adapter: str
    chat_id: int
    lane: str
    status: str
    problem: str
    attempts: int
    at: datetime


async def letters(database: Database, limit: int = 200) -> list[Letter]:
    """The latest undelivered messages, newest first."""
    rows = await database.read(
        "SELECT id, adapter_id, chat_id, lane, status, problem, attempts, created_at FROM outbox"
        " WHERE status IN ('dead', 'unknown') ORDER BY id DESC LIMIT ?",
        limit,
    )
    return [
        Letter(
            row["id"], row["adapter_id"], row["chat_id"], row["lane"], row["status"], row["problem"] or "",
            row["attempts"], moment(row["created_at"]),
        )
        for row in rows
    ]  # fmt: skip
