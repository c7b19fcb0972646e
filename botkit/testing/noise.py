"""Noise: the errors that people make when they type, for measuring how much of it understanding bears."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from botkit.language.normalise import HAN
from botkit.language.pinyin import homophones, spoken
from botkit.language.typos import NEIGHBOURS

if TYPE_CHECKING:
    from opencc import OpenCC

_WORD = re.compile("[A-Za-z]{3,}")
_HAN = re.compile(f"[{HAN}]")
_RUN = re.compile(f"[{HAN}]+")
_INVISIBLE = "\u200b\u200c\u2060\ufeff"
# An input method offers the commonest first, and nobody looks at its second page.
_OFFERED = 8


@cache
def _taiwan() -> OpenCC:
    """The converter, loaded once: that takes a tenth of a second."""
    from opencc import OpenCC

    return OpenCC("s2tw")


class Noise:
    """Puts natural errors into texts; the same seed and the same calls give the same errors.

    ``rate`` is the share of words (of characters in Chinese) that go wrong, and is at least one error a text where
    there is room for one.
    """

    def __init__(self, seed: int = 0, rate: float = 0.1) -> None:
        """Raises ``ValueError`` unless ``rate`` is between 0 and 1."""
        if not 0 <= rate <= 1:
            raise ValueError(f"a rate of {rate} is not between 0 and 1")
        self._random = random.Random(seed)
        self._rate = rate

    def typed(self, text: str) -> str:
        """Typing errors: in words of three letters and more the next key, a letter dropped, doubled or swapped with
        the next, never the first; Chinese characters dropped or doubled."""
        text = self._some(_WORD, text, self._mistyped)
        return self._some(_HAN, text, lambda char: self._random.choice(("", char * 2)))

    def misheard(self, text: str) -> str:
        """Homophones: Chinese characters replaced by common ones of the same toneless sound."""
        return self._some(_HAN, text, self._misheard)

    def traditional(self, text: str) -> str:
        """The whole text in traditional characters, as they are written in Taiwan."""
        return str(_taiwan().convert(text))

    def pinyin(self, text: str) -> str:
        """The whole text in toneless pinyin, words of one to three syllables."""
        return _RUN.sub(self._spelt, text).strip()

    def invisible(self, text: str) -> str:
        """Zero-width characters between the others, as copying and filter dodgers leave them."""
        return "".join(
            char + (self._random.choice(_INVISIBLE) if self._random.random() < self._rate or not at else "")
            for at, char in enumerate(text)
        )

    def _some(self, what: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
        places = list(what.finditer(text))
        if not places or not self._rate:
            return text
        wrong = {at for at in range(len(places)) if self._random.random() < self._rate}
        wrong = wrong or {self._random.randrange(len(places))}
        parts: list[str] = []
        end = 0
        for at, found in enumerate(places):
            if at in wrong:
                parts += (text[end : found.start()], change(found[0]))
                end = found.end()
        return "".join(parts) + text[end:]

    def _mistyped(self, word: str) -> str:
        at = self._random.randrange(1, len(word))
        before, letter, after = word[:at], word[at], word[at + 1 :]
        match self._random.randrange(4):
            case 0:
                return before + self._random.choice(NEIGHBOURS.get(letter.lower(), letter)) + after
            case 1:
                return before + after
            case 2 if after[:1] not in ("", letter):
                return before + after[0] + letter + after[1:]
            case _:
                return before + letter * 2 + after

    def _misheard(self, char: str) -> str:
        others = homophones(char)[:_OFFERED]
        return self._random.choice(others) if others else char

    def _spelt(self, found: re.Match[str]) -> str:
        syllables = spoken(found[0])
        words = []
        while syllables:
            size = self._random.choice((1, 2, 2, 3))
            words.append("".join(syllables[:size]))
            del syllables[:size]
        return f" {' '.join(words)} "
