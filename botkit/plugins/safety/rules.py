"""Rules, compiled: of the words that were found in a text, the few rules that they begin are tried."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from itertools import islice
from operator import itemgetter

from botkit.plugins.safety.finder import Found, Hits
from botkit.plugins.safety.lexicon import MESSAGE, SENTENCE, Exclusion, Lexicon, Rule

# A text of any length stays bounded: so many places are tried for a rule.
_MOST_TRIED = 100
# How far before a word its negation may stand: "没有着火", "there is no fire".
_NEGATION = 3
_NEGATION_EN = 8


class RuleSet:
    """The compiled rules of a lexicon. Texts are given in plain form (``lexicon.plain_form`` of normalised text)."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.rules = lexicon.rules
        self._exclusions = lexicon.exclusions
        self._by_anchor: dict[str, list[tuple[int, Rule]]] = {}
        for rank, rule in enumerate(lexicon.rules):
            self._by_anchor.setdefault(rule.all_of[0], []).append((rank, rule))

    def find(self, text: str, plain: bool, hits: Found) -> Rule | None:
        """The rule of highest precedence that holds, or None. ``plain``: talk among residents.

        ``hits`` are the finder's for this text. Linear in the text's length; 100,000 characters take some 30 ms.
        """
        return next(self.all(text, plain, hits), None)

    def surest(self, text: str, plain: bool, hits: Found, without: Collection[str] = ()) -> Rule | None:
        """The same, but rules that are alarms by themselves before those that are cues; ``without`` these kinds."""
        first = None
        for rule in self.all(text, plain, hits):
            if rule.kind.name in without:
                continue
            if not rule.cue:
                return rule
            first = first or rule
        return first

    def all(self, text: str, plain: bool, hits: Found) -> Iterator[Rule]:
        """Every rule that holds, by precedence."""
        tried = sorted(
            (
                ranked
                for name in hits.names
                for ranked in self._by_anchor.get(name, ())
                if ranked[1].posted or not plain
            ),
            key=itemgetter(0),
        )
        if not tried:
            return
        ends = hits.ends(text)
        for _, rule in tried:
            if plain and not rule.posted:
                continue
            if all(name in hits for name in rule.all_of[1:]) and self._holds(rule, hits, ends, len(text), plain):
                yield rule

    def _holds(self, rule: Rule, hits: Found, ends: list[int], length: int, plain: bool) -> bool:
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
    def _nearest(hits: Hits, start: int, stop: int, rule: Rule) -> tuple[int, int] | None:
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
        hits: Found,
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


def _sentence(span: tuple[int, int], ends: list[int], length: int) -> tuple[int, int]:
    """The sentence, or sentences, that a span lies in."""
    first, last = bisect_right(ends, span[0]), bisect_left(ends, span[1])
    return (ends[first - 1] if first else 0), (ends[last] if last < len(ends) else length)


def _negated(hits: Found, start: int, ends: list[int]) -> bool:
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
