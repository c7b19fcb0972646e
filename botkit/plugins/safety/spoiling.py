"""Spoiling: what people make of a text when they write it in haste, for the model to learn from."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from botkit.language.normalise import HAN
from botkit.testing.noise import Noise

_HAN = re.compile(f"[{HAN}]")


class Spoiler:
    """Makes of examples what people write: mistyped, misheard, in pinyin, or just begun."""

    def __init__(self, seed: int, around: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """``around``: by language, what is put ``before`` and ``after`` a text without changing what it is."""
        self._random = random.Random(seed)
        self._around = around
        self._noise = Noise(seed, 0.15)

    def noisy(self, text: str) -> str:
        """With errors of one sort."""
        if not _HAN.search(text):
            return self._noise.typed(text)
        kind = self._random.random()
        if kind < 0.4:
            return self._noise.misheard(text)
        return self._noise.typed(text) if kind < 0.65 else self._noise.pinyin(text)

    def around(self, text: str) -> str:
        """With what people put before and after whatever they say."""
        told = self._around["zh" if _HAN.search(text) else "en"]
        return f"{self._random.choice(told['before'])}{text}{self._random.choice(told['after'])}"

    def longer(self, text: str, quiet: Sequence[str]) -> str:
        """Somewhere among one to three of the quiet texts."""
        parts = self._random.sample(quiet, self._random.choice((1, 1, 2, 3)))
        parts.insert(self._random.randrange(len(parts) + 1), text)
        return self._random.choice(("。", "\n", " ", "，")).join(part.rstrip("。.") for part in parts)

    def snippet(self, text: str) -> str:
        """A few characters or words of it."""
        if _HAN.search(text):
            size = self._random.randrange(2, 7)
            start = self._random.randrange(max(1, len(text) - size))
            return text[start : start + size]
        words = text.split()
        start = self._random.randrange(max(1, len(words) - 3))
        return " ".join(words[start : start + self._random.choice((1, 2, 3))])
