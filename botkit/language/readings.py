"""Readings: the sound of each Chinese character, from a compact table that pypinyin's dictionaries were boiled down to.

pypinyin itself takes 260 ms and 58 MB to load, the table 12 ms and 0.6 MB. Make it anew, after an update of pypinyin,
with ``python -m botkit.language.readings``; a test says when it is out of date.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("readings.txt")
_FIRST, _LAST = 0x4E00, 0x9FFF
_HEAD = """\
# Sounds of Chinese characters without tones, made by botkit/language/readings.py from pypinyin (MIT), whose data are
# pinyin-data and phrase-pinyin-data (MIT). Characters that are in more phrases stand first. After the line "phrases"
# follow words in which a character sounds otherwise than by itself.
"""


@dataclass(frozen=True, slots=True)
class Readings:
    """Sounds of characters (``of``), and of words where they differ; ``same`` lists a sound's characters."""

    names: tuple[str, ...]
    same: tuple[str, ...]
    codes: array[int]
    phrases: dict[str, tuple[str, ...]]
    openers: frozenset[str]
    """First characters of phrases: only there a phrase need be looked for."""

    def of(self, char: str) -> str | None:
        """The usual toneless sound of one character, ``v`` for ü; None for what is no common Chinese character."""
        place = ord(char) - _FIRST
        if not 0 <= place < len(self.codes):
            return None
        code = self.codes[place]
        return self.names[code - 1] if code else None

    def alike(self, char: str) -> str:
        """All characters of the same usual sound, more common ones first, itself included."""
        place = ord(char) - _FIRST
        code = self.codes[place] if 0 <= place < len(self.codes) else 0
        return self.same[code - 1] if code else char


@cache
def readings() -> Readings:
    """The table, read once in a process at the first need."""
    characters, _, words = FILE.read_text("utf-8").partition("\nphrases\n")
    names, same = [], []
    codes = array("H", bytes(2 * (_LAST - _FIRST + 1)))
    for line in characters.splitlines():
        if line.startswith("#"):
            continue
        name, chars = line.split(" ")
        names.append(name)
        same.append(chars)
        for char in chars:
            codes[ord(char) - _FIRST] = len(names)
    phrases: dict[str, tuple[str, ...]] = {}
    for line in words.splitlines():
        word, *sounds = line.split(" ")
        phrases[word] = tuple(sounds)
    return Readings(tuple(names), tuple(same), codes, phrases, frozenset(word[0] for word in phrases))


def _toneless(marked: str) -> str:
    split = unicodedata.normalize("NFD", marked).replace("u\u0308", "v")
    return "".join(char for char in split if not unicodedata.combining(char))


def _simple(word: str) -> bool:
    try:
        return bool(word.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def made() -> str:
    """The table's text as the installed pypinyin has it. Only words of two and three simplified characters:
    a longer one is nearly always told by the shorter ones in it."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    usual = {chr(at): _toneless(told.split(",")[0]) for at, told in PINYIN_DICT.items() if _FIRST <= at <= _LAST}
    uses = Counter(char for word in PHRASES_DICT for char in word)
    lines: dict[str, list[str]] = {}
    for char in sorted(usual, key=lambda char: (not _simple(char), -uses[char], char)):
        lines.setdefault(usual[char], []).append(char)
    phrases = []
    for word, told in sorted(PHRASES_DICT.items()):
        sounds = [_toneless(one[0]) for one in told]
        if len(word) in (2, 3) and _simple(word) and sounds != [usual.get(char) for char in word]:
            phrases.append(" ".join((word, *sounds)))
    rows = [f"{name} {''.join(chars)}" for name, chars in sorted(lines.items())]
    return _HEAD + "\n".join((*rows, "phrases", *phrases)) + "\n"


if __name__ == "__main__":
    FILE.write_text(made(), "utf-8")
