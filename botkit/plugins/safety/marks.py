"""Marks: words that say how something is meant, by group, all found in one pass."""

from __future__ import annotations

from collections.abc import Mapping

import ahocorasick

Mark = tuple[int, int, str]
"""Where a word stands, from and to, and what it is."""


class Marks:
    """Words by group and by what they are in it, compiled.

    Of a group's words that overlap only the first and longest counts, so that a longer word of it which is nothing
    (``LIKE``) hides the shorter one in it: 没想到 hides 没.
    """

    LIKE = ""

    def __init__(self, groups: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
        known: dict[str, dict[str, str]] = {}
        for group, meanings in groups.items():
            for meaning, given in meanings.items():
                for word in given:
                    known.setdefault(word, {})[group] = meaning
        self._automaton = ahocorasick.Automaton()
        for word, meant in known.items():
            whole = _letter(word[0]), _letter(word[-1])
            self._automaton.add_word(word, (len(word), *whole, tuple(meant.items())))
        self._automaton.make_automaton()

    def find(self, text: str, low: int, high: int) -> dict[str, list[Mark]]:
        """The marks of each group in a part of a text, in order, of those groups that have some."""
        low, high = max(0, low), min(high, len(text))
        found: dict[str, list[Mark]] = {}
        for at, (length, head, tail, meant) in self._automaton.iter(text[low:high]):
            end = low + at + 1
            start = end - length
            # Latin words are not looked for inside others.
            if (head and start and _letter(text[start - 1])) or (tail and end < len(text) and _letter(text[end])):
                continue
            for group, meaning in meant:
                found.setdefault(group, []).append((start, end, meaning))
        return {group: _apart(marks) for group, marks in found.items()}


def _apart(marks: list[Mark]) -> list[Mark]:
    marks.sort(key=lambda mark: (mark[0], -mark[1]))
    kept: list[Mark] = []
    last = 0
    for mark in marks:
        if mark[0] >= last:
            last = mark[1]
            kept.append(mark)
    return [mark for mark in kept if mark[2] != Marks.LIKE]


def _letter(char: str) -> bool:
    return char.isascii() and char.isalnum()
