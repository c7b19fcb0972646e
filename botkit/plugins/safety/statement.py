"""A statement: one thing that people say of themselves, and what takes it back, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from botkit.plugins.safety.lexicon import Kind
from botkit.plugins.safety.phrases import Phrase

CLAUSE, AROUND = 0, -3
"""Reaches of a context beside ``SENTENCE`` and ``MESSAGE``: its clause up to its end, and the sentence as a whole."""


@dataclass(frozen=True, slots=True)
class Context:
    """Words that take a statement back: in its clause or sentence up to its end, in all of the sentence, or anywhere in
    the message.

    ``plain`` ones count only in talk among residents.
    """

    name: str
    reach: int
    plain: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is said, in all ways of saying it. ``about``: a part of a word that every one of them has.

    ``posted`` ones count among residents too. Those ``beside`` a scam are certain only where one was found. A ``cue``
    is none unless the model believes in fraud.
    """

    id: str
    kind: Kind
    advice: str
    about: re.Pattern[str]
    says: tuple[Phrase, ...]
    unless: tuple[Context, ...]
    posted: bool
    beside: bool
    cue: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A statement that was found, and whether it tells of something long ago."""

    statement: Statement
    long_ago: bool
