"""Statements: what somebody says that he, or his family, has just done at a swindler's word; certain without a model.

They are no features of the model and decide beside it, so that one may be added without training. They are narrow on
purpose: each says in one clause who, what and to whom, and what makes it no report of one's own takes it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from botkit.language.dialect import standard
from botkit.language.normalise import HAN, without_mentions
from botkit.plugins.safety.lexicon import MESSAGE, SENTENCE
from botkit.plugins.safety.phrases import CLAUSE_ENDS, SENTENCE_ENDS
from botkit.plugins.safety.statement import Context, Persons, Statement, Times, Told

_AROUND = 80
"""Characters around a telling word that are looked at."""
_TIMES = 120
"""As far away a word may say when it was."""
_MESSAGE = 1_000
"""As far away a word may be that is of the whole message."""
# A text of any length stays bounded: so many telling words count, and so many places are tried for a phrase.
_MOST_WORDS, _MOST_TRIED = 60, 12
_PHRASE_END = re.compile(rf"[{CLAUSE_ENDS}]|\. |(?<=[{HAN}]) ")
_SENTENCE_END = re.compile(rf"[{SENTENCE_ENDS}]|\. ")


class Statements:
    """The statements of a station, compiled, in order of precedence."""

    def __init__(
        self, statements: tuple[Statement, ...], precedence: tuple[str, ...], times: Times, persons: Persons
    ) -> None:
        self.all = statements
        self._precedence = precedence
        self.lapse = times.lapse
        self._times = times
        self._persons = persons
        certain = (one.about.pattern for one in statements if not one.beside)
        self._about = re.compile("|".join(dict.fromkeys(certain)) or "(?!)")

    def find(self, prepared: str, *, plain: bool, scam: bool = False) -> Told | None:
        """The statement of a text, or None. Texts are given as ``engine.prepare`` makes them.

        ``plain``: talk among residents, where only what somebody tells of himself or his family counts. ``scam``:
        one was found. What tells of now goes before what was long ago. Never raises; linear; most texts have no
        telling word and cost some µs.
        """
        beside = scam and not plain
        if not beside and not self._about.search(prepared):
            return None
        text = standard(without_mentions(prepared))
        first: Told | None = None
        regions: dict[str, list[tuple[int, int]]] = {}
        for statement in self.all:
            if (plain and not statement.posted) or (statement.beside and not beside):
                continue
            about = statement.about.pattern
            if about not in regions:
                regions[about] = list(_regions(statement.about, text))
            for start, end in self._places(statement, text, regions[about], plain):
                told = Told(statement, self._long_ago(text, start, end))
                if not told.long_ago:
                    return told
                first = first or told
        return first

    def outranks(self, kind: str, other: str) -> bool:
        """Whether a kind goes before another."""
        return self._precedence.index(kind) < self._precedence.index(other)

    def long_ago(self, prepared: str) -> bool:
        """Whether a text tells of something long ago, and of nothing that goes on."""
        if self._times.lately.search(prepared):
            return False
        return any(True for _ in self._ago(prepared, 0, len(prepared)))

    def _places(
        self, statement: Statement, text: str, regions: list[tuple[int, int]], plain: bool
    ) -> Iterator[tuple[int, int]]:
        """Where the statement is made, and nothing takes it back."""
        for phrase in statement.says:
            tried = 0
            for low, high in regions:
                found = phrase.search(text, low, high)
                while found and tried < _MOST_TRIED:
                    tried += 1
                    if self._stands(statement, text, found.start(), found.end(), plain):
                        yield found.span()
                    found = phrase.search(text, found.start() + 1, high)

    def _stands(self, statement: Statement, text: str, start: int, end: int, plain: bool) -> bool:
        if plain and not self._is_own(text, start):
            return False
        return not any(
            self._taken_back(context, text, start, end) for context in statement.unless if plain or not context.plain
        )

    def _is_own(self, text: str, start: int) -> bool:
        """Whether the teller or his family did it: the nearest person up to it, where there is one."""
        clause = _begin(_PHRASE_END, text, start)
        nearest = "own"
        for found in self._persons.words.finditer(text, max(0, start - _AROUND)):
            if found.start() > start:
                break
            who = self._persons.who[found[0]]
            if who != "pronouns" or found.start() >= clause:
                nearest = who
        return nearest == "own"

    @staticmethod
    def _taken_back(context: Context, text: str, start: int, end: int) -> bool:
        if context.reach == MESSAGE:
            low, high = max(0, start - _MESSAGE), end + _MESSAGE
        else:
            ends = _SENTENCE_END if context.reach == SENTENCE else _PHRASE_END
            low, high = _begin(ends, text, start), end
        return any(found[1] for found in context.words.finditer(text, low, high))

    def _long_ago(self, text: str, start: int, end: int) -> bool:
        """Whether the word of time that stands nearest, in its own clause first, is one of long ago."""
        low, high = max(0, start - _TIMES), end + _TIMES
        clause = _begin(_PHRASE_END, text, start)

        def away(span: tuple[int, int]) -> tuple[bool, int]:
            return not clause <= span[0] < end, max(start - span[1], span[0] - end, 0)

        ago = min(map(away, self._ago(text, low, high)), default=None)
        if ago is None:
            return False
        lately = min((away(found.span()) for found in self._times.lately.finditer(text, low, high)), default=None)
        return lately is None or ago < lately

    def _ago(self, text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
        for found in self._times.long_ago.finditer(text, low, high):
            after = _PHRASE_END.search(text, found.end())
            if not self._times.began.search(text, found.end(), after.start() if after else len(text)):
                yield found.span()


def _regions(about: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text around its telling words, joined where they touch."""
    low = high = -1
    for number, found in enumerate(about.finditer(text)):
        if number >= _MOST_WORDS:
            break
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
