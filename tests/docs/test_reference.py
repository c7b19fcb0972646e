"""The reference is complete and invents nothing: its tables are compared with the code."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import tomllib
from datetime import time
from importlib.metadata import entry_points, metadata
from typing import Any

import pytest
import typer.main
from pydantic import BaseModel, SecretStr

from adapters.matrix.settings import MatrixSettings
from adapters.telegram.settings import TelegramSettings
from adapters.webchat.adapter import WebChatSettings
from botkit.adapter import Adapter, Capabilities
from botkit.cli import app
from botkit.decision import Disposition, Escalation, Feedback, FollowUp, GroupOff
from botkit.handlers import INJECTABLE
from botkit.messages import Reply
from botkit.plugin import Plugin, Stage, discover
from botkit.settings import Settings
from botkit.storage import UnitOfWork
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.conformance import Platform
from directory.accepting import _entry, _faq, _topic
from directory.fields import Fields
from directory.problems import speaking
from directory.sheets import limits
from directory.sheets.columns import COLUMNS, SHEETS, Form
from directory.toml_file import Table
from tests.docs.pages import DOCS, ROOT, first_column, rows, section

REFERENCE = DOCS / "reference"


def public(owner: type) -> set[str]:
    """The public methods and properties that a class itself defines."""
    return {name for name in vars(owner) if not name.startswith("_")}


def table(page: str, heading: str) -> list[str]:
    return first_column(section(REFERENCE / page, heading))


# settings --------------------------------------------------------------------------------------------------


def own() -> list[str]:
    """The plugins of this project, whatever else is installed."""
    points = entry_points(group="botkit.plugins")
    return [point.name for point in points if point.dist and point.dist.name == "botkit-desk"]


def tables() -> dict[str, type[BaseModel]]:
    """All tables of the settings, with their models: the framework's, the plugins' and the adapters'."""
    found: dict[str, type[BaseModel]] = {}
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found[name] = field.annotation
    found.update({plugin.name: plugin.settings for plugin in discover(own()) if plugin.settings})
    return {**found, "webchat": WebChatSettings, "telegram": TelegramSettings, "matrix": MatrixSettings}


def written(value: Any) -> str:
    """A default as the page writes it: TOML."""
    if value is None or (isinstance(value, SecretStr) and not value.get_secret_value()):
        return "not set"
    if isinstance(value, BaseModel):
        kept = value.model_dump(mode="json").items()
        inner = ", ".join(f"{name} = {json.dumps(each, ensure_ascii=False)}" for name, each in kept)
        return f"`{{ {inner} }}`"
    if isinstance(value, time):
        return f'`"{value:%H:%M}"`'
    return f"`{json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)}`"


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_setting_has_its_default(name: str) -> None:
    fields = tables()[name].model_fields
    told = {row[0].strip("`"): row[1] for row in rows(section(REFERENCE / "settings.md", f"## [{name}]"))}
    assert list(told) == list(fields)
    for key, default in told.items():
        assert default in (written(fields[key].get_default(call_default_factory=True)), "see below"), key


def test_no_table_is_missing_or_invented() -> None:
    text = (REFERENCE / "settings.md").read_text("utf-8")
    assert set(re.findall(r"^## \[(\w+)\]$", text, re.MULTILINE)) == set(tables())
    own = {name for name in Settings.model_fields if name not in tables()} - {"tables", "source", "variables"}
    assert {row[0].strip("`") for row in rows(section(REFERENCE / "settings.md", "## Top level"))} == own


# commands --------------------------------------------------------------------------------------------------


def test_every_command_has_its_options() -> None:
    told = {
        row[0].strip("`"): set(re.findall(r"`([^`]+)`", row[1]))
        for row in rows((REFERENCE / "commands.md").read_text("utf-8"))
        if not row[0].startswith("`--")
    }
    found: dict[str, set[str]] = {}

    def walk(command: Any, name: str) -> None:
        if hasattr(command, "commands"):
            for each, inner in command.commands.items():
                walk(inner, f"{name} {each}".strip())
            return
        found[name] = {
            option.opts[0] if option.opts[0].startswith("--") else option.name for option in command.params
        } - {"--help"}

    walk(typer.main.get_command(app), "")
    told["catalogues"].discard("check")
    assert told == found


# plugins, adapters, testing --------------------------------------------------------------------------------


def test_everything_a_plugin_can_do_is_told() -> None:
    arguments = set(inspect.signature(Plugin.__init__).parameters) - {"self"}
    assert set(table("plugins.md", "## The plugin object")) == arguments
    assert set(table("plugins.md", "## What it can register")) == public(Plugin)
    assert table("plugins.md", "## What a handler may ask for") == list(INJECTABLE)
    assert table("plugins.md", "## The way of a message") == [stage.name for stage in Stage]
    assert set(table("plugins.md", "## Units of work")) == public(UnitOfWork)
    returned = table("plugins.md", "## What a handler returns")
    options = {field.name for field in dataclasses.fields(Reply)} - {"lines"}
    effects = {effect.__name__ for effect in (Escalation, Feedback, FollowUp, GroupOff)}
    assert set(returned) == (
        {"None", "str", "Text", "Reply", "Decision"} | {each.value for each in Disposition} | options | effects
    )
    ranked = [each.value for each in Disposition]
    assert [word for word in returned if word in ranked][: len(ranked)] == ranked


def test_everything_about_adapters_is_told() -> None:
    contract = {"name", "capabilities", "models", "migrations", "locales"} | public(Adapter)
    assert set(table("adapters.md", "## The contract")) == contract
    assert table("adapters.md", "## Capabilities") == [field.name for field in dataclasses.fields(Capabilities)]
    assert set(table("adapters.md", "## The conformance suite")) == public(Platform)


def test_everything_in_the_test_kit_is_told() -> None:
    told = set(table("testing.md", "## BotHarness"))
    arguments = set(inspect.signature(BotHarness.__init__).parameters) - {"self"}
    assert told == arguments | public(BotHarness) | {"services", "bot", "platform", "clock"}
    fake = set(table("testing.md", "## FakeAdapter"))
    assert fake <= set(vars(FakeAdapter()))


# the directory ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "reader"),
    [("## [[entry]]", _entry), ("## [[faq]]", _faq), ("## [[topic]] and [[family]]", _topic)],
)
def test_every_field_of_the_directory_is_told(heading: str, reader: Any) -> None:
    fields = Fields(Table("entry", {}, "x.toml", 1, {}))
    reader(fields)
    assert set(first_column(section(DOCS / "directory-format.md", heading))) == fields._read


@pytest.mark.parametrize("kind", list(COLUMNS))
def test_every_column_of_the_sheets_is_told(kind: str) -> None:
    told = [row[:3] for row in rows(section(REFERENCE / "sheets.md", f"## Sheet {SHEETS[kind]}"))]
    zh, en = speaking("zh"), speaking("en")
    for row, column in zip(told, COLUMNS[kind], strict=True):
        needed = ["required"] if column.required else []
        limit = [str(column.limit)] if column.limit else []
        heading = f"{zh(column.heading)} / {en(column.heading)}"
        assert row == [f"`{column.key}`", heading, ", ".join(needed + limit)]


def test_what_cells_hold_and_how_large_sheets_may_be_is_told() -> None:
    assert table("sheets.md", "## Cells")[: len(Form)] == [form.value for form in Form]
    told = {row[0].strip("`"): row[1] for row in rows(section(REFERENCE / "sheets.md", "## Limits"))}
    known = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert set(told) == set(known)
    for name, value in known.items():
        assert told[name] == (f"{value >> 20} MB" if value >= 1 << 20 else f"{value:,}"), name


# dependencies ----------------------------------------------------------------------------------------------


def declared() -> dict[str, str]:
    """Every direct dependency, with its extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {"": project["dependencies"], **project["optional-dependencies"]}
    return {
        re.split(r"[<>=\[]", need)[0]: extra
        for extra, needs in extras.items()
        for need in needs
        if not need.startswith(project["name"])
    }


def test_every_dependency_is_explained() -> None:
    page = DOCS / "dependencies.md"
    told = {name: "" for name in first_column(section(page, "## Always"))}
    told.update({row[0].strip("`"): row[1] for row in rows(section(page, "## Extras"))})
    assert told == declared()


def test_licences_are_those_of_the_packages() -> None:
    page = DOCS / "dependencies.md"
    told = {row[0].strip("`"): row[1] for row in rows(section(page, "## Always"))}
    told.update({row[0].strip("`"): row[2] for row in rows(section(page, "## Extras"))})
    for name, licence in told.items():
        try:
            known = metadata(name)
        except ModuleNotFoundError:
            continue  # the lint tools are not everywhere
        classifiers = " ".join(each for each in known.get_all("Classifier") or () if each.startswith("License"))
        declaration = f"{known.get('License-Expression', '')} {(known.get('License') or '')[:80]} {classifiers}"
        for part in re.split(r" AND | OR ", licence):
            # MIT-CMU is one name; of BSD-3-Clause the family is what an old classifier tells.
            family = part if part == "MIT-CMU" else re.split(r"-", part)[0]
            family = {"ISC": "Internet Systems Consortium"}.get(family, family)
            assert family.lower() in declaration.lower(), f"{name}: {licence}, but the package says {declaration}"
