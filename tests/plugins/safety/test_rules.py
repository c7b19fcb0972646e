"""What is danger and what only sounds like it: sentences in both languages, in both kinds of chat."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.decision import Concern
from botkit.plugins.safety.engine import SafetyRules

HERE = Path(__file__).parent
CONFIG = Path(__file__).parents[3] / "config" / "safety"


@pytest.fixture(scope="module")
def rules() -> SafetyRules:
    """The rules alone: what they say of a sentence is certain. The model beside them is right by shares, see below."""
    return SafetyRules.load(CONFIG, learned=False)


@pytest.fixture(scope="module")
def both() -> SafetyRules:
    return SafetyRules.load(CONFIG)


@pytest.mark.parametrize("plain", [False, True])
def test_with_the_model_hardly_any_danger_is_lost(both: SafetyRules, plain: bool) -> None:
    texts = lines("danger.txt", "E")
    judged = [both.judge(text, plain=plain) for text in texts]
    seen = sum(found is not None and found.concern is Concern.EMERGENCY for found in judged)
    assert seen >= 0.985 * len(texts)


@pytest.mark.parametrize("plain", [False, True])
def test_with_the_model_hardly_anything_else_is_an_alarm(both: SafetyRules, plain: bool) -> None:
    texts = lines("danger.txt", "N") + lines("fraud.txt", "N")
    alarms = [text for text in texts if (found := both.judge(text, plain=plain)) is not None and not found.quiet]
    assert len(alarms) <= 0.04 * len(texts)


def lines(name: str, *marks: str) -> list[str]:
    """The sentences of a file that bear one of the marks."""
    rows = (HERE / name).read_text("utf-8").splitlines()
    return [row[2:] for row in rows if row[:1] in marks]


@pytest.mark.parametrize("text", lines("danger.txt", "E"))
def test_danger_is_seen_in_every_chat(rules: SafetyRules, text: str) -> None:
    for plain in (True, False):
        found = rules.judge(text, plain=plain)
        assert found is not None and found.concern is Concern.EMERGENCY
        assert found.urgent


@pytest.mark.parametrize("text", lines("danger.txt", "N"))
def test_what_only_sounds_like_danger_is_not(rules: SafetyRules, text: str) -> None:
    for plain in (True, False):
        found = rules.judge(text, plain=plain)
        assert found is None or found.concern is not Concern.EMERGENCY, found.rule


@pytest.mark.parametrize("text", lines("danger.txt", "P"))
def test_hyperbole_among_residents_is_not(rules: SafetyRules, text: str) -> None:
    assert rules.judge(text, plain=True) is None


@pytest.mark.parametrize("text", lines("fraud.txt", "F", "S"))
def test_fraud_is_seen_when_told_to_the_bot(rules: SafetyRules, text: str) -> None:
    found = rules.judge(text, plain=False)
    assert found is not None and found.concern is Concern.FRAUD


@pytest.mark.parametrize("text", lines("fraud.txt", "S"))
def test_posted_scams_are_seen_among_residents(rules: SafetyRules, text: str) -> None:
    found = rules.judge(text, plain=True)
    assert found is not None and found.concern is Concern.FRAUD


@pytest.mark.parametrize("text", lines("fraud.txt", "N"))
def test_ordinary_money_talk_is_no_fraud(rules: SafetyRules, text: str) -> None:
    assert rules.judge(text, plain=False) is None
    assert rules.judge(text, plain=True) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("楼道里全是烟", "fire"),
        ("i smell gas in the kitchen", "gas_leak"),
        ("燃气报警器一直响", "gas_leak"),
        ("我老公在打我", "domestic_violence"),
        ("有人拿刀砍人", "weapon"),
        ("有人撬我家门", "intruder"),
        ("我女儿走丢了", "missing_person"),
        ("我爸叫不醒", "medical"),
        ("吃了一瓶安眠药", "self_harm"),
        ("困在电梯里了", "trapped"),
        ("独居老人几天没动静了", "welfare"),
        ("有小孩掉河里了", "drowning"),
        ("小孩误食老鼠药", "poisoning"),
        ("电线掉在积水里了", "live_wire"),
        ("躲在厕所里,他在外面,不敢出声", "duress"),
    ],
)
def test_the_kind_decides_the_advice(rules: SafetyRules, text: str, kind: str) -> None:
    found = rules.judge(text, plain=False)
    assert found is not None and found.kind == kind


def test_emergency_outranks_fraud(rules: SafetyRules) -> None:
    found = rules.judge("骗子把我钱骗走了,我不想活了", plain=False)
    assert found is not None and found.concern is Concern.EMERGENCY


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("客服让我共享屏幕转账", True),
        ("有个客服问我要验证码", True),
        ("我被骗了两万", True),
        ("收到短信说我中奖了,是真的吗", False),
    ],
)
def test_money_or_a_code_at_stake_is_urgent(rules: SafetyRules, text: str, urgent: bool) -> None:
    found = rules.judge(text, plain=False)
    assert found is not None and found.urgent is urgent


@pytest.mark.parametrize(
    "text",
    [
        "着 火 了",
        "着\u200b火\u200b了",
        "\u202e着火了\u202c",
        "著火了",
        "ＦＩＲＥ in the kitchen",
        "My kitchen is on FIIIIRE",
        "着火了啊啊啊啊啊啊",
        "可" * 20_000 + "。三号楼着火了",
    ],
)
def test_danger_is_found_however_it_is_written(rules: SafetyRules, text: str) -> None:
    found = rules.judge(text, plain=True)
    assert found is not None and found.kind == "fire"


@pytest.mark.parametrize("text", ["", "😀😀😀", "\ud800\udfff"])
def test_what_says_nothing_is_no_danger(rules: SafetyRules, text: str) -> None:
    assert rules.judge(text, plain=True) is None
