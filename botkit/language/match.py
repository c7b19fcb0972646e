"""Matcher: which entry a message asks for, how sure that is, and why; immutable, changed by copying."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from botkit.language.calibration import Calibration, Verdict
from botkit.language.entries import Entry, Judgement, Match
from botkit.language.facts import FACTS, Ranked, facts
from botkit.language.features import features
from botkit.language.ranking import Ranking
from botkit.language.raws import raws_of
from botkit.language.shard import Shard
from botkit.language.space import Floats, Raw, Space, Vector
from botkit.language.telling import NOTHING, Difference

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
_LIKENESS = 0.4
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
        made = iter(raws_of([phrasing for entry in listed for phrasing in entry.phrasings]))
        raws = [[next(made) for _ in entry.phrasings] for entry in listed]
        space = Space.of(raws)
        vectors = iter(space.vectors([raw for each in raws for raw in each]))
        self._fill(listed, space, Shard.of(space, [[next(vectors) for _ in each] for each in raws]))

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
        self._hashes = np.append(self.space.hashes, self.space.added)
        per_entry = max(1.0, shard.rows / max(1, len(shard)))
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
        found = features(text)
        raw = Raw.of_features(found)
        return self._told(raw, found, self._rank(raw, embedding, top), top)

    def judge(self, text: str, top: int = TOP, embedding: Floats | None = None) -> Judgement:
        """The ``top`` nearest entries and how sure the first is. Never raises; some ms at 10,000 entries."""
        found = features(text)
        raw = Raw.of_features(found)
        ranked = self._rank(raw, embedding, top)
        if not ranked.numbers:
            return Judgement()
        return Judgement(tuple(self._told(raw, found, ranked, top)), self._sure(ranked))

    def threshold(self, precision: float = PRECISION, verdicts: Sequence[Verdict] = ()) -> float:
        """The confidence from which on to answer, so that ``precision`` of the answers are right."""
        return self.calibration.threshold(precision, verdicts) if self.calibration else THRESHOLD

    def offer_threshold(self, chance: float = OFFER) -> float:
        """The confidence from which on choices are worth offering. Above 1 before a calibration is there."""
        return self.calibration.offer_threshold(chance) if self.calibration else 1.01

    def facts(self, raw: Raw, embedding: Floats | None = None) -> tuple[list[str], Floats, Difference]:
        """The keys of the nearest entries, and what calibration goes by: for learning it."""
        ranked = self._rank(raw, embedding, TOP)
        return [self._entries[number].key for number in ranked.numbers[:TOP]], *self._facts(ranked)

    def _sure(self, ranked: Ranked) -> float:
        if self.calibration is not None:
            # The very words of a phrasing, which no other entry has, are certain.
            if _same_words(ranked.vector, ranked.nearest[0]) and ranked.rival(ranked.nearest) <= _SAME_WORDS:
                return 1.0
            return self.calibration.confidence(*self._facts(ranked))
        rival = ranked.rival(ranked.scores)
        return ranked.scores[0] if ranked.scores[0] - rival >= MARGIN else min(ranked.scores[0], THRESHOLD / 2)

    def _rank(self, raw: Raw, embedding: Floats | None, top: int) -> Ranked:
        vector = self.space.vector(raw)
        central, every_word = self.shard.quickly(vector)
        if self._later is not None:
            central = np.append(central, self._later.centroids(vector))
        if len(self._gone):
            central[self._gone] = -1.0
        wanted = max(self._most, top)
        every = len(central) <= wanted
        found = np.arange(len(central)) if every else np.argpartition(-central, wanted - 1)[:wanted]
        found = found[central[found] > 0]
        meant = np.zeros(0, np.float32)
        # Zeros are what the encoder could not read.
        if embedding is not None and self.ranking is not None and self.ranking.embeds and embedding.any():
            # What means the same may share no word.
            meant = self.ranking.meant(embedding)
            meant[self._gone[self._gone < len(meant)]] = -np.inf
            nearest = np.argpartition(-meant, min(_MEANT, len(meant)) - 1)[:_MEANT]
            found = np.union1d(found, nearest[np.isfinite(meant[nearest])])
        found = np.sort(found)
        ranked = Ranked(vector=vector)
        if not len(found):
            return ranked
        dense = np.zeros(len(self.space), np.float32)
        dense[vector.ids] = vector.values
        ranked.dense = dense
        base = int(np.searchsorted(found, len(self._base)))
        numbers = found.tolist()
        near, rows, exact = self.shard.nearest(dense, numbers[:base])
        fits = central[found]
        if not every_word:
            fits[:base] = exact
        if self._later is not None:
            more = self._later.nearest(dense, [number - len(self._base) for number in numbers[base:]])
            near, rows = np.append(near, more[0]), rows + more[1]
        worded, said = self._said(dense, found, near, fits, meant)
        scores = self._scores(vector, worded + said, near, fits, bool(meant.size))
        order = np.argsort(-scores, kind="stable").tolist()
        ranked.numbers = [numbers[at] for at in order]
        ranked.kins = [self._entries[number].kin for number in ranked.numbers]
        ranked.scores = scores[order].tolist()
        ranked.nearest = near[order].tolist()
        ranked.rows = [rows[at] for at in order]
        ranked.central = fits[order].tolist()
        ranked.worded = worded[order].tolist()
        ranked.meant = said[order].tolist()
        return ranked

    def _said(
        self, dense: Floats, found: NDArray[np.intp], nearest: Floats, central: Floats, meant: Floats
    ) -> tuple[Floats, Floats]:
        """What the classifier makes of the words, and of the meaning, for each of the entries found."""
        said = np.zeros(len(found), np.float32)
        if self.ranking is None:
            return said, said
        worded = self.ranking.guessed(nearest, central)
        known = found < len(self._base)
        if known.any():
            worded[known] = self.ranking.worded(dense, found[known])
        if meant.size:
            said[known] = meant[found[known]]
        return worded, said

    def _scores(self, vector: Vector, said: Floats, nearest: Floats, central: Floats, embedded: bool) -> Floats:
        same = _same_words(vector, nearest)
        if self.ranking is None:
            alike = _NEAREST * nearest + (1 - _NEAREST) * central
            return np.where(same, np.float32(1), np.minimum(alike, np.float32(_SAME_WORDS)))
        likeness = _LIKENESS_BESIDE_MEANING if embedded else _LIKENESS
        scores: Floats = said + np.float32(likeness) * (nearest + central)
        # The very words of a phrasing are certain, whatever the classifier makes of them.
        return np.where(same, scores + np.float32(4), scores)

    def _facts(self, ranked: Ranked) -> tuple[Floats, Difference]:
        if not ranked.numbers:
            return np.zeros(FACTS, np.float32), NOTHING
        best = ranked.numbers[0]
        shard, number = self._place(best)
        new, missed, shares = shard.difference(ranked.vector, number)
        apart = Difference(self._hashes[new], self._hashes[missed], shares)
        return facts(ranked, shard.likeness(ranked.vector, ranked.dense, number)), apart

    def _told(self, raw: Raw, found: Mapping[str, Sequence[str]], ranked: Ranked, top: int) -> list[Match]:
        if not ranked.numbers:
            return []
        names = raw.named(found)
        told = []
        for at in range(min(top, len(ranked.numbers))):
            entry = self._entries[ranked.numbers[at]]
            why = self._why(ranked, at, names)
            told.append(Match(entry.key, ranked.scores[at], entry.phrasings[ranked.rows[at]], why))
        return told

    def _why(self, ranked: Ranked, at: int, names: Mapping[int, str]) -> tuple[tuple[str, float], ...]:
        """What a message and the nearest phrasing of a candidate share, by how much it weighs in both."""
        shard, number = self._place(ranked.numbers[at])
        ids, values = shard.row(number, ranked.rows[at])
        products = ranked.dense[ids] * values
        most = np.argsort(-products, kind="stable")[:_TOLD]
        told = zip(self._hashes[ids[most]].tolist(), products[most].tolist(), strict=True)
        return tuple((names[feature], round(product, 3)) for feature, product in told if product > 0)

    def _place(self, number: int) -> tuple[Shard, int]:
        """The shard in which an entry is, and its number there."""
        if self._later is not None and number >= len(self._base):
            return self._later, number - len(self._base)
        return self.shard, number


def _same_words(vector: Vector, nearest: Any) -> Any:
    """Whether a text is the very words of a phrasing, by its cosine with it (or each of several).

    Words that no entry has are not in the vector, so that a cosine of 1 alone does not say it.
    """
    return (nearest > _SAME_WORDS) & (vector.unknown == 0)
