"""Commands of the directory: mistakes and figures for people and for programs, exit codes for scripts."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from botkit.errors import UserError
from botkit.folder import DataFolder
from directory.cli import app
from directory.hsds import package
from tests.directory.conftest import SAMPLE

CONFIG = SAMPLE.parent


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A station of its own, whose directory a test may spoil."""
    shutil.copytree(CONFIG, tmp_path / "config")
    return tmp_path / "config"


def run(*words: str, config: Path = CONFIG, data: Path = CONFIG / "none") -> Result:
    return CliRunner().invoke(app, [*words, "--config", str(config), "--data", str(data)])


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


# with a database -------------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that no bot has used yet."""
    monkeypatch.setenv("BOTKIT_LOG_LEVEL", "error")
    return tmp_path / "data"


def exported(tmp_path: Path, data: Path, name: str = "out.csv") -> str:
    assert run("export", str(tmp_path / name), "--language", "en", data=data).exit_code == 0
    return (tmp_path / name).read_text("utf-8-sig")


def test_a_table_is_exported_edited_checked_and_imported(tmp_path: Path, data: Path) -> None:
    table, file = exported(tmp_path, data), tmp_path / "in.csv"
    file.write_text(table.replace("Shanghai gas hotline", "Gas hotline").replace(",962777,", ",110,"), "utf-8")
    wrong = run("check", str(file), data=data)
    assert wrong.exit_code == 1 and "in.csv · " in wrong.output and "fix:" in wrong.output
    refused = run("import", str(file), "--json", data=data)
    told = json.loads(refused.stdout)
    assert refused.exit_code == 1 and not told["applied"] and told["problems"][0]["where"].startswith("in.csv")
    file.write_text(table.replace("Shanghai gas hotline", "Gas hotline"), "utf-8")
    dry = run("import", str(file), "--dry-run", data=data)
    assert dry.exit_code == 0 and "0 added, 1 changed, 0 removed, 34 unchanged: would change" in dry.output
    assert "Gas hotline" not in exported(tmp_path, data)
    done = run("import", str(file), data=data)
    assert done.exit_code == 0 and "1 changed" in done.output and done.output.endswith("done\n")
    assert "Gas hotline" in exported(tmp_path, data)
    assert json.loads(run("search", "gas hotline", "--json", data=data).output)[0]["name"]["en"] == "Gas hotline"
    again = json.loads(run("import", str(file), "--json", data=data).stdout)
    assert again["changed"] == 0 and again["unchanged"] == 35


def test_verifying(data: Path) -> None:
    assert run("verify", data=data).exit_code == 0
    assert run("verify", "gas", data=data).output == "gas: confirmed\n"
    assert json.loads(run("stats", "--json", data=data).output)["never_verified"] == 37
    wrong = run("verify", "moon", data=data)
    assert isinstance(wrong.exception, UserError) and "moon" in str(wrong.exception)
    odd = run("verify", "gas", "--outcome", "maybe", data=data)
    assert isinstance(odd.exception, UserError) and "confirmed" in str(odd.exception)


def test_beside_a_running_bot_it_says_where_to_go(tmp_path: Path, data: Path) -> None:
    exported(tmp_path, data)
    folder = DataFolder(data)
    folder.hold()
    try:
        busy = run("import", str(tmp_path / "out.csv"), data=data)
        assert isinstance(busy.exception, UserError) and "desk" in str(busy.exception)
        # What only reads goes on.
        assert run("search", "gas", data=data).exit_code == 0
    finally:
        folder.release()


def test_a_file_that_is_not_there(tmp_path: Path, data: Path) -> None:
    result = run("import", str(tmp_path / "none.xlsx"), data=data)
    assert isinstance(result.exception, UserError) and "none.xlsx" in str(result.exception)
