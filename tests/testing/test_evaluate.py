"""Evaluation and explanation: files in, answers out, and clear words about bad rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from botkit.errors import UserError
from botkit.testing import evaluate
from botkit.testing.evaluate_matcher import matcher
from botkit.testing.explain import explain

CONFIG = Path(__file__).parents[2] / "config"
Rows = Callable[..., Path]


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    """Write a file of JSON lines: ``rows("name", {...}, …)``; a ``str`` is a line as it is."""

    def make(name: str, *lines: dict[str, Any] | str) -> Path:
        path = tmp_path / f"{name}.jsonl"
        said = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
        path.write_text("\n".join(said) + "\n", "utf-8")
        return path

    return make


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """The station of ``config/`` that learns nothing: comparing is enough for these."""
    folder = tmp_path / "config"
    folder.mkdir()
    for each in CONFIG.iterdir():
        if each.name != "station.toml":
            (folder / each.name).symlink_to(each)
    text = (CONFIG / "station.toml").read_text("utf-8")
    table = "[directory]\n"
    text = text if table in text else f"{text}\n{table}"
    (folder / "station.toml").write_text(text.replace(table, f"{table}learn = false\n"), "utf-8")
    return folder


async def test_routes(rows: Rows, station: Path) -> None:
    file = rows(
        "messages",
        {"id": 1, "text": "煤气公司的号码是多少", "context": "dm", "gold_route": "directory"},
        {"id": 2, "text": "着火了！", "context": "group_plain", "gold_route": "emergency"},
        {"id": 3, "text": "今天的晚霞真好看", "context": "group_plain", "gold_route": "smalltalk"},
        {"id": 4, "text": "户口怎么迁", "context": "group_mention", "gold_route": "silent", "note": "[also:escalate]"},
        {"id": 5, "text": "你好"},
    )
    result = await evaluate.routes(station, file)
    told = {given["id"]: given for given in result.predictions}
    assert [told[n]["route"] for n in (1, 2, 3, 4, 5)] == ["directory", "emergency", "silent", "escalate", "smalltalk"]
    assert told[1]["topic"] == "gas" and told[1]["confidence"] == 1.0 and told[1]["reason"]["outcome"] == "answer"
    assert set(told[5]) == {"id", "route", "topic", "confidence", "reason"}
    assert result.labelled == 4 and result.right == 3 and result.confusion == {("smalltalk", "silent"): 1}


@pytest.mark.parametrize(
    "bad",
    ["not JSON", "[]", '{"id": 1}', '{"text": "x"}', '{"id": 1, "text": 2}', '{"id": 1, "text": "x", "context": "tv"}'],
)
async def test_a_bad_row_is_named(rows: Rows, station: Path, bad: str) -> None:
    file = rows("messages", {"id": 1, "text": "x"}, "", bad)
    with pytest.raises(UserError, match=r"messages\.jsonl:3: .*\n? *fix: each line is JSON"):
        await evaluate.routes(station, file)


async def test_a_file_that_is_not_there(station: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be read"):
        await evaluate.routes(station, tmp_path / "none.jsonl")


async def test_the_matcher(rows: Rows, station: Path) -> None:
    entries = rows(
        "entries",
        {"entry": "card", "title": "lost card", "phrasings": ["I lost my card", "my card is gone", "card stolen"]},
        {"entry": "loan", "title": "loans", "phrasings": ["can I borrow money", "how do loans work", "loan rates"]},
        {"entry": "hours", "title": "opening hours"},
    )
    messages = rows(
        "messages",
        {"id": "a", "text": "I lost my card"},
        {"id": "b", "text": "what are your opening hours"},
        {"id": "c", "text": "着火了，快来人！"},
        {"id": "d", "text": ""},
    )
    report = await matcher(station, entries, messages)
    a, b, c, d = report.answers
    assert set(a) == {"id", "entry", "score", "answered", "top3", "alarm", "ms"}
    assert (a["entry"], a["top3"][0], a["alarm"]) == ("card", "card", None) and a["score"] == 1.0 and a["answered"]
    assert b["entry"] == "hours" and c["alarm"] == "emergency"
    assert d["entry"] is None and not d["answered"] and d["top3"] == []
    text = "\n".join(report.lines())
    assert "3 entries, 9 phrasings; 4 messages" in text and "p99" in text and "MB" in text and "fit" in text


async def test_bad_entries_are_named(rows: Rows, station: Path) -> None:
    messages = rows("messages", {"id": 1, "text": "x"})
    good = {"entry": "a", "title": "A"}
    for bad in (
        {"entry": "b"},
        {"title": "B"},
        {"entry": "b", "title": "B", "phrasings": "B"},
        {"entry": 3, "title": "B"},
    ):
        with pytest.raises(UserError, match=r"entries\.jsonl:2: "):
            await matcher(station, rows("entries", good, bad), messages)
    with pytest.raises(UserError, match="two rows have the entry 'a'"):
        await matcher(station, rows("entries", good, good), messages)
    with pytest.raises(UserError, match=r"others\.jsonl:1: "):
        await matcher(station, rows("entries", good), rows("others", {"id": 1}))
    with pytest.raises(UserError, match="no embeddings 'big'"):
        await matcher(station, rows("entries", good), messages, embeddings="big")


async def test_an_explanation_tells_every_step(station: Path) -> None:
    told = "\n".join(await explain(station, "煤气公司的号码是多少", "dm"))
    for part in (
        "language    zh",
        "safety      nothing",
        "in private",
        "answer: gas, confidence 1.000",
        "煤气公司",
        "962777",
    ):
        assert part in told, told
    told = "\n".join(await explain(station, "@x 户口怎么迁？另外不用开锁了", "group_mention"))
    for part in ("a mention", "guard.hukou", "by the word '户口'", "escalate"):
        assert part in told, told
    told = "\n".join(await explain(station, "今天的晚霞真好看", "group_plain"))
    assert "plain talk" in told and "reply       nothing" in told and "silent" in told
    told = "\n".join(await explain(station, "着火了！", "group_plain"))
    assert "safety      emergency: rule" in told and "119" in told
