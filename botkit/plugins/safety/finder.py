"""Finding the words of all lists in one pass over a text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick

from botkit.errors import SettingsError
from botkit.plugins.safety.lexicon import Lexicon
from botkit.plugins.safety.phrases import SENTENCE_END

# A text of any length stays bounded: so many words of a list count.
_MOST_HITS = 400
_Raw = tuple[int, int, frozenset[str]]


@dataclass(slots=True)
class Hits:
    """Where the words of one list stand: starts and ends, both ascending enough for a search."""

    starts: list[int]
    ends: list[int]

    def within(self, low: int, high: int) -> bool:
        """Whether a word begins at ``low`` or later and before ``high``."""
        place = bisect_left(self.starts, low)
        return place < len(self.starts) and self.starts[place] < high


class Found:
    """The lists that a text has words of, and where, told when asked: most lists never are."""

    __slots__ = ("_ends", "_groups", "_merged", "names")

    def __init__(self, raw: Iterable[_Raw]) -> None:
        # Words of the same lists together: a common word may be in twenty.
        self._groups: dict[int, tuple[frozenset[str], list[tuple[int, int]]]] = {}
        self._merged: dict[str, Hits] = {}
        self._ends: list[int] | None = None
        for start, stop, names in raw:
            group = self._groups.get(id(names))
            if group is None:
                self._groups[id(names)] = names, [(start, stop)]
            elif len(group[1]) < _MOST_HITS:
                group[1].append((start, stop))
        self.names: frozenset[str] = frozenset().union(*(names for names, _ in self._groups.values()))

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Hits:
        """Where the words of a list stand, of a list that has some."""
        made = self._merged.get(name)
        if made is None:
            places = sorted(place for names, known in self._groups.values() if name in names for place in known)
            made = self._merged[name] = Hits([start for start, _ in places], [stop for _, stop in places])
        return made

    def get(self, name: str) -> Hits | None:
        """The same, or None where the text has no word of the list."""
        return self[name] if name in self.names else None

    def ends(self, text: str) -> list[int]:
        """Where the sentences of the text end in which they were found: every set of rules asks."""
        if self._ends is None:
            self._ends = [found.end() for found in SENTENCE_END.finditer(text)]
        return self._ends


class Finder:
    """Finds the words of all lists in one pass. Lexicons may share lists, of the same name and words."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        lists: dict[str, tuple[str, ...]] = {}
        for lexicon in lexicons:
            for name, listed in lexicon.lists.items():
                if lists.setdefault(name, listed) != listed:
                    raise SettingsError(f"the list {name} is there twice, with other words", "give one another name")
        self.lists = frozenset(lists)
        used: dict[str, list[str]] = {}
        for name, listed in lists.items():
            for word in listed:
                used.setdefault(word, []).append(name)
        self._automaton = ahocorasick.Automaton()
        # "burn*" and "burn" are one string to find and two conditions to check.
        found: dict[str, list[tuple[bool, frozenset[str]]]] = {}
        for word, names in used.items():
            found.setdefault(word.rstrip("*"), []).append((word.endswith("*"), frozenset(names)))
        for word, uses in found.items():
            whole = word[0].isascii() and word[0].isalnum(), word[-1].isascii() and word[-1].isalnum()
            self._automaton.add_word(word, (len(word), *whole, uses))
        self._automaton.make_automaton()

    def hits(self, text: str) -> Found:
        """Where the words of each list stand in a text, for the lists of which there are any."""
        raw: list[_Raw] = []
        masks: list[tuple[int, int]] = []
        last = len(text) - 1
        for end, (length, head, tail, uses) in self._automaton.iter(text):
            start = end - length + 1
            if head and start and _in_word(text[start - 1]):
                continue
            open_end = tail and end < last and _in_word(text[end + 1])
            for more, names in uses:
                if more or not open_end:
                    raw.append((start, end + 1, names))
                    if "mask" in names:
                        masks.append((start, end + 1))
        return Found(_unmasked(raw, masks) if masks else raw)


def _unmasked(raw: list[_Raw], masks: list[tuple[int, int]]) -> list[_Raw]:
    """The words that are no part of a longer one which only looks like them: 火 in 火锅."""
    masks.sort()
    starts = [start for start, _ in masks]
    kept = []
    for hit in raw:
        place = bisect_right(starts, hit[0])
        if not any(hit[1] <= masks[at][1] and hit[:2] != masks[at] for at in range(max(0, place - 3), place)):
            kept.append(hit)
    return kept


def _in_word(char: str) -> bool:
    return char.isascii() and char.isalnum()
