"""Typos: words that were mistyped or misheard, put right by the vocabulary of what can be asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from botkit.language.normalise import HAN
from botkit.language.pinyin import sound, spoken

_HAN_RUN = re.compile(f"[{HAN}]+")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_SHORTEST, _LONG, _LONGEST = 4, 8, 24
_HAN_LONGEST = 6
_REMEMBERED = 20_000
_READ = 2_000

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouy")

_Sounds = tuple[str, ...]


def _neighbours() -> dict[str, str]:
    """Each key with those around it; rows are shifted by about half a key."""
    places = {key: (row, column + row * 0.5) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)}
    return {
        key: "".join(
            other for other, (y, x) in places.items() if other != key and abs(y - row) <= 1 and abs(x - column) <= 1
        )
        for key, (row, column) in places.items()
    }


NEIGHBOURS = _neighbours()
"""The letters around each letter of a keyboard."""


def _slips(typed: str, meant: str, distance: int) -> bool:
    """Whether fingers may have made one word of the other, and not another word that the vocabulary lacks."""
    if typed[0] != meant[0]:
        # Swapped at the start: that was one of the errors.
        return OSA.distance(typed[1] + typed[0] + typed[2:], meant) == distance - 1
    if distance > 1:
        return typed[:2] in (meant[:2], meant[0] + meant[2:3]) or meant[:2] == typed[0] + typed[2:3]
    if len(typed) != len(meant):
        return True
    wrong = [(a, b) for a, b in zip(typed, meant, strict=True) if a != b]
    if len(wrong) > 1:
        return True
    ((a, b),) = wrong
    # A wrong key is one beside the right one; a wrong vowel is a matter of spelling, told by longer words.
    return b in NEIGHBOURS.get(a, "") or (len(typed) >= 6 and a in _VOWELS and b in _VOWELS)


class Typos:
    """Corrects words against a vocabulary; made once for a vocabulary, never changes what it knows.

    An English word of four letters or more that the vocabulary lacks becomes the nearest word it has: one error
    away (a letter missing, too much, swapped with the next, or the key beside it), two from eight letters on; words
    that begin otherwise are other words. Of several the one that the vocabulary names most often is taken.
    Chinese words of two to six characters are put right by their sound: 煤汽 is 煤气, if it is a word of the
    vocabulary, one character at least was right, and none of the vocabulary's words is overwritten.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """``words`` are normalised; English words, Chinese words, in any order; repeated ones count as commoner."""
        self._counts: Counter[str] = Counter()
        self._by_start: dict[tuple[str, int], list[str]] = {}
        self._by_sound: dict[_Sounds, list[str]] = {}
        self._by_ear: dict[_Sounds, list[str]] = {}
        for word in words:
            self._counts[word] += 1
        for word in self._counts:
            if word.isascii():
                if word.isalpha() and len(word) <= _LONGEST:
                    self._by_start.setdefault((word[0], len(word)), []).append(word)
            elif 2 <= len(word) <= _HAN_LONGEST and _HAN_RUN.fullmatch(word):
                said = tuple(spoken(word))
                self._by_sound.setdefault(said, []).append(word)
                if len(word) > 2:
                    self._by_ear.setdefault(tuple(map(sound, said)), []).append(word)
        self._pairs = {word[at : at + 2] for word in self._counts if not word.isascii() for at in range(len(word) - 1)}
        self._sizes = sorted({len(said) for said in self._by_sound}, reverse=True)
        self._known: dict[str, str] = {}

    def __contains__(self, word: object) -> bool:
        return word in self._counts

    def correct(self, word: str) -> str:
        """The word meant: the same if the vocabulary has it or nothing is near enough. Never raises.

        Some 15 µs for an English word that was not seen before, at 10,000 words.
        """
        if word in self._counts or not word or len(word) > _LONGEST:
            return word
        if (found := self._known.get(word)) is None:
            if word.isascii():
                found = self._english(word) if word.isalpha() and len(word) >= _SHORTEST else word
            else:
                found = self._chinese(word) or word
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[word] = found
        return found

    def _english(self, word: str) -> str:
        errors = 2 if len(word) >= _LONG else 1
        best: tuple[int, int, str] | None = None
        # The first letter is hardly ever wrong, but it may have changed place with the second.
        for start in {word[0], word[1]}:
            for size in range(max(_SHORTEST, len(word) - errors), len(word) + errors + 1):
                listed = self._by_start.get((start, size))
                if not listed:
                    continue
                found = process.extract(word, listed, scorer=OSA.distance, score_cutoff=errors, limit=None)
                for near, distance, _ in found:
                    ranked = (int(distance), -self._counts[near], near)
                    if (best is None or ranked < best) and _slips(word, near, int(distance)):
                        best = ranked
        return best[2] if best else word

    def _chinese(self, word: str) -> str | None:
        if not 2 <= len(word) <= _HAN_LONGEST or not _HAN_RUN.fullmatch(word):
            return None
        return self._heard(word, tuple(spoken(word)))

    def _heard(self, word: str, said: _Sounds) -> str | None:
        listed = self._by_sound.get(said)
        if listed is None and len(said) > 2:
            listed = self._by_ear.get(tuple(map(sound, said)))
        if not listed or word in listed:
            return None
        near = [one for one in listed if any(a == b for a, b in zip(one, word, strict=True))]
        return max(near, key=lambda one: (self._counts[one], one)) if near else None

    def correct_text(self, text: str) -> str:
        """A normalised text with each word corrected; where words end in Chinese is told by the vocabulary.

        The first 2,000 characters are corrected, the rest stays. Never raises; linear.
        """
        head, tail = text[:_READ], text[_READ:]
        if self._by_start:
            head = _WORD.sub(lambda found: self.correct(found[0]), head)
        if self._by_sound and not head.isascii():
            head = _HAN_RUN.sub(lambda found: self._run(found[0]), head)
        return head + tail

    def _run(self, han: str) -> str:
        said = spoken(han)
        out: list[str] = []
        at = 0
        while at < len(han):
            for size in self._sizes:
                piece = han[at : at + size]
                if len(piece) < size:
                    continue
                if piece in self._counts:
                    out.append(piece)
                    at += size
                    break
                # Two characters that the vocabulary has side by side are a word of it, or part of one.
                if size == 2 and (piece in self._pairs or han[at + 1 : at + 3] in self._pairs):
                    continue
                if (meant := self._heard(piece, tuple(said[at : at + size]))) is not None:
                    out.append(meant)
                    at += size
                    break
            else:
                out.append(han[at])
                at += 1
        return "".join(out)
