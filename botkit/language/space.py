"""Space: texts as sparse vectors, each feature weighted by how few entries have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from botkit.language.features import BLOCKS, features, hashed

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
_BLOCK = {name: number for number, (name, _) in enumerate(BLOCKS)}
_SHARE = np.array([share for _, share in BLOCKS], np.float32)
_BATCH = 2_000
"""Texts that are made vectors together: more would only need more memory."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A text in a space: feature numbers, ascending, and their values (length 1, or empty).

    ``unknown`` is the share of the text's features, 0 to 1 by weight, that no entry has.
    """

    ids: Ints
    values: Floats
    unknown: float


EMPTY = Vector(np.zeros(0, np.int32), np.zeros(0, np.float32), 1.0)


class Space:
    """All features of all entries, numbered in the order of their hashes, with their weights."""

    def __init__(
        self,
        hashes: NDArray[np.uint32],
        weights: Floats,
        rarest: float,
        added: NDArray[np.uint32] | None = None,
    ) -> None:
        self.hashes = hashes
        self.weights = weights
        self.rarest = rarest
        """The weight of a feature that no entry has."""
        self.added = np.zeros(0, np.uint32) if added is None else added
        """Features that came later: numbered after the others, which keep their numbers."""
        self._every = np.append(weights, np.full(len(self.added), rarest, np.float32)).astype(np.float32)

    def __len__(self) -> int:
        return len(self.hashes) + len(self.added)

    def with_more(self, raws: Iterable[Raw]) -> Space:
        """This space, and the features of further texts behind it."""
        found = np.unique(np.concatenate([np.zeros(0, np.uint32), *(raw.hashes for raw in raws)]))
        return Space(self.hashes, self.weights, self.rarest, np.setdiff1d(found, self.hashes, assume_unique=True))

    @classmethod
    def of(cls, entries: Sequence[Iterable[Raw]]) -> Space:
        """The space of the raw texts of each entry: a feature of few entries weighs more (inverse entry frequency)."""
        each = [np.unique(np.concatenate([raw.hashes for raw in raws])) for raws in map(list, entries) if raws]
        if not each:
            return cls(np.zeros(0, np.uint32), np.zeros(0, np.float32), 1.0)
        hashes, count = np.unique(np.concatenate(each), return_counts=True)
        entries_in_all = len(each)
        weights = np.log((entries_in_all + 1) / (count + 1)) + 1
        return cls(hashes, weights.astype(np.float32), float(np.log((entries_in_all + 1) / 2) + 1))

    def vector(self, raw: Raw) -> Vector:
        """A text's vector: each block of length 1, weighed against the others, and the whole of length 1 again."""
        if not len(raw.hashes) or not len(self):
            return EMPTY
        at, known = look_up(self.hashes, raw.hashes)
        if len(self.added):
            later, added = look_up(self.added, raw.hashes)
            at = np.where(added, later + len(self.hashes), at)
            known |= added
        missing = int(np.count_nonzero(~known)) * self.rarest
        ids, blocks = at[known].astype(np.int32), raw.blocks[known]
        if not len(ids):
            return EMPTY
        values = self._every[ids]
        total = float(values.sum())
        lengths = np.sqrt(np.bincount(blocks, values * values, len(_SHARE)))
        values = values * (_SHARE / np.maximum(lengths, 1e-9)).astype(np.float32)[blocks]
        values /= np.float32(np.sqrt(np.dot(values, values)))
        order = np.argsort(ids, kind="stable")
        return Vector(ids[order], values[order].astype(np.float32), missing / (missing + total))

    def vectors(self, raws: Sequence[Raw]) -> list[Vector]:
        """The vectors of many texts, many times quicker than one by one, and equal up to rounding."""
        return [vector for at in range(0, len(raws), _BATCH) for vector in self._batch(raws[at : at + _BATCH])]

    def _batch(self, raws: Sequence[Raw]) -> Iterator[Vector]:
        count, kinds = len(raws), len(_SHARE)
        hashes = np.concatenate([raw.hashes for raw in raws])
        if not len(hashes) or not len(self) or len(self.added):
            yield from map(self.vector, raws)
            return
        blocks = np.concatenate([raw.blocks for raw in raws])
        owners = np.repeat(np.arange(count), [len(raw.hashes) for raw in raws])
        at, known = look_up(self.hashes, hashes)
        missing = np.bincount(owners[~known], minlength=count) * self.rarest
        ids, blocks, owners = at[known].astype(np.int32), blocks[known], owners[known]
        values = self._every[ids]
        total = np.bincount(owners, values, count)
        slots = owners * kinds + blocks
        lengths = np.sqrt(np.bincount(slots, values * values, count * kinds))
        share = (np.tile(_SHARE, count) / np.maximum(lengths, 1e-9)).astype(np.float32)
        values = values * share[slots]
        norms = np.sqrt(np.bincount(owners, values * values, count))
        values = (values / np.maximum(norms, 1e-30)[owners]).astype(np.float32)
        order = np.lexsort((ids, owners))
        ids, values = ids[order], values[order]
        ends = np.cumsum(np.bincount(owners, minlength=count)).tolist()
        for number, (start, end) in enumerate(pairwise([0, *ends])):
            if start == end:
                yield EMPTY
            else:
                unknown = float(missing[number])
                yield Vector(ids[start:end], values[start:end], unknown / (unknown + float(total[number])))


@dataclass(frozen=True, slots=True)
class Raw:
    """A text's features as hashes, with the block that each belongs to; independent of any space."""

    hashes: NDArray[np.uint32]
    blocks: NDArray[np.uint8]

    @classmethod
    def of(cls, text: str) -> Raw:
        """Never raises; some 0.1 ms."""
        return cls.of_features(features(text))

    @classmethod
    def of_features(cls, found: Mapping[str, Sequence[str]]) -> Raw:
        """The same, of features that are known already."""
        hashes: list[int] = []
        for name, listed in found.items():
            hashes += hashed(name, listed)
        blocks = np.repeat(np.array([_BLOCK[name] for name in found], np.uint8), list(map(len, found.values())))
        return cls(np.array(hashes, np.uint32), blocks)

    def named(self, found: Mapping[str, Sequence[str]]) -> dict[int, str]:
        """The features that this was made of, by hash: for explaining what weighed."""
        return dict(zip(self.hashes.tolist(), chain.from_iterable(found.values()), strict=True))


def look_up(among: NDArray[np.uint32], wanted: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where the wanted stand in an ascending array, and which of them really do."""
    if not len(among):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), np.bool_)
    at = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    return at, among[at] == wanted
