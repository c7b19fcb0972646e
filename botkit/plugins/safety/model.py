"""The learned model: small networks and a line over features of reviewed examples, for wordings no rule names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from botkit.errors import SettingsError

FILE = "model.npz"
_FIX = "make it anew: botkit safety train"
_KNOWN = 1


@dataclass(frozen=True, slots=True)
class Scores:
    """How sure the model is, as log odds: 0 is even, 3 is 20 to 1. ``features``: which of them it knew, by number."""

    emergency: float
    fraud: float
    features: NDArray[np.int64]

    def of(self, concern: str) -> float:
        """The score of ``emergency`` or ``fraud``, rounded, for telling."""
        return round(self.emergency if concern == "emergency" else self.fraud, 2)

    def over(self, other: Scores) -> Scores:
        """The higher scores of two parts of a text, and the features of the graver part."""
        graver = max(self, other, key=lambda one: max(one.emergency, one.fraud))
        return Scores(max(self.emergency, other.emergency), max(self.fraud, other.fraud), graver.features)


class Model:
    """Weights, read once; scoring a text takes some 0.02 ms after its features are found."""

    def __init__(self, names: list[str], arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
        self.facts = facts
        # Tens of thousands of names as one text, and their hashes: as strings in a dictionary they take 15 MB.
        self._names = "\n".join(names).encode()
        hashes = np.fromiter(_hashes(names), np.int64, len(names))
        self._numbers = np.argsort(hashes)
        self._hashes = hashes[self._numbers]
        self._rarity: NDArray[np.float32] = arrays["rarity"]
        self._inner: NDArray[np.int8] = arrays["inner"]
        self._steps: NDArray[np.float32] = arrays["steps"]
        self._bias: NDArray[np.float32] = arrays["bias"]
        self._outer: NDArray[np.float32] = arrays["outer"]
        self._outer_bias: NDArray[np.float32] = arrays["outer_bias"]
        self._direct: NDArray[np.float32] = arrays["direct"].astype(np.float32)
        self._direct_bias: NDArray[np.float32] = arrays["direct_bias"]
        self._kinds: NDArray[np.int8] = arrays["kinds"]
        self._kind_bias: NDArray[np.float32] = arrays["kind_bias"]
        self._line = float(facts["line"])
        self._smooth = float(facts["smooth"]) ** 2

    @classmethod
    def load(cls, folder: Path, kinds: set[str]) -> Model | None:
        """The model of a folder of rules, None where there is none. Raises ``SettingsError`` where it is broken,
        or knows kinds that the rules do not.
        """
        path = folder / FILE
        if not path.exists():
            return None
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            facts = json.loads(arrays.pop("facts").tobytes())
            names = arrays.pop("names").tobytes().decode().split("\n")
            if facts["format"] != _KNOWN or len(names) != len(arrays["inner"]):
                raise ValueError("it is of another version")
            if unknown := set(facts["kinds"]) - kinds:
                raise ValueError(f"the rules have no {', '.join(sorted(unknown))}")
            return cls(names, arrays, facts)
        except (OSError, EOFError, BadZipFile, ValueError, KeyError) as problem:
            raise SettingsError(f"{path} can't be read: {problem}", _FIX) from problem

    def save(self, folder: Path) -> Path:
        """Write the model: the same bytes for the same weights."""
        path = folder / FILE
        np.savez_compressed(
            path,
            facts=np.frombuffer(json.dumps({**self.facts, "format": _KNOWN}, sort_keys=True).encode(), np.uint8),
            names=np.frombuffer(self._names, np.uint8),
            rarity=self._rarity,
            inner=self._inner,
            steps=self._steps,
            bias=self._bias,
            outer=self._outer,
            outer_bias=self._outer_bias,
            direct=self._direct.astype(np.float16),
            direct_bias=self._direct_bias,
            kinds=self._kinds,
            kind_bias=self._kind_bias,
        )
        return path

    @property
    def names(self) -> list[str]:
        """The features by number: for explanations, slow."""
        return self._names.decode().split("\n")

    def threshold(self, name: str) -> float:
        """A threshold that was derived from the examples when the model was made."""
        return float(self.facts["thresholds"][name])

    def known(self, features: Iterable[str]) -> set[int]:
        """The numbers of the features that the model knows."""
        wanted = np.fromiter(_hashes(features), np.int64)
        # In order, the search keeps to what it has just read.
        wanted.sort()
        at = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        return set(self._numbers[at[self._hashes[at] == wanted]].tolist())

    def score(self, numbers: set[int]) -> Scores:
        """How likely danger and fraud are, of known features. Never raises."""
        known = np.fromiter(numbers, np.int64, len(numbers))
        values = self._rarity[known]
        values /= np.sqrt(values @ values + self._smooth)
        hidden = (values @ self._inner[known].astype(np.float32)) * self._steps + self._bias
        emergency, fraud = self._told(np.maximum(hidden, 0))
        direct = values @ self._direct[known] + self._direct_bias
        share = self._line
        return Scores(
            (1 - share) * emergency + share * float(direct[0]), (1 - share) * fraud + share * float(direct[1]), known
        )

    def _told(self, hidden: NDArray[np.float32]) -> tuple[float, float]:
        """Log odds of emergency and fraud: the mean of the networks that were trained beside each other."""
        logits = np.einsum("nh,nho->no", hidden.reshape(len(self._outer), -1), self._outer) + self._outer_bias
        none, danger, fraud = logits.T
        # Their mean; ``np.mean`` itself takes as long as all the rest.
        networks = len(none)
        return (
            float(np.add.reduce(danger - np.logaddexp(none, fraud)) / networks),
            float(np.add.reduce(fraud - np.logaddexp(none, danger)) / networks),
        )

    def kind(self, scores: Scores, concern: str) -> str:
        """The likeliest kind of ``emergency`` or ``fraud``, as the rules name kinds."""
        kinds: list[str] = self.facts["kinds"]
        among = self.facts["emergency_kinds"]
        values = self._rarity[scores.features]
        told = values @ self._kinds[scores.features] / 64 + self._kind_bias
        first, last = (0, among) if concern == "emergency" else (among, len(kinds))
        return kinds[first + int(np.argmax(told[first:last]))]

    def weightiest(self, scores: Scores, concern: str, most: int = 8) -> list[tuple[str, float]]:
        """The features without which the score would differ most, and by how much: for explanations, slow."""
        whole, names = getattr(scores, concern), self.names
        found = []
        for at in range(len(scores.features)):
            rest = set(np.delete(scores.features, at).tolist())
            found.append((names[scores.features[at]], whole - getattr(self.score(rest), concern)))
        return sorted(found, key=lambda one: -abs(one[1]))[:most]


def _hashes(names: Iterable[str]) -> Iterator[int]:
    """Of the names' bytes: strings are hashed as they lie in memory, where "re" and "敲" are the same bytes."""
    return map(hash, map(str.encode, names))
