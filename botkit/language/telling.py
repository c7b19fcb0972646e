"""Telling: which differences between a message and an entry matter, as what was guessed wrong has shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from botkit.language.space import Floats, look_up

PARTS = ("tell_new", "tell_new_weight", "tell_missed", "tell_missed_weight")
Hashes = NDArray[np.uint32]


class Difference(NamedTuple):
    """What sets a message apart from an entry, as hashes of features.

    ``new``: the message has it, and no phrasing of the entry. ``missed``: many phrasings of the entry have it (what
    share of them stands in ``shares``), and the message does not.
    """

    new: Hashes
    missed: Hashes
    shares: Floats


NOTHING = Difference(np.zeros(0, np.uint32), np.zeros(0, np.uint32), np.zeros(0, np.float32))


class Telling:
    """How much each feature says, when it is new or missed, about whether the entry is the right one.

    "What is it for" and "how do I apply" of one subject are told apart by words that nearly every subject has:
    rare words weigh much in a comparison, and these do not. Which of them matter is learnt from phrasings held out.
    """

    def __init__(self, parts: Mapping[str, NDArray[Any]]) -> None:
        """Of arrays named as in ``PARTS``; the hashes ascend, and each has its weight."""
        self.parts = {name: parts[name] for name in PARTS}
        self._new: Hashes = parts["tell_new"]
        self._new_weight: Floats = parts["tell_new_weight"]
        self._missed: Hashes = parts["tell_missed"]
        self._missed_weight: Floats = parts["tell_missed_weight"]

    def says(self, difference: Difference) -> float:
        """What a difference says, as log odds that are added: below 0 it speaks against the entry."""
        at, known = look_up(self._new, difference.new)
        new = self._new_weight[at[known]].sum()
        at, known = look_up(self._missed, difference.missed)
        return float(new + self._missed_weight[at[known]] @ difference.shares[known])


TELLS_NOTHING = Telling({name: np.zeros(0, np.float32 if name.endswith("weight") else np.uint32) for name in PARTS})
