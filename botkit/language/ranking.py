"""Ranking: a pruned linear classifier over lexical features, and over embeddings where there are any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from botkit.language.space import Floats, Ints

PARTS = ("lin_start", "lin_id", "lin_value", "lin_bias", "lin_like", "emb_weight", "emb_mean")
MOST_WEIGHTS = 1_000_000
"""Weights kept over all entries: each keeps those that weigh most, 300 at least and 4,000 at most."""


class Ranking:
    """The weights of every entry of a shard: which features speak for it, and which against."""

    def __init__(self, parts: Mapping[str, NDArray[Any]]) -> None:
        self.parts = dict(parts)
        self._start: NDArray[np.int64] = parts["lin_start"]
        self._id: Ints = parts["lin_id"]
        self._value: Floats = parts["lin_value"]
        self._bias: Floats = parts["lin_bias"]
        self._like: Floats = parts["lin_like"]
        self._embedded: Floats = parts["emb_weight"]
        self._mean: Floats = parts["emb_mean"]

    @property
    def embeds(self) -> bool:
        """Whether it was fitted with embeddings, and so wants the message's."""
        return bool(self._embedded.size)

    def worded(self, dense: Floats, entries: NDArray[np.intp]) -> Floats:
        """What a message's words say for each of some entries, about -1 (nothing) to 1 (surely)."""
        # One slice after the other: taken all at once, looking up where they stand costs more than they do.
        places = zip(self._start[entries].tolist(), self._start[entries + 1].tolist(), strict=True)
        said = [dense.take(self._id[low:high], mode="clip") @ self._value[low:high] for low, high in places]
        return (np.array(said, np.float32) + self._bias[entries]).astype(np.float32)

    def meant(self, embedding: Floats) -> Floats:
        """What a message's embedding alone says for each entry."""
        said: Floats = self._embedded @ centred(embedding[None], self._mean)[0]
        return said

    def guessed(self, nearest: Floats, central: Floats) -> Floats:
        """What an entry that came after the fit would score, by what its likeness tells for the others."""
        constant, near, centre = (float(weight) for weight in self._like)
        return (constant + near * nearest + centre * central).astype(np.float32)

    def speaks(self, entry: int) -> dict[int, float]:
        """The weights of an entry by feature number: for explaining."""
        low, high = int(self._start[entry]), int(self._start[entry + 1])
        return dict(zip(self._id[low:high].tolist(), self._value[low:high].tolist(), strict=True))


def centred(embeddings: Floats, mean: Floats) -> Floats:
    """Embeddings (text, layer, width) without what all texts share, each layer of the same length, as one row a text.

    Texts that had none (zeros) stay zeros.
    """
    moved = embeddings - mean
    moved = moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-9)
    moved = moved * embeddings.any(axis=(1, 2), keepdims=True) / np.sqrt(moved.shape[1])
    row: Floats = moved.reshape(len(moved), -1).astype(np.float32)
    return row
