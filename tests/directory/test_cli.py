"""Commands of the directory: mistakes and figures for people and for programs, exit codes for scripts."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from botkit.errors import UserError
from directory.cli import app
from directory.hsds import package
from tests.directory.conftest import SAMPLE

CONFIG = SAMPLE.parent


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A station of its own, whose directory a test may spoil."""
    shutil.copytree(CONFIG, tmp_path / "config")
    return tmp_path / "config"


def run(*words: str, config: Path = CONFIG) -> Result:
    return CliRunner().invoke(app, [*words, "--config", str(config)])


def test_the_sample_has_no_problem() -> None:
    result = run("check")
    assert result.exit_code == 0 and result.output.endswith("no problems\n"), result.output
    assert json.loads(run("check", "--json").output) == []


def test_a_mistake_is_told_with_its_place(station: Path) -> None:
    file = station / "directory" / "home.toml"
    file.write_text(file.read_text("utf-8").replace('topic = "gas"', 'topic = "moon"', 1), "utf-8")
    result = run("check", config=station)
    assert result.exit_code == 1
    assert "home.toml:" in result.output and "fix:" in result.output
    told = json.loads(run("check", "--json", config=station).output)
    assert told and all(one["where"] == "home.toml" and one["line"] > 0 and one["fix"] for one in told)


def test_searching() -> None:
    result = run("search", "962777")
    assert result.exit_code == 0 and result.output.startswith("gas: 上海燃气热线 / Shanghai gas hotline, 962777")
    (found,) = json.loads(run("search", "962777", "--json").output)
    assert found["slug"] == "gas" and found["phones"] == ["962777"]
    nothing = run("search", "xyzzyqwv")
    assert nothing.exit_code == 1 and "nothing found" in nothing.stderr
    assert json.loads(run("search", "xyzzyqwv", "--json").stdout) == []


def test_figures() -> None:
    told = json.loads(run("stats", "--json").output)
    assert told["entries"] == 35 and told["questions_with_answers"] == 3
    assert told["never_verified"] == 38 and told["of_them_invented"] <= told["of_them_samples"] == 35
    assert "35  entries" in run("stats").output


def test_exporting_tables(tmp_path: Path) -> None:
    file = tmp_path / "out.zip"
    assert run("export", str(file)).exit_code == 0
    records = package.read(io.BytesIO(file.read_bytes()))
    assert not records.problems and not list(records.dangling())
    assert len(records.rows["service"]) == 35
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]


def test_exporting_services(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    assert run("export", str(file)).exit_code == 0
    services = json.loads(file.read_text("utf-8"))
    assert len(services) == 35 and all(service["phones"] and service["owner"] for service in services)
    assert json.loads(run("export", "-").output) == services


def test_outside_a_demonstration_samples_are_not_exported(station: Path) -> None:
    settings = station / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace("demo = true", "demo = false"), "utf-8")
    assert json.loads(run("export", "-", config=station).output) == []


@pytest.mark.parametrize("name", ["out.xml", "nowhere/out.zip"])
def test_where_it_cant_be_written(tmp_path: Path, name: str) -> None:
    result = run("export", str(tmp_path / name))
    assert isinstance(result.exception, UserError) and result.exception.fix
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(station: Path) -> None:
    shutil.rmtree(station / "directory")
    result = run("check", config=station)
    assert isinstance(result.exception, UserError) and "no such folder" in str(result.exception)
