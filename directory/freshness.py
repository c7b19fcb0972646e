"""Freshness: how good somebody's word on an entry or FAQ still is."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from directory.values import TERMS, Entry, Faq

_LAST = 4
"""In the last of so many parts of its term, a subject is due."""


class Freshness(StrEnum):
    """What can be said of a subject's facts on a day."""

    SAMPLE = "sample"
    """For show only: exempt."""
    UNVERIFIED = "unverified"
    """Nobody ever made sure of them. They say so, and do not expire."""
    FRESH = "fresh"
    DUE = "due"
    """Still good, but soon to be verified again."""
    EXPIRED = "expired"
    """No longer to be told as current."""


def freshness(subject: Entry | Faq, today: date) -> Freshness:
    """How fresh a subject is on a day. Its term begins the day after it was verified, and counts whole days."""
    if subject.sample:
        return Freshness.SAMPLE
    if subject.assured_date is None:
        return Freshness.UNVERIFIED
    term, age = TERMS[subject.risk], today - subject.assured_date
    if age > term:
        return Freshness.EXPIRED
    return Freshness.DUE if age > term * (_LAST - 1) / _LAST else Freshness.FRESH


def expires(subject: Entry | Faq) -> date | None:
    """The last day on which a subject is told as current; None for what does not expire."""
    if subject.sample or subject.assured_date is None:
        return None
    return subject.assured_date + TERMS[subject.risk]


DUE = frozenset({Freshness.UNVERIFIED, Freshness.DUE, Freshness.EXPIRED})
"""What somebody should verify."""
