"""People from the command line, while no bot runs: suspend, restore, a code for an account."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from botkit.cli import app
from botkit.errors import UserError
from botkit.plugins.handoff.cli import app as handoff_commands

CONFIG = str(Path(__file__).parents[3] / "config")


def run(folder: Path, *words: str) -> str:
    """What a command prints. Raises what it raises."""
    commands = handoff_commands if words[0] == "handoff" else app
    given = [*(words[1:] if words[0] == "handoff" else words), "--config", CONFIG, "--data", str(folder)]
    result = CliRunner().invoke(commands, given)
    if result.exception is not None:
        raise result.exception
    return result.output


def test_people_are_looked_after_without_a_page(tmp_path: Path) -> None:
    run(tmp_path, "staff", "add", "zhang", "--role", "officer", "--title", "社区民警")
    assert re.search(r"/link [A-Z2-9]{5}-[A-Z2-9]{5} ", run(tmp_path, "handoff", "code", "zhang"))
    assert "zhang is suspended" in run(tmp_path, "staff", "suspend", "zhang")
    with pytest.raises(UserError, match="nobody is enrolled"):
        run(tmp_path, "handoff", "code", "zhang")
    with pytest.raises(UserError, match="nobody is enrolled"):
        run(tmp_path, "staff", "suspend", "zhang")
    assert "zhang may work again" in run(tmp_path, "staff", "restore", "zhang")
    assert "/link" in run(tmp_path, "handoff", "code", "zhang")
    with pytest.raises(UserError, match="nobody is enrolled"):
        run(tmp_path, "staff", "restore", "nobody")


def test_the_last_admin_stays(tmp_path: Path) -> None:
    run(tmp_path, "staff", "add", "root", "--role", "admin")
    with pytest.raises(UserError, match="last active admin"):
        run(tmp_path, "staff", "suspend", "root")
