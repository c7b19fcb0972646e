"""The guard: what may never become a directory entry, whoever writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from botkit.messages import Text, tr


@dataclass(frozen=True)
class Guard:
    """Words of police business, numbers for danger, and numbers left out for lack of a source.

    ``exceptions`` only look like police business and are taken out of a text before it is checked.
    """

    subjects: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    emergency: frozenset[str] = frozenset()
    unsourced: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_subjects", _pattern(self.subjects))
        object.__setattr__(self, "_exceptions", _pattern(self.exceptions))

    def subject(self, text: str) -> str | None:
        """The first word of police business in a text, or None."""
        exceptions: re.Pattern[str] = self._exceptions  # type: ignore[attr-defined]  # set in __post_init__
        subjects: re.Pattern[str] = self._subjects  # type: ignore[attr-defined]  # set in __post_init__
        match = subjects.search(exceptions.sub(" ", text))
        return match.group() if match else None

    def number(self, digits: str) -> Text | None:
        """Why a number can't stand in the directory, or None when it can."""
        if digits in self.emergency:
            return tr("directory.wrong.emergency_number")
        if digits in self.unsourced:
            return tr("directory.wrong.unsourced")
        return None


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    # Latin words stand alone ("visa", not "advisable"); Chinese has no word borders to look for.
    parts = [rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words if word.strip()]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)
