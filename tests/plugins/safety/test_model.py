"""The learned model beside the rules: it adds, is loaded as it was saved, and bears what people do to words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from botkit.decision import Concern
from botkit.errors import SettingsError
from botkit.plugins.safety.engine import LONGEST, SafetyRules, prepare
from botkit.plugins.safety.features import features, readable, weight
from botkit.plugins.safety.model import FILE, Model
from botkit.plugins.safety.windows import windows
from botkit.testing.noise import Noise

CONFIG = Path(__file__).parents[3] / "config" / "safety"
DEV = Path(__file__).parents[2] / "data" / "messages_dev.jsonl"


@pytest.fixture(scope="module")
def rules() -> SafetyRules:
    return SafetyRules.load(CONFIG)


@pytest.fixture(scope="module")
def model(rules: SafetyRules) -> Model:
    assert rules.model is not None
    return rules.model


def dangers() -> list[str]:
    rows = [json.loads(line) for line in DEV.read_text("utf-8").splitlines()]
    return [row["text"] for row in rows if row["gold_route"] == "emergency"]


def found(rules: SafetyRules, texts: list[str]) -> float:
    """The share of texts that are an emergency when said to the bot."""
    judged = [rules.judge(text, plain=False) for text in texts]
    return sum(one is not None and one.concern is Concern.EMERGENCY for one in judged) / len(texts)


def test_a_model_saved_is_the_model_loaded(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path)
    first = (tmp_path / FILE).read_bytes()
    again = Model.load(tmp_path, set(model.facts["kinds"]))
    assert again is not None
    again.save(tmp_path)
    assert (tmp_path / FILE).read_bytes() == first
    known = model.known(features("三号楼着火了"))
    assert again.score(known).emergency == model.score(known).emergency


def test_every_name_has_a_number_of_its_own(model: Model) -> None:
    assert [model.known([name]) for name in model.names] == [{number} for number in range(len(model.names))]


def test_it_is_small(model: Model) -> None:
    assert (CONFIG / FILE).stat().st_size < 5_000_000


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_a_broken_model_stops_the_start_and_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    folder = Path(shutil.copytree(CONFIG, tmp_path / "safety", ignore=shutil.ignore_patterns("examples")))
    (folder / FILE).write_bytes(content)
    with pytest.raises(SettingsError, match=r"model\.npz") as problem:
        SafetyRules.load(folder)
    assert "botkit safety train" in problem.value.fix


def test_without_a_model_the_rules_stand_alone(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CONFIG, tmp_path / "safety", ignore=shutil.ignore_patterns("examples", FILE)))
    alone = SafetyRules.load(folder)
    assert alone.model is None
    judged = alone.judge("我家着火了", plain=True)
    assert judged is not None and judged.kind == "fire" and judged.score is None


def test_what_no_rule_names_is_found(rules: SafetyRules) -> None:
    alone = SafetyRules.load(CONFIG, learned=False)
    texts = dangers()
    assert found(rules, texts) >= found(alone, texts) + 0.3
    assert found(rules, texts) >= 0.9


def test_it_is_told_apart_in_doubt(rules: SafetyRules) -> None:
    """In plain talk some dangers are spoken of, some only shown to an officer; none of these differ when addressed."""
    judged = [rules.judge(text, plain=True) for text in dangers()]
    assert any(one is not None and one.quiet for one in judged)
    assert not any(one is not None and one.quiet for one in (rules.judge(text, plain=False) for text in dangers()))


@pytest.mark.parametrize(("noise", "lost"), [("typed", 5), ("misheard", 5), ("traditional", 0), ("invisible", 0)])
def test_errors_of_writing_cost_little(rules: SafetyRules, noise: str, lost: int) -> None:
    maker = Noise(3)
    texts = dangers()
    spoilt = [getattr(maker, noise)(text) for text in texts]
    assert found(rules, spoilt) >= found(rules, texts) - lost / 100 - 1e-9


def test_danger_is_found_within_other_talk(rules: SafetyRules) -> None:
    # Not each: but far more than if only the whole were looked at.
    buried = [f"团购的鸡蛋到了，大家到3号楼拿。{text}。明天下午还有一批水果，要的接龙。" for text in dangers()]
    assert found(rules, buried) >= 0.8


def test_homophones_and_pinyin_have_the_sounds_of_the_word() -> None:
    sounds = {name for name in features("煤气泄漏") if name[-1] >= "\ue000"}
    assert sounds <= set(features("霉汽谢楼")) | {name for name in sounds if "$" in readable(name)}
    assert len(sounds & set(features("mei qi xie lou"))) >= len(sounds) - 2


def test_features_are_readable_and_weigh_something() -> None:
    for name in [*features("着火了 fire at door 12 see www.example.com?"), "lfire", "rfire.burning"]:
        assert weight(name) > 0
        assert readable(name)


@pytest.mark.parametrize("size", [0, 1, 27, 28, 29, 1_000, LONGEST])
def test_windows_cover_a_text_once(size: int) -> None:
    text = ("一二三四五六七八九。" * (size // 10 + 1))[:size]
    parts = list(windows(text))
    assert "".join(parts) == text
    assert len(parts) <= 1 + size // 20


@pytest.mark.parametrize("text", ["可" * LONGEST, "a" * LONGEST, "a." * (LONGEST // 2), "ni hao " * 10_000])
def test_the_work_grows_with_the_length_only(text: str) -> None:
    """Counted, not timed: windows and features of twice the text are at most some more than twice as many."""
    half, whole = (
        sum(len(features(window)) for window in windows(prepare(part))) for part in (text[: len(text) // 2], text)
    )
    assert whole <= 2.2 * half + 100


def test_scores_are_finite_for_anything(model: Model) -> None:
    for text in ("", "?", "\ud800", "😀" * 50, "12345", "火"):
        scores = model.score(model.known(features(prepare(text))))
        assert np.isfinite([scores.emergency, scores.fraud]).all()
