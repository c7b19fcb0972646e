"""Shares: which part of a day's account a row of the inbox belongs to. Pure, and exactly one for each row."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from botkit.decision import Disposition
from botkit.messages import ChatKind, MessageKind
from botkit.plugins.reports.figures import Place

PATIENCE = timedelta(minutes=10)
"""So long a message may wait for its disposition before it counts as lost."""
EVENTS = frozenset({MessageKind.SYSTEM, MessageKind.REACTION, MessageKind.DELETED})
"""What needs no answer: no word was said."""
ROOMS = frozenset(kind for kind in ChatKind if kind.staffed)
SPOKEN = frozenset({Disposition.ANSWERED, Disposition.SMALLTALK})
IGNORED = frozenset({Disposition.SILENT, Disposition.THROTTLED})
CLAIMS = frozenset({Disposition.ESCALATED, Disposition.EMERGENCY, Disposition.FRAUD, Disposition.UNREADABLE})
"""Dispositions that say that a human has the matter."""
UNNAMED = "unnamed"
_RULE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_MARKS = ("budget", "answered")
"""What a reason has beside its rule where the matter was kept silent for another reason."""


class Share(StrEnum):
    """The parts of the account. The first two are not addressed to the bot."""

    EVENT = "event"
    ROOM = "room"
    ANSWERED = "answered"
    CASE = "case"
    IGNORED = "ignored"
    WAITING = "waiting"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class Received:
    """A row of the inbox without its words."""

    id: int
    place: Place
    at: datetime
    kind: str
    addressed: bool
    urgent: bool
    disposition: str | None
    rule: str
    done: bool


def share(row: Received, taken: AbstractSet[int], now: datetime) -> Share:
    """The share of a row; ``taken`` are the rows that a ledger says a human has. In doubt: unsettled."""
    if row.kind in EVENTS:
        return Share.EVENT
    if not row.done:
        return Share.UNSETTLED if now - row.at > PATIENCE else Share.WAITING
    if row.place.kind in ROOMS and row.disposition not in CLAIMS:
        return Share.ROOM
    if row.disposition in SPOKEN:
        return Share.ANSWERED
    # A matter that was passed on without a word in the group is a human's all the same.
    if row.id in taken:
        return Share.CASE
    if row.disposition in IGNORED:
        return Share.IGNORED
    if row.disposition == Disposition.FRAUD and _warned_only(row):
        return Share.ANSWERED
    return Share.UNSETTLED


def _warned_only(row: Received) -> bool:
    """Whether a line of warning was all that a scam called for: posted among neighbours, nothing at stake yet."""
    return row.place.kind == ChatKind.GROUP and not row.addressed and not row.urgent


def rule_of(reason: str | None, disposition: str | None) -> str:
    """The rule in the reason of a decision. Nothing but an identifier passes, whatever a plugin wrote there."""
    told = _decoded(reason)
    if disposition in IGNORED:
        for mark in _MARKS:
            if mark in told:
                return mark
    parts = told.get("parts")
    for part in (told, *(parts if isinstance(parts, list) else ())):
        for name in ("rule", "trouble", "kind"):
            value = part.get(name) if isinstance(part, dict) else None
            if isinstance(value, str) and _RULE.fullmatch(value):
                return value
    return UNNAMED


def _decoded(reason: str | None) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(reason or "{}")
    except msgspec.MsgspecError:
        return {}
    return told if isinstance(told, dict) else {}
