"""The guard on phone numbers: no automatic text leaves with one that nobody vouched for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

# Digits with the separators people write inside a phone number; years, sums and house numbers are told by their unit.
_RUN = re.compile(
    r"(?<![\d#])\+?\(?\d(?:[ \-–—()]{0,2}\d){2,}(?!\d*(?:\s*(?:年|元|号楼|弄|室|路|米|公里|yuan|RMB|CNY)))"
)
_QUICK = re.compile(r"\d\D{0,2}\d\D{0,2}\d")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)")
_PART = re.compile(r"\d+")


def find(text: str) -> list[str]:
    """The numbers in a text that could be dialled, digits and separators as written, width folded."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not _QUICK.search(text):
        return []
    return [match.group() for match in _RUN.finditer(_DATE.sub(" ", text))]


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
        national = digits.removeprefix("86") if len(digits) > 10 else digits
        return any(digits in known or national in known for known in (p() for p in self._providers))
