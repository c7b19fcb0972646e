"""Events: in a group one line for each kind of danger in a while, counted from that line, not from the clock."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from botkit.context import Context
from botkit.errors import StorageError
from botkit.patience import within
from botkit.sql import moment

_LINES = """
    SELECT id, once, kind, platform_id, payload, created_at FROM outbox
    WHERE chat_id = ? AND (lane = 'urgent' AND kind = 'text' AND once IS NOT NULL OR kind IN ('edit', 'delete'))
    ORDER BY id DESC LIMIT 100
"""
PATIENCE = 1.0
"""Seconds that the look at earlier lines may take: the advice must be out within three."""
LONGEST = 60
"""Characters of a line that a whole group reads."""
_CLAUSE = re.compile(r"[^。！？；，,.!?;:]*[。！？；，,.!?;:]*\s*")


async def key(context: Context, kind: str, silence: timedelta) -> str | None:
    """The ``once`` key of the line about this kind of danger here, or None while an earlier line stands.

    Reports that are decided side by side get the same key, so that one of them speaks. It needs no memory: the
    earlier line is a row. Where that can't be read the danger is spoken of, once a window of the clock.
    """
    start = f"safety.{context.chat_id}.{kind}."
    try:
        rows = await within(PATIENCE, context.services.database.read(_LINES, context.chat_id))
    except (StorageError, TimeoutError):
        return f"{start}w{int(context.clock.now().timestamp() // silence.total_seconds())}"
    earlier = next((row for row in rows if row["kind"] == "text" and row["once"].startswith(start)), None)
    if earlier is None:
        return f"{start}0"
    if context.clock.now() - moment(earlier["created_at"]) < silence and not _withdrawn(earlier, rows):
        return None
    return f"{start}{earlier['id']}"


def _withdrawn(line: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether somebody replaced a line or took it away, by its id on the platform; notes are added by its name."""
    replaced = (json.loads(row["payload"]).get("target") for row in rows if row["kind"] != "text")
    return line["platform_id"] is not None and line["platform_id"] in replaced


def with_note(line: str, note: str, longest: int = LONGEST) -> str:
    """A line with a note at its end, in at most ``longest`` characters: what came last in the line makes room."""
    blank = "" if note and ord(note[0]) > 0x2E80 else " "
    clauses = [found for found in _CLAUSE.findall(line) if found]
    while len(clauses) > 1 and len(_ended("".join(clauses))) + len(blank) + len(note) > longest:
        clauses.pop()
    return f"{_ended(''.join(clauses))}{blank}{note}"


def _ended(line: str) -> str:
    """A line that ends a sentence, although it was cut at a comma."""
    line = line.rstrip()
    if line and line[-1] in "，；,;:":
        return f"{line[:-1]}{'。' if line[-1] in '，；' else '.'}"
    return line
