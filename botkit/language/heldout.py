"""Holding out: what the engine makes of phrasings it has not learnt, and the calibration that follows from it."""

from __future__ import annotations

from hashlib import blake2s
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from botkit.language.calibration import Calibration
from botkit.language.classify import Sample, learn
from botkit.language.space import Floats, Ints

FOLDS = 5
OUTSIDE = 0.15
"""The share of questions, held out, that are taken to be about nothing in the directory."""
UNFORESEEN = 0.05
"""Of those, the share that nothing among what is not to be answered resembles, where such examples are given."""


def _fold(name: str) -> int:
    return blake2s(name.encode("utf-8", "replace"), digest_size=4).digest()[0] % FOLDS


class HeldOut(NamedTuple):
    """Questions held out: facts of the match, right first, right among three, what kind of question, fold, answered."""

    facts: Floats
    first: Ints
    among: Ints
    kind: Ints
    folds: Ints
    answers: Ints


_HELD, _GONE, _OTHER = 0, 1, 2


def held_out(sample: Sample) -> HeldOut | None:
    """What the engine makes of each phrasing when it, or its whole group, was not learnt."""
    kin = [entry.kin for entry in sample.entries]
    group_fold = np.array([_fold(one) for one in kin])[sample.owner]
    text_fold = np.array([_fold(f"#{text}") for text in sample.texts])
    rows: list[tuple[Floats, bool, bool, int, int, bool]] = []
    for fold in range(FOLDS):
        # What is not to be answered stands for all that is not in the directory: it is never taken out as a whole.
        answers = np.array([entry.answers for entry in sample.entries])[sample.owner]
        gone = (group_fold == fold) & answers
        held = ~gone & (text_fold == fold)
        kept = np.flatnonzero(~gone & ~held)
        if not len(kept) or not held.any():
            continue
        part = sample.part(kept)
        matcher = learn(part)
        if matcher.ranking is None:
            continue
        known = {entry.key: entry for entry in part.entries}
        left = {entry.kin for entry in part.entries}
        for row in np.flatnonzero(gone | held).tolist():
            wanted = kin[int(sample.owner[row])]
            if held[row] and wanted not in left:
                continue
            embedding = None if sample.embeddings is None else sample.embeddings[row]
            keys, told = matcher.facts(sample.raws[row], embedding)
            said = [known[key].kin for key in keys]
            kind = _GONE if gone[row] else _HELD if answers[row] else _OTHER
            answered = bool(keys) and known[keys[0]].answers
            rows.append((told, bool(said) and said[0] == wanted, wanted in said, kind, fold, answered))
    if len({row[1] for row in rows}) < 2:
        return None
    facts, first, among, kind_of, folds, answered_all = zip(*rows, strict=True)
    numbers = (np.array(each, np.int32) for each in (first, among, kind_of, folds, answered_all))
    return HeldOut(np.array(facts, np.float32), *numbers)


def calibrate(held: HeldOut) -> Calibration:
    share = _shares(held.kind)
    mean = held.facts.mean(0)
    scale = np.maximum(held.facts.std(0), 1e-6)
    scaled = (held.facts - mean) / scale
    sure = np.zeros(len(held.facts), np.float32)
    for fold in np.unique(held.folds).tolist():
        here, others = held.folds == fold, held.folds != fold
        if not others.any() or len(set(held.first[others].tolist())) < 2:
            others = np.ones(len(here), bool)
        model = _logistic(scaled[others], held.first[others], share[others])
        sure[here] = model.predict_proba(scaled[here])[:, 1]
    model = _logistic(scaled, held.first, share)
    # Where the best guess is something not to be answered nothing is said, right or wrong.
    said = held.answers > 0
    return Calibration(
        {
            "cal_mean": mean,
            "cal_scale": scale.astype(np.float32),
            "cal_weight": np.concatenate([model.intercept_, model.coef_[0]]).astype(np.float32),
            "curve_sure": sure[said],
            "curve_right": held.first[said].astype(np.float32),
            "curve_among": held.among[said].astype(np.float32),
            "curve_share": share[said],
        }
    )


def _shares(kinds: Ints) -> Floats:
    """How much each question counts, so that ``OUTSIDE`` of all are about nothing that is to be answered."""
    known = bool((kinds == _OTHER).any())
    wanted = {_HELD: 1 - OUTSIDE, _OTHER: OUTSIDE - UNFORESEEN, _GONE: UNFORESEEN if known else OUTSIDE}
    share = np.zeros(len(kinds), np.float32)
    for kind, total in wanted.items():
        here = kinds == kind
        share[here] = total / max(1, int(here.sum()))
    return share * len(kinds)


def _logistic(facts: Floats, right: Ints, share: Floats) -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=1_000).fit(facts, right, sample_weight=share)
