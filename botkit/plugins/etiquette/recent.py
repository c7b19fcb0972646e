"""Recent lines: what the bot has said in a group lately. The outbox is the ledger of every budget here.

A group's messages are decided one after the other, each after the commit of the one before, so that counting what
is written is exact; it needs no table of its own, and a restart or another process changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botkit.context import Context
from botkit.sql import moment

# Urgent lines are counted nowhere; nor are those that answer nobody: officers' own words and alerts.
_LINES = """
    SELECT outbox.inbox_id, outbox.created_at, outbox.platform_id, inbox.identity_id, inbox.disposition, inbox.reason
    FROM outbox JOIN inbox ON inbox.id = outbox.inbox_id
    WHERE outbox.chat_id = ? AND outbox.kind = 'text' AND outbox.lane <> 'urgent' AND outbox.status <> 'dropped'
    ORDER BY outbox.id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bot in a group: when, to whom, as part of which answer and why."""

    answer: int
    at: datetime
    platform_id: str
    identity_id: int
    disposition: str
    reason: Mapping[str, Any]


async def lines(context: Context, limit: int) -> list[Line]:
    """The bot's last lines in the chat, newest first. One indexed read."""
    rows = await context.services.database.read(_LINES, context.chat_id, limit)
    return [
        Line(
            row["inbox_id"],
            moment(row["created_at"]),
            row["platform_id"] or "",
            row["identity_id"],
            row["disposition"] or "",
            json.loads(row["reason"] or "{}"),
        )
        for row in rows
    ]
