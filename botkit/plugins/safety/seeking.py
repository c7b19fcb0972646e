"""Seeking: the places of a text where a phrase may begin, found by all words of all phrases in one pass."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import ahocorasick

from botkit.plugins.safety.phrases import AMOUNTS, BREAKS, Element, Phrase


class Places:
    """Where which elements of phrases begin in a part of a text, in order, as bits; and all bits that there are."""

    __slots__ = ("found", "present")

    def __init__(self, found: list[tuple[int, int]]) -> None:
        found.sort()
        self.found = found
        self.present = 0
        for _, mask in found:
            self.present |= mask


class Seeker:
    """Phrases, by the words that they can't be without: a pattern is costly, and hardly any text has them all."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        bits: dict[Element, int] = {}
        self._rows: dict[int, tuple[int, int, tuple[int, ...]]] = {}
        for phrase in phrases:
            first, *rest = (bits.setdefault(element, 1 << len(bits)) for element in phrase.needed)
            every = first
            for bit in rest:
                every |= bit
            self._rows[id(phrase)] = every, first, (*rest, 0)
        masks: dict[str, int] = {}
        for element, bit in bits.items():
            for word in element.words:
                masks[word] = masks.get(word, 0) | bit
        self._automaton = ahocorasick.Automaton()
        for word, mask in masks.items():
            self._automaton.add_word(word, (len(word) - 1, mask))
        self._automaton.make_automaton()
        self._amount, self._begin = (
            sum(bit for element, bit in bits.items() if sign in element.signs) for sign in "#^"
        )

    def places(self, text: str, low: int, high: int) -> Places:
        """Where the elements of all phrases begin in a part of a text."""
        found = [(low + end - before, mask) for end, (before, mask) in self._automaton.iter(text[low:high])]
        found += [(one.start(), self._amount) for one in AMOUNTS.finditer(text, low, high)]
        found += [(one.end(), self._begin) for one in BREAKS.finditer(text, low, high)]
        return Places(found)

    def every(self, phrase: Phrase) -> int:
        """All elements of a phrase, as bits."""
        return self._rows[id(phrase)][0]

    def starts(self, phrase: Phrase, places: Places) -> Iterator[int]:
        """Where a phrase may begin: all its elements follow, in order and near enough."""
        every, first, rest = self._rows[id(phrase)]
        if places.present & every != every:
            return
        found, last = places.found, -1
        for start, mask in found:
            if not mask & first or start == last:
                continue
            last, stop = start, bisect_left(found, (start + phrase.longest + 1, 0))
            # A word is one character at least; the beginning of a clause is none.
            after = start if first & self._begin else start + 1
            at = 0
            for place, further in found[bisect_left(found, (after, 0)) : stop] if rest[0] else ():
                if further & rest[at] and place >= after:
                    after, at = place + 1, at + 1
                    if not rest[at]:
                        break
            if not rest[at]:
                yield start
