"""Searching the directory: words in both languages, traditional characters, pinyin, homophones and typing errors."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from botkit.language.detect import is_pinyin
from botkit.language.normalise import HAN, normalise
from botkit.language.pinyin import sound, spoken
from botkit.language.spelling import split_word

LONGEST = 100
"""Characters of a search that are looked at."""
FIELDS = {"name": 4.0, "alias": 3.0, "topic": 2.0, "organization": 1.5, "summary": 1.0}
"""The kinds of text that are searched, and how much a word in one counts."""
ENOUGH = 0.6
"""From this share of a word on, weighed by rarity, an entry has the word."""

_HEARD = 0.5
"""What only sounds alike counts so much of what is written alike."""
_COMPLETED = 40
# Shorter words have too many neighbours; long ones may have two errors.
_SHORTEST, _LONG = 4, 8
_PART_OF_NUMBER = 4
"""So many words that begin as the typed one are looked at."""
_PIECES = re.compile(f"([{HAN}]+)|([a-z]+(?:'[a-z]+)*)|([0-9][0-9 -]*[0-9]|[0-9])")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched of one entry: its texts by field, and its numbers, digits alone."""

    texts: tuple[tuple[str, str], ...]
    numbers: tuple[str, ...] = ()


class Search:
    """An inverted index of documents by key. Never changes; some 20 µs a document to make.

    ``changed`` gives another one at once, which keeps what has changed beside what has not.
    """

    def __init__(self, documents: Mapping[str, Document], beside: Search | None = None) -> None:
        """``beside`` is an index whose idea of which words are rare holds here too."""
        found: defaultdict[str, dict[int, float]] = defaultdict(dict)
        self._numbers: defaultdict[str, list[int]] = defaultdict(list)
        words: set[str] = set()
        self._keys = list(documents)
        self._size = len(documents)
        self._common = beside
        self._whole = self
        self._changed: Search | None = None
        self._hidden: frozenset[str] = frozenset()
        for at, document in enumerate(documents.values()):
            for field, text in document.texts:
                weight = FIELDS[field]
                for term in _terms(normalise(text), words):
                    known = found[term]
                    known[at] = max(known.get(at, 0), weight)
            for number in document.numbers:
                self._numbers[number].append(at)
        self._postings = {
            term: (np.fromiter(known, np.int32, len(known)), np.fromiter(known.values(), np.float32, len(known)))
            for term, known in found.items()
        }
        self._words = sorted(words)
        self._documents = documents if beside is not None else {}

    @property
    def beside(self) -> int:
        """How many documents have changed since all of them were indexed together."""
        return len(self._hidden)

    def changed(self, documents: Mapping[str, Document | None]) -> Search:
        """The index with these documents replaced, added or (None) gone. Costs what these documents cost."""
        old = self._changed._documents if self._changed is not None else {}
        new = {key: document for key, document in {**old, **documents}.items() if document is not None}
        search = copy(self)
        search._changed = Search(new, self._whole)
        search._hidden = self._hidden | frozenset(documents)
        return search

    def find(self, text: str) -> list[str]:
        """The keys of the documents that have every word of a text, best first. Never raises.

        A word may be part of one (search as you type), mistyped, misheard or in pinyin; what is written as asked
        comes first. A text without a word finds nothing.
        """
        plain = normalise(text[:LONGEST])
        found = [(key, score) for key, score in self._found(plain) if key not in self._hidden]
        if self._changed is not None:
            found = sorted([*found, *self._changed._found(plain)], key=lambda pair: -pair[1])
        return [key for key, _ in found]

    def _found(self, plain: str) -> Iterator[tuple[str, float]]:
        total: Floats | None = None
        for score in self._pieces(plain):
            total = score if total is None else np.where((total > 0) & (score > 0), total + score, 0)
        if total is None:
            return
        places = np.flatnonzero(total)
        for at in places[np.argsort(-total[places], kind="stable")].tolist():
            yield self._keys[at], float(total[at])

    def _pieces(self, plain: str) -> Iterator[Floats]:
        pieces = _PIECES.findall(plain)
        latin = [word for _, word, _ in pieces if word]
        spelt = bool(latin) and is_pinyin(latin, 1)
        if spelt:
            said = [syllable for word in latin for syllable in split_word(word) or (word,)]
            yield np.maximum(self._heard(said), self._all(map(self._word, latin)))
        for han, word, number in pieces:
            if han:
                yield self._han(han)
            elif number:
                yield self._number("".join(filter(str.isdigit, number)))
            elif not spelt:
                yield self._word(word)

    def _all(self, scores: Iterable[Floats]) -> Floats:
        """The sum where every one holds."""
        total = np.zeros(self._size, np.float32)
        for score in (each := list(scores)):
            total += score
        for score in each:
            total[score == 0] = 0
        return total

    def _han(self, run: str) -> Floats:
        return np.maximum(self._share(_han_terms(run)), self._heard(spoken(run)))

    def _heard(self, said: list[str]) -> Floats:
        # One syllable alone sounds like too much.
        return self._share(_sound_terms(said)) * _HEARD if len(said) > 1 else np.zeros(self._size, np.float32)

    def _word(self, word: str) -> Floats:
        """A word as it stands, the words it begins, or else the one that it was meant to be."""
        first = bisect_left(self._words, word)
        begun = [other for other in self._words[first : first + _COMPLETED] if other.startswith(word)]
        weights = {other: 1.0 if other == word else 0.8 for other in begun} or dict.fromkeys(self._meant(word), _HEARD)
        score = np.zeros(self._size, np.float32)
        for other, weight in weights.items():
            score = np.maximum(score, self._share([f"w{other}"]) * np.float32(weight))
        return score

    def _meant(self, word: str) -> list[str]:
        """The words that a mistyped one may be: one error away, two from eight letters on, the nearest ones."""
        if len(word) < _SHORTEST:
            return []
        errors = 2 if len(word) >= _LONG else 1
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=errors, limit=_COMPLETED)
        return [other for other, distance, _ in near if distance == near[0][1] and other[0] in word[:2]]

    def _number(self, digits: str) -> Floats:
        score = np.zeros(self._size, np.float32)
        # Few digits begin a number; more of them may be any part of it.
        parts = [number for number in self._numbers if digits in number] if len(digits) >= _PART_OF_NUMBER else [
            number for number in self._numbers if number.startswith(digits)
        ]  # fmt: skip
        score[[at for number in parts for at in self._numbers[number]]] = 1.0
        score[self._numbers.get(digits, [])] = 2.0
        return score

    def _share(self, terms: list[str]) -> Floats:
        """How much of the terms each document has, weighed by rarity and field; 0 below what is enough."""
        score, share = np.zeros(self._size, np.float32), np.zeros(self._size, np.float32)
        whole = 0.0
        for term in dict.fromkeys(terms):
            posting = self._postings.get(term)
            rarity = self._rarity(term)
            whole += rarity
            if posting is not None:
                share[posting[0]] += rarity
                score[posting[0]] += rarity * posting[1]
        return np.where(share >= ENOUGH * whole, score, 0) if whole else score

    def _rarity(self, term: str) -> float:
        if self._common is not None:
            return self._common._rarity(term)
        posting = self._postings.get(term)
        return log(1 + self._size / (len(posting[0]) if posting else 1))


def _terms(plain: str, words: set[str]) -> Iterator[str]:
    """What a text is found by; the Latin words in it are noted."""
    for han, word, _ in _PIECES.findall(plain):
        if han:
            yield from _han_terms(han)
            yield from (f"h{char}" for char in han)
            yield from _sound_terms(spoken(han))
        elif word:
            words.add(word)
            yield f"w{word}"


def _han_terms(run: str) -> list[str]:
    """Pairs of neighbouring characters, or the one character there is."""
    return [f"h{a}{b}" for a, b in pairwise(run)] or [f"h{run}"]


def _sound_terms(said: list[str]) -> list[str]:
    return [f"s{sound(a)} {sound(b)}" for a, b in pairwise(said)]
