"""Entries and matches: what can be asked for, and what a message came near to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be asked for: its key, phrasings as people say them (titles are phrasings too), and its group.

    Mistaking an entry for one of the same group does no harm. Without a group it stands for itself. What is not to be
    answered (``answers=False``) is known so that it is told from what is.
    """

    key: str
    phrasings: tuple[str, ...]
    group: str = ""
    answers: bool = True

    @property
    def kin(self) -> str:
        """The group, or the key of an entry that has none."""
        return self.group or self.key


@dataclass(frozen=True, slots=True)
class Match:
    """How well an entry fits. ``score`` ranks (before a fit 0 to 1), ``phrasing`` is the nearest of the entry.

    ``features`` are those that weighed most, readable, with their share.
    """

    key: str
    score: float
    phrasing: str
    features: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The nearest entries, best first, and the confidence (0 to 1) that the first, or its kin, is meant."""

    matches: tuple[Match, ...] = ()
    confidence: float = 0.0
