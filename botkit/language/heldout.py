"""Holding out: what the engine makes of phrasings it has not learnt, and the calibration that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2s
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from botkit.language.calibration import Calibration
from botkit.language.classify import Sample, learn
from botkit.language.match import Matcher
from botkit.language.space import Floats, Ints, look_up
from botkit.language.telling import Difference, Hashes, Telling

FOLDS = 5
OUTSIDE = 0.15
"""The share of questions, held out, that are taken to be about nothing in the directory. What stands for them is what
has neighbours there, and is harder to tell from them than most of what people ask for in vain."""
UNFORESEEN = 0.12
"""So much of that nothing resembles among what is not to be answered, where such examples are given."""
_NEIGHBOURS = 5
_BLOCK = 500
# What is new or missed in fewer questions than this tells nothing; so many features that tell most are kept.
_FEWEST = 3
_TELLING = 20_000
_TELLING_C = 0.1


class HeldOut(NamedTuple):
    """Questions held out: facts of the match, what sets them apart from it, right first, right among three, what kind
    of question, fold, answered.
    """

    facts: Floats
    apart: Sequence[Difference]
    first: Ints
    among: Ints
    kind: Ints
    folds: Ints
    answers: Ints


_HELD, _GONE, _OTHER = 0, 1, 2


def held_out(sample: Sample, matcher: Matcher) -> HeldOut | None:
    """What the engine makes of each phrasing when it, or its whole group, was not learnt.

    ``matcher`` has learnt the whole sample: by it neighbours are found, which are taken out in different turns. A
    question about what is missing meets what is nearest to it.
    """
    kin = [entry.kin for entry in sample.entries]
    group_fold = _group_folds(matcher, kin)[sample.owner]
    text_fold = np.array([_fold(f"#{text}") for text in sample.texts])
    rows: list[tuple[Floats, Difference, bool, bool, int, int, bool]] = []
    for fold in range(FOLDS):
        # What is not to be answered stands for all that is not in the directory: it is never taken out as a whole.
        answers = np.array([entry.answers for entry in sample.entries])[sample.owner]
        gone = (group_fold == fold) & answers
        held = ~gone & (text_fold == fold)
        kept = np.flatnonzero(~gone & ~held)
        if not len(kept) or not held.any():
            continue
        part = sample.part(kept)
        partly = learn(part)
        if partly.ranking is None:
            continue
        known = {entry.key: entry for entry in part.entries}
        left = {entry.kin for entry in part.entries}
        for row in np.flatnonzero(gone | held).tolist():
            wanted = kin[int(sample.owner[row])]
            if held[row] and wanted not in left:
                continue
            embedding = None if sample.embeddings is None else sample.embeddings[row]
            keys, told, apart = partly.facts(sample.raws[row], embedding)
            said = [known[key].kin for key in keys]
            kind = _GONE if gone[row] else _HELD if answers[row] else _OTHER
            answered = bool(keys) and known[keys[0]].answers
            rows.append((told, apart, bool(said) and said[0] == wanted, wanted in said, kind, fold, answered))
    if len({row[2] for row in rows}) < 2:
        return None
    facts, differences, first, among, kind_of, folds, answered_all = zip(*rows, strict=True)
    numbers = (np.array(each, np.int32) for each in (first, among, kind_of, folds, answered_all))
    return HeldOut(np.array(facts, np.float32), differences, *numbers)


def calibrate(held: HeldOut) -> Calibration:
    share = _shares(held.kind)
    telling, says = _telling(held, share)
    facts = np.column_stack([held.facts, says]).astype(np.float32)
    mean, scale = facts.mean(0), _spread(facts)
    scaled = (facts - mean) / scale
    sure = np.zeros(len(facts), np.float32)
    for here, others in _turns(held):
        sure[here] = _logistic(scaled[others], held.first[others], share[others]).predict_proba(scaled[here])[:, 1]
    model = _logistic(scaled, held.first, share)
    # Where the best guess is something not to be answered nothing is said, right or wrong.
    said = held.answers > 0
    return Calibration(
        {
            **telling.parts,
            "cal_mean": mean,
            "cal_scale": scale,
            "cal_weight": np.concatenate([model.intercept_, model.coef_[0]]).astype(np.float32),
            "curve_sure": sure[said],
            "curve_right": held.first[said].astype(np.float32),
            "curve_among": held.among[said].astype(np.float32),
            "curve_share": share[said],
        }
    )


def _group_folds(matcher: Matcher, kin: Sequence[str]) -> NDArray[np.int64]:
    """The turn in which each entry is taken out: all of a group in one, and groups that are alike in different ones."""
    groups = {name: number for number, name in enumerate(dict.fromkeys(kin))}
    group = np.array([groups[name] for name in kin], np.int64)
    alike = _alike(matcher, group, len(groups))
    fold = np.full(len(groups), -1)
    size = dict.fromkeys(range(FOLDS), 0)
    most = -(-len(groups) // FOLDS)
    # Those with the nearest neighbours choose first.
    for number in sorted(range(len(groups)), key=lambda one: -sum(alike[one].values())):
        near = dict.fromkeys(range(-1, FOLDS), 0.0)
        for other, likeness in alike[number].items():
            near[int(fold[other])] += likeness
        chosen = min((near[turn], size[turn], turn) for turn in size if size[turn] < most)[-1]
        fold[number] = chosen
        size[chosen] += 1
    return fold[group]


def _alike(matcher: Matcher, group: NDArray[np.int64], groups: int) -> list[dict[int, float]]:
    """For each group its likeness with those whose entries are nearest to its own."""
    parts = matcher.shard.parts
    centres = csc_matrix(
        (parts["post_value"], parts["post_entry"], parts["post_start"]), (len(group), len(matcher.space))
    ).tocsr()
    alike: list[dict[int, float]] = [{} for _ in range(groups)]
    for start in range(0, len(group), _BLOCK):
        cosines = (centres[start : start + _BLOCK] @ centres.T).toarray()
        for entry, row in enumerate(cosines, start):
            row[group == group[entry]] = 0
            for other in np.argsort(-row, kind="stable")[:_NEIGHBOURS].tolist():
                if row[other] > 0:
                    one, two = int(group[entry]), int(group[other])
                    alike[one][two] = alike[two][one] = max(float(row[other]), alike[one].get(two, 0.0))
    return alike


def _telling(held: HeldOut, share: Floats) -> tuple[Telling, Floats]:
    """Which differences matter, and what they say of each question by what the other folds have shown."""
    new, rows = _columns([(one.new, np.ones(len(one.new), np.float32)) for one in held.apart])
    missed, more = _columns([(one.missed, one.shares) for one in held.apart])
    known = (held.facts - held.facts.mean(0)) / _spread(held.facts)
    every = hstack([rows, more, csr_matrix(known)]).tocsr()
    count = len(new) + len(missed)

    def learnt(chosen: NDArray[np.bool_]) -> Floats:
        model = LogisticRegression(C=_TELLING_C, solver="liblinear", random_state=0)
        model.fit(every[chosen], held.first[chosen], sample_weight=share[chosen])
        weights: Floats = model.coef_[0][:count].astype(np.float32)
        return weights

    says = np.zeros(len(held.facts), np.float32)
    for here, others in _turns(held):
        says[here] = every[here][:, :count] @ learnt(others)
    weights = learnt(np.ones(len(says), np.bool_))
    least = np.sort(np.abs(weights))[-_TELLING] if count > _TELLING else 0.0
    kept = np.abs(weights) >= least
    here, there = kept[: len(new)], kept[len(new) :]
    return Telling(
        {
            "tell_new": new[here],
            "tell_new_weight": weights[: len(new)][here],
            "tell_missed": missed[there],
            "tell_missed_weight": weights[len(new) :][there],
        }
    ), says


def _columns(rows: Sequence[tuple[Hashes, Floats]]) -> tuple[Hashes, csr_matrix]:
    """The features that several rows have, ascending, and the rows as a matrix of them."""
    names, counts = np.unique(np.concatenate([hashes for hashes, _ in rows]), return_counts=True)
    names = names[counts >= _FEWEST]
    starts, ids, values = [0], [], []
    for hashes, row in rows:
        at, known = look_up(names, hashes)
        ids.append(at[known])
        values.append(row[known])
        starts.append(starts[-1] + len(ids[-1]))
    return names, csr_matrix((np.concatenate(values), np.concatenate(ids), starts), shape=(len(rows), len(names)))


def _turns(held: HeldOut) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Each fold, and what to learn from to judge it: the others, or all where these show one outcome only."""
    turns = []
    for fold in np.unique(held.folds).tolist():
        here, others = held.folds == fold, held.folds != fold
        enough = others.any() and len(set(held.first[others].tolist())) > 1
        turns.append((here, others if enough else np.ones(len(here), np.bool_)))
    return turns


def _spread(facts: Floats) -> Floats:
    spread: Floats = np.maximum(facts.std(0), 1e-6).astype(np.float32)
    return spread


def _fold(name: str) -> int:
    return blake2s(name.encode("utf-8", "replace"), digest_size=4).digest()[0] % FOLDS


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
