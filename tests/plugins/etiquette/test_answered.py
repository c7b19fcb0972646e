"""Somebody was faster: the bot keeps what it had to say to itself, up to the last moment (E7)."""

from __future__ import annotations

from botkit.adapter import RetryLater
from botkit.testing import BotHarness, FakeAdapter
from tests.plugins.etiquette.station import cases, officer, station


def delayed(bot: BotHarness, seconds: float) -> None:
    """The platform lets the next message wait."""
    assert isinstance(bot.platform, FakeAdapter)
    bot.platform.faults.append(RetryLater(seconds))


async def test_a_neighbour_answered_in_the_meantime() -> None:
    async with station() as bot:
        ask = bot.message("@desk 停水了怎么办", group="g", at_bot=True)
        reply = bot.message("打物业，马上来", group="g", who="wang", reply_to=ask.id)
        await bot.deliver(ask, reply)
        bot.kept_silent()
        assert await bot.disposition(ask) == "silent"
        assert (await bot.reason(ask))["answered"] == "reply"
        assert await bot.disposition(reply) is None


async def test_other_talk_and_ones_own_addition_are_no_answer() -> None:
    async with station() as bot:
        ask = bot.message("@desk 停水了怎么办", group="g", at_bot=True)
        own = bot.message("整栋都停了", group="g", reply_to=ask.id)
        other = bot.message("西瓜三块八", group="g", who="wang")
        await bot.deliver(ask, own, other)
        bot.replied("供水热线")


async def test_what_is_a_humans_matter_reaches_the_desk_without_a_word() -> None:
    async with station() as bot:
        ask = bot.message("@desk 身份证丢了怎么补", group="g", at_bot=True)
        reply = bot.message("我也想问", group="g", who="wang", reply_to=ask.id)
        await bot.deliver(ask, reply)
        bot.kept_silent()
        assert await bot.disposition(ask) == "escalated"
        assert await cases() == 1


async def test_an_officers_answer_is_the_answer() -> None:
    async with station() as bot:
        await officer(bot)
        ask = bot.message("@desk 身份证丢了怎么补", group="g", at_bot=True)
        reply = bot.message("带户口本来窗口", group="g", who="zhang", reply_to=ask.id)
        await bot.deliver(ask, reply)
        bot.kept_silent()
        assert await bot.disposition(ask) == "silent"
        assert await cases() == 0


async def test_an_officer_speaks_after_a_call() -> None:
    async with station() as bot:
        await officer(bot)
        ask = bot.message("警官，停水了怎么办", group="g")
        await bot.deliver(ask, bot.message("我来问一下", group="g", who="zhang"))
        bot.kept_silent()
        assert (await bot.reason(ask))["answered"] == "spoke"
        reply_to_bot = bot.message("停电了怎么办", group="g", at_bot=True, reply_to="out-1")
        await bot.deliver(reply_to_bot, bot.message("好的", group="g", who="zhang"))
        bot.replied("供电热线")


async def test_it_is_looked_at_again_just_before_sending(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        delayed(bot, 30)
        ask = await bot.says("@desk 停水了怎么办", group="g", at_bot=True)
        bot.kept_silent()
        await bot.says("打物业，马上来", group="g", who="wang", reply_to=ask.id)
        await bot.advance(minutes=1)
        bot.kept_silent()
        assert await bot.disposition(ask) == "answered"
        [row] = await bot.services.database.read("SELECT status, problem FROM outbox")
        assert (row["status"], row["problem"]) == ("dropped", "answered")


async def test_an_officers_word_holds_back_what_a_restart_finds(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await officer(bot)
        delayed(bot, 30)
        await bot.says("警官，停水了怎么办", group="g")
        await bot.advance(seconds=5)
        await bot.says("我来问一下", group="g", who="zhang")
        clock = bot.clock
    async with station(database_url=database_url, clock=clock) as bot:
        await bot.advance(minutes=1)
        bot.kept_silent()


async def test_danger_scams_and_private_chats_are_always_answered() -> None:
    async with station() as bot:
        await officer(bot)
        delayed(bot, 1)
        ask = await bot.says("@desk 我家着火了", group="g", at_bot=True)
        await bot.says("马上到", group="g", who="zhang", reply_to=ask.id)
        await bot.advance(seconds=2)
        bot.replied("119")
        ask = bot.message("停水了怎么办")
        await bot.deliver(ask, bot.message("嗯", reply_to=ask.id))
        assert "供水热线" in bot.news()[0]
