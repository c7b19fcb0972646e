"""Words about cases: what withdraws, what asks, what goes on, and what only looks like it."""

from __future__ import annotations

import pytest

from botkit.plugins.handoff.residents import words


@pytest.mark.parametrize(
    "text",
    ["不用了", "不用了，谢谢！", "谢谢，不用了。", "那算了吧", "@社区民警 取消", "好的 没事了",
     "已经解决了 谢谢民警同志",
     "不用了啊",
     "No longer needed", "never mind, thanks", "cancel please", "it's solved, thank you so much"],
)  # fmt: skip
def test_withdrawing(text: str) -> None:
    assert words.withdraws(text)


@pytest.mark.parametrize(
    "text",
    ["不用了吗", "问题解决了吗", "没有解决", "取消身份证挂失怎么办", "怎么取消预约", "还没解决",
     "不用了" * 40, "not solved", ""],
)  # fmt: skip
def test_not_withdrawing(text: str) -> None:
    assert not words.withdraws(text)


@pytest.mark.parametrize(
    "text",
    ["人工", "人工！", "转人工", "我要找民警", "put me through to an officer", "Human please", "a person",
     "讓我跟真人說"],
)  # fmt: skip
def test_asking_for_a_person(text: str) -> None:
    assert words.asks_human(text)


@pytest.mark.parametrize(
    "text", ["人工湖有人钓鱼", "人工费多少", "煤气公司电话", "person missing from bill", "no bother"]
)
def test_not_asking_for_a_person(text: str) -> None:
    assert not words.asks_human(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#0311-07", ("0311-07", True)),
        ("0311-07 怎么样了？", ("0311-07", True)),
        ("any news on 0311-07?", ("0311-07", False)),
        ("0311-07 楼道又堵了", ("0311-07", False)),
        ("打 021-5555-66", None),
        ("13800311-07", None),
        ("没有号码", None),
    ],
)
def test_case_numbers(text: str, found: tuple[str, bool] | None) -> None:
    assert words.case_number(text) == found


def test_going_on_with_a_resolved_case() -> None:
    assert words.goes_on("灯还是不亮", "0311-07")
    assert words.goes_on("it is still broken", "0311-07")
    assert words.goes_on("关于 #0311-07", "0311-07")
    assert not words.goes_on("身份证怎么补办", "0311-07")
