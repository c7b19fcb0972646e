"""Seeking: the places of a text where a phrase may begin, found by all words of all phrases in one pass."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator

import ahocorasick

from botkit.plugins.safety.phrases import AMOUNTS, BREAKS, Element, Phrase


class Places:
    """Where the elements of phrases begin in a part of a text, by their numbers; and as bits which there are."""

    __slots__ = ("_at", "_sorted", "present")

    def __init__(self, at: dict[int, list[int]], present: int) -> None:
        self._at = at
        self._sorted: set[int] = set()
        self.present = present

    def of(self, number: int) -> list[int]:
        """Where an element begins that there is, in order."""
        places = self._at[number]
        if number not in self._sorted:
            # Words are found by their ends.
            places.sort()
            self._sorted.add(number)
        return places


class Seeker:
    """Phrases, by the words that they can't be without: a pattern is costly, and hardly any text has them all."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        known: dict[Element, int] = {}
        self._rows = {
            id(phrase): tuple(known.setdefault(element, len(known)) for element in phrase.needed) for phrase in phrases
        }
        used: dict[str, list[int]] = {}
        for element, number in known.items():
            for word in element.words:
                used.setdefault(word, []).append(number)
        self._automaton = ahocorasick.Automaton()
        for word, numbers in used.items():
            self._automaton.add_word(word, (len(word) - 1, tuple(numbers), _bits(numbers)))
        self._automaton.make_automaton()
        of_sign = {sign: tuple(number for element, number in known.items() if sign in element.signs) for sign in "#^"}
        self._amounts, self._begins = ((numbers, _bits(numbers)) for numbers in of_sign.values())

    def places(self, text: str, low: int, high: int) -> Places:
        """Where the elements of all phrases begin in a part of a text."""
        at: defaultdict[int, list[int]] = defaultdict(list)
        present = 0
        for end, (before, numbers, bits) in self._automaton.iter(text[low:high]):
            present |= bits
            start = low + end - before
            for number in numbers:
                at[number].append(start)
        for (numbers, bits), starts in (
            (self._amounts, [found.start() for found in AMOUNTS.finditer(text, low, high)]),
            (self._begins, [found.end() for found in BREAKS.finditer(text, low, high)]),
        ):
            if starts:
                present |= bits
                for number in numbers:
                    at[number] += starts
        return Places(at, present)

    def every(self, phrase: Phrase) -> int:
        """All elements of a phrase, as bits."""
        return _bits(self._rows[id(phrase)])

    def starts(self, phrase: Phrase, places: Places) -> Iterator[int]:
        """Where a phrase may begin, of one whose elements there are: all follow, in order and near enough."""
        first, *rest = self._rows[id(phrase)]
        further = [places.of(number) for number in rest]
        # A word is one character at least; the beginning of a clause is none.
        least = 0 if first in self._begins[0] else 1
        last = -1
        for start in places.of(first):
            if start == last:
                continue
            last, after, limit = start, start + least, start + phrase.longest
            for them in further:
                at = bisect_left(them, after)
                if at == len(them):
                    return
                after = them[at] + 1
                if after > limit + 1:
                    break
            else:
                yield start


def _bits(numbers: Iterable[int]) -> int:
    made = 0
    for number in numbers:
        made |= 1 << number
    return made
