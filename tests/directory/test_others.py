"""What only a human answers: the file, and what is said about mistakes in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.errors import SettingsError
from botkit.testing import BotHarness
from directory import others
from directory.plugin import plugin
from tests.directory.conftest import SAMPLE


def test_the_stations_own_file_is_sound() -> None:
    entries = others.load(SAMPLE.parent / "etiquette" / "questions.toml")
    assert {"human:hukou", "human:other"} <= {entry.key for entry in entries}
    assert all(entry.group == "human" and not entry.answers and len(entry.phrasings) > 20 for entry in entries)


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert others.load(tmp_path / "none.toml") == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[hukou\n", 1), ('hukou = "x"\n', 1), ('[hukou]\nzh = "户口"\n', 2), ('[a]\nzh = ["x"]\n\n[b]\nen = [1]\n', 5),
        ('[a]\nzh = ["x"]\nfr = ["y"]\n', 3), ('[a]\nzh = [" "]\n', 2),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_to_do(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "questions.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as told:
        others.load(file)
    assert f"questions.toml:{line}:" in str(told.value) and "fix:" in str(told.value)


async def test_a_bot_does_not_start_with_half_a_file(tmp_path: Path) -> None:
    file = tmp_path / "questions.toml"
    file.write_text("[hukou]\nzh = 3\n", "utf-8")
    tables = {"directory": {"folder": str(SAMPLE), "others": str(file)}}
    with pytest.raises(SettingsError):
        async with BotHarness([plugin], tables=tables, folder=tmp_path):
            pass
