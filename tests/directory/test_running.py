"""The running directory: what happens at the start, with good, bad and missing files."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from botkit.errors import UserError
from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness
from directory import running
from directory.plugin import plugin
from tests.directory.conftest import ENTRY, Write


def harness(folder: Path, data: Path, *, demo: bool = True) -> BotHarness:
    settings = Settings(station=StationSettings(demo=demo))
    data.mkdir(exist_ok=True)
    return BotHarness([plugin], settings=settings, tables={"directory": {"folder": str(folder)}}, folder=data)


async def test_a_bad_entry_is_logged_with_its_place_at_every_start(write: Write, tmp_path: Path) -> None:
    folder = write(a=ENTRY, b=ENTRY.replace('slug = "gas"', 'slug = "x1"').replace("962777", "110"))
    for _ in range(2):
        with capture_logs() as logs:
            async with harness(folder, tmp_path / "data") as bot:
                assert len(running.directory_of(bot.services).index) == 1
        (told,) = [line for line in logs if line["event"] == "directory.refused"]
        assert told["place"].endswith("b.toml:7") and told["fix"]


async def test_an_unchanged_folder_is_not_read_again(write: Write, tmp_path: Path) -> None:
    folder = write(a=ENTRY)
    for loads in (1, 0):
        with capture_logs() as logs:
            async with harness(folder, tmp_path / "data") as bot:
                assert running.directory_of(bot.services).index.revision == 1
        assert sum(line["event"] == "directory.loaded" for line in logs) == loads


async def test_a_missing_guard_stops_the_start_and_says_why(write: Write, tmp_path: Path) -> None:
    folder = write(a=ENTRY)
    (folder / "guard.toml").write_text("[guard]\n")
    with pytest.raises(UserError, match=r"guard\.toml"):
        async with harness(folder, tmp_path / "data"):
            pass
    (folder / "guard.toml").unlink()
    with pytest.raises(UserError, match="no such file"):
        async with harness(folder, tmp_path / "data"):
            pass


async def test_samples_are_there_in_demonstration_mode_only(write: Write, tmp_path: Path) -> None:
    folder = write(a=ENTRY + "sample = true\n")
    async with harness(folder, tmp_path / "data") as bot:
        assert running.numbers() == frozenset({"962777"})
        assert running.directory_of(bot.services).index.get("gas")
    async with harness(folder, tmp_path / "data", demo=False) as bot:
        assert running.numbers() == frozenset()
        assert running.directory_of(bot.services).index.get("gas") is None
    assert running.numbers() == frozenset()
