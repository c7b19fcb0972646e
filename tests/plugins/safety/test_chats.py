"""Safety in chats: the number comes first and at once, a human is called, and groups are not flooded."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.messages import Lane
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.safety import plugin as safety
from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness

CONFIG = Path(__file__).parents[3] / "config" / "station.toml"


def station() -> BotHarness:
    settings = Settings(station=StationSettings(demo=True), source=CONFIG)
    return BotHarness([safety, etiquette, handoff], settings=settings)


async def test_the_first_line_is_the_number() -> None:
    async with station() as bot:
        message = await bot.says("楼道里一股焦味")
        assert bot.replied("请立即拨打 119").splitlines()[0] == "请立即拨打 119"
        assert bot.sent[-1].out.lane is Lane.URGENT
        assert await bot.disposition(message) == "emergency"
        assert (await bot.reason(message))["topic"] == "fire"


async def test_in_the_language_of_the_message() -> None:
    async with station() as bot:
        await bot.says("my husband is hitting me")
        assert bot.replied().startswith("Call 110 now")


@pytest.mark.parametrize(
    ("cry", "first"),
    [
        ("火！", "请立即拨打 119"), ("HELP!!", "Call 110 now"), ("help me", "Call 110 now"), ("fire!!", "Call 119 now"),
        ("绑架", "请立即拨打 110"), ("thief!", "Call 110 now"), ("110！！110！！", "请立即拨打 110"),
        ("急急急急急 有人吗", "请立即拨打 110"), ("...---...", "请立即拨打 110"), ("jiujiuwo", "Call 110 now"),
        ("ambulance pls", "Call 120 now"),
    ],
)  # fmt: skip
async def test_a_cry_of_one_word_needs_no_sentence(cry: str, first: str) -> None:
    async with station() as bot:
        message = await bot.says(cry)
        assert bot.sent[-1].out.text.startswith(first)
        assert await bot.disposition(message) == "emergency"


@pytest.mark.parametrize("talk", ["fire!!", "火！", "110", "贼"])
async def test_among_neighbours_one_word_is_talk(talk: str) -> None:
    async with station() as bot:
        await bot.says(talk, group="building-3")
        assert not bot.sent


@pytest.mark.parametrize("asked", ["火？", "help with my CV", "120 元", "police"])
async def test_a_word_beside_others_is_no_cry(asked: str) -> None:
    async with station() as bot:
        message = await bot.says(asked)
        assert await bot.disposition(message) != "emergency"


async def test_in_a_group_one_short_line_that_repeats_nothing() -> None:
    async with station() as bot:
        await bot.says("3号楼着火了,王阿姨家", group="building-3")
        line = bot.replied("119")
        assert len(line) <= 60 and "王阿姨" not in line
        await bot.says("真的着火了!快来人", who="zhang", group="building-3")
        bot.kept_silent()
        await bot.says("有人拿刀砍人", who="zhao", group="building-3")
        bot.replied("110")
        await bot.advance(minutes=31)
        await bot.says("隔壁又着火了", who="zhang", group="building-3")
        bot.replied("119")


async def test_everybody_in_a_private_chat_is_answered() -> None:
    async with station() as bot:
        for who in ("li", "wang"):
            await bot.says("我家着火了", who=who)
            bot.replied("119")


async def test_plain_talk_is_left_alone() -> None:
    async with station() as bot:
        for text in ("今天热死了", "火锅店火了", "昨天那部电影里着火那段太吓人", "谁卖自行车"):
            message = await bot.says(text, group="g")
            bot.kept_silent()
            assert await bot.disposition(message) is None


async def test_a_posted_scam_gets_one_line_a_day() -> None:
    async with station() as bot:
        await bot.says("刷单兼职日结300 有手机就行 加V详聊", group="g")
        bot.replied("先别转账")
        await bot.says("刷单兼职日结300 有手机就行 加V详聊", who="other", group="g")
        bot.kept_silent()
        await bot.says("刷单兼职日结300 有手机就行 加V详聊", group="another")
        bot.replied("先别转账")
        await bot.advance(days=1)
        await bot.says("刷单兼职日结300 有手机就行 加V详聊", group="g")
        bot.replied("先别转账")


async def test_still_on_the_call_means_hang_up_first() -> None:
    async with station() as bot:
        message = await bot.says("公安局的人让我转钱到安全账户,电话还没挂")
        assert bot.replied().startswith("先挂断电话")
        assert await bot.disposition(message) == "fraud"
        assert (await bot.reason(message))["urgent"] is True


async def test_fraud_told_to_the_officer_by_word_counts_in_a_group() -> None:
    async with station() as bot:
        await bot.says("民警同志,我刚被骗了两万块怎么办", group="g")
        bot.replied("先别再转账")


async def test_other_bots_are_not_judged() -> None:
    from dataclasses import replace

    async with station() as bot:
        message = bot.message("着火了", group="g")
        await bot.deliver(replace(message, sender=replace(message.sender, is_bot=True)))
        bot.kept_silent()


async def test_a_code_is_no_scam_link() -> None:
    async with station() as bot:
        for code in ("K6EJ8-NA9A3", "Z7X2K-MHHKP", "4Y83K-JWGZ9"):
            message = await bot.says(f"/link {code}")
            assert await bot.disposition(message) == "answered"
        message = await bot.says("/link 我家着火了")
        assert await bot.disposition(message) == "emergency"
