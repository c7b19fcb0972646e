"""Statements: what somebody says that he, or his family, has just done at a swindler's word; certain without a model.

They are no features of the model and decide beside it, so that one may be added without training. They are narrow on
purpose: each says in one clause who, what and to whom, and what makes it no report of one's own takes it back.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from botkit.language.dialect import standard
from botkit.language.normalise import HAN, without_mentions
from botkit.plugins.safety.lexicon import MESSAGE, SENTENCE
from botkit.plugins.safety.marks import Mark, Marks
from botkit.plugins.safety.phrases import CLAUSE_ENDS, SENTENCE_END, Phrase
from botkit.plugins.safety.seeking import Places, Seeker
from botkit.plugins.safety.statement import AROUND, CLAUSE, Statement, Told

WHO, TIMES = "who", "times"
"""Groups of marks beside the contexts: people (``own``, ``family``, ``others``, ``pronouns``), and times
(``long_ago``, ``lately``, and ``began`` of what was only begun).
"""
_AROUND = 80
"""Characters around a telling word that are looked at, and before a statement for who did it."""
_TIMES = 120
"""As far away a word may say when it was."""
_MESSAGE = 1_000
"""As far away a word may be that is of the whole message."""
# A text of any length stays bounded: so many telling words count, and so many places are tried for a phrase.
_MOST_WORDS, _MOST_TRIED = 60, 12
_PHRASE_END = re.compile(rf"[{CLAUSE_ENDS}]|\. |(?<=[{HAN}]) ")
_Around = Mapping[str, list[Mark]]


class Statements:
    """The statements of a station, compiled, in order of precedence.

    ``kinds`` are all kinds of fraud by precedence, and ``lapse`` those that are not urgent where they are long ago.
    ``marks`` find the words of the contexts, and of ``WHO`` and ``TIMES``.
    """

    def __init__(
        self, statements: Iterable[Statement], kinds: Iterable[str], lapse: frozenset[str], marks: Marks
    ) -> None:
        self.all = tuple(statements)
        self.lapse = lapse
        self._kinds = list(kinds)
        self._marks = marks
        self._seeker = Seeker(phrase for one in self.all for phrase in one.says)
        self._phrases = [(self._seeker.every(phrase), phrase, one) for one in self.all for phrase in one.says]
        self._about = {
            beside: re.compile(
                "|".join(dict.fromkeys(one.about.pattern for one in self.all if beside or not one.beside)) or "(?!)"
            )
            for beside in (False, True)
        }

    def find(self, prepared: str, *, plain: bool, scam: bool = False, believed: bool = False) -> Told | None:
        """The statement of a text, or None. Texts are given as ``engine.prepare`` makes them.

        ``plain``: talk among residents, where only what somebody tells of himself or his family counts. ``scam``: one
        was found. ``believed``: the model thinks that it is fraud. What tells of now goes before what was long ago,
        which counts of oneself or one's family only. Never raises; linear; most texts have no telling word and cost
        some µs.
        """
        beside = scam and not plain
        about = self._about[beside]
        if not about.search(prepared):
            return None
        text = standard(without_mentions(prepared))
        first: Told | None = None
        for low, high in _regions(about, text):
            places = self._seeker.places(text, low, high)
            around: _Around | None = None
            for phrase, statement in [(one, by) for every, one, by in self._phrases if places.present & every == every]:
                if plain and not statement.posted:
                    continue
                if (statement.beside and not beside) or (statement.cue and not believed):
                    continue
                for start, end in self._said(phrase, text, places):
                    if around is None:
                        around = self._marks.find(text, low - _MESSAGE, high + _MESSAGE)
                    if not _stands(statement, text, around, start, end, plain):
                        continue
                    if not _long_ago(text, around.get(TIMES, []), start, end):
                        return Told(statement, long_ago=False)
                    if first is None and _own(text, around, start):
                        first = Told(statement, long_ago=True)
        return first

    def outranks(self, kind: str, other: str) -> bool:
        """Whether a kind goes before another."""
        return self._kinds.index(kind) < self._kinds.index(other)

    def long_ago(self, prepared: str) -> bool:
        """Whether a text tells of something long ago, and of nothing that goes on."""
        times = self._marks.find(prepared, 0, 2 * _MESSAGE).get(TIMES, [])
        return any(_ago(prepared, times)) and not any(when == "lately" for _, _, when in times)

    def _said(self, phrase: Phrase, text: str, places: Places) -> Iterator[tuple[int, int]]:
        for start in islice(self._seeker.starts(phrase, places), _MOST_TRIED):
            if found := phrase.pattern.match(text, start):
                yield found.span()


def _stands(statement: Statement, text: str, around: _Around, start: int, end: int, plain: bool) -> bool:
    """Whether nothing takes back what is said."""
    if plain and not _own(text, around, start):
        return False
    clause, sentence = _begin(_PHRASE_END, text, start), _begin(SENTENCE_END, text, start)
    after = SENTENCE_END.search(text, end, end + _TIMES)
    reaches = {
        CLAUSE: (clause, end),
        SENTENCE: (sentence, end),
        AROUND: (sentence, after.start() if after else end + _TIMES),
        MESSAGE: (0, len(text)),
    }
    return not any(
        _has(around.get(context.name, []), *reaches[context.reach])
        for context in statement.unless
        if plain or not context.plain
    )


def _has(marks: list[Mark], low: int, high: int) -> bool:
    at = bisect_left(marks, (low,))
    return at < len(marks) and marks[at][1] <= high


def _own(text: str, around: _Around, start: int) -> bool:
    """Whether the teller or his family did it: the nearest person up to it, where there is one."""
    clause = _begin(_PHRASE_END, text, start)
    nearest = noun = "own"
    people = around.get(WHO, [])
    for at, _, who in people[bisect_left(people, (start - _AROUND,)) : bisect_left(people, (start + 1,))]:
        if who == "pronouns" and at < clause:
            # Elsewhere than in its clause he is the swindler: "he said …".
            continue
        nearest = noun if who == "pronouns" and noun == "family" else who
        noun = who if who in ("family", "others") else noun
    return nearest in ("own", "family")


def _long_ago(text: str, times: list[Mark], start: int, end: int) -> bool:
    """Whether the word of time that stands nearest, in its own clause first, is one of long ago."""
    clause = _begin(_PHRASE_END, text, start)

    def away(mark: Mark) -> tuple[bool, int]:
        return not clause <= mark[0] < end, max(start - mark[1], mark[0] - end, 0)

    near = times[bisect_left(times, (start - _TIMES,)) : bisect_left(times, (end + _TIMES,))]
    ago = min(map(away, _ago(text, near)), default=None)
    if ago is None:
        return False
    lately = min((away(mark) for mark in near if mark[2] == "lately"), default=None)
    return lately is None or ago < lately


def _ago(text: str, times: list[Mark]) -> Iterator[Mark]:
    """The times of long ago, without those at which something only began: 去年认识的."""
    for mark in times:
        if mark[2] != "long_ago":
            continue
        after = _PHRASE_END.search(text, mark[1], mark[1] + _TIMES)
        low, high = _begin(_PHRASE_END, text, mark[0]), after.start() if after else mark[1] + _TIMES
        if not any(when == "began" for _, _, when in times[bisect_left(times, (low,)) : bisect_left(times, (high,))]):
            yield mark


def _regions(about: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text around its telling words, joined where they touch."""
    low = high = -1
    for found in islice(about.finditer(text), _MOST_WORDS):
        start, end = max(0, found.start() - _AROUND), found.end() + _AROUND
        if start > high:
            if high > 0:
                yield low, high
            low = start
        high = end
    if high > 0:
        yield low, min(high, len(text))


def _begin(ends: re.Pattern[str], text: str, start: int) -> int:
    """Where the clause or sentence begins that a place lies in."""
    low = max(0, start - _TIMES)
    return max((found.end() for found in ends.finditer(text, low, start)), default=low)
