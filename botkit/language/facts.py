"""Facts: what a calibration goes by when it says how likely the best candidate is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from botkit.language.space import EMPTY, Floats, Vector

FACTS = 24
# How sharply scores become shares of one: on held-out questions, about as often right as that says.
_SHARP = 4.0


@dataclass(slots=True)
class Ranked:
    """Candidates, best first: number, kin, score, cosine with the nearest phrasing (and which), with the centroid,

    and what the classifier makes of the words alone and of the meaning alone (zeros without embeddings).
    """

    numbers: list[int] = field(default_factory=list)
    kins: list[str] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    nearest: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    central: list[float] = field(default_factory=list)
    worded: list[float] = field(default_factory=list)
    meant: list[float] = field(default_factory=list)
    vector: Vector = EMPTY
    dense: Floats = field(default_factory=lambda: np.zeros(0, np.float32))

    def rival(self, values: Sequence[float]) -> float:
        """The highest of some values among candidates that are no kin of the first; 0 where there is none."""
        pairs = zip(self.kins, values, strict=True)
        return max((value for kin, value in pairs if kin != self.kins[0]), default=0.0)


def facts(ranked: Ranked, fits: Floats) -> Floats:
    """The facts of a ranking: ``fits`` are ``Shard.likeness`` of the best.

    How many phrasings an entry has is none of them: those held out come from fewer than a message meets.
    """
    if not ranked.numbers:
        return np.zeros(FACTS, np.float32)
    scores = np.array(ranked.scores, np.float32)
    shares = np.exp(_SHARP * (scores - scores[0]))
    shares /= shares.sum()
    share = float(shares[[kin == ranked.kins[0] for kin in ranked.kins]].sum())
    near, centre = ranked.nearest[0], ranked.central[0]
    other_near, other_centre = ranked.rival(ranked.nearest), ranked.rival(ranked.central)
    unknown = ranked.vector.unknown
    return np.array(
        [
            scores[0],
            scores[0] - ranked.rival(ranked.scores),
            np.log(share + 1e-6) - np.log(1 - share + 1e-6),
            float(-(shares * np.log(shares + 1e-9)).sum()),
            near,
            centre,
            near - other_near,
            centre - other_centre,
            float(near >= other_near),
            float(centre >= other_centre),
            unknown,
            unknown * near,
            np.log1p(len(ranked.vector.ids)),
            ranked.worded[0],
            ranked.worded[0] - ranked.rival(ranked.worded),
            ranked.meant[0],
            ranked.meant[0] - ranked.rival(ranked.meant),
            *fits,
        ],
        np.float32,
    )
