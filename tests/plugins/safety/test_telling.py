"""Telling: which of two findings counts, and what becomes of fraud that is no longer in progress."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.plugins.safety.engine import SafetyRules

CONFIG = Path(__file__).parents[3] / "config" / "safety"


@pytest.fixture(scope="module")
def rules() -> SafetyRules:
    return SafetyRules.load(CONFIG, learned=False)


@pytest.mark.parametrize(
    ("text", "kind", "rule", "urgent", "advice"),
    [
        # A scam is doubtful or an advert; money that is in it already makes it urgent.
        ("这个短信是真的吗，让我去领补贴", "is_it_real", "is_it_real.asked", False, "doubt"),
        ("这个短信是真的吗，我点了链接，付了两千", "money_sent", "told.paid_already", True, "sent"),
        (
            "这个短信是真的吗，让我去领补贴，卡号我都填好发过去了",
            "verification_code",
            "told.given_already",
            True,
            "code",
        ),
        # What a rule finds is no longer in progress either, if it was long ago.
        ("我被骗了，半年前的事，能追回吗", "money_sent", "money_sent.scammed", False, "past"),
        ("我被骗了，刚刚的事，能追回吗", "money_sent", "money_sent.scammed", True, "sent"),
        # What was long ago takes nothing from what goes on.
        ("去年我被骗了三万，现在又有人让我转到安全账户", "fake_authority", "fake_authority.account", True, "stop"),
    ],
)
def test_the_graver_counts(rules: SafetyRules, text: str, kind: str, rule: str, urgent: bool, advice: str) -> None:
    found = rules.judge(text, plain=False)
    assert found is not None
    assert (found.kind, found.rule, found.urgent, found.advice) == (kind, rule, urgent, advice)


def test_a_posted_scam_is_not_made_money_gone_among_neighbours(rules: SafetyRules) -> None:
    found = rules.judge("刷单兼职日结300，垫付的三千已经付了，有手机就行，加V详聊", plain=True)
    assert found is not None and found.kind == "task_rebate"
