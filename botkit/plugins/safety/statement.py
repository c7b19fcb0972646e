"""A statement: one thing that people say of themselves, and what takes it back, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from botkit.plugins.safety.lexicon import Kind

CLAUSE = 0
"""The reach of a context, beside ``SENTENCE`` and ``MESSAGE``."""


@dataclass(frozen=True, slots=True)
class Context:
    """Words that take a statement back: in its clause or sentence up to its end, or anywhere in the message.

    ``words`` has one group; what it finds outside of the group only looks like them. ``plain`` ones count only in
    talk among residents.
    """

    words: re.Pattern[str]
    reach: int
    plain: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is said, in all ways of saying it. ``about``: a part of a word that every one of them has.

    ``posted`` ones count among residents too. Those ``beside`` a scam are certain only where one was found.
    """

    id: str
    kind: Kind
    advice: str
    about: re.Pattern[str]
    says: tuple[re.Pattern[str], ...]
    unless: tuple[Context, ...]
    posted: bool
    beside: bool


@dataclass(frozen=True, slots=True)
class Times:
    """When it was: long ago, a moment ago or going on; and words of what only began long ago."""

    long_ago: re.Pattern[str]
    lately: re.Pattern[str]
    began: re.Pattern[str]
    lapse: frozenset[str]
    """The kinds that are no longer urgent where they are long ago."""


@dataclass(frozen=True, slots=True)
class Persons:
    """Words for people, and who each is: ``own`` (the teller and his family), ``others``, or ``pronouns``, which are
    others only in the statement's clause: elsewhere he is the swindler ("he said …").
    """

    words: re.Pattern[str]
    who: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A statement that was found, and whether it tells of something long ago."""

    statement: Statement
    long_ago: bool
