"""The check of statements: each text of the examples comes out as its set wants, and what does not is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.errors import SettingsError
from botkit.plugins.safety.engine import SafetyRules
from botkit.plugins.safety.statement_check import FILE, SETS, load_tellings, unmet

CONFIG = Path(__file__).parents[3] / "config" / "safety"


@pytest.fixture(scope="module")
def rules() -> SafetyRules:
    return SafetyRules.load(CONFIG)


def test_all_come_out_right(rules: SafetyRules) -> None:
    tellings = load_tellings(CONFIG)
    assert not list(unmet(rules, tellings))
    assert len(tellings["in_progress"]) >= 60 and len(tellings["quiet"]) >= 60


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("in_progress", "今天天气好", "plain: nothing"),
        ("when_told", "你好", "addressed: nothing"),
        ("long_ago", "我刚把钱转给骗子了", "plain: money_sent by told.to_swindler, urgent"),
        ("quiet", "我把钱转给骗子了", "plain: money_sent by told.to_swindler, urgent"),
        ("quiet", "我同事刚把钱转给骗子了", "addressed: the statement to_swindler"),
    ],
)
def test_what_does_not_is_told(rules: SafetyRules, name: str, text: str, told: str) -> None:
    [problem] = unmet(rules, {name: [text]})
    assert text in problem and problem.endswith(told)


@pytest.mark.parametrize(("content", "told"), [("[odd]\nzh = []\n", "odd is no set"), ("", "holds no text")])
def test_a_wrong_file_is_named(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / FILE).write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=told):
        load_tellings(tmp_path)
    assert SETS
