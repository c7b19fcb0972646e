"""A thousand hostile texts: nothing raises, and no text makes more work than its length allows."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from botkit.plugins.safety.engine import SafetyRules, prepare
from botkit.plugins.safety.features import features
from botkit.plugins.safety.links import signs
from botkit.plugins.safety.windows import windows

CONFIG = Path(__file__).parents[3] / "config" / "safety"
PIECES = (
    "着火",
    "着火演习",
    "没有",
    "不是",
    "http://",
    "www.",
    "a.",
    "xn--",
    "@",
    "。",
    "!",
    "?",
    "\n",
    " ",
    "\u200b",
    "\u202e",
    "\ud800",
    "【",
    "】",
    "1",
    "9" * 20,
    "zhaohuo",
    "nihao",
    "fire ",
    "aaaa",
    "'",
    "伐",
    "-",
    "/",
    "[",
    "👍",
    "é",
    "́",
    "ａ",
    "火鍋",
    "验证码",
    "转账",
    "救命",
    "的",
    "我",
    "他打我",
    "haha",
)


def hostile(number: int) -> str:
    """A text made of a few pieces, repeated or shuffled: what makes regular expressions go back."""
    chance = random.Random(number)
    few = chance.sample(PIECES, chance.randrange(1, 5))
    if number % 2:
        return "".join(few) * chance.randrange(1, 400)
    return "".join(chance.choice(few) for _ in range(chance.randrange(1, 1_500)))


@pytest.fixture(scope="module")
def rules() -> SafetyRules:
    return SafetyRules.load(CONFIG)


def test_a_thousand_hostile_texts(rules: SafetyRules) -> None:
    for number in range(1_000):
        text = hostile(number)
        rules.judge(text, plain=bool(number % 3))
        signs(text)
        prepared = prepare(text)
        made = sum(len(features(window)) for window in windows(prepared))
        # Letters have three pieces a place, characters and sounds five; words are few.
        assert made <= 12 * len(prepared) + 200, number


@pytest.mark.parametrize("piece", PIECES)
def test_addresses_are_looked_for_in_linear_time(piece: str) -> None:
    assert isinstance(signs(piece * 20_000), list)


@pytest.mark.parametrize(
    "text",
    [
        "着\u200b火\u2060了，三号楼",
        "\u202e着火了\u202c三号楼",
        "著火了，三號樓",
        "着 火 了 三 号 楼",
        "zhao huo le san hao lou",
        "ｆｉｒｅ in the kitchen",
        "有人拿\u200d刀砍\ufeff人",
    ],
)
def test_danger_is_found_through_disguises(rules: SafetyRules, text: str) -> None:
    found = rules.judge(text, plain=False)
    assert found is not None and found.kind in ("fire", "weapon")


def test_a_hundred_thousand_characters(rules: SafetyRules) -> None:
    for text in ("今天天气不错，大家吃了吗。" * 7_700 + "三号楼着火了快来人", "x" * 100_000, "火" * 100_000):
        rules.judge(text, plain=True)
    found = rules.judge(
        "今天天气不错，大家吃了吗。" * 7_000 + "三号楼着火了快来人，" + "天气不错。" * 1_000, plain=False
    )
    assert found is not None and found.kind == "fire"
