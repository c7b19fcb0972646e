"""Adapters that fail: their receiving is started again, and the other platforms go on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from botkit import assembly
from botkit.adapter import Batch
from botkit.bot import Bot
from botkit.errors import UserError
from botkit.messages import Chat, Message, Outgoing, Sender
from botkit.plugin import Plugin
from botkit.services import Services
from botkit.settings import Settings
from botkit.testing import BotHarness, FakeAdapter, FakeClock
from tests.kernel.kit import until


@pytest.fixture
def plugin() -> Plugin:
    plugin = Plugin("test")

    @plugin.command("echo")
    async def echo(args: str) -> str:
        return args

    return plugin


class Failing(FakeAdapter):
    """Raises at the beginning of each of its first calls, and after each batch of the later ones."""

    def __init__(self, faults: list[BaseException]) -> None:
        super().__init__(name="failing")
        self.to_raise = faults
        self.calls = 0
        self.closed = False

    async def receive(self) -> AsyncGenerator[Batch, None]:
        self.calls += 1
        if self.to_raise:
            raise self.to_raise.pop(0)
        async for batch in super().receive():
            yield batch

    async def close(self) -> None:
        self.closed = True


def message(adapter: str, text: str, id: str = "m") -> Message:
    clock = FakeClock()
    return Message(Chat(adapter, "dm-li"), Sender("li"), id, clock.now(), text)


async def test_receiving_goes_on_after_errors_and_others_do_not_notice(plugin: Plugin, tmp_path) -> None:  # type: ignore[no-untyped-def]
    clock = FakeClock()
    failing = Failing([RuntimeError("secret"), asyncio.CancelledError(), ValueError(), KeyError()])
    sound = FakeAdapter(name="sound")
    async with Bot(
        Settings(), data=tmp_path, plugins=[plugin], adapters=[failing, sound], clock=clock, durable=False
    ) as bot:
        bot.receive()
        failing.put([message("failing", "/echo there")])
        sound.put([message("sound", "/echo here")])
        await until(lambda: sound.sent)
        assert not failing.sent
        for call in range(1, 5):
            await until(lambda call=call: failing.calls >= call)
            await until(lambda call=call: bot.services.metrics.failed.labels("receive")._value.get() >= call)
            clock.step(timedelta(seconds=10))
        await until(lambda: failing.sent)
        assert failing.sent[0].text == "there" and failing.calls == 5
        sound.put([message("sound", "/echo again", "m2")])
        await until(lambda: len(sound.sent) == 2)
    assert failing.closed


async def test_an_adapter_that_sends_nothing_holds_up_no_other(plugin: Plugin, tmp_path) -> None:  # type: ignore[no-untyped-def]
    class Stuck(FakeAdapter):
        async def send(self, out: Outgoing) -> str:
            raise asyncio.CancelledError

    stuck, sound, clock = Stuck(name="stuck"), FakeAdapter(name="sound"), FakeClock()
    async with Bot(
        Settings(), data=tmp_path, plugins=[plugin], adapters=[stuck, sound], clock=clock, durable=False
    ) as bot:
        bot.receive()
        for n in range(70):  # more than there are workers
            stuck.put([Message(Chat("stuck", f"c{n}"), Sender("li"), f"m{n}", clock.now(), "/echo x")])
        await until(lambda: bot.dispatcher.idle)
        sound.put([message("sound", "/echo here")])
        await until(lambda: sound.sent)
        await until(lambda: bot.delivery.quiet)
        rows = await bot.services.database.read("SELECT status, count(*) AS n FROM outbox GROUP BY status")
        assert {row["status"]: row["n"] for row in rows} == {"pending": 70, "sent": 1}


async def test_an_adapter_that_ends_is_not_called_again(plugin: Plugin) -> None:
    class Pipe(FakeAdapter):
        calls = 0

        async def receive(self) -> AsyncGenerator[Batch, None]:
            self.calls += 1
            yield Batch((message(self.name, "/echo last"),))

    pipe = Pipe()
    async with BotHarness([plugin], adapter=pipe) as bot:
        await bot.bot.receiving["fake"]
        await bot.bot.drain()
        assert [sent.text for sent in pipe.sent] == ["last"] and pipe.calls == 1


async def test_a_start_that_fails_closes_what_was_opened(plugin: Plugin, tmp_path) -> None:  # type: ignore[no-untyped-def]
    class Broken(FakeAdapter):
        async def open(self, services) -> None:  # type: ignore[no-untyped-def]
            raise RuntimeError("no network")

    first = Failing([])
    bot = Bot(Settings(), data=tmp_path, plugins=[plugin], adapters=[first, Broken(name="broken")], durable=False)
    with pytest.raises(RuntimeError, match="no network"):
        await bot.start()
    assert first.closed
    async with BotHarness([plugin], folder=tmp_path) as again:
        await again.says("/echo hi")
        again.replied("hi")


class Unready(FakeAdapter):
    """Wants something put right before it can be opened."""

    async def open(self, services: Services) -> None:
        raise UserError("no token", "set it")


async def test_an_adapter_that_is_not_ready_stops_no_other(plugin: Plugin, tmp_path) -> None:  # type: ignore[no-untyped-def]
    sound = FakeAdapter(name="sound")
    async with Bot(Settings(), data=tmp_path, plugins=[plugin], adapters=[Unready("unready"), sound]) as bot:
        assert list(bot.services.adapters) == ["sound"]
        assert bot.off["unready"].fix == "set it"
        bot.receive()
        assert list(bot.receiving) == ["sound"]
        sound.put([message("sound", "/echo hello")])
        await until(lambda: sound.sent)


async def test_without_any_adapter_the_bot_says_why(plugin: Plugin, tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UserError, match="no token"):
        async with Bot(Settings(), data=tmp_path, plugins=[plugin], adapters=[Unready()]):
            pass


def test_an_adapter_without_its_extra_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        def __init__(self, name: str) -> None:
            self.name = name

        def load(self) -> type[FakeAdapter]:
            if self.name == "far":
                raise ModuleNotFoundError(name="farlib")
            return FakeAdapter

    monkeypatch.setattr(assembly, "entry_points", lambda group: [Point("near"), Point("far")])
    off: dict[str, UserError] = {}
    assert len(assembly.make_adapters(("near", "far"), off)) == 1
    assert "farlib" in off["far"].what and "[far]" in off["far"].fix
    with pytest.raises(UserError, match="farlib"):
        assembly.make_adapters(("far",), {})
    with pytest.raises(UserError, match="farlib"):
        assembly.make_adapters(("near", "far"))
