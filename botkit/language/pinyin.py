"""Pinyin: what a text sounds like, so that homophones, slips of the input method and Latin spelling meet."""

from __future__ import annotations

import re
from functools import cache

from botkit.language.detect import is_pinyin
from botkit.language.normalise import HAN, normalise
from botkit.language.readings import readings
from botkit.language.spelling import split_word

_PIECES = re.compile(f"([{HAN}]+)|([a-zü]+(?:'[a-zü]+)*)|([0-9]+)")
_LONGEST_PHRASE = 3

# What speakers of Shanghai, and phones set to "fuzzy", do not tell apart.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_NASAL = re.compile("(?<=[aei])ng$")
_HU = {"hu": "fu", "hua": "fa", "huo": "fo", "hui": "fei", "huan": "fan", "huang": "fan", "hun": "fen", "hong": "fen"}


def syllables(text: str) -> list[str]:
    """The toneless syllables of a text, in order: ``煤气 xielou`` gives ``mei qi xie lou``.

    Chinese characters by their sound in the commonest words (银行 is ``yin hang``), ü as ``v``. Latin words are
    taken apart where the Latin words of the text are pinyin as a whole, and stay whole otherwise, as digits do;
    signs are left out. A character that nobody knows stands for itself. Never raises; linear; 1 µs a character.
    """
    found: list[str] = []
    pieces = _PIECES.findall(normalise(text))
    words = [part for _, word, _ in pieces if word for part in word.replace("ü", "v").split("'")]
    spelt = bool(words) and is_pinyin(words, 1 if any(han for han, _, _ in pieces) else 2)
    for han, word, number in pieces:
        if han:
            found += spoken(han)
        elif word and spelt:
            found += split_word(word) or (word,)
        else:
            found.append(word or number)
    return found


def spoken(han: str) -> list[str]:
    """The syllables of a run of Chinese characters, one for each character."""
    table = readings()
    found: list[str] = []
    at = 0
    while at < len(han):
        char = han[at]
        if char in table.openers:
            for size in range(_LONGEST_PHRASE, 1, -1):
                if (told := table.phrases.get(han[at : at + size])) is not None:
                    found += told
                    at += size
                    break
            else:
                found.append(table.of(char) or char)
                at += 1
        else:
            found.append(table.of(char) or char)
            at += 1
    return found


@cache
def _sound(syllable: str) -> str:
    heard = _HU.get(syllable, syllable)
    for sharp, flat in _INITIALS:
        if heard.startswith(sharp):
            heard = flat + heard[len(sharp) :]
            break
    return _NASAL.sub("n", heard)


def sound(syllable: str) -> str:
    """A syllable as careless ears hear it: zh/z, ch/c, sh/s, n/l, an/ang, en/eng, in/ing and hu/f are one.

    What is no syllable (an English word, a number) stays as it is.
    """
    # Only what is short is remembered: syllables are few, other words are endless.
    return _sound(syllable) if split_word(syllable) == (syllable,) else syllable


def sounds(text: str) -> list[str]:
    """The syllables of a text as ``sound`` hears them."""
    return [sound(syllable) for syllable in syllables(text)]


def homophones(char: str) -> str:
    """The other characters that usually sound the same (tones aside), those of more common words first."""
    return readings().alike(char).replace(char, "")
