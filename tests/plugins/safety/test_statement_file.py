"""The file of statements: whatever is wrong in it is named by file and line, with what to do about it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from botkit.errors import SettingsError
from botkit.plugins.safety.engine import SafetyRules
from botkit.plugins.safety.statement_file import FILE

CONFIG = Path(__file__).parents[3] / "config" / "safety"
STATEMENT = '[[statement]]\nid = "new"\nkind = "money_sent"\nabout = ["骗"]\nsays = ["给 骗子"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("examples", "model.npz")
    return Path(shutil.copytree(CONFIG, tmp_path / "safety", ignore=ignored))


def adds(folder: Path, extra: str) -> None:
    path = folder / FILE
    path.write_text(f"{path.read_text('utf-8')}\n{extra}", "utf-8")


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (STATEMENT.replace('id = "new"', ""), "has no id"),
        (STATEMENT.replace("money_sent", "weather"), "of no known kind"),
        (STATEMENT + 'nearby = 3\n', "unknown keys"),
        (STATEMENT + 'unless = ["nothing"]\n', "names the context"),
        (STATEMENT.replace('about = ["骗"]', "about = []"), "needs about and says"),
        (STATEMENT.replace("给 骗子", "给 @nobody"), "@nobody is no list"),
        (STATEMENT.replace("给 骗子", "~4 骗子"), "can't be the first"),
        (STATEMENT.replace('["给 骗子"]', '"给 骗子"'), "list of texts"),
        (STATEMENT + 'advice = "sing"\n', "has no advice"),
        ('[contexts.odd]\nreach = "far"\nwords = ["水"]\n', "reach of odd"),
        ('[contexts.who]\nreach = "clause"\nwords = ["水"]\n', "who"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(folder: Path, extra: str, says: str) -> None:
    adds(folder, extra)
    with pytest.raises(SettingsError, match=rf"statements\.toml.*{says}") as problem:
        SafetyRules.load(folder, learned=False)
    assert problem.value.fix


def test_kinds_that_lapse_are_known(folder: Path) -> None:
    path = folder / FILE
    path.write_text(path.read_text("utf-8").replace('lapse = ["', 'lapse = ["weather", "'), "utf-8")
    with pytest.raises(SettingsError, match="weather is no known kind"):
        SafetyRules.load(folder, learned=False)


def test_a_statement_that_is_added_counts_at_once_and_leaves_the_rest_alone(folder: Path) -> None:
    adds(folder, STATEMENT.replace("骗", "泥瓦匠").replace("泥瓦匠子", "泥瓦匠") + "posted = true\n")
    rules = SafetyRules.load(folder, learned=False)
    found = rules.judge("钱给泥瓦匠了", plain=True)
    assert found is not None and (found.rule, found.urgent) == ("told.new", True)
