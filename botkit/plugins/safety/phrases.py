"""Phrases: how people say one thing, written as a row of words, and compiled to a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from botkit.language.normalise import HAN
from botkit.plugins.safety.lexicon import words

# Where a clause and a sentence end, in the form that is searched.
CLAUSE_ENDS, SENTENCE_ENDS = ",。!?;:\n", "。!?;\n"
_DIGITS = r"[0-9](?:[0-9.,]*[0-9])?"
_SPELT = "[一二两俩三四五六七八九十百千万亿几多好数半零]+"
_MONEY = (
    r"多?(?:块|元|圆|刀|蚊|美金|美元|欧|大洋|人民币|rmb|yuan|kuai|dollars?|bucks|usd|usdt|euros?|pounds?|grand|w|k)"
)
# 1.5万, 三万八, 5000, 几百块, ¥300, 20k; but not 三次, 二两, 三万金币.
_AMOUNT = (
    rf"(?:[$¥€£] ?{_DIGITS}|{_DIGITS} ?(?:多|来|几)?(?:百|千|万|亿)?(?:多|来|几)?{_MONEY}(?![a-z])"
    rf"|{_SPELT}(?:来|几)?{_MONEY}(?![a-z])|(?:{_DIGITS}|{_SPELT}) ?(?:百|千|万|亿)[一二三四五六七八九多几来]?"
    r"|[0-9][0-9,]+[0-9](?![0-9]|年))(?!金|积分|点|钻|步|字|条|斤|次|人|遍|年|赞|粉|豆|分)(?:多|左右)?块?钱?"
)
_SIGNS = {
    "#": _AMOUNT,
    # A space between Chinese words is a comma of those who type none.
    "^": rf"(?:^|(?<=[{CLAUSE_ENDS}.…~])|(?<=[{CLAUSE_ENDS}.…~] )|(?<=[{HAN}] ))",
    "*": f"[^{CLAUSE_ENDS}]{{1,10}}?的",
    "$": r"(?! ?\w)",
}
_SPACE = " ?"
_GAP = re.compile(r"(~{1,3})(\d+)")


class PhraseError(ValueError):
    """What is wrong in a phrase."""


def compiled(phrases: Iterable[str], lists: Mapping[str, tuple[str, ...]]) -> tuple[re.Pattern[str], ...]:
    """Patterns of phrases, each a row of elements. Raises ``PhraseError``.

    ``a|b`` is one of these words and ``@name`` one of a list's; ``#`` is an amount of money, ``^`` the beginning of a
    clause and ``$`` its end, ``*`` a description (up to ten characters and 的). Elements touch, or a space is between them; ``~12`` lets up to twelve characters stand between, none of
    which ends the clause, ``~~12`` the sentence; ``~~~12`` any. A ``?`` at its end makes an element optional, a ``!``
    before it forbids it there, and ``=`` demands it without taking it in.
    """
    return tuple(re.compile(_row(phrase.split(), lists)) for phrase in phrases)


def either(given: Iterable[str]) -> str:
    """One of these words, the longest that fits; Latin ones not inside another."""
    return "|".join(_whole(word) for word in sorted(given, key=lambda word: (-len(word), word)))


def _row(elements: list[str], lists: Mapping[str, tuple[str, ...]]) -> str:
    made, joint = "", ""
    for element in elements:
        gap = _GAP.fullmatch(element)
        if gap:
            ends = {1: f"[^{CLAUSE_ENDS}]", 2: f"[^{SENTENCE_ENDS}]", 3: r"[\s\S]"}[len(gap[1])]
            # Both: a gap may follow what was left out, and then there is one already.
            joint += f"{ends}{{0,{gap[2]}}}?"
            continue
        if element[0] in "!=" and len(element) > 1:
            made += f"(?{element[0]}{joint or _SPACE}(?:{_element(element[1:], lists)}))"
            joint = _SPACE
        elif len(element) > 1 and element.endswith("?"):
            # What stands before it stands before the next where it is left out.
            made += f"{joint}(?:(?:{_element(element[:-1], lists)}){_SPACE})?"
            joint = ""
        else:
            made += f"{joint}(?:{_element(element, lists)})"
            joint = _SPACE
    return made


def _element(element: str, lists: Mapping[str, tuple[str, ...]]) -> str:
    told: list[str] = []
    for part in element.split("|"):
        if part in _SIGNS:
            told.append(_SIGNS[part])
        elif part.startswith("@"):
            if part[1:] not in lists:
                raise PhraseError(f"{part} is no list")
            told.append(either(lists[part[1:]]))
        else:
            given = words([part.replace("_", " ")])
            if not given:
                raise PhraseError(f"{element!r} has an empty word")
            told.append(either(given))
    return "|".join(told)


def _whole(word: str) -> str:
    before, after = (char.isascii() and char.isalnum() for char in (word[0], word[-1]))
    return f"{'(?<![a-z0-9])' if before else ''}{re.escape(word)}{'(?![a-z0-9])' if after else ''}"
