"""Shard: the vectors of some entries and their phrasings, as arrays that can be searched, saved and mapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from botkit.language.space import Floats, Ints, Space, Vector

PARTS = ("post_start", "post_entry", "post_value", "row_start", "row_id", "row_value", "first_row")


class Shard:
    """Entries by number: centroids as postings by feature, phrasings as rows. Never changes.

    ``first_row[e]:first_row[e + 1]`` are the rows of entry ``e``, in the order of its phrasings.
    """

    def __init__(self, parts: Mapping[str, NDArray[Any]]) -> None:
        self.parts = dict(parts)
        self._post_start: NDArray[np.int64] = parts["post_start"]
        self._post_entry: Ints = parts["post_entry"]
        self._post_value: Floats = parts["post_value"]
        self._row_start: NDArray[np.int64] = parts["row_start"]
        self._row_id: Ints = parts["row_id"]
        self._row_value: Floats = parts["row_value"]
        self.first_row: NDArray[np.int64] = parts["first_row"]

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
        for number, vectors in enumerate(entries):
            if not vectors:
                continue
            ids, where = np.unique(np.concatenate([v.ids for v in vectors]), return_inverse=True)
            total = np.bincount(where, np.concatenate([v.values for v in vectors]), len(ids)).astype(np.float32)
            total = total / np.float32(max(1e-9, float(np.sqrt(np.dot(total, total)))))
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
            }
        )

    def centroids(self, vector: Vector) -> Floats:
        """The cosine of a text with each entry's centroid."""
        ids = vector.ids[vector.ids < len(self._post_start) - 1]
        starts, stops = self._post_start[ids], self._post_start[ids + 1]
        picked = ranges(starts, stops)
        weights = np.repeat(vector.values[: len(ids)], stops - starts) * self._post_value[picked]
        return np.bincount(self._post_entry[picked], weights, len(self)).astype(np.float32)

    def nearest(self, dense: Floats, entry: int) -> tuple[float, int]:
        """The cosine of a text with an entry's nearest phrasing, and which that is.

        ``dense`` is the text's vector with a place for every feature of the space.
        """
        first, last = self.first_row[entry], self.first_row[entry + 1]
        if first == last:
            return 0.0, 0
        low, high = self._row_start[first], self._row_start[last]
        products = np.empty(high - low + 1, np.float32)
        np.multiply(dense[self._row_id[low:high]], self._row_value[low:high], out=products[:-1])
        products[-1] = 0.0
        sums = np.add.reduceat(products, self._row_start[first:last] - low)
        sums[self._row_start[first:last] == self._row_start[first + 1 : last + 1]] = 0.0
        best = int(sums.argmax())
        return float(sums[best]), best

    def likeness(self, vector: Vector, dense: Floats, entry: int) -> Floats:
        """How a text and an entry fit, word for word: seven shares, 0 to 1.

        Of the text: how much of it the entry knows, and its weightiest feature that the entry never has; the same with
        the nearest phrasing; of that phrasing: how much of it the text has, and its weightiest that the text lacks; and
        the mean cosine of the three nearest phrasings.
        """
        first, last = self.first_row[entry], self.first_row[entry + 1]
        low, high = self._row_start[first], self._row_start[last]
        ids, values = self._row_id[low:high], self._row_value[low:high].astype(np.float32)
        starts = (self._row_start[first:last] - low).tolist()
        sums = np.add.reduceat(np.append(dense[ids] * values, np.float32(0)), starts)
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


def ranges(starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """All numbers of several half-open ranges, one after the other."""
    lengths = stops - starts
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, np.int64)
    ends = np.cumsum(lengths)
    moved: NDArray[np.int64] = np.repeat(starts - ends + lengths, lengths)
    return np.arange(total, dtype=np.int64) + moved
