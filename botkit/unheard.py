"""Unheard: what a platform took, and of which it turns out that others may never have been shown it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from botkit.sql import Statement, Write

if TYPE_CHECKING:
    from botkit.context import Context
    from botkit.storage import UnitOfWork

log = structlog.get_logger()

EVENT = "bot.unheard"
PROBLEM = "Unheard"
_KINDS = "('text', 'edit', 'delete', 'thread')"
_SAID = f"adapter_id = ? AND chat_id = ? AND status = 'sent' AND done_at >= ? AND kind IN {_KINDS}"
COUNT = f"SELECT COUNT(*) AS count FROM outbox WHERE {_SAID}"
DOUBT = Statement(f"UPDATE outbox SET status = 'unknown', problem = ? WHERE {_SAID}")


@dataclass(frozen=True, slots=True)
class Unheard:
    """An effect: what was sent into a chat (row id) since a moment is ``unknown`` now, whatever the platform said."""

    adapter: str
    chat_id: int
    since: datetime


def effects(context: Context) -> tuple[Unheard, ...]:
    """What follows from an event of a platform. One whose ``since`` is no moment changes nothing."""
    data = context.message.data
    if data.get("event") != EVENT:
        return ()
    try:
        since = datetime.fromisoformat(str(data.get("since")))
    except ValueError:
        return ()
    return (Unheard(context.chat.adapter, context.chat_id, since),) if since.tzinfo is not None else ()


async def apply(effect: Unheard, unit: UnitOfWork) -> None:
    """Mark it, so that people see it and can send it again."""
    which = (effect.adapter, effect.chat_id, effect.since)
    count = (await unit.database.read(COUNT, *which))[0]["count"]
    if not count:
        return
    await unit.fill([Write(DOUBT, (PROBLEM, *which))])
    unit.audit("messages.unheard", str(effect.chat_id), count=count)
    unit.publish("dead")
    unit.after_commit(lambda: log.warning("send.unheard", adapter=effect.adapter, count=count))
