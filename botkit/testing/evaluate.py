"""Evaluation of routes: labelled messages through the whole bot, each in a fresh chat, nothing kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botkit.assembly import discover, read_settings
from botkit.chats import USUAL
from botkit.decision import Disposition
from botkit.messages import Message
from botkit.testing.harness import BotHarness
from botkit.testing.rows import read, words

ROUTES = {
    Disposition.EMERGENCY: "emergency",
    Disposition.FRAUD: "fraud",
    Disposition.ESCALATED: "escalate",
    Disposition.ANSWERED: "directory",
    Disposition.SMALLTALK: "smalltalk",
}
"""Dispositions as the labelling guide names them; all others say nothing, which it calls silent."""
CONTEXTS = ("dm", "group_mention", "group_plain")
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

    On a Wednesday at 10:00, each row from somebody new in a chat of its own, by the model that the station would
    have learnt by then. Labels decide nothing. Raises ``UserError`` naming the line of a row that can't be read.
    """
    settings = read_settings(config, {})
    rows = read(file, _row, '"id", "text" and "context" (dm, group_mention or group_plain)')
    result = Result()
    async with BotHarness(discover(settings.plugins.enabled), settings=settings, background=True) as bot:
        await bot.ready()
        bot.services.chats.newcomers = USUAL  # groups as they are once their owner has enabled the bot
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            messages = [message_of(bot, row, start + number) for number, row in enumerate(chunk)]
            await bot.deliver(*messages)
            for row, message in zip(chunk, messages, strict=True):
                await _judge(bot, row, message, result)
    return result


async def _judge(bot: BotHarness, row: dict[str, Any], message: Message, result: Result) -> None:
    disposition = await bot.disposition(message)
    reason = await bot.reason(message) if disposition else {}
    parts = [reason, *reason.get("parts", [])]
    route = route_of(disposition, reason, message)
    told = {key: next((part[key] for part in parts if key in part), None) for key in ("topic", "confidence")}
    result.predictions.append({"id": row["id"], "route": route, **told, "reason": reason})
    gold = row.get("gold_route")
    if gold:
        result.labelled += 1
        others = re.search(r"\[also:([^\]]+)\]", row.get("note") or "")
        right = route == gold or bool(others and route in others.group(1).split(","))
        result.right += right
        if not right:
            result.confusion[gold, route] += 1


def route_of(disposition: str | None, reason: dict[str, Any], message: Message) -> str:
    """A disposition as the guide names it. What ends at a human's door counts as that: titles offered, abuse."""
    if disposition is None or reason.get("said") == "nothing":
        return "silent"
    if reason.get("outcome") == "offer" or (reason.get("rule") == "abuse" and message.private):
        return "escalate"
    return ROUTES.get(Disposition(disposition), "silent")


def message_of(bot: BotHarness, row: dict[str, Any], number: int) -> Message:
    context = row.get("context", "dm")
    group = None if context == "dm" else f"group-{number}"
    return bot.message(row["text"], who=f"person-{number}", group=group, at_bot=context == "group_mention")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    words(row, "text")
    if row.get("context", "dm") not in CONTEXTS:
        raise ValueError
    return {"id": row["id"], **row}
