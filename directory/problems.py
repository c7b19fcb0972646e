"""What is wrong with a directory file: where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one place. ``line`` counts from 1; 0 means the whole file."""

    file: str
    line: int
    what: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}\n  fix: {self.fix}"
