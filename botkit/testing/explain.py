"""Explaining: one message through the whole bot, and every step of the way in plain lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from botkit.assembly import discover, read_settings
from botkit.chats import USUAL
from botkit.language import detect, split, stance
from botkit.messages import Message
from botkit.testing.evaluate import message_of, route_of
from botkit.testing.harness import BotHarness

SAYS_NOTHING = "nothing"
_NAMED = 3


async def explain(config: Path, text: str, context: str) -> list[str]:
    """What the station of a folder makes of a message, in a fresh chat on a Wednesday at 10:00. Nothing is kept."""
    settings = read_settings(config, {})
    async with BotHarness(discover(settings.plugins.enabled), settings=settings, background=True) as bot:
        await bot.ready()
        bot.services.chats.newcomers = USUAL  # groups as they are once their owner has enabled the bot
        message = message_of(bot, {"text": text, "context": context}, 0)
        await bot.deliver(message)
        rows = await bot.services.database.read(
            "SELECT concern, verdict, disposition, reason FROM inbox WHERE platform_id = ?", message.id
        )
        row = rows[0] if rows else None
        reason: dict[str, Any] = json.loads(row["reason"] or "{}") if row else {}
        disposition = row["disposition"] if row else None
        return [
            _line("message", text),
            _line("context", context),
            _line("language", detect(text)),
            *_segments(text),
            *_screened(row, message),
            *_reasons(reason),
            _line("route", f"{route_of(disposition, reason, message)} (ends as {disposition or 'plain talk'})"),
            *_said(bot),
        ]


def _line(name: str, told: str) -> str:
    return f"{name:11} {told}".rstrip()


def _segments(text: str) -> list[str]:
    lines = []
    for number, segment in enumerate(split(text), 1):
        told = ", ".join(stance(segment).told) or "asks for itself, now"
        lines += [_line("segment" if number == 1 else "", segment), _line("  stance", told)]
    return lines


def _screened(row: Any, message: Message) -> list[str]:
    if row is None:
        return [_line("safety", SAYS_NOTHING), _line("addressed", "no: plain talk, dropped before anything is written")]
    verdict = json.loads(row["verdict"]) if row["verdict"] else {}
    rule = ", ".join(f"{key} {verdict[key]}" for key in ("rule", "kind") if verdict.get(key))
    danger = row["concern"] in ("emergency", "fraud")
    by = "in private" if message.private else "a mention" if message.addressed else "" if danger else rule or "by word"
    return [
        _line("safety", f"{row['concern']}: {rule}" if danger else SAYS_NOTHING),
        _line("addressed", f"yes: {by}" if by else "no: but danger concerns the bot everywhere"),
    ]


def _reasons(reason: dict[str, Any]) -> list[str]:
    """What the stages noted. A message in parts has a reason for each."""
    lines = []
    for part in reason.get("parts", [reason]):
        if part.get("rule"):
            word = f", by the word {part['word']!r}" if part.get("word") else ""
            lines.append(_line("rule", f"{part['rule']}{word}"))
    for part in [*reason.get("parts", [reason]), *reason.get("directory", ())]:
        if "confidence" in part:
            lines += _matched(part)
    return lines


def _matched(part: dict[str, Any]) -> list[str]:
    limits = f"answers from {part['threshold']:.3f}" + (f", offers from {part['offer']:.3f}" if "offer" in part else "")
    named = part.get("entry", SAYS_NOTHING)
    lines = [_line("directory", f"{part.get('outcome', '')}: {named}, confidence {part['confidence']:.3f} ({limits})")]
    if part.get("phrasing"):
        lines.append(_line("  nearest to", part["phrasing"]))
    if part.get("features"):
        weighed = ", ".join(f"{name} {weight:.2f}" for name, weight in part["features"])
        lines.append(_line("  weighed", weighed))
    if part.get("nearest"):
        lines.append(_line("  nearest", ", ".join(f"{key} {score:.2f}" for key, score in part["nearest"][:_NAMED])))
    return lines


def _said(bot: BotHarness) -> list[str]:
    lines: list[str] = []
    for sent in bot.sent:
        shown = [f"[{label}]" for label, _ in sent.out.buttons]
        lines += [*sent.text.split("\n"), *([" ".join(shown)] if shown else [])]
    return [_line("reply" if number == 0 else "", line) for number, line in enumerate(lines or [SAYS_NOTHING])]
