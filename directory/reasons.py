"""Reasons: why the directory answered, offered or passed on, as it is kept with a message. Never its words."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from directory.index import Found, Index

ANSWER, OFFER, DOUBT, HUMAN, TAKEN_BACK = "answer", "offer", "doubt", "human", "taken_back"
"""What became of a question: answered; titles offered; not sure enough; a human's; no question any more."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """The confidences from which on to answer, and to offer."""

    answer: float
    offer: float


@dataclass(slots=True)
class Notes:
    """What the directory leaves behind on a message that others decide: effects, and why it passed."""

    effects: list[Any] = field(default_factory=list)
    passed: list[dict[str, Any]] = field(default_factory=list)
    offered: bool = False
    """Whether an offer waits for this person's choice."""


notes: ContextVar[Notes] = ContextVar("notes")
"""Of the message being decided."""


def reason(index: Index, found: Found, limits: Limits, outcome: str) -> dict[str, Any]:
    """JSON values. ``phrasing`` and ``features`` are parts of the directory, not of the message."""
    told: dict[str, Any] = {
        "outcome": outcome,
        "confidence": round(found.confidence, 3),
        "threshold": round(limits.answer, 3),
        "revision": index.revision,
    }
    if found.match is not None:
        told["entry"] = found.match.key
        told["phrasing"] = found.match.phrasing
        told["features"] = [list(feature) for feature in found.match.features]
    if found.subject is not None:
        told["topic"] = index.topic_of(found.subject)
    if outcome != ANSWER:
        told["offer"] = round(limits.offer, 3)
        told["nearest"] = [[match.key, round(match.score, 3)] for match in found.nearest[:_NAMED]]
    return told
