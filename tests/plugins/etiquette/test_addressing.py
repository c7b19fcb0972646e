"""Who is spoken to: mentions, replies, commands, the officer's place, calls by word; who is not (E4-E6, E15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from botkit.messages import MessageKind
from botkit.plugins.etiquette.addressing import names
from tests.plugins.etiquette.station import officer, station


@pytest.mark.parametrize(
    "text",
    [
        "@desk 停水了怎么办",
        "@社区民警 停水了怎么办",
        "停水了怎么办 @社区民警",
        "＠社区民警 停水了",
        "警官，停水了怎么办",
    ],
)
async def test_asks_of_a_group_are_answered_as_a_reply(text: str) -> None:
    async with station() as bot:
        message = await bot.says(text, group="g", at_bot="@desk" in text)
        bot.replied("供水热线")
        assert bot.sent[-1].out.reply_to == message.id


async def test_a_reply_to_the_bot_and_a_command_are_heard() -> None:
    async with station() as bot:
        await bot.says("停水了怎么办", group="g", at_bot=True, reply_to="out-1")
        bot.replied("供水热线")
        await bot.says("/human", group="g", at_bot=True)
        bot.replied("已转给民警")


@pytest.mark.parametrize(
    "text",
    [
        "@王阿姨 停水了怎么办", "@社区民警家属群 今晚聚餐", "民警同志昨天说停水了", "有人知道停水了找谁吗",
        "郭警官人真好，停水都管", "停水了 @物业",
    ],
)  # fmt: skip
async def test_others_are_left_alone(text: str) -> None:
    async with station() as bot:
        message = await bot.says(text, group="g")
        bot.kept_silent()
        assert await bot.disposition(message) is None


async def test_a_call_that_mentions_somebody_else_is_theirs() -> None:
    async with station() as bot:
        message = replace(bot.message("警官，停水了", group="g"), mentions=("wang",))
        await bot.deliver(message)
        bot.kept_silent()


async def test_an_officers_account_is_the_desk_while_the_bot_covers() -> None:
    async with station() as bot:
        await officer(bot, "zhang")
        message = replace(bot.message("老张 停水了", group="g"), mentions=("zhang",))
        await bot.deliver(message)
        bot.replied("供水热线")

        def never(moment: datetime) -> bool:
            return False

        bot.services.covers = never
        for text in ("@社区民警 停水了", "@社区民警 停电了"):
            await bot.says(text, group="g")
            bot.kept_silent()


async def test_a_call_is_the_officers_while_one_is_there(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await officer(bot)
        await bot.says("大家晚上关好门窗", group="g", who="zhang")
        for text in ("警官，停水了怎么办", "@社区民警 停水了怎么办"):
            message = await bot.says(text, group="g")
            bot.kept_silent()
            assert await bot.disposition(message) is None
        await bot.says("警官，停水了怎么办", group="another")
        bot.replied("供水热线")
        await bot.says("@desk 停水了怎么办", group="g", at_bot=True)
        bot.replied("供水热线")
        await bot.advance(minutes=5, seconds=1)
        await bot.says("警官，停电了怎么办", group="g")
        bot.replied("供电热线")


async def test_a_name_makes_no_officer() -> None:
    async with station() as bot:
        message = bot.message("我是民警", group="g", who="someone")
        await bot.deliver(replace(message, sender=replace(message.sender, name="社区民警")))
        await bot.says("警官，停水了怎么办", group="g")
        bot.replied("供水热线")


async def test_an_officers_word_survives_a_restart(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await officer(bot)
        await bot.says("我马上到", group="g", who="zhang")
        clock = bot.clock
    async with station(database_url=database_url, clock=clock) as bot:
        await bot.says("警官，停水了怎么办", group="g", id="new")
        bot.kept_silent()


async def test_danger_is_heard_whoever_is_there() -> None:
    async with station() as bot:
        await officer(bot)
        await bot.says("我在", group="g", who="zhang")
        await bot.says("警官，着火了", group="g")
        bot.replied("119")


async def test_an_empty_mention_listens_to_the_next_line() -> None:
    async with station() as bot:
        await bot.says("@desk", group="g", at_bot=True)
        bot.replied("在的，请说")
        again = await bot.says("@desk ?", group="g", at_bot=True)
        bot.kept_silent()
        assert await bot.disposition(again) == "smalltalk"
        await bot.says("停水了怎么办", group="g", who="wang")
        bot.kept_silent()
        await bot.advance(seconds=50)
        await bot.says("停水了怎么办", group="g")
        bot.replied("供水热线")
        await bot.says("停电了怎么办", group="g")
        bot.kept_silent()


async def test_it_listens_for_a_minute_and_not_to_stickers() -> None:
    async with station() as bot:
        await bot.says("@desk", group="g", at_bot=True)
        bot.replied("在的，请说")
        await bot.says(kind=MessageKind.STICKER, group="g")
        await bot.advance(seconds=61)
        await bot.says("停水了怎么办", group="g")
        bot.kept_silent()
        await bot.says("@desk", group="g", at_bot=True)
        bot.replied("在的，请说")


async def test_what_is_awaited_may_be_danger() -> None:
    async with station() as bot:
        await bot.says("@desk", group="g", at_bot=True)
        bot.replied("在的，请说")
        await bot.says("着火了", group="g")
        bot.replied("119")
        await bot.says("停水了怎么办", group="g")
        bot.kept_silent()


def test_an_alias_is_a_whole_name() -> None:
    assert names("请@社区民警同志看看", ["社区民警"])
    assert not names("社区民警看看", ["社区民警"])
