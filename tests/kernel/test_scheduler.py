"""The scheduler: what was promised for a date happens once, also after a restart."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from botkit.adapter import RetryLater
from botkit.context import Context
from botkit.decision import Decision, Disposition, FollowUp
from botkit.messages import Reply
from botkit.plugin import Plugin
from botkit.testing import BotHarness
from tests.kernel.kit import until


@pytest.fixture
def plugin() -> Plugin:
    plugin = Plugin("test")
    plugin.fired = []  # type: ignore[attr-defined]  # what the tests look at

    @plugin.command("remind")
    async def remind(context: Context, args: str) -> Decision:
        key, _, minutes = args.partition(" ")
        due = context.clock.now() + timedelta(minutes=int(minutes)) if minutes else None
        return Decision(
            Disposition.ANSWERED, effects=(FollowUp("test", "remind", key, due, {"chat": context.chat_id}),)
        )

    @plugin.timer("remind")
    async def due(key: str, data: dict[str, int]) -> Decision:
        plugin.fired.append(key)  # type: ignore[attr-defined]
        if key == "bad" and plugin.fired.count("bad") < 3:  # type: ignore[attr-defined]
            raise RuntimeError("secret")
        if key == "hang":
            await asyncio.Event().wait()
        return Decision(Disposition.SILENT, (Reply((f"time for {key}",), to=data["chat"]),))

    return plugin


async def test_timers_fire_once_at_their_time(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/remind tea 10")
        await bot.says("/remind coffee 20")
        await bot.advance(minutes=9)
        bot.kept_silent()
        await bot.advance(minutes=1)
        bot.replied("tea")
        await bot.advance(hours=3)
        bot.replied("coffee")
        assert not await bot.services.database.read("SELECT id FROM timer")


async def test_timers_survive_a_restart_even_if_they_came_due_meanwhile(plugin: Plugin, tmp_path: Path) -> None:
    async with BotHarness([plugin], folder=tmp_path) as bot:
        await bot.says("/remind tea 10")
        clock = bot.clock
    clock.step(timedelta(hours=1))
    async with BotHarness([plugin], folder=tmp_path, clock=clock) as bot:
        await bot.settle()
        bot.replied("tea")
        await bot.advance(hours=1)
        bot.kept_silent()


async def test_timers_are_moved_and_cancelled(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/remind tea 10")
        await bot.says("/remind coffee 10")
        await bot.says("/remind tea 30")
        await bot.says("/remind coffee")
        await bot.advance(minutes=29)
        bot.kept_silent()
        await bot.advance(minutes=1)
        bot.replied("tea")


async def test_a_timer_that_fails_is_tried_again_and_delays_no_other(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/remind bad 10")
        await bot.says("/remind good 10")
        await bot.advance(minutes=10)
        bot.replied("good")
        await bot.advance(seconds=10)
        bot.kept_silent()
        await bot.advance(seconds=20)
        bot.replied("bad")
        assert plugin.fired.count("bad") == 3  # type: ignore[attr-defined]


async def test_a_timer_waits_as_long_as_a_platform_says(database_url: str) -> None:
    plugin, tried = Plugin("test"), list[datetime]()

    @plugin.command("remind")
    async def remind(context: Context) -> Decision:
        due = FollowUp("test", "remind", "one", context.clock.now(), {"chat": context.chat_id})
        return Decision(Disposition.ANSWERED, effects=(due,))

    @plugin.timer("remind", slow=True)
    async def due(context: Context, data: dict[str, int]) -> Decision:
        tried.append(context.clock.now())
        if len(tried) < 4:
            raise RetryLater(61)
        return Decision(Disposition.SILENT, (Reply(("taken",), to=data["chat"]),))

    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/remind")
        await bot.advance(minutes=4)
        bot.replied("taken")
        assert [later - earlier for earlier, later in pairwise(tried)] == [timedelta(seconds=61)] * 3


async def test_a_timer_that_hangs_delays_the_others_only_so_long(plugin: Plugin) -> None:
    async with BotHarness([plugin], handler_timeout=0.2) as bot:
        await bot.says("/remind hang 10")
        await bot.says("/remind good 10")
        await bot.advance(minutes=10)
        bot.replied("good")
        rows = await bot.services.database.read("SELECT key FROM timer")
        assert [row["key"] for row in rows] == ["hang"]


async def test_a_change_undone_leaves_the_timer_as_it_was(plugin: Plugin, database_url: str) -> None:
    @plugin.command("break")
    async def break_() -> Decision:
        return Decision(Disposition.ANSWERED, (Reply(("021-99887766",)),), (FollowUp("test", "remind", "tea", None),))

    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/remind tea 10")
        await bot.says("/break")
        bot.news()
        await bot.advance(minutes=10)
        bot.replied("tea")


async def test_what_a_slow_timer_waits_for_keeps_no_other_waiting(database_url: str) -> None:
    plugin, asked, answers = Plugin("test"), asyncio.Event(), asyncio.Event()

    @plugin.command("remind")
    async def remind(context: Context) -> Decision:
        now, data = context.clock.now(), {"chat": context.chat_id}
        dues = (FollowUp("test", name, "one", now + timedelta(minutes=1), data) for name in ("slow", "brisk"))
        return Decision(Disposition.ANSWERED, effects=tuple(dues))

    @plugin.timer("slow", slow=True)
    async def slow(data: dict[str, int]) -> Decision:
        asked.set()
        await answers.wait()
        return Decision(Disposition.SILENT, (Reply(("the platform has answered",), to=data["chat"]),))

    @plugin.timer("brisk")
    async def brisk(data: dict[str, int]) -> Decision:
        return Decision(Disposition.SILENT, (Reply(("in time",), to=data["chat"]),))

    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/remind")
        bot.clock.step(timedelta(minutes=1))
        await asked.wait()
        await until(lambda: bot.sent)
        bot.replied("in time")
        assert [row["name"] for row in await bot.services.database.read("SELECT name FROM timer")] == ["slow"]
        answers.set()
        await bot.settle()
        bot.replied("the platform has answered")
