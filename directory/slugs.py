"""Slugs: names for values that never change, made of what they are called."""

from __future__ import annotations

import re
from collections.abc import Set

from botkit.language.pinyin import syllables

LONGEST = 40
_ODD = re.compile(r"[^a-z0-9]+")
_SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
_ROOM = 4
"""Characters left for a number behind a slug that is taken."""


def is_slug(text: str) -> bool:
    """Whether a text can be a slug."""
    return _SLUG.fullmatch(text) is not None


def free_slug(kind: str, zh: str, en: str, taken: Set[str]) -> str:
    """A slug that is not taken, out of an English name or a Chinese one's pinyin. Where both give none, of ``kind``."""
    said = en or " ".join(syllables(zh))
    base = _ODD.sub("_", said.lower()).strip("_")[: LONGEST - _ROOM].strip("_")
    if len(base) < 2 or not base[0].isalpha():
        base = f"{kind}_{base}".strip("_")
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}_{number}", number + 1
    return slug
