"""Lines: writing and reading the threads' rows, and what of them a page may see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botkit.messages import Attachment, Message, Outgoing
from botkit.storage import Database, Statement, Write
from botkit.web.text import visible

_NEXT = "(SELECT COALESCE(MAX(changed), 0) + 1 FROM webchat_line WHERE thread = ?)"
# Numbered inside the commit, so that a page which has read up to a number has missed nothing before it.
INSERT = Statement(
    "INSERT INTO webchat_line (id, station_id, thread, ref, direction, lane, author, text, buttons, files,"
    f" target, at, seq, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {_NEXT}, {_NEXT})"
    " ON CONFLICT (thread, ref) DO NOTHING"
)
EDIT = Statement(
    f"UPDATE webchat_line SET text = ?, buttons = ?, edited_at = ?, changed = {_NEXT}"
    " WHERE thread = ? AND ref = ? AND direction = 'out'"
)
SEEN = Statement(
    f"UPDATE webchat_line SET seen_at = ?, changed = {_NEXT}"
    " WHERE thread = ? AND ref = ? AND direction = 'in' AND seen_at IS NULL"
)
ERASE = Statement(
    f"UPDATE webchat_line SET text = '', buttons = NULL, files = NULL, author = '', changed = {_NEXT}"
    " WHERE thread = ? AND at < ?"
)
PAGE = 100
"""Lines that are read at once."""

Row = Mapping[str, Any]


def incoming(database: Database, message: Message, *, label: str = "", target: str | None = None) -> Write:
    """The row of a visitor's message, or of a press of the button ``label`` under the line ``target``."""
    thread, stored = message.chat.id, files_json(message.attachments)
    return Write(
        INSERT,
        (
            database.ids(), database.station_id, thread, message.id, "in", "", "", message.text or label,
            None, stored, target, message.at, thread, thread,
        ),
    )  # fmt: skip


def outgoing(database: Database, out: Outgoing, ref: str, now: datetime) -> Write:
    """The row of something said to a visitor."""
    thread = out.chat.id
    return Write(
        INSERT,
        (
            database.ids(), database.station_id, thread, ref, "out", out.lane.value, out.author[:64],
            out.text, buttons_json(out), None, None, out.at or now, thread, thread,
        ),
    )  # fmt: skip


def buttons_json(out: Outgoing) -> str | None:
    """The buttons of a reply for its row."""
    return json.dumps(out.buttons, ensure_ascii=False) if out.buttons else None


def files_json(attachments: Sequence[Attachment]) -> str | None:
    """The attachments of a message for its row."""
    return json.dumps([[file.id, file.broken] for file in attachments]) if attachments else None


async def after(database: Database, thread: str, changed: int) -> list[dict[str, Any]]:
    """What changed in a thread since that number, oldest change first, at most a page of it."""
    return await database.read(
        "SELECT * FROM webchat_line WHERE thread = ? AND changed > ? ORDER BY changed LIMIT ?",
        thread,
        changed,
        PAGE,
    )


async def latest(database: Database, thread: str, before: int | None) -> list[dict[str, Any]]:
    """The last page of a thread, or the one before line ``before``, in order."""
    top = before if before is not None else 1 << 62
    rows = await database.read(
        "SELECT * FROM webchat_line WHERE thread = ? AND seq < ? ORDER BY seq DESC LIMIT ?", thread, top, PAGE
    )
    return rows[::-1]


async def find(database: Database, thread: str, ref: str) -> dict[str, Any] | None:
    """One line of a thread."""
    rows = await database.read("SELECT * FROM webchat_line WHERE thread = ? AND ref = ?", thread, ref)
    return rows[0] if rows else None


def shown(row: Row) -> dict[str, Any]:
    """A line as its page gets it. Buttons go by their place: what they carry stays here."""
    return {
        "ref": row["ref"],
        "seq": row["seq"],
        "changed": row["changed"],
        "mine": row["direction"] == "in",
        "urgent": row["lane"] == "urgent",
        "author": visible(row["author"]),
        "text": visible(row["text"]),
        "buttons": [visible(label) for label, _ in json.loads(row["buttons"] or "[]")],
        "files": [{"broken": broken} for _, broken in json.loads(row["files"] or "[]")],
        "target": row["target"],
        "at": _iso(row["at"]),
        "edited": bool(row["edited_at"]),
        "seen": bool(row["seen_at"]),
    }


def unstored(out: Outgoing, ref: str, now: datetime) -> dict[str, Any]:
    """A line that could not be stored, for the page that is open now."""
    row = {
        "ref": ref, "seq": 0, "changed": 0, "direction": "out", "lane": out.lane.value, "author": out.author,
        "text": out.text, "buttons": None, "files": None, "target": None, "at": out.at or now,
        "edited_at": None, "seen_at": None,
    }  # fmt: skip
    return shown(row)


def _iso(moment: datetime | str) -> str:
    # SQLite keeps moments as text, PostgreSQL as such.
    value = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat(timespec="seconds")
