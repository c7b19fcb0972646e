"""Features: what texts are compared by, in blocks that weigh against each other, as 32-bit hashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from botkit.language.detect import is_pinyin
from botkit.language.dialect import standard
from botkit.language.normalise import HAN, normalise, without_mentions
from botkit.language.pinyin import spoken, syllables
from botkit.language.synonyms import meanings, stem
from botkit.language.tokens import tokens

LONGEST = 500
"""Characters of a message that are compared; what a long one asks for stands at its beginning."""

BLOCKS: tuple[tuple[str, float], ...] = (
    ("c", 1.0),
    ("b", 0.7),
    ("s", 0.6),
    ("w", 1.0),
    ("p", 0.6),
    ("n", 1.0),
    ("m", 1.0),
)
"""Blocks and how much each weighs: Chinese characters (numbers with them), edge bigrams and their sounds;
English stems with pairs in a row, pairs anywhere, and pieces of words of two to five letters; what words mean that
have synonyms, with the same pairs."""

_MOST_PAIRED = 40
"""Different words of a text that are paired with each other."""

_PIECES = re.compile(f"([{HAN}]+)|([a-z]+(?:'[a-z]+)?)|([0-9]+|<[a-z]+>)")


@lru_cache(maxsize=5_000)
def _pieces(word: str) -> tuple[str, ...]:
    edged = f" {word} "
    return tuple(
        dict.fromkeys(
            edged[start : start + size] for size in (2, 3, 4, 5) for start in range(max(1, len(edged) - size + 1))
        )
    )


def plain(text: str) -> str:
    """The form in which a text is compared: normalised, standard words for dialect, tokens, nobody's name."""
    return tokens(standard(normalise(without_mentions(text[:LONGEST]))))


def features(text: str) -> dict[str, tuple[str, ...]]:
    """The features of a text by block, each once. Never raises; linear in the text's length (500 characters)."""
    chars: dict[str, None] = {}
    pairs: dict[str, None] = {}
    sounds: dict[str, None] = {}
    letters: dict[str, None] = {}
    stems: list[str] = []
    text = plain(text)
    pieces = _PIECES.findall(text)
    words = [word for _, word, _ in pieces if word]
    if words and is_pinyin(words):
        said = syllables(text)
        sounds.update(dict.fromkeys(f"{one} {two}" for one, two in pairwise(said)))
    for han, word, other in pieces:
        if han:
            edged = f"^{han}$"
            chars.update(dict.fromkeys(han))
            pairs.update(dict.fromkeys(edged[at : at + 2] for at in range(len(edged) - 1)))
            said = spoken(han)
            sounds.update(dict.fromkeys(f"{one} {two}" for one, two in pairwise(said)))
        elif word:
            bare = word.replace("'", "")
            stems.append(stem(bare))
            letters.update(dict.fromkeys(_pieces(bare)))
        else:
            chars[other] = None
    return {
        "c": tuple(chars),
        "b": tuple(pairs),
        "s": tuple(sounds),
        "w": tuple(dict.fromkeys([*stems, *_in_a_row(stems)])),
        "p": tuple(_anywhere(stems)),
        "n": tuple(letters),
        "m": tuple(_meant(stems)),
    }


def _in_a_row(stems: Sequence[str]) -> list[str]:
    return [f"{one}_{two}" for one, two in zip(["^", *stems], [*stems, "$"], strict=True)] if stems else []


def _anywhere(stems: Sequence[str]) -> list[str]:
    different = sorted(set(stems))[:_MOST_PAIRED]
    return [f"{one}+{two}" for at, one in enumerate(different) for two in different[at + 1 :]]


def _meant(stems: Sequence[str]) -> dict[str, None]:
    """The meanings of the words that have synonyms, and the pairs that change when a synonym takes their place."""
    every = [meanings(one) for one in stems]
    if not any(every):
        return {}
    row = [several[0] if several else one for several, one in zip(every, stems, strict=True)]
    pairs = [pair for pair in (*_in_a_row(row), *_anywhere(row)) if "=" in pair]
    return dict.fromkeys([*(meaning for several in every for meaning in several), *pairs])


def hashed(block: str, found: Iterable[str]) -> list[int]:
    """The 32-bit numbers of a block's features: the same on every machine and in every process."""
    seed = crc32(block.encode())
    return [crc32(feature.encode("utf-8", "replace"), seed) for feature in found]
