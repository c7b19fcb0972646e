"""While an answer takes a while the platform shows that it is coming, and not a moment longer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from botkit import composing
from botkit.decision import Concern, Verdict
from botkit.intake import Item
from botkit.plugin import Plugin, Stage
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.fake import FULL
from tests.kernel.kit import until


@pytest.fixture
def gate() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def plugin(gate: asyncio.Event) -> Plugin:
    plugin = Plugin("test")

    @plugin.stage(Stage.HANDOFF)
    async def slowly() -> str:
        await gate.wait()
        return "done"

    return plugin


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "AFTER", 0.005)
    monkeypatch.setattr(composing, "EVERY", 0.005)


async def test_it_is_shown_until_the_answer_is_there(plugin: Plugin, gate: asyncio.Event) -> None:
    adapter = FakeAdapter()
    async with BotHarness([plugin], adapter=adapter) as bot:
        adapter.put([bot.message("在吗", group="g", at_bot=True)])
        await until(lambda: len(adapter.typed) > 2)
        assert set(adapter.typed) == {"g"}
        gate.set()
        await until(lambda: adapter.sent)
        await until(lambda: not [task for task in asyncio.all_tasks() if "Composing._show" in repr(task)])


async def test_a_platform_that_fails_to_show_it_answers_all_the_same(
    plugin: Plugin, gate: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, tried = FakeAdapter(), asyncio.Event()

    async def fails(chat: object) -> None:
        tried.set()
        raise OSError

    monkeypatch.setattr(adapter, "typing", fails)
    async with BotHarness([plugin], adapter=adapter) as bot:
        adapter.put([bot.message("在吗")])
        await tried.wait()
        gate.set()
        await until(lambda: adapter.sent)


async def test_nothing_is_shown_where_the_platform_can_not(plugin: Plugin) -> None:
    adapter = FakeAdapter(capabilities=replace(FULL, typing=False))
    async with BotHarness([plugin], adapter=adapter) as bot:
        message = bot.message("在吗")
        item = Item(1, 1, 1, message, Verdict(Concern.ADDRESSED), "zh", message.at)
        assert composing.Composing(bot.services).begin(item) is composing.nothing
