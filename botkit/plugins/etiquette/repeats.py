"""Repeats: the answer that was given a moment ago is pointed to, not given again (E9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2s
from zoneinfo import ZoneInfo

from botkit.decision import Decision
from botkit.messages import say, tr
from botkit.plugins.etiquette.recent import Line
from botkit.plugins.etiquette.settings import EtiquetteSettings

MARK = "answer"
"""Where an answer's fingerprint stands in the reason: the same question, however it is put, gets the same one."""


def mark(text: str) -> str:
    """The fingerprint of an answer's text: the bot's own words, never a resident's."""
    return blake2s(text.encode(errors="replace"), digest_size=8).hexdigest()


def earlier(lines: Sequence[Line], marked: str, now: datetime, settings: EtiquetteSettings) -> Line | None:
    """The line that gave this very answer, if that was a moment ago."""
    said = (
        line
        for line in lines
        # What only one person got to read answers nobody else.
        if line.reason.get(MARK) == marked
        and line.reason.get("told", "shortened") == "shortened"
        and now - line.at < settings.repeat
    )
    # Of an answer in parts the first is pointed to.
    return min(said, key=lambda line: line.at, default=None)


def pointer(decision: Decision, line: Line, zone: ZoneInfo) -> Decision:
    """The decision that points to the earlier answer, and quotes it where it is known."""
    at = f"{line.at.astimezone(zone):%H:%M}"
    return replace(
        decision,
        replies=(say(tr("etiquette.repeat", at=at), reply_to=line.platform_id or None),),
        reason={**decision.reason, "rule": "repeat", "of": line.answer},
    )
