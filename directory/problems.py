"""What is wrong with the directory's data: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from pathlib import Path

from botkit.clock import SystemClock
from botkit.i18n import Catalogues
from botkit.messages import Text

Say = Callable[[Text | str], str]
"""Renders a text in the reader's language."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, told in the reader's language.

    ``where`` is a file, or a place in data; ``line`` of a file counts from 1, 0 means all of it. ``field`` is the
    field that it concerns, such as ``name.zh``, where it concerns one.
    """

    where: str
    what: Text | str
    fix: Text | str
    line: int = 0
    field: str = ""

    @property
    def place(self) -> str:
        """Where it is, with the line."""
        return f"{self.where}:{self.line}" if self.line else self.where

    def told(self, say: Say) -> dict[str, str | int]:
        """What a program is told: place, what and fix, rendered."""
        return {"where": self.where, "line": self.line, "what": say(self.what), "fix": say(self.fix)}

    def __str__(self) -> str:
        say = english()
        return f"{self.place}: {say(self.what)}\n  fix: {say(self.fix)}"


@cache
def speaking(language: str) -> Say:
    """The directory's own texts in one language, without a bot that runs: for commands, logs and sheets."""
    catalogues = Catalogues(SystemClock(), UTC)
    catalogues.add(Path(__file__).parent / "locales")
    return lambda text: catalogues.render(text, language)


def english() -> Say:
    """How commands and logs speak: the directory's own texts in English."""
    return speaking("en")
