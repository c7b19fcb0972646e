"""Lexicons: the reviewed word lists, rules and numbers of ``config/safety``, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from botkit.language.normalise import normalise

SENTENCE = -1
MESSAGE = -2


@dataclass(frozen=True, slots=True)
class Number:
    """An emergency number: its names, and what it is for, in both languages."""

    number: str
    name: Mapping[str, str]
    purpose: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of danger or fraud: ``advice`` names its texts, ``unless`` what its rules are silenced by.

    Of what the model finds by itself ``urgent`` kinds are paged at once, and ``posted`` ones, scams as they are
    posted, count in talk among residents.
    """

    name: str
    advice: str
    unless: tuple[str, ...]
    urgent: bool = False
    posted: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What takes an alarm back when it stands within ``reach`` of it.

    ``reach`` is in characters, or ``SENTENCE`` or ``MESSAGE``. ``lifted_by`` names the list whose words, in
    the same sentence, make it an alarm after all. ``plain`` exclusions hold only for talk among residents:
    what is said to the bot itself is taken at its word.
    """

    name: str
    words: str
    reach: int
    lifted_by: str | None
    plain: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """Words of every list of ``all_of``, at most ``near`` characters apart, and none of the exclusions.

    The first list is the anchor: a negation before its word, or an exclusion around it, silences it.
    ``posted`` rules count in talk among residents too. ``bare`` rules need no check
    for negation, since their words say it themselves. A ``cue`` is no alarm unless the model believes it. ``needs``
    are examples that no other rule finds.
    """

    id: str
    kind: Kind
    all_of: tuple[str, ...]
    near: int
    ordered: bool
    unless: tuple[str, ...]
    posted: bool
    urgent: bool
    bare: bool
    cue: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word lists by name, rules in order of precedence, exclusions and kinds.

    ``cries``, by kind: what is danger where it is the whole message; ``beside`` may stand next to them.
    """

    lists: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    exclusions: Mapping[str, Exclusion]
    kinds: Mapping[str, Kind]
    cries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beside: tuple[str, ...] = ()


def words(given: Iterable[str]) -> tuple[str, ...]:
    """The words of a list, in the plain form that is searched: ``"a|b"`` is two, apostrophes do not count."""
    found = (plain_form(normalise(word)) for text in given for word in text.split("|"))
    return tuple(dict.fromkeys(word for word in found if word.strip("* ")))


def plain_form(normalised: str) -> str:
    """Normalised text with apostrophes gone: "can't" and "cant" are one word."""
    return normalised.replace("'", "")
