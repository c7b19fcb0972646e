"""Neighbours: which entries an entry is most easily mistaken for, for those who write its phrasings."""

from __future__ import annotations

from collections import Counter

from directory.index import Index

_ASKED = 60


def neighbours(index: Index, slug: str) -> list[tuple[str, float]]:
    """Where an entry's own phrasings would lead if it were not there: keys with their share, the most first.

    What only a human answers is among them, as ``human:…``; shares add up to at most 1, as some phrasings lead
    nowhere. A tenth of a second for most. Raises ``KeyError`` for an entry that can't be asked for.
    """
    phrasings = next((entry.phrasings for entry in index.asked if entry.key == slug), None)
    if phrasings is None:
        raise KeyError(slug)
    rest = index.matcher.without(slug)
    asked = phrasings[:: max(1, len(phrasings) // _ASKED)]
    found = Counter(match.key for phrasing in asked for match in rest.match(phrasing, 1))
    return [(key, count / len(asked)) for key, count in found.most_common()]
