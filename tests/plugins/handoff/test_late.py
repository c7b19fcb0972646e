"""Late messages after an outage (E21, R15): nothing old in public, nobody forgotten, no old cry as if it were new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from botkit.decision import Decision, Disposition, say
from botkit.messages import Message, MessageKind
from botkit.plugin import Plugin, Stage
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.handoff.models import Case
from botkit.plugins.safety import plugin as safety
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.fake import FULL
from tests.plugins.handoff.people import ROOM
from tests.plugins.handoff.station import card, colleague, only_case, room, said_in, station


def answering() -> Plugin:
    """Answers questions about water, as the directory would."""
    plugin = Plugin("fake_directory")

    @plugin.stage(Stage.DIRECTORY)
    def answer(segment: str) -> Decision | None:
        known = "停水" in segment
        return (
            Decision(Disposition.ANSWERED, (say("供水热线全天有人接。"),), reason={"entry": "water"}) if known else None
        )

    return plugin


def back(**options: Any) -> BotHarness:
    """A bot that comes back after an outage."""
    return station([safety, etiquette, answering()], **options)


async def late(bot: BotHarness, text: str = "", minutes: float = 30, **options: Any) -> Message:
    """A message that was written a while ago comes in now."""
    return await bot.says(text, at=bot.clock.now() - timedelta(minutes=minutes), **options)


def in_public(bot: BotHarness) -> list[str]:
    """What stands in the group."""
    return said_in(bot, "g")


async def test_in_a_group_the_answer_comes_in_private_with_its_time() -> None:
    async with back() as bot:
        await room(bot)
        await late(bot, "停水了怎么办", group="g", at_bot=True)
        assert not in_public(bot)
        [said] = said_in(bot, "dm-li")
        assert said.startswith("刚恢复，这是对您 今天 09:30 消息的答复") and "供水热线" in said
        assert not await Case.exists()
        assert "群里不会公开回复" in said_in(bot, ROOM)[-1]


async def test_where_nobody_can_be_written_to_first_an_officer_gets_it() -> None:
    async with back(adapter=FakeAdapter(capabilities=replace(FULL, can_start_dm=False))) as bot:
        await room(bot)
        for number, words in enumerate(("停水了怎么办", "身份证怎么补办")):
            await late(bot, words, group="g", who=f"asker-{number}", at_bot=True)
        assert not in_public(bot)
        assert await Case.all().count() == 2
        assert "停水了怎么办" in card(bot, "0311-01").text
        # Once for the outage, not for each message.
        assert sum("机器人刚恢复" in text for text in said_in(bot, ROOM)) == 1


async def test_in_private_the_answer_begins_with_the_time_of_the_question() -> None:
    async with back() as bot:
        await late(bot, "停水了怎么办")
        assert bot.replied("供水热线").startswith("刚恢复，这是对您 今天 09:30 消息的答复")
        await late(bot, "我的案子有进展吗", who="wang")
        assert bot.replied("#0311-01").startswith("刚恢复")


async def test_an_old_cry_pages_but_is_not_answered_as_if_it_were_new() -> None:
    async with back() as bot:
        await room(bot)
        await late(bot, "3号楼着火了", group="g")
        assert not in_public(bot)
        [said] = said_in(bot, "dm-li")
        assert said.startswith("刚恢复") and "110" in said and "119" not in said and "09:30" in said
        case = await only_case()
        assert (case.level, case.topic) == ("emergency", "fire")
        assert "着火" in card(bot, case.number).text
        await late(bot, "我家有人晕倒了", who="wang")
        assert said_in(bot, "dm-wang")[-1].startswith("刚恢复")
        assert await Case.all().count() == 2


async def test_an_old_scam_is_no_news_for_the_group() -> None:
    async with back() as bot:
        await room(bot)
        await late(bot, "刷单兼职日结300 有手机就行 加V详聊", group="g")
        assert not in_public(bot)
        await late(bot, "我刚被骗了两万块怎么办", group="g", who="wang", at_bot=True)
        assert not in_public(bot)
        assert await Case.filter(level="fraud").count() == 1


async def test_what_needs_no_answer_gets_none() -> None:
    async with back() as bot:
        for words in ("你好", "谢谢"):
            await late(bot, words, group="g", at_bot=True)
            bot.kept_silent()
        await late(bot, "今天热死了", group="g")
        bot.kept_silent()


async def test_ten_minutes_are_not_late() -> None:
    async with back() as bot:
        await late(bot, "停水了怎么办", minutes=10, group="g", at_bot=True)
        assert in_public(bot) == ["供水热线全天有人接。"]
        await late(bot, "停水了怎么办", minutes=10.1, group="g", who="wang", at_bot=True)
        assert len(in_public(bot)) == 1


async def test_the_backlog_of_a_short_restart_is_answered_as_usual(tmp_path: Path) -> None:
    async with back(folder=tmp_path) as bot:
        clock = bot.clock
    clock.step(timedelta(minutes=9))
    async with back(folder=tmp_path, clock=clock) as bot:
        await late(bot, "停水了怎么办", minutes=9, group="g", at_bot=True, id="short")
        assert in_public(bot) == ["供水热线全天有人接。"]


async def test_officers_orders_are_done_however_late_they_come() -> None:
    async with back() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("我的案子有进展吗")
        await late(bot, f"接 #{(await only_case()).number}", group=ROOM, who="zhang")
        assert (await only_case()).state == "claimed"


async def test_a_late_case_in_private_is_one_case_with_its_time() -> None:
    async with back() as bot:
        messages: Iterable[Message] = [
            bot.message("身份证怎么补办", at=bot.clock.now() - timedelta(hours=2)),
            bot.message("要带什么", at=bot.clock.now() - timedelta(hours=1)),
        ]
        await bot.deliver(*messages)
        assert await Case.all().count() == 1
        assert all("刚恢复" in text for text in bot.news())


async def test_an_old_voice_message_is_for_the_officer_and_not_spoken_of_in_public() -> None:
    async with back() as bot:
        await late(bot, group="g", at_bot=True, kind=MessageKind.VOICE)
        assert not in_public(bot) and (await only_case()).topic == "unreadable"
