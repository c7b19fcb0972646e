"""Phrases: how people say one thing, written as a row of words, and compiled to a pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from botkit.language.normalise import HAN
from botkit.plugins.safety.lexicon import words

CLAUSE_ENDS, SENTENCE_ENDS = ",。!?;:\n", "。!?;\n"
SENTENCE_END = re.compile(rf"[{SENTENCE_ENDS}]|\. ")
"""Characters that end a clause and a sentence, in the form that is searched."""
_DIGITS = r"[0-9](?:[0-9.,]*[0-9])?"
_SPELT = "[一二两俩三四五六七八九十百千万亿几多好数半零]+"
_MONEY = (
    r"多?(?:块|元|圆|刀|蚊|美金|美元|欧|大洋|人民币|rmb|yuan|kuai|dollars?|bucks|usdt?|euros?|pounds?|grand|w|k)"
    r"(?![a-z])"
)
# 1.5万, 三万八, 5000, 几百块, ¥300, 20k; but not 三次, 二两, 三万金币.
_AMOUNT = (
    rf"(?:[$¥€£] ?{_DIGITS}|{_DIGITS} ?(?:多|来|几)?(?:百|千|万|亿)?(?:多|来|几)?{_MONEY}|{_SPELT}(?:来|几)?{_MONEY}"
    rf"|(?:{_DIGITS}|{_SPELT}) ?(?:百|千|万|亿)[一二三四五六七八九多几来]?|[0-9][0-9,]+[0-9](?![0-9]|年))"
    r"(?!金|积分|点|钻|步|字|条|斤|次|人|遍|年|赞|粉|豆|分)(?:多|左右)?块?钱?"
)
AMOUNTS = re.compile("[0-9一二两俩三四五六七八九十百千万亿几多好数半零$¥€£]+")
"""Where an amount may begin."""
_BEGINS = rf"(?:^|(?<=[{CLAUSE_ENDS}.…~])|(?<=[{CLAUSE_ENDS}.…~] )|(?<=[{HAN}] ))"
BREAKS = re.compile(rf"^|[{CLAUSE_ENDS}.…~] ?|(?<=[{HAN}]) ")
"""What a clause begins after; a space between Chinese words is a comma of those who type none."""
_SIGNS = {"#": _AMOUNT, "^": _BEGINS, "*": f"[^{CLAUSE_ENDS}]{{1,10}}?的", "$": r"(?! ?\w)"}
_LONG = {"#": 20, "^": 0, "*": 11, "$": 0}
_SPACE = " ?"
_GAP = re.compile(r"(~{1,3})(\d+)")


class PhraseError(ValueError):
    """What is wrong in a phrase."""


@dataclass(frozen=True, slots=True)
class Element:
    """One of these words, or one of the signs ``#`` and ``^``. Nothing of both where it may be nothing at all."""

    words: frozenset[str]
    signs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern, the elements that it can't be without, in order, and its length at most."""

    source: str
    needed: tuple[Element, ...]
    longest: int

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first needed: a second for all, and few ever are."""
        return _pattern(self.source)


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


def compiled(phrase: str, lists: Mapping[str, tuple[str, ...]]) -> Phrase:
    """A phrase: a row of elements, the first of which must be there. Raises ``PhraseError``.

    ``a|b`` is one of these words and ``@name`` one of a list's, an underscore a space inside a word. ``#`` is an
    amount of money, ``^`` the beginning of a clause, ``$`` its end, ``*`` a description (up to ten characters and 的).
    Elements touch, or a space is between them; ``~12`` lets up to twelve characters stand between, none of which ends
    the clause, ``~~12`` the sentence; ``~~~12`` any. A ``?`` at its end makes an element optional, a ``!`` before it
    forbids it there, and ``=`` demands it without taking it in.
    """
    row, joint, longest = "", "", 0
    needed: list[Element] = []
    for part in phrase.split():
        if gap := _GAP.fullmatch(part):
            if not needed:
                raise PhraseError(f"{part!r} can't be the first of a phrase")
            ends = {1: f"[^{CLAUSE_ENDS}]", 2: f"[^{SENTENCE_ENDS}]", 3: r"[\s\S]"}[len(gap[1])]
            # Both: a gap may follow what was left out, and then there is one already.
            joint += f"{ends}{{0,{gap[2]}}}?"
            longest += int(gap[2])
            continue
        about, optional = part[0] if part[0] in "!=" and len(part) > 1 else "", len(part) > 1 and part[-1] == "?"
        told, element, length = _element(part[1:] if about else part[:-1] if optional else part, lists)
        if about:
            row += f"(?{about}{joint or _SPACE}(?:{told}))"
        elif optional:
            # What stands before it stands before the next where it is left out.
            row += f"{joint}(?:(?:{told}){_SPACE})?"
        else:
            row += f"{joint}(?:{told})"
        joint = "" if optional else _SPACE
        longest += length + 1
        if not about and not optional and (element.words or element.signs):
            needed.append(element)
        elif not needed:
            raise PhraseError(f"{part!r} can't be the first of a phrase")
    return Phrase(row, tuple(needed), longest)


@cache
def _either(given: tuple[str, ...]) -> str:
    """One of these words, the longest that fits; Latin ones not inside another."""
    return "|".join(_whole(word) for word in sorted(given, key=lambda word: (-len(word), word)))


@cache
def _words(told: str) -> tuple[str, ...]:
    """Words as they are searched, of one as it is written in a phrase."""
    return words([told.replace("_", " ")])


def _element(part: str, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, Element, int]:
    """The pattern of an element, what it is of, and its length at most."""
    told: list[str] = []
    known: list[str] = []
    signs: list[str] = []
    for one in part.split("|"):
        if one in _SIGNS:
            told.append(_SIGNS[one])
            signs.append(one)
            continue
        if one.startswith("@"):
            if one[1:] not in lists:
                raise PhraseError(f"{one} is no list")
            given = lists[one[1:]]
        else:
            given = _words(one)
        if not given:
            raise PhraseError(f"{part!r} has an empty word")
        told.append(_either(given))
        known += given
    length = max([len(word) for word in known] + [_LONG[sign] for sign in signs])
    if "$" in signs or "*" in signs:
        return "|".join(told), Element(frozenset(), frozenset()), length
    return "|".join(told), Element(frozenset(known), frozenset(signs)), length


def _whole(word: str) -> str:
    before, after = (char.isascii() and char.isalnum() for char in (word[0], word[-1]))
    return f"{'(?<![a-z0-9])' if before else ''}{re.escape(word)}{'(?![a-z0-9])' if after else ''}"
