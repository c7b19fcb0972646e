"""Synonyms: everyday English words that ask for the same thing."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path

from snowballstemmer import stemmer

FILE = Path(__file__).with_name("synonyms.toml")
_stemmer = stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word: repair of repairs and repairing."""
    return str(_stemmer.stemWord(word))


def meanings(stemmed: str) -> tuple[str, ...]:
    """The groups of the reviewed list that a stem belongs to, named by their first words; none for most."""
    return _groups().get(stemmed, ())


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for line in tomllib.loads(FILE.read_text("utf-8"))["groups"]:
        words = line.split()
        for one in dict.fromkeys(map(stem, words)):
            groups[one] = (*groups.get(one, ()), f"={words[0]}")
    return groups
