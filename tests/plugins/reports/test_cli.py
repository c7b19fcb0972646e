"""The command line: a day's report while no bot runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from botkit.errors import UserError
from botkit.maintenance import offline
from botkit.plugins.reports.cli import app
from botkit.plugins.reports.models import Reconciliation
from tests.plugins.handoff.station import CONFIG


@pytest.fixture(autouse=True)
def _few_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTKIT_LOG_LEVEL", "error")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A station without a directory, which takes long to load."""
    folder = tmp_path / "config"
    shutil.copytree(CONFIG.parent, folder, ignore=shutil.ignore_patterns("directory"))
    text = CONFIG.read_text("utf-8").split("# The share")[0]
    (folder / "station.toml").write_text(f'{text}\n[plugins]\nenabled = ["safety", "handoff", "reports"]\n')
    return folder


def run(day: str, config: Path) -> Result:
    data = config.parent / "data"
    return CliRunner().invoke(app, ["day", day, "--config", str(config), "--data", str(data)])


def test_a_day_is_made_kept_and_printed(config: Path) -> None:
    result = run("2026-03-11", config)
    assert result.exit_code == 0, result.output
    assert "Addressed  0" in result.output and "Difference  0" in result.output

    async def kept(bot: object) -> list[str]:
        return [row.day.isoformat() for row in await Reconciliation.all()]

    assert offline(config, config.parent / "data", kept) == ["2026-03-11"]


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "2199-01-01"])
def test_a_day_that_is_none_is_a_users_mistake(day: str, config: Path) -> None:
    result = run(day, config)
    assert isinstance(result.exception, UserError) and result.exception.fix
