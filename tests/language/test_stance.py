"""Stance: asked or taken back, own or told, now or once, real or supposed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.language.stance import Stance, stance


@pytest.mark.parametrize(
    "text",
    [
        "不用开锁了", "不需要维修师傅了，谢谢", "算了", "没事了", "别麻烦了", "不用了", "不找了 谢谢", "不是来报案的",
        "I no longer need a locksmith", "dont need the plumber anymore thanks", "never mind", "please cancel that",
        "No need to send anyone",
    ],
)  # fmt: skip
def test_asks_are_taken_back(text: str) -> None:
    assert stance(text).negated


@pytest.mark.parametrize(
    "text",
    [
        "不用身份证可以办吗", "家具不用了，怎么扔", "要不要预约", "想问免费律师哪里找 不是来报案的",
        "不想等了，有没有别的开锁电话",
        "水费不用交了吗", "没有热水了", "门打不开了", "帮我取消预约", "煤气公司电话多少",
        "I don't want a lawyer, just the hotline number", "do I no longer need an appointment?",
        "I can't find a locksmith",
        "no water since morning",
    ],
)  # fmt: skip
def test_a_no_in_an_ask_is_no_taking_back(text: str) -> None:
    assert not stance(text).negated


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("水管已经修好了谢谢", "settled"), ("钥匙找到了", "settled"), ("the leak has been fixed", "settled"),
        ("昨天停水了", "past"), ("上个月煤气漏了已经解决了", "past"), ("we had a burglary two years ago", "past"),
        ("听说隔壁小区停电了", "reported"), ("apparently the lift is broken", "reported"),
        ("网上说水有问题", "reported"),
        ("如果停电了怎么办", "hypothetical"), ("万一煤气漏了呢", "hypothetical"),
        ("what if the gas leaks", "hypothetical"),
        ("新闻里说浦东着火了", "news"), ("据报道昨天发生火灾", "news"), ("I read an article about a fire", "news"),
        ("我邻居的钥匙丢了", "third_person"), ("帮朋友问一下开锁电话", "third_person"),
        ("my neighbour lost her keys", "third_person"),
        ("> 停水了\n真的假的", "quotation"), ("短信写着“您的包裹已丢失”", "quotation"),
    ],
)  # fmt: skip
def test_cues_are_heard(text: str, flag: str) -> None:
    assert flag in stance(text).told


@pytest.mark.parametrize(
    "text",
    [
        "煤气公司电话多少", "我家水管爆了", "如果方便的话帮我查一下", "有人知道开锁电话吗", "开锁多少钱",
        "社区事务中心几点开门",
        "I lost my keys", "where can I find a locksmith", "if possible send the number", "my gas bill is wrong", "",
    ],
)  # fmt: skip
def test_a_plain_ask_is_plain(text: str) -> None:
    assert stance(text) == Stance() and stance(text).plain


@pytest.mark.parametrize("text", ["昨天停水到现在还没来", "I lost my keys yesterday and still can't get in"])
def test_what_goes_on_is_not_past(text: str) -> None:
    assert not stance(text).past


@pytest.mark.parametrize("text", ["修好了多久能用", "修好了吗", "is it fixed?"])
def test_a_question_about_it_settles_nothing(text: str) -> None:
    assert not stance(text).settled


@given(st.text(alphabet=st.sampled_from("不用了开锁我他昨天说“”? ,\nif no need 找到"), max_size=80))
def test_it_never_raises(text: str) -> None:
    assert isinstance(stance(text).told, tuple)
