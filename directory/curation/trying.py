"""Trying: what the directory makes of a question, why, and what its values are mistaken for."""

from __future__ import annotations

from dataclasses import dataclass

from botkit.language import split, stance
from directory.curation.effects import Outcome, outcome
from directory.index import Found, Index
from directory.neighbours import neighbours
from directory.reasons import Limits
from directory.values import Entry, Faq

LONGEST = 500
_NEAREST = 3
_MISTAKEN = 8


@dataclass(frozen=True, slots=True)
class Near:
    """What a question is near to. ``subject`` is None for what only an officer answers; ``share`` is 0 to 1."""

    key: str
    subject: Entry | Faq | None
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Tried:
    """One ask of a message: what becomes of it and why. ``stance`` names what its words say about the ask."""

    text: str
    outcome: Outcome
    found: Found
    stance: tuple[str, ...]
    nearest: tuple[Near, ...]


def tried(index: Index, limits: Limits, message: str) -> list[Tried]:
    """What the directory would do with a message, ask by ask. Some milliseconds; nothing of it is kept."""
    told = []
    for text in split(message):
        found = index.judge(text)
        done = outcome(index, limits, text)
        others = [match.key for match in found.nearest if match.key not in done.said[1]]
        nearest = tuple(Near(key, index.get(key)) for key in others[:_NEAREST])
        told.append(Tried(text, done, found, stance(text).told, nearest))
    return told


def mistaken(index: Index, slug: str) -> list[Near]:
    """Where most phrasings of a value would lead if it were not there. Raises ``KeyError`` where it has none."""
    return [Near(key, index.get(key), share) for key, share in neighbours(index, slug)[:_MISTAKEN]]
