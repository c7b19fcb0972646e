"""`botkit doctor` asks the adapters what is wrong, and adapters bring commands of their own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import pytest
import typer

from botkit import assembly, cli
from botkit.adapter import Adapter, Finding
from botkit.errors import UserError
from botkit.messages import tr
from botkit.services import Services
from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness, FakeAdapter

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
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    points = {"ill": Point(Ill), "unset": Point(Unset)}
    monkeypatch.setattr(assembly, "adapter_points", lambda: points)
    # Commands that are mounted stay so for the process.
    monkeypatch.setattr(cli.app, "registered_groups", list(cli.app.registered_groups))


async def test_what_is_wrong_is_told_with_what_to_do(installed: None, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(station=StationSettings(language="en"), adapters=("ill", "unset"))
    async with BotHarness(settings=settings) as bot:
        assert await cli._doctor_adapters(bot.services) == 2
    shown = capsys.readouterr().out
    assert "ok" in shown and "WRONG" in shown and "no token" in shown and "set it" in shown


def test_an_adapter_brings_commands(
    installed: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["botkit", "ill", "greet", "you"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code and "hello you" in capsys.readouterr().out
