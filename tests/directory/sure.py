"""A directory that is as sure as a test wants: the real one with a calibration made by hand."""

from __future__ import annotations

import numpy as np

from botkit.language.calibration import Calibration
from botkit.language.space import Floats
from botkit.language.telling import TELLS_NOTHING, Difference
from botkit.testing import BotHarness
from directory.index import Index
from directory.running import directory_of

ANSWER, OFFER = 0.8, 0.31
"""About where the hand-made curve answers and offers, for a precision of 0.98 and a chance of 0.6."""


class Fixed(Calibration):
    """Says one confidence of everything but a phrasing's very words. Its curve: right down to 0.8, near down to 0.3."""

    def __init__(self, confidence: float) -> None:
        sure = np.linspace(0.999, 0.0, 1_000, dtype=np.float32)
        nothing = np.zeros(1, np.float32)
        super().__init__(
            {
                **TELLS_NOTHING.parts,
                "cal_mean": nothing,
                "cal_scale": nothing + 1,
                "cal_weight": np.zeros(2, np.float32),
                "curve_sure": sure,
                "curve_right": (sure > 0.8).astype(np.float32),
                "curve_among": (sure > 0.3).astype(np.float32),
                "curve_share": np.ones(1_000, np.float32),
            }
        )
        self.said = confidence

    def confidence(self, facts: Floats, difference: Difference) -> float:
        return self.said


def calibrated(bot: BotHarness, confidence: float) -> Index:
    """The index of a running bot, so sure of whatever it is asked."""
    index = directory_of(bot.services).index
    matcher = index.matcher.with_entry(index.asked[0])
    matcher.calibration = Fixed(confidence)
    return index.with_matcher(matcher)
