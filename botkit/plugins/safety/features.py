"""Features: what the learned model sees of a text: characters, sounds, words, and the rules' word lists found in it."""

from __future__ import annotations

import re
from itertools import pairwise
from operator import add

from botkit.language.detect import is_pinyin
from botkit.language.dialect import standard
from botkit.language.normalise import HAN
from botkit.language.pinyin import sound
from botkit.language.readings import readings
from botkit.language.spelling import SYLLABLES, split_word

_PIECES = re.compile(
    rf"([{HAN}]+)|((?:https?://|www\.)[^\s{HAN}]+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{{2,}}(?:/[^\s{HAN}]*)?)"
    r"|([a-zü]+(?:'[a-zü]+)*)|([0-9]+)|([?!])"
)
_MENTION = re.compile(r"@[^\s@,，。:：!！?？]{1,32}")
_LONGEST_WORD = 24
_START, _END = "^", "$"
# One character of the private use area for each sound, so that sounds are cut into pieces as characters are, and no
# piece of sounds is one of characters.
_SOUNDS = {heard: chr(0xE000 + at) for at, heard in enumerate(sorted({sound(one) for one in SYLLABLES}))}
_SOUND_START, _SOUND_END, _OTHER_SOUND = "\uf8fd", "\uf8fe", "\uf8ff"

WEIGHTS = {"w": 1.0, "v": 0.85, "u": 0.7, "n": 0.3, "#": 0.7, "l": 1.0, "r": 1.5}
"""How much words, pairs and triples of them, letters, signs, lists and rules count, by the first letter of a name."""
_CHARACTERS = (1.0, 1.0, 0.7)
_HEARD_SOUNDS = (0.7, 0.7, 0.55)


class _Heard(dict[int, str]):
    """The sound of a character, filled as they come."""

    def __missing__(self, code: int) -> str:
        told = readings().of(chr(code))
        heard = _SOUNDS.get(sound(told), _OTHER_SOUND) if told else _OTHER_SOUND
        if len(self) < 40_000:
            self[code] = heard
        return heard


_HEARD = _Heard()


def weight(feature: str) -> float:
    """How much a feature counts before its rarity does: those of characters and sounds by their length."""
    told = WEIGHTS.get(feature[0])
    if told is not None:
        return told
    return (_HEARD_SOUNDS if feature[-1] >= "\ue000" else _CHARACTERS)[min(len(feature), 3) - 1]


def features(plain: str) -> list[str]:
    """The features of a text in plain form (normalised, no apostrophes), some of them more than once.

    Never raises; linear; some 0.6 µs a character.

    Characters by one, two and three, with the ends of runs; sounds by two and three, so that homophones and
    pinyin meet; English words by one, two and three, and their letters by three to five, so that mistyped ones
    meet; shapes of numbers and addresses.
    """
    if "@" in plain:
        plain = _MENTION.sub(" ", plain)
    pieces = _PIECES.findall(standard(plain))
    words = [piece[2] for piece in pieces if piece[2]]
    spelt = bool(words) and is_pinyin(words, 1 if any(piece[0] for piece in pieces) else 2)
    made: list[str] = []
    said: list[str] = []
    row: list[str] = []
    for han, address, word, number, _ in pieces:
        if han:
            _characters(han, made)
            said.append(han.translate(_HEARD))
            row.append("~")
            continue
        if word and spelt and (parts := split_word(word)):
            said += [_SOUNDS.get(sound(part), _OTHER_SOUND) for part in parts]
            continue
        if said:
            _sounds("".join(said), made)
            said.clear()
        if word:
            row.append(word)
            if len(word) <= _LONGEST_WORD:
                edged = f"<{word}>"
                made.extend([f"n{edged[at : at + size]}" for size in (3, 4, 5) for at in range(len(edged) - size + 1)])
        elif number:
            made.append(f"#{min(len(number), 6)}")
            row.append("#")
        elif address:
            made.append("#url")
            row.append("#url")
    if said:
        _sounds("".join(said), made)
    _words(row, made)
    return made


def readable(feature: str) -> str:
    """A feature as a person reads it: sounds in pinyin, the rest as it stands after what it is."""
    told = {"l": "list", "r": "rule", "w": "word", "v": "words", "u": "words", "n": "letters"}
    if feature[-1] >= "\ue000":
        names = {**{char: heard for heard, char in _SOUNDS.items()}, _SOUND_START: "^", _SOUND_END: "$"}
        return f"sounds {' '.join(names.get(char, '?') for char in feature)}"
    return f"{told[feature[0]]} {feature[1:]}" if feature[0] in told else feature


def _characters(han: str, made: list[str]) -> None:
    made.extend(han)
    edged = f"{_START}{han}{_END}"
    pairs = list(map(add, edged, edged[1:]))
    made.extend(pairs)
    made.extend(map(add, pairs, edged[2:]))


def _sounds(said: str, made: list[str]) -> None:
    edged = f"{_SOUND_START}{said}{_SOUND_END}"
    pairs = list(map(add, edged, edged[1:]))
    made.extend(pairs)
    made.extend(map(add, pairs, edged[2:]))


def _words(row: list[str], made: list[str]) -> None:
    if row == ["~"]:
        return
    made.extend(["w" + word for word in row if word != "~"])
    pairs = [f"{a} {b}" for a, b in pairwise(row)]
    made.extend(["v" + pair for pair in pairs])
    made.extend([f"u{pair} {word}" for pair, word in zip(pairs, row[2:], strict=False)])
