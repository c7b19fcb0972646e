"""Statements: who says that a swindler has his money, a code or his screen is answered at once, and officers come."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.decision import Concern
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.states import Level
from botkit.plugins.safety import plugin as safety
from botkit.plugins.safety.engine import SafetyRules, prepare
from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness

CONFIG = Path(__file__).parents[3] / "config"
# Written before the phrases, or without looking at them; nothing is learned from it.
SENTENCES = (Path(__file__).parent / "statements.txt").read_text("utf-8").splitlines()


def station() -> BotHarness:
    settings = Settings(station=StationSettings(demo=True), source=CONFIG / "station.toml")
    return BotHarness([safety, etiquette, handoff], settings=settings)


@pytest.mark.parametrize(
    ("said", "topic", "first"),
    [
        ("我刚刚把钱转给骗子了", "money_sent", "先别再转账，马上打 110"),
        ("I just sent money to a scammer", "money_sent", "Stop, do not pay again. Call 110 now"),
        ("刚转完账发现是骗子", "money_sent", "先别再转账，马上打 110"),
        ("我妈把银行卡密码告诉骗子了", "verification_code", "先别转账，验证码谁都别给！"),
        ("骗子正在远程操作我手机", "on_call", "先挂断电话，停止共享屏幕！"),
        ("我爸正在银行给骗子转钱", "paying", "先别转账，别点链接，别给验证码。"),
    ],
)
async def test_told_to_the_bot_it_is_stopped_and_somebody_comes(said: str, topic: str, first: str) -> None:
    async with station() as bot:
        message = await bot.says(said)
        assert bot.replied(first).splitlines()[0] == first
        assert await bot.disposition(message) == "fraud"
        assert (await bot.reason(message))["urgent"] is True
        case = await Case.get()
        assert (case.topic, case.level) == (topic, Level.FRAUD)


@pytest.mark.parametrize("said", ["我妈刚把五万块转给骗子了", "guys i just sent 3000 to a scammer"])
async def test_among_neighbours_one_line_and_the_same_case(said: str) -> None:
    async with station() as bot:
        await bot.says(said, group="building-3")
        [line] = [sent.out.text for sent in bot.sent if sent.out.chat.id == "building-3"]
        assert "110" in line and len(line) <= 60
        case = await Case.get()
        assert (case.level, case.team) == (Level.FRAUD, "anti_fraud")


async def test_who_says_it_again_is_not_told_again_and_the_next_one_is() -> None:
    async with station() as bot:
        for said in ("我刚把五万块转给骗子了", "我转给骗子五万，怎么办", "骗子骗走我五万"):
            await bot.says(said, group="building-3", who="li")
        assert len([sent for sent in bot.sent if sent.out.chat.id == "building-3"]) == 1
        assert await Case.all().count() == 1
        await bot.says("我也刚被骗子骗走三千", group="building-3", who="wang")
        assert len([sent for sent in bot.sent if sent.out.chat.id == "building-3"]) == 2
        await bot.advance(minutes=31)
        await bot.says("我又把一万转给骗子了", group="building-3", who="li")
        assert len([sent for sent in bot.sent if sent.out.chat.id == "building-3"]) == 3


@pytest.mark.parametrize(
    "talk",
    [
        "听说2号楼有人把钱转给骗子了", "大家千万别把钱转给骗子", "我差点把钱转给骗子", "老婆是我的骗子，工资都转给她了",
        "【警方提示】某居民把钱转给骗子后马上报警", "我同事去年把钱转给骗子了", "去年我把钱转给骗子了",
        "「小王：我刚把钱转给骗子了」\n- - - - -\n快打电话啊", "if i sent money to a scammer, what then",
    ],
)  # fmt: skip
async def test_among_neighbours_talk_of_it_stays_talk(talk: str) -> None:
    async with station() as bot:
        message = await bot.says(talk, group="building-3")
        bot.kept_silent()
        assert await bot.disposition(message) is None


@pytest.mark.parametrize(
    ("said", "first"),
    [("去年我被骗了三万", "先别再付钱"), ("two years ago I sent money to a scammer", "Stop: don't pay anyone")],
)
async def test_what_was_long_ago_wakes_nobody(said: str, first: str) -> None:
    async with station() as bot:
        message = await bot.says(said)
        assert bot.replied(first).startswith(first)
        assert await bot.disposition(message) == "fraud"
        assert (await Case.get()).level == Level.ROUTINE


async def test_once_long_ago_and_again_now_is_now() -> None:
    async with station() as bot:
        await bot.says("去年被骗过一次，刚才我又把两万转给骗子了")
        assert (await Case.get()).level == Level.FRAUD


@pytest.fixture(scope="module")
def rules() -> SafetyRules:
    """Without the model: what statements find is certain."""
    return SafetyRules.load(CONFIG / "safety", learned=False)


@pytest.fixture(scope="module")
def both() -> SafetyRules:
    """With the model, which believes in some statements that are less than certain."""
    return SafetyRules.load(CONFIG / "safety")


def sentences(mark: str) -> list[str]:
    return [row[2:] for row in SENTENCES if row[:2] == f"{mark} "]


@pytest.mark.parametrize("plain", [False, True])
def test_hardly_any_is_missed(both: SafetyRules, plain: bool) -> None:
    texts = sentences("U") + ([] if plain else sentences("D"))
    missed = [text for text in texts if not _urgent(both, text, plain)]
    assert len(missed) <= 0.03 * len(texts), missed


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("mark", ["N", "R"])
def test_hardly_anything_else_is_taken_for_it(rules: SafetyRules, mark: str, plain: bool) -> None:
    found = {text: rules.statements.find(prepare(text), plain=plain) for text in sentences(mark)}
    wrong = [text for text, told in found.items() if told and not (mark == "R" and told.long_ago)]
    assert len(wrong) <= 0.02 * len(found), wrong


@pytest.mark.parametrize("mark", ["N", "R"])
def test_among_neighbours_hardly_anything_else_is_spoken_of(both: SafetyRules, mark: str) -> None:
    spoken = [text for text in sentences(mark) if _urgent(both, text, True)]
    assert len(spoken) <= 0.02 * len(sentences(mark)), spoken


def test_what_is_less_than_certain_needs_the_model(rules: SafetyRules, both: SafetyRules) -> None:
    text = "我刚给那个说我涉案的骗子打了保证金"
    found = both.judge(text, plain=True)
    assert found is not None and (found.rule, found.urgent) == ("told.likely", True)
    assert rules.judge(text, plain=True) is None


def test_what_has_happened_is_surer_than_a_doubt(both: SafetyRules) -> None:
    # "救救我" alone is a quiet doubt among neighbours.
    found = both.judge("救救我，我爸还在给骗子打钱，说什么都不听", plain=True)
    assert found is not None and found.rule.startswith("told.") and not found.quiet


@pytest.mark.parametrize(
    "text",
    [
        "我把钱转给騙子了", "我 把 钱 转 给 骗 子 了", "我把钱转给骗\u200b子了", "我把錢轉給騙子了！！！！",
        "@社区民警 我把钱转给骗子了", "I SENT MONEY TO A SCAMMER!!!", "can't believe it, I've sent money to a scammer",
        "今天天气不错，大家早。" * 40 + "我把钱转给骗子了。" + "团购的鸡蛋到了。" * 40,
    ],
)  # fmt: skip
def test_however_it_is_written(rules: SafetyRules, text: str) -> None:
    assert _urgent(rules, text, True)


def test_danger_outranks_it_and_who_is_still_on_the_call_hangs_up_first(rules: SafetyRules) -> None:
    found = rules.judge("我把钱转给骗子了，我不想活了", plain=False)
    assert found is not None and found.concern is Concern.EMERGENCY
    found = rules.judge("我已经转给骗子两万了，他还在线上不让挂，要我接着转账", plain=False)
    assert found is not None and found.kind == "on_call"


def _urgent(rules: SafetyRules, text: str, plain: bool) -> bool:
    found = rules.judge(text, plain=plain)
    return found is not None and (found.urgent or found.concern is Concern.EMERGENCY)
