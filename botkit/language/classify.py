"""Classifying: learns which features speak for an entry; imported in the fitting process alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from botkit.language.entries import Entry
from botkit.language.match import Matcher
from botkit.language.ranking import MOST_WEIGHTS, Ranking, centred
from botkit.language.shard import Shard
from botkit.language.space import Floats, Raw, Space, Vector

_C = 4.0
_LEXICAL_BESIDE = 0.5
# From so many entries on, each learns against the phrasings that come near it instead of against all.
_MANY = 1_500
_RIVALS = 400


class Sample:
    """Phrasings of entries, with their features, and embeddings where there are any."""

    def __init__(self, entries: Sequence[Entry], embeddings: Floats | None = None) -> None:
        self.entries = list(entries)
        self.owner = np.array([n for n, entry in enumerate(entries) for _ in entry.phrasings], np.int64)
        self.raws = [Raw.of(phrasing) for entry in entries for phrasing in entry.phrasings]
        self.embeddings = embeddings

    def part(self, rows: NDArray[np.intp]) -> Sample:
        """The sample of some phrasings only; entries that keep none are gone."""
        kept: dict[int, list[int]] = {}
        for row in rows.tolist():
            kept.setdefault(int(self.owner[row]), []).append(row)
        part = Sample.__new__(Sample)
        texts = self.texts
        part.entries = [
            replace(self.entries[number], phrasings=tuple(texts[row] for row in its)) for number, its in kept.items()
        ]
        order = [row for its in kept.values() for row in its]
        part.owner = np.array([n for n, its in enumerate(kept.values()) for _ in its], np.int64)
        part.raws = [self.raws[row] for row in order]
        part.embeddings = None if self.embeddings is None else self.embeddings[order]
        return part

    @property
    def texts(self) -> list[str]:
        """The phrasings, in order."""
        return [phrasing for entry in self.entries for phrasing in entry.phrasings]


def learn(sample: Sample) -> Matcher:
    """Space, shard and classifier of a sample, not yet calibrated."""
    per_entry: list[list[Raw]] = [[] for _ in sample.entries]
    for owner, raw in zip(sample.owner.tolist(), sample.raws, strict=True):
        per_entry[owner].append(raw)
    space = Space.of(per_entry)
    vectors = [[space.vector(raw) for raw in raws] for raws in per_entry]
    parts = {
        "hashes": space.hashes,
        "weights": space.weights,
        "rarest": np.array(space.rarest),
        **Shard.of(space, vectors).parts,
    }
    matcher = Matcher.of_parts(sample.entries, parts)
    if len(space) and len({entry.kin for entry in sample.entries}) > 2:
        flat = [vector for each in vectors for vector in each]
        matcher.ranking = _classifier(matcher, space, flat, sample)
    return matcher


def _classifier(matcher: Matcher, space: Space, vectors: list[Vector], sample: Sample) -> Ranking:
    lexical = _matrix(vectors, len(space))
    count = len(sample.entries)
    every = lexical
    mean = np.zeros((0, 0), np.float32)
    if sample.embeddings is not None:
        # Texts that the encoder can't read have none, and don't move the mean.
        given = np.maximum(1, np.count_nonzero(sample.embeddings.any(axis=(1, 2))))
        mean = (sample.embeddings.sum(0) / given).astype(np.float32)
        meant = centred(sample.embeddings, mean)
        every = hstack([lexical * _LEXICAL_BESIDE, csr_matrix(meant)]).tocsr()
    most = int(np.clip(MOST_WEIGHTS / count, 300, 4_000))
    many = count > _MANY
    rows = _against_near(matcher, vectors, sample, every) if many else _against_all(every, sample.owner, count)
    starts, ids, values, biases, dense = [0], [], [], [], []
    for weights, bias in rows:
        spoken = weights[: len(space)]
        if sample.embeddings is not None:
            spoken = spoken * _LEXICAL_BESIDE
            dense.append(weights[len(space) :].astype(np.float32))
        told = np.flatnonzero(spoken)
        if len(told) > most:
            told = np.sort(told[np.argpartition(-np.abs(spoken[told]), most - 1)[:most]])
        ids.append(told.astype(np.int32))
        values.append(spoken[told].astype(np.float32))
        starts.append(starts[-1] + len(told))
        biases.append(bias)
    parts: dict[str, NDArray[Any]] = {
        "lin_start": np.array(starts, np.int64),
        "lin_id": np.concatenate(ids),
        "lin_value": np.concatenate(values),
        "lin_bias": np.array(biases, np.float32),
        "emb_weight": np.array(dense, np.float32) if dense else np.zeros((0, 0), np.float32),
        "emb_mean": mean,
    }
    return Ranking(parts | {"lin_like": np.array([-1.0, 0.5, 0.5], np.float32)})


def _matrix(vectors: list[Vector], width: int) -> csr_matrix:
    start = np.concatenate([[0], np.cumsum([len(vector.ids) for vector in vectors])])
    ids = np.concatenate([vector.ids for vector in vectors])
    values = np.concatenate([vector.values for vector in vectors])
    return csr_matrix((values, ids, start), shape=(len(vectors), width))


def _against_all(every: csr_matrix, owner: NDArray[np.int64], count: int) -> list[tuple[Floats, float]]:
    machine = LinearSVC(C=_C, tol=1e-3, random_state=0).fit(every, owner)
    if count == 2:
        machine.coef_ = np.vstack([-machine.coef_, machine.coef_])
        machine.intercept_ = np.array([-machine.intercept_[0], machine.intercept_[0]])
    return [(machine.coef_[number], float(machine.intercept_[number])) for number in range(count)]


def _against_near(
    matcher: Matcher, vectors: list[Vector], sample: Sample, every: csr_matrix
) -> list[tuple[Floats, float]]:
    rivals: list[list[int]] = [[] for _ in sample.entries]
    for row, vector in enumerate(vectors):
        central = matcher.shard.centroids(vector)
        for number in np.argpartition(-central, 30)[:30].tolist():
            if number != sample.owner[row]:
                rivals[number].append(row)
    by_owner: list[list[int]] = [[] for _ in sample.entries]
    for row, owner in enumerate(sample.owner.tolist()):
        by_owner[owner].append(row)
    random = np.random.default_rng(0)
    found = []
    for own, others in zip(by_owner, rivals, strict=True):
        far = random.integers(0, len(vectors), 100).tolist()
        rows = [*own, *(set(others[:: max(1, len(others) // _RIVALS)]) | set(far) - set(own))]
        piece = every[rows]
        # Only the columns in use: the width of all features would make each fit slow.
        columns = np.unique(piece.indices)
        side = np.array([1] * len(own) + [0] * (len(rows) - len(own)))
        machine = LinearSVC(C=_C, tol=1e-2, random_state=0).fit(piece[:, columns], side)
        weights = np.zeros(every.shape[1], np.float32)
        weights[columns] = machine.coef_[0]
        found.append((weights, float(machine.intercept_[0])))
    return found
