"""Neighbours: what an entry is most easily mistaken for, and the command that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from botkit.errors import UserError
from directory.cli import app
from directory.index import Index
from directory.neighbours import neighbours
from directory.values import Guide
from tests.directory.conftest import SAMPLE


def test_what_is_alike_comes_first(guide: Guide) -> None:
    index = Index(guide)
    found = neighbours(index, "medical_insurance")
    assert {key for key, _ in found[:3]} & {"health_services", "social_security"}
    assert all(0 < share <= 1 for _, share in found) and sum(share for _, share in found) <= 1.001
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)
    assert "medical_insurance" not in dict(found) and "medical_insurance" in index.matcher
    with pytest.raises(KeyError):
        neighbours(index, "moon")


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOTKIT_MODELS")
    options = ["--config", str(SAMPLE.parent), "--data", str(tmp_path)]
    shown = CliRunner().invoke(app, ["neighbours", "gas", *options])
    assert shown.exit_code == 0 and shown.output.startswith("gas: ") and "%" in shown.output
    wrong = CliRunner().invoke(app, ["neighbours", "moon", *options])
    assert isinstance(wrong.exception, UserError)
