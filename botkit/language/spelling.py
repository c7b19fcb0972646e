"""Spelling: which Latin letters are Chinese syllables, and where one ends and the next begins."""

from __future__ import annotations

import re
from functools import lru_cache

# Every syllable of standard Chinese but interjections, by initial; ü is v.
_FINALS = {
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei eng i ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong u uan uo v ve ue",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu ong ou u uan un uo v ve ue",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
    "": "a ai an ang ao e en er ou",
}
SYLLABLES = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
"""Every toneless syllable that a word can be spelt with."""

_SPELT = re.compile(
    "(?:"
    + "|".join(f"{initial}(?:{'|'.join(finals.split()[::-1])})" for initial, finals in sorted(_FINALS.items())[::-1])
    + ")+"
)
_OTHERWISE = {"lue": "lve", "nue": "nve"}
LONGEST = 32
"""Words over so many letters are no pinyin. It also bounds the time that a hostile word can take."""


def is_spelt(word: str) -> bool:
    """Whether a word of lower-case letters is made of Chinese syllables alone. Some 1 µs."""
    return len(word) <= LONGEST and _SPELT.fullmatch(word) is not None


@lru_cache(maxsize=8192)
def split_word(word: str) -> tuple[str, ...]:
    """The syllables that a word of lower-case letters is spelt with; empty where it is not pinyin.

    ``'`` parts syllables; ``ü`` may be written ``v``. Of several ways the one is taken whose later syllables
    begin with a consonant, as the rules of spelling want it (*fangan* is *fan gan*), then the one of fewest.
    """
    word = word.replace("ü", "v")
    if "'" in word:
        parts = [split_word(part) for part in word.split("'") if part]
        return tuple(one for part in parts for one in part) if all(parts) else ()
    if not is_spelt(word):
        return ()
    # best[at] is how well the first letters up to there can be told, and how.
    best: list[tuple[int, int, tuple[str, ...]] | None] = [(0, 0, ())] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            before, piece = best[start], word[start:end]
            if before is None or piece not in SYLLABLES:
                continue
            bare = before[0] + (start > 0 and piece[0] in "aeo")
            if (now := best[end]) is None or (bare, before[1] + 1) < now[:2]:
                best[end] = (bare, before[1] + 1, (*before[2], _OTHERWISE.get(piece, piece)))
    found = best[-1]
    return found[2] if found else ()
