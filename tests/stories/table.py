"""The table of stories and platforms: ``python -m tests.stories.table``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.stories.telling import PLATFORMS, lacking, later

TOLD, SOAK = "✓", "soak"


@dataclass(frozen=True, slots=True)
class Row:
    """One story: its ids, what happens, and how each platform stands to it."""

    ids: tuple[str, ...]
    words: str
    cells: tuple[str, ...]


def rows() -> list[Row]:
    """All stories, by their ids."""
    return sorted(_rows(), key=lambda row: _place(row.ids[0]))


def _rows() -> Iterator[Row]:
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for name, test in vars(import_module(f"tests.stories.{path.stem}")).items():
            for mark in getattr(test, "pytestmark", ()):
                if mark.name == "story":
                    words = name.removeprefix("test_").replace("_", " ")
                    cells = tuple(_cell(platform, **mark.kwargs) for platform in PLATFORMS)
                    yield Row(mark.kwargs["ids"], words, cells)


def _cell(platform: str, *, needs: tuple[str, ...], deep: bool, **_: Any) -> str:
    driver = PLATFORMS[platform]
    missing = lacking(driver, needs)
    return f"no {missing[0]}" if missing else SOAK if later(driver, deep=deep) else TOLD


def _place(story: str) -> tuple[str, int]:
    found = re.fullmatch(r"([A-Z]+)(\d+)", story)
    assert found is not None, f"{story} is no story"
    return found[1], int(found[2])


def table() -> str:
    """The table in Markdown."""
    head = ("story", "what happens", *PLATFORMS)
    lines = [head, ("---",) * len(head), *((", ".join(row.ids), row.words, *row.cells) for row in rows())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(table())
