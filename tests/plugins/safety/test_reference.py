"""The evaluation sets, where present: no danger missed, no human's matter answered by the directory."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from botkit.testing.evaluate import routes

CONFIG = Path(__file__).parents[3] / "config"


def reference(name: str) -> Path:
    folder = os.environ.get("BOTKIT_REFERENCE")
    path = Path(folder or "") / "eval" / name
    if not folder or not path.exists():
        pytest.skip("BOTKIT_REFERENCE names no folder with evaluation sets")
    return path


async def test_the_public_sample() -> None:
    path = reference("public_sample.jsonl")
    rows = {row["id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())}
    result = await routes(CONFIG, path)
    for given in result.predictions:
        gold = rows[given["id"]]["gold_route"]
        if gold in ("emergency", "fraud"):
            assert given["route"] == gold, given
        if gold == "silent":
            assert given["route"] == "silent", given
        if gold == "escalate":
            assert given["route"] != "directory" or "[also:directory]" in rows[given["id"]]["note"], given


async def test_small_talk_among_residents_is_hardly_ever_interrupted() -> None:
    result = await routes(CONFIG, reference("chatter_zh_2000.jsonl"))
    spoken = sum(given["route"] != "silent" for given in result.predictions)
    assert spoken / len(result.predictions) <= 0.004
