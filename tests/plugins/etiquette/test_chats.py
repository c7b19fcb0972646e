"""Etiquette in chats: a friendly word, police business to a human, and silence where nobody asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.safety import plugin as safety
from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness

CONFIG = Path(__file__).parents[3] / "config" / "station.toml"


def station() -> BotHarness:
    settings = Settings(station=StationSettings(demo=True), source=CONFIG)
    return BotHarness([safety, etiquette, handoff], settings=settings)


async def test_smalltalk_gets_one_warm_line() -> None:
    async with station() as bot:
        message = await bot.says("你好呀")
        bot.replied("您好")
        assert await bot.disposition(message) == "smalltalk"
        await bot.says("thanks!")
        bot.replied("You're welcome")


async def test_it_says_that_it_is_a_bot() -> None:
    async with station() as bot:
        message = await bot.says("你是真人吗")
        bot.replied("机器人，不是真人", "民警")
        assert await bot.disposition(message) == "smalltalk"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("小孩上户口要带什么", "hukou"),
        ("my visa expires next week", "visa"),
        ("我的案子有进展吗", "case_progress"),
    ],
)
async def test_police_business_opens_a_case(text: str, topic: str) -> None:
    async with station() as bot:
        message = await bot.says(text)
        bot.replied()
        assert await bot.disposition(message) == "escalated"
        assert (await bot.reason(message))["topic"] == topic


@pytest.mark.parametrize("text", ["人工", "我要找活人", "can I talk to an officer"])
async def test_an_ask_for_a_person_is_met_at_once(text: str) -> None:
    async with station() as bot:
        message = await bot.says(text)
        assert await bot.disposition(message) == "escalated"


async def test_a_call_by_word_is_heard_in_a_group() -> None:
    async with station() as bot:
        message = await bot.says("民警同志在伐 有车子占我车位", group="g")
        bot.replied()
        assert await bot.disposition(message) == "escalated"
        await bot.says("郭警官人真好", group="g")
        bot.kept_silent()
        await bot.says("有人知道派出所几点开门吗", group="g")
        bot.kept_silent()
