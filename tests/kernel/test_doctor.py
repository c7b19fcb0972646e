"""`botkit doctor` asks the adapters what is wrong, and adapters bring commands of their own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from botkit import assembly, cli
from botkit.adapter import Adapter, Finding
from botkit.errors import UserError
from botkit.messages import tr
from botkit.services import Services
from botkit.testing import FakeAdapter

commands = typer.Typer()


@commands.callback()
def group() -> None:
    """Look after it."""


@commands.command()
def greet(name: str) -> None:
    """Say hello."""
    typer.echo(f"hello {name}")


class Ill(FakeAdapter):
    """Has something wrong."""

    cli = commands

    def __init__(self) -> None:
        super().__init__(name="ill")

    async def check(self, services: Services) -> Sequence[Finding]:
        return (
            Finding(tr("kernel.choices.hint")),
            Finding(tr("kernel.trouble"), tr("kernel.button.stale"), wrong=True),
        )


class Unset(FakeAdapter):
    """Can't even be looked at."""

    def __init__(self) -> None:
        super().__init__(name="unset")

    async def check(self, services: Services) -> Sequence[Finding]:
        raise UserError("no token", "set it")


class Point:
    """An entry point."""

    def __init__(self, made: type[Adapter]) -> None:
        self._made = made

    def load(self) -> Any:
        return self._made


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    points = {"ill": Point(Ill), "unset": Point(Unset)}
    monkeypatch.setattr(assembly, "adapter_points", lambda: points)
    # Commands that are mounted stay so for the process.
    monkeypatch.setattr(cli.app, "registered_groups", list(cli.app.registered_groups))
    (tmp_path / "station.toml").write_text('adapters = ["ill", "unset"]\n[station]\nlanguage = "en"\n[plugins]\nenabled = []\n')
    return tmp_path


def ran(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["botkit", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


def test_what_is_wrong_is_told_with_what_to_do(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, "doctor", "--config", str(config), "--data", str(config / "data")) == 2
    shown, told = capsys.readouterr()
    assert "ok" in shown and "WRONG" in shown and "no token" in shown and "set it" in shown
    assert "2 thing(s) to put right" in told


def test_an_adapter_brings_commands(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(monkeypatch, "ill", "greet", "you") == 0
    assert "hello you" in capsys.readouterr().out
