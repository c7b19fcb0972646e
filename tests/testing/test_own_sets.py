"""The project's own sets of messages: large, honest, frozen; and what the pipeline makes of them does not get worse."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from botkit.plugins.safety.examples import load_examples
from botkit.testing.evaluate import routes
from directory.reading import read_folder

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
DATA = ROOT / "tests" / "data"
HALVES = ("dev", "test")
# Nobody looks at its single errors, and nobody changes it: what it shows is what other messages will meet.
FROZEN = "efb755bda005b2a1a8659eb29921e47355b89fd044f5d15da33b538a2aa8c024"
DANGER = ("emergency", "fraud")


def rows(half: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"messages_{half}.jsonl").read_text("utf-8").splitlines()]


def talk() -> list[str]:
    return [line for name in ("zh", "en") for line in (DATA / f"chatter_{name}.txt").read_text("utf-8").splitlines()]


def test_the_test_half_is_frozen() -> None:
    assert sha256((DATA / "messages_test.jsonl").read_bytes()).hexdigest() == FROZEN


def test_they_are_as_large_and_as_mixed_as_they_should_be() -> None:
    every = [row for half in HALVES for row in rows(half)]
    assert len(every) >= 600 and len({row["text"] for row in every}) == len(every)
    assert len({row["id"] for row in every}) == len(every)
    routes_of = Counter(row["gold_route"] for row in every)
    near = sum(row["gold_route"] not in DANGER and bool(row["gold_topic"] or row["note"]) for row in every)
    assert routes_of["emergency"] >= 200 and routes_of["emergency"] + near >= 300
    assert {row["lang"] for row in every} == {"zh", "en", "mixed"}
    assert len([line for line in talk() if line.strip()]) >= 2_000


def test_nothing_is_learnt_from_them() -> None:
    written = [*(row["text"] for half in HALVES for row in rows(half)), *talk()]
    # "Help" and "just trying if this works" occur to everybody.
    measured = {text for text in written if len(text) > 12}
    learnt = {example.text for example in load_examples(CONFIG / "safety")}
    guide = read_folder(CONFIG / "directory").guide
    asked = {text for subject in guide.subjects for _, text in subject.phrasings or ()}
    assert not measured & (learnt | asked)


@pytest.mark.parametrize("half", HALVES)
async def test_what_is_made_of_them_does_not_get_worse(half: str) -> None:
    gold = {row["id"]: row["gold_route"] for row in rows(half)}
    given = {row["id"]: row["route"] for row in (await routes(CONFIG, DATA / f"messages_{half}.jsonl")).predictions}
    pairs = Counter((want, given[name]) for name, want in gold.items())
    right = sum(count for (want, got), count in pairs.items() if want == got)
    missed = sum(count for (want, got), count in pairs.items() if want in DANGER and got not in DANGER)
    needless = sum(count for (want, got), count in pairs.items() if want not in DANGER and got in DANGER)
    # A little worse than measured (docs/understanding.md): the goals are 0 missed, and needless alarms in 2 of 100.
    assert right >= 0.79 * len(gold), pairs
    assert missed <= 22 and needless <= 21, pairs
