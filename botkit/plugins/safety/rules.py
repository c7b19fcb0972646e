"""Rules, compiled: one pass over a text finds all words, then the few rules that they begin are tried."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter

import ahocorasick

from botkit.plugins.safety.lexicon import MESSAGE, SENTENCE, Exclusion, Lexicon, Rule

_SENTENCE_END = re.compile(r"[。!?;\n]|\. ")
# A text of any length stays bounded: so many words of a list count, so many places are tried for a rule.
_MOST_HITS = 400
_MOST_TRIED = 100
# How far before a word its negation may stand: "没有着火", "there is no fire".
_NEGATION = 3
_NEGATION_EN = 8


@dataclass(slots=True)
class _Hits:
    """Where the words of one list stand: starts and ends, both ascending enough for a search."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def within(self, low: int, high: int) -> bool:
        """Whether a word begins at ``low`` or later and before ``high``."""
        place = bisect_left(self.starts, low)
        return place < len(self.starts) and self.starts[place] < high


class RuleSet:
    """A compiled lexicon. Texts are given in plain form (``lexicon.plain_form`` of normalised text)."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._exclusions = lexicon.exclusions
        self._by_anchor: dict[str, list[tuple[int, Rule]]] = {}
        for rank, rule in enumerate(lexicon.rules):
            self._by_anchor.setdefault(rule.all_of[0], []).append((rank, rule))
        used: dict[str, list[str]] = {}
        for name, listed in lexicon.lists.items():
            for word in listed:
                used.setdefault(word, []).append(name)
        self._automaton = ahocorasick.Automaton()
        # "burn*" and "burn" are one string to find and two conditions to check.
        found: dict[str, list[tuple[bool, list[str]]]] = {}
        for word, names in used.items():
            found.setdefault(word.rstrip("*"), []).append((word.endswith("*"), names))
        for word, uses in found.items():
            whole = word[0].isascii() and word[0].isalnum(), word[-1].isascii() and word[-1].isalnum()
            self._automaton.add_word(word, (len(word), *whole, uses))
        self._automaton.make_automaton()

    def find(self, text: str, plain: bool = False) -> Rule | None:
        """The rule of highest precedence that holds, or None. ``plain``: talk among residents.

        Linear in the text's length; 100,000 characters take some 30 ms.
        """
        hits = self._hits(text)
        tried = sorted(
            (ranked for name in hits for ranked in self._by_anchor.get(name, ()) if ranked[1].posted or not plain),
            key=itemgetter(0),
        )
        if not tried:
            return None
        ends = [found.end() for found in _SENTENCE_END.finditer(text)]
        for _, rule in tried:
            if all(name in hits for name in rule.all_of[1:]) and self._holds(rule, hits, ends, len(text), plain):
                return rule
        return None

    def _hits(self, text: str) -> dict[str, _Hits]:
        raw: list[tuple[int, int, list[str]]] = []
        masks: list[tuple[int, int]] = []
        count: dict[int, int] = {}
        last = len(text) - 1
        for end, (length, head, tail, uses) in self._automaton.iter(text):
            start = end - length + 1
            if head and start and _in_word(text[start - 1]):
                continue
            open_end = tail and end < last and _in_word(text[end + 1])
            for more, names in uses:
                if open_end and not more:
                    continue
                seen = count.get(id(names), 0)
                if seen >= _MOST_HITS:
                    continue
                count[id(names)] = seen + 1
                if "mask" in names:
                    masks.append((start, end + 1))
                raw.append((start, end + 1, names))
        raw.sort(key=lambda hit: hit[0])
        masks.sort()
        starts = [start for start, _ in masks]
        hits: dict[str, _Hits] = {}
        for start, stop, names in raw:
            place = bisect_right(starts, start)
            if any(stop <= masks[at][1] and (start, stop) != masks[at] for at in range(max(0, place - 3), place)):
                continue
            for name in names:
                found = hits.setdefault(name, _Hits())
                if len(found.starts) < _MOST_HITS:
                    found.starts.append(start)
                    found.ends.append(stop)
        return hits

    def _holds(self, rule: Rule, hits: dict[str, _Hits], ends: list[int], length: int, plain: bool) -> bool:
        anchor = hits[rule.all_of[0]]
        for start, stop in islice(zip(anchor.starts, anchor.ends, strict=True), _MOST_TRIED):
            low, high = start, stop
            for name in rule.all_of[1:]:
                reach = self._nearest(hits[name], start, stop, rule)
                if reach is None:
                    break
                low, high = min(low, reach[0]), max(high, reach[1])
            else:
                if not rule.bare and _negated(hits, start, ends):
                    continue
                if not any(
                    self._excluded(self._exclusions[name], hits, (low, high), ends, length, plain)
                    for name in rule.unless
                ):
                    return True
        return False

    @staticmethod
    def _nearest(hits: _Hits, start: int, stop: int, rule: Rule) -> tuple[int, int] | None:
        """A word of the list near enough to the anchor: after it, or, unless the order counts, before it."""
        place = bisect_left(hits.starts, start)
        if place < len(hits.starts) and hits.starts[place] - stop <= rule.near:
            return hits.starts[place], hits.ends[place]
        if not rule.ordered and place and start - hits.ends[place - 1] <= rule.near:
            return hits.starts[place - 1], hits.ends[place - 1]
        return None

    @staticmethod
    def _excluded(
        exclusion: Exclusion,
        hits: dict[str, _Hits],
        span: tuple[int, int],
        ends: list[int],
        length: int,
        plain: bool,
    ) -> bool:
        found = hits.get(exclusion.words)
        if found is None or (exclusion.plain and not plain):
            return False
        low, high = _sentence(span, ends, length)
        if exclusion.lifted_by and (lift := hits.get(exclusion.lifted_by)) and lift.within(low, high):
            return False
        if exclusion.reach == MESSAGE:
            return True
        if exclusion.reach != SENTENCE:
            low, high = max(low, span[0] - exclusion.reach), min(high, span[1] + exclusion.reach)
        return found.within(low, high)


def _in_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _sentence(span: tuple[int, int], ends: list[int], length: int) -> tuple[int, int]:
    """The sentence, or sentences, that a span lies in."""
    first, last = bisect_right(ends, span[0]), bisect_left(ends, span[1])
    return (ends[first - 1] if first else 0), (ends[last] if last < len(ends) else length)


def _negated(hits: dict[str, _Hits], start: int, ends: list[int]) -> bool:
    for name, distance in (("negation", _NEGATION), ("negation_en", _NEGATION_EN)):
        found = hits.get(name)
        if found is None:
            continue
        place = bisect_left(found.starts, start) - 1
        if place >= 0 and 0 <= start - found.ends[place] <= distance:
            cut = bisect_left(ends, found.ends[place])
            if cut == len(ends) or ends[cut] > start:
                return True
    return False
