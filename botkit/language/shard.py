"""Shard: the vectors of some entries and their phrasings, as arrays that can be searched, saved and mapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from botkit.language.space import Floats, Ints, Space, Vector

PARTS = ("post_start", "post_entry", "post_value", "row_start", "row_id", "row_value", "first_row", "norm")
# Postings that are added up for a message: some 0.3 ms.
_POSTINGS = 60_000
_MANY = 0.2


class Shard:
    """Entries by number: centroids as postings by feature, phrasings as rows. Never changes.

    ``first_row[e]:first_row[e + 1]`` are the rows of entry ``e``, in the order of its phrasings.
    """

    def __init__(self, parts: Mapping[str, NDArray[Any]]) -> None:
        self._parts = {name: parts[name] for name in PARTS}
        self._post_start: NDArray[np.int64] = parts["post_start"]
        self._post_entry: Ints = parts["post_entry"]
        self._post_value: Floats = parts["post_value"]
        self._row_start: NDArray[np.int64] = parts["row_start"]
        self._row_id: Ints = parts["row_id"]
        # Saved in two bytes each, reckoned with in four.
        self._row_value: Floats = self._parts.pop("row_value").astype(np.float32)
        self.first_row: NDArray[np.int64] = parts["first_row"]
        self._first: list[int] = self.first_row.tolist()
        self._lengths = np.diff(self._row_start)
        self._norm: Floats = parts["norm"]

    @property
    def parts(self) -> dict[str, NDArray[Any]]:
        """What to save."""
        return {**self._parts, "row_value": self._row_value.astype(np.float16)}

    @property
    def rows(self) -> int:
        """How many phrasings all entries have."""
        return len(self._row_start) - 1

    def __len__(self) -> int:
        return len(self.first_row) - 1

    @classmethod
    def of(cls, space: Space, entries: Sequence[Sequence[Vector]]) -> Shard:
        """The shard of entries, each with the vectors of its phrasings in that space."""
        rows = [vector for vectors in entries for vector in vectors]
        lengths = [len(vector.ids) for vector in rows]
        columns: list[Ints] = []
        owners: list[Ints] = []
        values: list[Floats] = []
        norms = np.ones(len(entries), np.float32)
        for number, vectors in enumerate(entries):
            if not vectors:
                continue
            ids, where = np.unique(np.concatenate([v.ids for v in vectors]), return_inverse=True)
            total = np.bincount(where, np.concatenate([v.values for v in vectors]), len(ids)).astype(np.float32)
            norms[number] = max(1e-9, float(np.sqrt(np.dot(total, total))))
            total = total / norms[number]
            columns.append(ids.astype(np.int32))
            owners.append(np.full(len(ids), number, np.int32))
            values.append(total)
        column = np.concatenate(columns or [np.zeros(0, np.int32)])
        order = np.argsort(column, kind="stable")
        return cls(
            {
                "post_start": np.searchsorted(column[order], np.arange(len(space) + 1)).astype(np.int64),
                "post_entry": np.concatenate(owners or [np.zeros(0, np.int32)])[order],
                "post_value": np.concatenate(values or [np.zeros(0, np.float32)])[order],
                "row_start": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
                "row_id": np.concatenate([v.ids for v in rows] or [np.zeros(0, np.int32)]),
                "row_value": np.concatenate([v.values for v in rows] or [np.zeros(0, np.float32)]).astype(np.float16),
                "first_row": np.concatenate([[0], np.cumsum([len(v) for v in entries])]).astype(np.int64),
                "norm": norms,
            }
        )

    def centroids(self, vector: Vector) -> Floats:
        """The cosine of a text with each entry's centroid."""
        return self._added_up(vector, self._lengths_of(vector))

    def quickly(self, vector: Vector) -> tuple[Floats, bool]:
        """``centroids`` in bounded time, and whether it is all of them: ``nearest`` tells it exactly.

        What nearly every entry has tells little and takes long: of a text that has much of it, the commonest features
        are left out. In a directory of a thousand entries only long texts have so much.
        """
        lengths = self._lengths_of(vector)
        if lengths.sum() <= _POSTINGS:
            return self._added_up(vector, lengths), True
        order = np.argsort(lengths, kind="stable")
        kept = np.sort(order[np.cumsum(lengths[order]) <= _POSTINGS])
        return self._added_up(Vector(vector.ids[kept], vector.values[kept], 0.0), lengths[kept]), False

    def _lengths_of(self, vector: Vector) -> NDArray[np.int64]:
        """How many entries have each of a text's features. Those added to the space later are in none here."""
        here = np.minimum(vector.ids, len(self._post_start) - 2)
        lengths = self._post_start[here + 1] - self._post_start[here]
        return np.where(here == vector.ids, lengths, 0)

    def _added_up(self, vector: Vector, lengths: NDArray[np.int64]) -> Floats:
        there = np.flatnonzero(lengths)
        starts, lengths = self._post_start[vector.ids[there]], lengths[there]
        places = [slice(*place) for place in zip(starts.tolist(), (starts + lengths).tolist(), strict=True)]
        if not places:
            return np.zeros(len(self), np.float32)
        weights = np.repeat(vector.values[there], lengths)
        weights *= np.concatenate([self._post_value[place] for place in places])
        owners = np.concatenate([self._post_entry[place] for place in places])
        return np.bincount(owners, weights, len(self)).astype(np.float32)

    def nearest(self, dense: Floats, entries: Sequence[int]) -> tuple[Floats, list[int], Floats]:
        """For each of some entries: the cosine with its nearest phrasing, which that is, the cosine with its centroid.

        ``dense`` is the text's vector with a place for every feature of the space. The centroid's is that of
        ``centroids`` but for rounding.
        """
        bounds = [(self._first[entry], self._first[entry + 1]) for entry in entries]
        if not bounds:
            return np.zeros(0, np.float32), [], np.zeros(0, np.float32)
        places = [slice(self._row_start[first], self._row_start[last]) for first, last in bounds]
        products = dense.take(np.concatenate([self._row_id[place] for place in places]), mode="clip")
        products *= np.concatenate([self._row_value[place] for place in places])
        sums = _sums(products, np.concatenate([self._lengths[first:last] for first, last in bounds]))
        counts = np.array([last - first for first, last in bounds])
        starts = np.cumsum(counts) - counts
        rows = [
            int(sums[at : at + count].argmax()) if count else 0
            for at, count in zip(starts.tolist(), counts.tolist(), strict=True)
        ]
        there = np.append(sums, np.float32(0))
        cosines = np.where(counts > 0, there[starts + rows], np.float32(0))
        return cosines, rows, _sums(sums, counts) / self._norm[np.array(entries)]

    def row(self, entry: int, row: int) -> tuple[Ints, Floats]:
        """The features and values of an entry's phrasing."""
        first = self._first[entry] + row
        place = slice(self._row_start[first], self._row_start[first + 1])
        return self._row_id[place], self._row_value[place]

    def likeness(self, vector: Vector, dense: Floats, entry: int) -> Floats:
        """How a text and an entry fit, word for word: seven shares, 0 to 1.

        Of the text: how much of it the entry knows, and its weightiest feature that the entry never has; the same with
        the nearest phrasing; of that phrasing: how much of it the text has, and its weightiest that the text lacks; and
        the mean cosine of the three nearest phrasings.
        """
        first, last = self.first_row[entry], self.first_row[entry + 1]
        low, high = self._row_start[first], self._row_start[last]
        ids, values = self._row_id[low:high], self._row_value[low:high]
        starts = (self._row_start[first:last] - low).tolist()
        sums = _sums(dense[ids] * values, self._lengths[first:last])
        order = np.argsort(-sums)
        nearest = int(order[0])
        row = slice(starts[nearest], starts[nearest + 1] if nearest + 1 < len(starts) else len(ids))
        squares = vector.values * vector.values
        known = np.zeros(len(dense), np.bool_)
        known[ids] = True
        by_entry = known[vector.ids]
        known[ids] = False
        known[ids[row]] = True
        by_nearest = known[vector.ids]
        there = dense[ids[row]] > 0
        return np.array(
            [
                squares[by_entry].sum(),
                vector.values[~by_entry].max(initial=0.0),
                squares[by_nearest].sum(),
                vector.values[~by_nearest].max(initial=0.0),
                (values[row][there] ** 2).sum(),
                values[row][~there].max(initial=0.0),
                sums[order[:3]].mean(),
            ],
            np.float32,
        )

    def difference(self, vector: Vector, entry: int) -> tuple[Ints, Ints, Floats]:
        """What sets a text apart from an entry: the features that none of its phrasings has, and those that more than
        a fifth of them have and the text has not, with the share of the phrasings that do.
        """
        first, last = self.first_row[entry], self.first_row[entry + 1]
        ids, counts = np.unique(self._row_id[self._row_start[first] : self._row_start[last]], return_counts=True)
        shares = (counts / max(1, last - first)).astype(np.float32)
        missed = (shares > _MANY) & ~np.isin(ids, vector.ids, assume_unique=True)
        return np.setdiff1d(vector.ids, ids, assume_unique=True), ids[missed], shares[missed]


def _sums(products: Floats, lengths: NDArray[np.int64]) -> Floats:
    """The sums of neighbouring products, so many for each; 0 where there are none."""
    starts = np.cumsum(lengths) - lengths
    sums: Floats = np.add.reduceat(np.append(products, np.float32(0)), starts)
    sums[lengths == 0] = 0
    return sums
