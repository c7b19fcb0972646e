"""No story is forgotten, and none is told on fewer platforms than can tell it."""

from __future__ import annotations

from tests.stories.table import SOAK, TOLD, rows
from tests.stories.telling import PLATFORMS

CHATS = [
    *(f"R{number}" for number in range(1, 16)),
    *(f"N{number}" for number in range(1, 5)),
    *(f"D{number}" for number in range(1, 11)),
    *(f"B{number}" for number in range(1, 6)),
    *(f"G{number}" for number in range(1, 7)),
    *(f"P{number}" for number in range(1, 6)),
    *(f"E{number}" for number in range(1, 22)),
]
"""The stories of residents, newcomers, officers, backups, owners, partners, and the rules of etiquette."""


def test_every_story_that_names_a_chat_is_told() -> None:
    assert sorted({story for row in rows() for story in row.ids}) == sorted(CHATS)


def test_every_story_is_told_on_every_platform_with_groups_or_on_all() -> None:
    for row in rows():
        told = {name for name, cell in zip(PLATFORMS, row.cells, strict=True) if cell in (TOLD, SOAK)}
        assert told >= {"telegram", "matrix", "matrix encrypted"}, row
        assert told == set(PLATFORMS) or any(cell.startswith("no ") for cell in row.cells), row
