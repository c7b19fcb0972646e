"""Calibration: how likely the best guess is right, and from which likelihood on a station's target is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from botkit.language.space import Floats
from botkit.language.telling import PARTS as TELLING
from botkit.language.telling import Difference, Telling

PARTS = (
    *TELLING,
    "cal_mean",
    "cal_scale",
    "cal_weight",
    "curve_sure",
    "curve_right",
    "curve_among",
    "curve_share",
)
# 95 % of a normal distribution lie within so many standard deviations.
_Z = 1.96
FEWEST = 10
"""Verdicts that it takes before they move a threshold: one angry word is no measurement."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer given with that confidence turned out to be, by a resident's or an officer's word."""

    confidence: float
    right: bool


class Calibration:
    """A logistic model of being right, and what its confidences were worth on questions held out.

    Learnt from the entries' own phrasings alone: phrasings held out should be answered, those of entries
    taken out should not. Each held-out question has a weight, so that a fair part is about nothing in the directory.
    """

    def __init__(self, parts: Mapping[str, NDArray[Any]]) -> None:
        self.parts = dict(parts)
        self._mean: Floats = parts["cal_mean"]
        self._scale: Floats = parts["cal_scale"]
        self._weight: Floats = parts["cal_weight"]
        self._telling = Telling(parts)
        order = np.argsort(-parts["curve_sure"], kind="stable")
        self._sure: Floats = parts["curve_sure"][order]
        share = parts["curve_share"][order]
        total = np.cumsum(share)
        self._precision = np.cumsum(parts["curve_right"][order] * share) / np.maximum(total, 1e-9)
        self._among = parts["curve_among"][order]
        self._share = share

    def confidence(self, facts: Floats, difference: Difference) -> float:
        """The likelihood, 0 to 1, that the best guess is right, by the facts of the match and what sets it apart."""
        scaled = (np.append(facts, self._telling.says(difference)) - self._mean) / self._scale
        return 1 / (1 + exp(-max(-30.0, min(30.0, float(scaled @ self._weight[1:] + self._weight[0])))))

    def threshold(self, precision: float, verdicts: Sequence[Verdict] = ()) -> float:
        """The lowest confidence from which on ``precision`` of the answers were right; 1 where none is.

        Only the very words of a phrasing are as certain as 1.
        ``verdicts`` on real answers correct it: while those above are surely (95 %) worse than the target, it rises.
        """
        kept = np.flatnonzero(self._precision >= precision)
        threshold = float(self._sure[kept[-1]]) if len(kept) else 1.0
        if sum(verdict.confidence >= threshold for verdict in verdicts) < FEWEST:
            return threshold
        for limit in sorted({verdict.confidence for verdict in verdicts if verdict.confidence >= threshold}):
            above = [verdict.right for verdict in verdicts if verdict.confidence >= threshold]
            if not above or upper_bound(sum(above), len(above)) >= precision:
                break
            threshold = limit + 1e-6
        return threshold

    def offer_threshold(self, chance: float) -> float:
        """The lowest confidence from which on the right entry is among the first three with this chance.

        Looked at in a window of a tenth of the questions: what is offered is what is *not* sure.
        """
        count = len(self._sure)
        if not count:
            return 1.01
        width = max(20, count // 10)
        for start in range(0, max(1, count - width + 1), max(1, width // 4)):
            window = slice(start, start + width)
            if np.average(self._among[window], weights=self._share[window]) < chance:
                return float(self._sure[start])
        return float(self._sure[-1])


def upper_bound(right: int, total: int) -> float:
    """The highest share that is still likely (95 %) after ``right`` of ``total`` (Wilson's interval)."""
    if not total:
        return 1.0
    share = right / total
    centre = share + _Z * _Z / (2 * total)
    spread = _Z * sqrt(share * (1 - share) / total + _Z * _Z / (4 * total * total))
    return (centre + spread) / (1 + _Z * _Z / total)
