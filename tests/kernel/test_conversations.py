"""Conversations: who is asked answers, once, in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from botkit.decision import Decision, Disposition, State, ask
from botkit.messages import Message
from botkit.plugin import Plugin
from botkit.testing import BotHarness


@pytest.fixture
def plugin() -> Plugin:
    plugin = Plugin("test")

    async def late(data: dict[str, str]) -> str:
        return f"没等到{data['what']}"

    @plugin.command("ask")
    async def begin(args: str) -> Decision:
        return ask("多少？", then=answer, timeout=timedelta(minutes=5), what=args)

    @plugin.step(on_timeout=late)
    async def answer(message: Message, data: dict[str, str]) -> Decision | str | None:
        if message.text == "不是给你的":
            return None
        if message.text == "?":
            return ask("再说一次？", then=answer, timeout=timedelta(minutes=5), **data)
        return f"{data['what']}：{message.text}"

    @plugin.command("stop")
    async def stop() -> Decision:
        return Decision(Disposition.ANSWERED, state=State(""))

    return plugin


async def test_each_person_has_a_conversation_of_their_own_in_each_chat(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/ask 水", group="g", at_bot=True)
        await bot.says("/ask 电", group="g", who="wang", at_bot=True)
        await bot.says("/ask 气")
        bot.news()
        await bot.says("三吨", group="g", at_bot=True)
        bot.replied("水：三吨")
        await bot.says("五度", group="g", who="wang", at_bot=True)
        bot.replied("电：五度")
        await bot.says("七方")
        bot.replied("气：七方")
        await bot.says("七方")
        bot.kept_silent()


async def test_asking_again_starts_the_clock_again(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/ask 水")
        await bot.advance(minutes=4)
        await bot.says("?")
        assert bot.news() == ["多少？", "再说一次？"]
        await bot.advance(minutes=4)
        bot.kept_silent()
        await bot.advance(minutes=2)
        bot.replied("没等到水")
        await bot.says("三吨")
        bot.kept_silent()
        await bot.advance(hours=1)
        bot.kept_silent()


async def test_a_step_may_pass_and_a_command_may_end_it(plugin: Plugin) -> None:
    async with BotHarness([plugin]) as bot:
        await bot.says("/ask 水")
        bot.news()
        await bot.says("/stop")
        await bot.says("三吨")
        bot.kept_silent()
        await bot.advance(hours=1)
        bot.kept_silent()


async def test_what_expired_during_a_restart_is_told(plugin: Plugin, tmp_path: Path) -> None:
    async with BotHarness([plugin], folder=tmp_path) as bot:
        await bot.says("/ask 水")
        await bot.says("/ask 电", who="wang")
        clock = bot.clock
    clock.step(timedelta(minutes=3))
    async with BotHarness([plugin], folder=tmp_path, clock=clock) as bot:
        await bot.says("三吨", id="a")
        bot.replied("水：三吨")
    clock.step(timedelta(minutes=3))
    async with BotHarness([plugin], folder=tmp_path, clock=clock) as bot:
        await bot.settle()
        bot.replied("没等到电")


async def test_a_step_of_a_plugin_that_is_gone_harms_nobody(plugin: Plugin, tmp_path: Path) -> None:
    async with BotHarness([plugin], folder=tmp_path) as bot:
        await bot.says("/ask 水")
        clock = bot.clock
    other = Plugin("other")

    @other.text(contains="吨")
    async def tons() -> str:
        return "听到了"

    async with BotHarness([other], folder=tmp_path, clock=clock) as bot:
        await bot.says("三吨", id="a")
        bot.replied("听到了")
        await bot.advance(hours=1)
        bot.kept_silent()
        assert not await bot.services.database.read("SELECT id FROM conversation")
