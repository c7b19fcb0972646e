"""The rules' files: whatever is wrong in them is named by file and line, with what to do about it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from botkit.errors import SettingsError
from botkit.plugins.safety.engine import SafetyRules

CONFIG = Path(__file__).parents[3] / "config" / "safety"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONFIG, tmp_path / "safety"))


def test_the_numbers_are_the_fixed_ones() -> None:
    numbers = SafetyRules.load(CONFIG).numbers
    assert [number.number for number in numbers] == ["110", "119", "120", "122", "12110", "96110"]
    assert all(number.name[language] and number.purpose[language] for number in numbers for language in ("zh", "en"))


@pytest.mark.parametrize("name", ["numbers.toml", "words.toml", "emergency.toml", "fraud.toml", "statements.toml"])
def test_a_missing_file_stops_the_start(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(SettingsError, match=name):
        SafetyRules.load(folder)


def test_broken_toml_names_the_line(folder: Path) -> None:
    (folder / "fraud.toml").write_text("[lists\n", "utf-8")
    with pytest.raises(SettingsError, match=r"fraud\.toml.*line 1"):
        SafetyRules.load(folder)


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ('[[rule]]\nid = "fire.new"\nall_of = ["@nothing"]\n', "which is no list"),
        ('[[rule]]\nid = "flood.new"\nall_of = ["水"]\n', "of no known kind"),
        ('[[rule]]\nid = "fire.new"\n', "no all_of"),
        ('[[rule]]\nall_of = ["水"]\n', "has no id"),
        ('[[rule]]\nid = "fire.new"\nall_of = ["水"]\nunless = ["nothing"]\n', "names the exclusion"),
        ('[[rule]]\nid = "fire.new"\nall_of = ["水"]\nnearby = 3\n', "unknown keys"),
        ('[[rule]]\nid = "fire.new"\nall_of = ["水"]\nnear = "far"\n', "number of characters"),
        ('[[rule]]\nid = "fire.new"\nall_of = [""]\n', "empty group"),
        ('[[rule]]\nid = "fire.burning"\nall_of = ["水"]\n', "two rules"),
        ('[exclusions.odd]\nreach = "far"\nwords = ["水"]\n', "reach of odd"),
        ('[exclusions.odd]\nlifted_by = "nothing"\nwords = ["水"]\n', "which is no list"),
        ('[exclusions.odd]\nwords = "水"\n', "list of texts"),
    ],
)
def test_a_wrong_rule_is_named_with_its_line(folder: Path, extra: str, says: str) -> None:
    path = folder / "emergency.toml"
    path.write_text(f"{path.read_text('utf-8')}\n{extra}", "utf-8")
    with pytest.raises(SettingsError, match=rf"emergency\.toml, line \d+: .*{says}") as problem:
        SafetyRules.load(folder)
    assert problem.value.fix


def test_a_number_that_is_none_is_refused(folder: Path) -> None:
    (folder / "numbers.toml").write_text('[[number]]\nnumber = "one"\n', "utf-8")
    with pytest.raises(SettingsError, match="no number"):
        SafetyRules.load(folder)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('weather = ["storm"]', "cries of weather, which is no kind"),
        ('fire = ["thief"]', "'thief' is a cry of fire and of theft"),
        ('fire = "fire"', "fire must be a list"),
    ],
)
def test_cries_are_of_one_known_kind(folder: Path, line: str, told: str) -> None:
    path = folder / "emergency.toml"
    text = path.read_text("utf-8")
    name = line.partition(" ")[0]
    kept = "\n".join(row for row in text.splitlines() if not row.startswith(f'{name} = ["火|'))
    path.write_text(kept.replace("[cries]\n", f"[cries]\n{line}\n"), "utf-8")
    with pytest.raises(SettingsError, match=told):
        SafetyRules.load(folder)
