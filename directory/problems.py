"""What is wrong with the directory's data: where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. ``where`` is a file, or a place in data; ``line`` of a file counts from 1, 0 means all of it."""

    where: str
    what: str
    fix: str
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        return f"{place}: {self.what}\n  fix: {self.fix}"
