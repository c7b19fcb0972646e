"""Raws: the features of many texts, beside each other where there are many and more than one processor."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import pairwise
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from botkit.language.space import Raw

MANY = 20_000
"""With fewer texts, starting processes takes longer than they save."""
_CHUNK = 2_000

Packed = tuple[NDArray[np.uint32], NDArray[np.uint8], list[int]]


def raws_of(texts: Sequence[str]) -> list[Raw]:
    """The features of each text, in their order. Never raises; some 0.1 ms a text and processor."""
    workers = os.cpu_count() or 1
    if len(texts) < MANY or workers == 1:
        return list(map(Raw.of, texts))
    chunks = [texts[at : at + _CHUNK] for at in range(0, len(texts), _CHUNK)]
    try:
        # Started afresh: a copy of this process would hold its locks and connections.
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            return [raw for packed in pool.map(_packed, chunks) for raw in _unpacked(packed)]
    except (BrokenProcessPool, OSError):
        # No memory or no right for another process: then it takes longer.
        return list(map(Raw.of, texts))


def _packed(texts: Sequence[str]) -> Packed:
    """Few large arrays instead of thousands of small ones, to be sent from process to process."""
    raws = list(map(Raw.of, texts))
    lengths = [len(raw.hashes) for raw in raws]
    return np.concatenate([raw.hashes for raw in raws]), np.concatenate([raw.blocks for raw in raws]), lengths


def _unpacked(packed: Packed) -> Iterator[Raw]:
    hashes, blocks, lengths = packed
    ends = np.cumsum(lengths).tolist()
    return (Raw(hashes[start:end], blocks[start:end]) for start, end in pairwise([0, *ends]))
