"""Evaluation of routes: labelled messages through the whole bot, each in a fresh chat, nothing kept."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botkit.assembly import discover, read_settings
from botkit.decision import Disposition
from botkit.errors import UserError
from botkit.messages import Message
from botkit.testing.harness import BotHarness

ROUTES = {
    Disposition.EMERGENCY: "emergency",
    Disposition.FRAUD: "fraud",
    Disposition.ESCALATED: "escalate",
    Disposition.ANSWERED: "directory",
    Disposition.SMALLTALK: "smalltalk",
}
"""Dispositions as the labelling guide names them; all others say nothing, which it calls silent."""
CHUNK = 200


@dataclass(slots=True)
class Result:
    """What became of the messages, and how that compares with their labels where they have any."""

    predictions: list[dict[str, Any]] = field(default_factory=list)
    right: int = 0
    labelled: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)


async def routes(config: Path, file: Path) -> Result:
    """Decide every row of a JSON-lines file: ``id``, ``text``, ``context`` (dm, group_mention, group_plain).

    On a Wednesday at 10:00, each row from somebody new in a chat of its own. Raises ``UserError`` naming the
    line of a row that can't be read.
    """
    settings = read_settings(config, {})
    rows = [
        _row(line, number, file) for number, line in enumerate(file.read_text("utf-8").splitlines(), 1) if line.strip()
    ]
    result = Result()
    async with BotHarness(discover(settings.plugins.enabled), settings=settings) as bot:
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            messages = [_message(bot, row, start + number) for number, row in enumerate(chunk)]
            await bot.deliver(*messages)
            for row, message in zip(chunk, messages, strict=True):
                await _judge(bot, row, message, result)
    return result


async def _judge(bot: BotHarness, row: dict[str, Any], message: Message, result: Result) -> None:
    disposition = await bot.disposition(message)
    route = ROUTES.get(Disposition(disposition), "silent") if disposition else "silent"
    reason = await bot.reason(message) if disposition else {}
    parts = [reason, *reason.get("parts", [])]
    topic = next((part["topic"] for part in parts if "topic" in part), None)
    result.predictions.append({"id": row["id"], "route": route, "topic": topic})
    gold = row.get("gold_route")
    if gold:
        result.labelled += 1
        others = re.search(r"\[also:([^\]]+)\]", row.get("note") or "")
        right = route == gold or bool(others and route in others.group(1).split(","))
        result.right += right
        if not right:
            result.confusion[gold, route] += 1


def _message(bot: BotHarness, row: dict[str, Any], number: int) -> Message:
    context = row.get("context", "dm")
    group = None if context == "dm" else f"group-{number}"
    return bot.message(row["text"], who=f"person-{number}", group=group, at_bot=context == "group_mention")


def _row(line: str, number: int, file: Path) -> dict[str, Any]:
    try:
        row = json.loads(line)
        if not isinstance(row["text"], str):
            raise TypeError
        row["id"]
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{file}:{number}: not a row", 'each line is JSON with "id", "text" and "context"') from None
    return dict(row)
