"""Fitting: learns the classifier and its calibration from phrasings; run in a process of its own.

``python -m botkit.language.fit ASKED OUT`` reads what ``saved.ask`` wrote and writes a model that ``saved.load``
reads. scikit-learn is imported here alone. The same entries always give the same model.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from botkit.language.classify import Sample, learn
from botkit.language.entries import Entry
from botkit.language.heldout import calibrate, held_out
from botkit.language.match import Matcher
from botkit.language.space import Floats


def fit(entries: Sequence[Entry], embeddings: Floats | None = None) -> Matcher:
    """A matcher with classifier and calibration. ``embeddings``: one row a phrasing, in order.

    Some seconds for a station's directory, minutes for thousands of entries. What is too little to learn from
    (fewer than three groups, or nothing to hold out) only compares.
    """
    sample = Sample([entry for entry in entries if entry.phrasings], embeddings)
    learnt = learn(sample)
    held = held_out(sample, learnt) if learnt.ranking is not None else None
    # Scores of a classifier say nothing of how sure they are: without a calibration, comparing is better.
    if held is None:
        learnt.ranking = None
    else:
        learnt.calibration = calibrate(held)
    return learnt


_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """End this process when the one that asked for it dies: killed, it can't end what it began."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    from botkit.language import saved

    end_with_parent()
    saved.fit_file(Path(sys.argv[1]), Path(sys.argv[2]))
