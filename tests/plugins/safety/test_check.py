"""The reviewed data: every example comes out right, and what is wrong with them is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from botkit.errors import SettingsError
from botkit.plugins.safety.check import MOST_EXCEPTIONS, check
from botkit.plugins.safety.cli import app
from botkit.plugins.safety.examples import load_examples

CONFIG = Path(__file__).parents[3] / "config"
SAFETY = CONFIG / "safety"


def test_the_data_are_right() -> None:
    report = check(SAFETY)
    assert not report.problems, "\n".join(report.problems[:20])
    assert report.counts["exceptions"] <= MOST_EXCEPTIONS * len(load_examples(SAFETY))


def test_no_text_is_danger_here_and_quiet_there(tmp_path: Path) -> None:
    folder = tmp_path / "examples"
    folder.mkdir()
    (folder / "a.toml").write_text('kind = "fire"\nzh = ["着火了"]\n[quiet]\nzh = ["着火了"]\n', "utf-8")
    with pytest.raises(SettingsError, match="is quiet, and fire"):
        load_examples(tmp_path)


@pytest.mark.parametrize("plain", [False, True])
def test_explain_tells_rule_score_and_features(plain: bool) -> None:
    told = (
        CliRunner()
        .invoke(app, ["explain", "楼道里全是烟", "--config", str(CONFIG), *(["--plain"] if plain else [])])
        .output
    )
    assert "fire" in told and "thresholds" in told and "emergency" in told


def test_a_cry_that_is_never_heard_is_named(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAFETY, tmp_path / "safety"))
    for examples in folder.glob("examples/*.toml"):
        if examples.name != "fire.toml":
            examples.unlink()
    rules = folder / "emergency.toml"
    rules.write_text(rules.read_text("utf-8").replace("[cries]\n", '[cries]\nwelfare = ["anyone?"]\n'), "utf-8")
    assert "the cry 'anyone?' of welfare is not found where it is the whole message" in check(folder).problems


def test_a_wrong_folder_is_a_clear_message(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", "--config", str(tmp_path)])
    assert result.exit_code and "no folder of safety rules" in str(result.exception)
