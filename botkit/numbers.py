"""The guard on phone numbers: no automatic text leaves with one that nobody vouched for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

# Digits with the separators people write inside a phone number. Those of the second kind stand in versions,
# fractions and lists as well: with them it takes seven digits to be a number that is dialled.
_RUN = re.compile(
    r"(?<![\d#])\+?\(?\d(?:[ \t\-‐‒–—―−()./·・_~*]{0,3}\d){6,}"
    r"|(?<![\d#])\+?\(?\d(?:[ \t\-‐‒–—―−()]{0,3}\d){2,}"
)
_QUICK = re.compile(r"\d\D{0,3}\d\D{0,3}\d")
_MOMENT = re.compile(
    r"(?<!\d)(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}(?!\d)"
    r"|(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])"
)
_PART = re.compile(r"\d+")
# What makes a number one that is not dialled, with how many digits it may have. Only on its own line: what
# the next line begins with is not its unit.
_UNITS = (
    (re.compile(r" ?(?:[万亿]?元|块钱|yuan\b|RMB\b|CNY\b)", re.IGNORECASE), 12),
    (re.compile(" ?年"), 4),
    (re.compile(" ?(?:号楼|号院|号(?![码线热])|弄|室|层|路(?!线)|米|公里|平方|平米)"), 4),
    (re.compile(" ?(?:人(?![工员])|天(?!天)|小时|分钟|%)"), 4),
)
_SIGN = re.compile(r"(?:[¥$€]|RMB|CNY) ?$", re.IGNORECASE)
_BLANK = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")


def find(text: str) -> list[str]:
    """The numbers in a text that could be dialled, digits and separators as written, width folded."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _BLANK.sub("", text))
    if not _QUICK.search(text):
        return []
    # Something that joins no digits stands where a date or a time of day was.
    text = _MOMENT.sub("|", text)
    found = [_dialled(text, match.start(), match.end()) for match in _RUN.finditer(text)]
    return [number for number in found if sum(map(str.isdigit, number)) >= 3]


def _dialled(text: str, start: int, end: int) -> str:
    """A run of digits without the sum, year or house number that it ends or begins with."""
    parts = list(_PART.finditer(text, start, end))
    last, first = parts[-1], parts[0]
    if any(unit.match(text, end) and last.end() - last.start() <= most for unit, most in _UNITS):
        end = last.start()
    if end > start and _SIGN.search(text, 0, start):
        start = first.end()
    return text[start:end].strip(" \t-‐‒–—―−./·・_~*")


class NumberGuard:
    """Knows the numbers that may be said: those of the providers, normally directory and emergency list."""

    def __init__(self, providers: Iterable[Callable[[], frozenset[str]]] = ()) -> None:
        self._providers = list(providers)

    def unknown(self, text: str) -> list[str]:
        """The numbers in a text that no provider vouches for."""
        return [number for number in find(text) if not self._vouched(number)]

    def _vouched(self, number: str) -> bool:
        parts = _PART.findall(number)
        return self._known("".join(parts)) or (len(parts) > 1 and all(self._known(part) for part in parts))

    def _known(self, digits: str) -> bool:
        forms = {digits}
        if len(digits) > 10 and digits.startswith("86"):
            # Abroad the zero of an area code is left out.
            forms |= {digits[2:], f"0{digits[2:]}"}
        return any(not forms.isdisjoint(known) for known in (provider() for provider in self._providers))
