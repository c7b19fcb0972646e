"""Matcher: which entry a message asks for, how sure that is, and why; immutable, changed by copying."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from botkit.language.calibration import Calibration, Verdict
from botkit.language.entries import Entry, Judgement, Match
from botkit.language.facts import FACTS, Ranked, facts
from botkit.language.ranking import Ranking
from botkit.language.shard import Shard
from botkit.language.space import Floats, Raw, Space, named

THRESHOLD = 0.32
MARGIN = 0.12
"""Before a calibration is there: answer from this score on, and only so far ahead of the next group."""
PRECISION = 0.98
"""The share of answers that should be right, unless a station sets another."""
OFFER = 0.6
"""Offer choices while the right one is among the first three with this chance."""
TOP = 3

_CANDIDATES = 50
# Phrasings compared one by one for a message: with many of them an entry, fewer entries are.
_ROWS = 1_500
_MEANT = 15
# Of the score before a fit; after it, of what likeness adds to what the classifier says.
_NEAREST = 0.35
_LIKENESS = 0.25
_LIKENESS_BESIDE_MEANING = 0.1
_SAME_WORDS = 0.999
_TOLD = 6


class Matcher:
    """Finds the entries that a message asks for. Never changes; changes make a new one that shares what stays.

    Built, it compares (features weigh by inverse entry frequency; nearest phrasing plus entry centroid). With what
    ``botkit.language.fit`` learnt, a linear classifier re-ranks the best candidates and confidences are calibrated.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Raises ``ValueError`` when two entries have the same key."""
        listed = list(entries)
        keys = [entry.key for entry in listed]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"two entries have the key {twice!r}")
        raws = [[Raw.of(phrasing) for phrasing in entry.phrasings] for entry in listed]
        space = Space.of(raws)
        self._fill(listed, space, Shard.of(space, [[space.vector(raw) for raw in each] for each in raws]))

    def _fill(
        self,
        listed: Sequence[Entry],
        space: Space,
        shard: Shard,
        *,
        ranking: Ranking | None = None,
        calibration: Calibration | None = None,
        added: Mapping[str, tuple[Entry, list[Raw]]] | None = None,
        removed: frozenset[int] = frozenset(),
    ) -> None:
        self._base = listed
        self.space = space
        self.shard = shard
        self.ranking = ranking
        self.calibration = calibration
        self._added = dict(added or {})
        self._removed = removed
        self._later: Shard | None = None
        if self._added:
            self.space = space.with_more(raw for _, raws in self._added.values() for raw in raws)
            vectors = [[self.space.vector(raw) for raw in raws] for _, raws in self._added.values()]
            self._later = Shard.of(self.space, vectors)
        self._entries = [*listed, *(entry for entry, _ in self._added.values())]
        self._numbers = {entry.key: number for number, entry in enumerate(self._entries) if number not in removed}
        self._gone = np.array(sorted(removed), np.intp)
        per_entry = max(1.0, len(shard.parts["row_start"]) / max(1, len(shard)))
        self._most = int(max(10, min(_CANDIDATES, _ROWS / per_entry)))

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, key: object) -> bool:
        return key in self._numbers

    @property
    def entries(self) -> list[Entry]:
        """The entries, in the order in which they came."""
        return [self._entries[number] for number in self._numbers.values()]

    @property
    def embeds(self) -> bool:
        """Whether messages should come with their embedding."""
        return self.ranking is not None and self.ranking.embeds

    def with_entry(self, entry: Entry) -> Matcher:
        """A matcher that has this entry too, in place of one of the same key. The old one stays as it is.

        Costs a few ms, however many entries there are; after some hundred, build and fit anew.
        """
        raws = [Raw.of(phrasing) for phrasing in entry.phrasings]
        added = {**self._added, entry.key: (entry, raws)}
        return self._again(added, self._removed | self._number_in_base(entry.key))

    def without(self, key: str) -> Matcher:
        """A matcher that does not have this entry. Raises ``KeyError`` where there is none."""
        if key not in self._numbers:
            raise KeyError(key)
        added = {name: one for name, one in self._added.items() if name != key}
        return self._again(added, self._removed | self._number_in_base(key))

    def _number_in_base(self, key: str) -> frozenset[int]:
        number = self._numbers.get(key)
        return frozenset() if number is None or number >= len(self._base) else frozenset([number])

    def _again(self, added: Mapping[str, tuple[Entry, list[Raw]]], removed: frozenset[int]) -> Matcher:
        matcher = Matcher.__new__(Matcher)
        space = Space(self.space.hashes, self.space.weights, self.space.rarest)
        matcher._fill(
            self._base,
            space,
            self.shard,
            ranking=self.ranking,
            calibration=self.calibration,
            added=added,
            removed=removed,
        )
        return matcher

    @classmethod
    def of_parts(cls, entries: Sequence[Entry], parts: Mapping[str, NDArray[Any]]) -> Matcher:
        """The matcher that was saved with these entries (``parts``); nothing is computed again."""
        matcher = cls.__new__(cls)
        space = Space(parts["hashes"], parts["weights"], float(parts["rarest"]))
        matcher._fill(
            list(entries),
            space,
            Shard(parts),
            ranking=Ranking(parts) if "lin_start" in parts else None,
            calibration=Calibration(parts) if "cal_weight" in parts else None,
        )
        return matcher

    def parts(self) -> dict[str, NDArray[Any]]:
        """What to save, but for the entries. Raises ``ValueError`` after changes: fit anew instead."""
        if self._added or self._removed:
            raise ValueError("entries were added or removed since the matcher was built")
        parts = {
            "hashes": self.space.hashes,
            "weights": self.space.weights,
            "rarest": np.array(self.space.rarest),
            **self.shard.parts,
        }
        if self.ranking is not None:
            parts |= self.ranking.parts
        if self.calibration is not None:
            parts |= self.calibration.parts
        return parts

    def match(self, text: str, top: int = TOP, embedding: Floats | None = None) -> list[Match]:
        """The ``top`` nearest entries, best first; empty when nothing is shared. Never raises."""
        ranked = self._rank(Raw.of(text), embedding, top)
        return self._told(text, ranked, top)

    def judge(self, text: str, top: int = TOP, embedding: Floats | None = None) -> Judgement:
        """The ``top`` nearest entries and how sure the first is. Never raises; some ms at 10,000 entries."""
        ranked = self._rank(Raw.of(text), embedding, top)
        if not ranked.numbers:
            return Judgement()
        return Judgement(tuple(self._told(text, ranked, top)), self._sure(ranked))

    def threshold(self, precision: float = PRECISION, verdicts: Sequence[Verdict] = ()) -> float:
        """The confidence from which on to answer, so that ``precision`` of the answers are right."""
        return self.calibration.threshold(precision, verdicts) if self.calibration else THRESHOLD

    def offer_threshold(self, chance: float = OFFER) -> float:
        """The confidence from which on choices are worth offering. Above 1 before a calibration is there."""
        return self.calibration.offer_threshold(chance) if self.calibration else 1.01

    def facts(self, raw: Raw, embedding: Floats | None = None) -> tuple[list[str], Floats]:
        """The keys of the nearest entries, and what calibration goes by: for learning it."""
        ranked = self._rank(raw, embedding, TOP)
        return [self._entries[number].key for number in ranked.numbers[:TOP]], self._facts(ranked)

    def _sure(self, ranked: Ranked) -> float:
        if self.calibration is not None:
            if ranked.nearest[0] > _SAME_WORDS:
                # The very words of a phrasing, which no other entry has, are certain.
                return 1.0
            return self.calibration.confidence(self._facts(ranked))
        rival = ranked.rival(ranked.scores)
        return ranked.scores[0] if ranked.scores[0] - rival >= MARGIN else min(ranked.scores[0], THRESHOLD / 2)

    def _rank(self, raw: Raw, embedding: Floats | None, top: int) -> Ranked:
        vector = self.space.vector(raw)
        central = self.shard.centroids(vector)
        if self._later is not None:
            central = np.append(central, self._later.centroids(vector))
        if len(self._gone):
            central[self._gone] = -1.0
        wanted = max(self._most, top)
        every = len(central) <= wanted
        found = np.arange(len(central)) if every else np.argpartition(-central, wanted - 1)[:wanted]
        found = found[central[found] > 0]
        if embedding is not None and self.ranking is not None and self.ranking.embeds:
            # What means the same may share no word.
            meant = self.ranking.meant(embedding)
            meant[self._gone[self._gone < len(meant)]] = -np.inf
            found = np.union1d(found, np.argpartition(-meant, min(_MEANT, len(meant)) - 1)[:_MEANT])
        found = np.sort(found)
        ranked = Ranked(vector=vector)
        if not len(found):
            return ranked
        dense = np.zeros(len(self.space), np.float32)
        dense[vector.ids] = vector.values
        ranked.dense = dense
        near: list[float] = []
        rows: list[int] = []
        base = len(self._base)
        for number in found.tolist():
            later = self._later if number >= base else None
            nearest, row = later.nearest(dense, number - base) if later else self.shard.nearest(dense, number)
            near.append(nearest)
            rows.append(row)
        nearest_all = np.array(near, np.float32)
        scores = self._scores(dense, found, nearest_all, central[found], embedding)
        for at in np.argsort(-scores, kind="stable").tolist():
            ranked.numbers.append(int(found[at]))
            ranked.kins.append(self._entries[found[at]].kin)
            ranked.scores.append(float(scores[at]))
            ranked.nearest.append(near[at])
            ranked.rows.append(rows[at])
            ranked.central.append(float(central[found[at]]))
        return ranked

    def _scores(
        self, dense: Floats, found: NDArray[np.intp], nearest: Floats, central: Floats, embedding: Floats | None
    ) -> Floats:
        if self.ranking is None:
            alike = _NEAREST * nearest + (1 - _NEAREST) * central
            return np.where(nearest > _SAME_WORDS, np.float32(1), alike)
        known = found < len(self._base)
        said = self.ranking.guessed(nearest, central)
        if known.any():
            said[known] = self.ranking.scores(dense, found[known], embedding)
        likeness = _LIKENESS if embedding is None else _LIKENESS_BESIDE_MEANING
        scores: Floats = said + np.float32(likeness) * (nearest + central)
        # The very words of a phrasing are certain, whatever the classifier makes of them.
        return np.where(nearest > _SAME_WORDS, scores + np.float32(4), scores)

    def _facts(self, ranked: Ranked) -> Floats:
        if not ranked.numbers:
            return np.zeros(FACTS, np.float32)
        best, base = ranked.numbers[0], len(self._base)
        shard, number = (self._later, best - base) if self._later is not None and best >= base else (self.shard, best)
        return facts(ranked, shard.likeness(ranked.vector, ranked.dense, number), len(self._entries[best].phrasings))

    def _told(self, text: str, ranked: Ranked, top: int) -> list[Match]:
        if not ranked.numbers:
            return []
        names = named(text)
        found = []
        for at in range(min(top, len(ranked.numbers))):
            entry = self._entries[ranked.numbers[at]]
            phrasing = entry.phrasings[ranked.rows[at]]
            found.append(Match(entry.key, ranked.scores[at], phrasing, self._why(ranked, phrasing, names)))
        return found

    def _why(
        self, ranked: Ranked, phrasing: str, names: Mapping[int, tuple[str, str]]
    ) -> tuple[tuple[str, float], ...]:
        """What a message and a phrasing share, by how much it weighs in both."""
        there = self.space.vector(Raw.of(phrasing))
        products = ranked.dense[there.ids] * there.values
        hashes = np.append(self.space.hashes, self.space.added)[there.ids]
        shared = [
            (names[int(number)][1], round(float(product), 3))
            for number, product in zip(hashes, products, strict=True)
            if product > 0 and int(number) in names
        ]
        return tuple(nlargest(_TOLD, shared, key=itemgetter(1)))
