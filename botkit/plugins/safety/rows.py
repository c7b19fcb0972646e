"""Rows: the texts that are learned from as a matrix of weighed features."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from botkit.plugins.safety.features import weight

CLASSES = ("none", "emergency", "fraud")
Sets = list[set[str]]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plan:
    """``model.toml``: what is made, and which share of mistakes the thresholds allow."""

    seed: int
    networks: int
    hidden: int
    passes: int
    dropped: float
    line: float
    smooth: float
    kept: int
    shout: int
    shapes: int
    folds: int
    targets: dict[str, dict[str, float]]
    around: dict[str, dict[str, list[str]]]

    @classmethod
    def load(cls, folder: Path) -> Plan:
        """The plan of a folder of rules."""
        data = tomllib.loads((folder / "model.toml").read_text("utf-8"))
        return cls(**data["training"], targets=data["targets"], around=data["around"])


@dataclass(slots=True)
class Texts:
    """What is learned from: texts with their features, class and kind, the group that each belongs to, and whether
    it is from the talk of a group.
    """

    texts: list[str]
    sets: Sets
    classes: NDArray[np.int64]
    kinds: list[str]
    groups: NDArray[np.int64]
    talk: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.sets)

    def some(self, which: Sequence[int] | NDArray[np.int64]) -> Texts:
        """Those at these places."""
        return Texts(
            [self.texts[at] for at in which],
            [self.sets[at] for at in which],
            self.classes[which],
            [self.kinds[at] for at in which],
            self.groups[which],
            self.talk[which],
        )


def count(texts: Texts, kept: int, networks: Floats | None = None) -> tuple[list[str], Floats]:
    """The features of two texts or more with their weights; of too many, those that tell the classes apart best."""
    often = Counter(name for one in texts.sets for name in one)
    names = sorted(name for name, times in often.items() if times > 1)
    if len(names) > kept:
        danger = Counter(
            name for one, concern in zip(texts.sets, texts.classes, strict=True) if concern for name in one
        )
        share = float(np.mean(texts.classes > 0))

        def tells(name: str) -> float:
            expected = often[name] * share
            return float(abs(danger[name] - expected) / (expected * (1 - share) + 0.5) ** 0.5 * weight(name))

        names = sorted(sorted(names, key=lambda name: (-tells(name), name))[:kept])
    total = len(texts) + 1
    return names, np.array([weight(name) * np.log(total / (often[name] + 1)) for name in names], np.float32)


def matrix(sets: Sets, names: list[str], rarity: Floats, smooth: float) -> sp.csr_matrix:
    """A row for each text, as ``Model.score`` weighs them."""
    number = {name: at for at, name in enumerate(names)}
    columns: list[int] = []
    ends = [0]
    for one in sets:
        columns += sorted(at for name in one if (at := number.get(name)) is not None)
        ends.append(len(columns))
    found = sp.csr_matrix((rarity[columns], columns, ends), shape=(len(sets), len(names)), dtype=np.float32)
    lengths = np.sqrt(np.asarray(found.multiply(found).sum(1)).ravel() + max(smooth**2, 1e-6))
    return sp.csr_matrix(sp.diags((1 / lengths).astype(np.float32)) @ found)


def dropped(rows: sp.csr_matrix, share: float, chance: np.random.Generator) -> sp.csr_matrix:
    """Rows with some features left out, so that no single one is relied on."""
    rows = rows.copy()
    rows.data *= (chance.random(len(rows.data), dtype=np.float32) > share) / np.float32((1 - share) ** 0.5)
    rows.eliminate_zeros()
    return rows
