"""Windows: the parts of a long text that are judged by themselves, so that danger is not lost in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

SHORT = 28
"""Texts up to so many characters are judged as a whole."""
_SENTENCE = re.compile(r"[^。!?;！？；\n]*(?:[。!?;！？；\n]+|$)")
_WIDE = 60
_LONGEST = 240


def windows(plain: str) -> Iterator[str]:
    """A short text whole, a longer one by sentences, short neighbours together.

    A sentence without an end is cut. Linear: each character is in one window, or in two at a cut.
    """
    if len(plain) <= SHORT:
        yield plain
        return
    gathered = ""
    for found in _SENTENCE.finditer(plain):
        sentence = found[0]
        if gathered and len(gathered) + len(sentence) > _WIDE:
            yield gathered
            gathered = ""
        while len(sentence) > _LONGEST:
            yield sentence[:_LONGEST]
            sentence = sentence[_LONGEST - _WIDE // 2 :]
        gathered += sentence
    if gathered:
        yield gathered
