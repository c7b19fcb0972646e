"""The conformance suite: what every adapter must pass. Frozen with the first release.

Subclass ``AdapterConformance`` in a test module and give it a ``platform`` fixture::

    class TestMyPlatform(AdapterConformance):
        @pytest.fixture
        async def platform(self, tmp_path):
            async with MyPlatform(tmp_path) as platform:
                yield platform

A ``Platform`` is the other side of the adapter: a server, an emulator, a pipe. It outlives the bot, which the
tests stop, kill and start again. Tests skip, with the reason, what the adapter says it can't do.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from botkit.adapter import Adapter
from botkit.bot import Bot
from botkit.clock import SystemClock
from botkit.context import Context
from botkit.decision import Decision, Disposition
from botkit.messages import Button, MessageKind, Reply, say
from botkit.plugin import Plugin, Stage
from botkit.settings import DatabaseSettings, Settings, StationSettings
from botkit.testing.patience import PATIENCE

# Lines told apart by rare characters: digits would look like numbers to dial, and be withheld.
LETTERS = [chr(0x8000 + n) for n in range(600)]


class Platform(ABC):
    """One user's view of one chat with the bot, on a platform that outlives the bot."""

    kinds: frozenset[MessageKind] = frozenset({MessageKind.TEXT})
    """The kinds of events that this platform may deliver."""
    repeats = True
    """Whether the platform may deliver the same event twice."""
    edits = False
    """Whether its users can edit what they wrote."""

    @abstractmethod
    def adapter(self) -> Adapter:
        """A new adapter for the same account on the same platform: the bot was started anew."""

    async def serve(self, bot: Bot) -> None:  # noqa: B027 (most platforms need nothing)
        """The bot has started; a platform that lives on its web server may start it now."""

    async def unserve(self) -> None:  # noqa: B027
        """The bot is about to stop."""

    @abstractmethod
    async def write(self, text: str) -> str:
        """The user sends a text; returns what names the message to ``repeat`` and ``rewrite``."""

    async def deliver(self, kind: MessageKind) -> None:
        """The user sends something of another kind."""
        self._must_define("deliver", f"kinds names {kind.value}")

    async def repeat(self, message: str) -> None:
        """The platform delivers a message once more."""
        self._must_define("repeat", "repeats is True")

    async def rewrite(self, message: str, text: str) -> None:
        """The user edits a message."""
        self._must_define("rewrite", "edits is True")

    async def press(self, label: str) -> None:
        """The user presses the button of the latest message that has one with this label."""
        self._must_define("press", "the adapter has buttons")

    def _must_define(self, method: str, why: str) -> None:
        pytest.fail(f"{type(self).__name__} must define {method}(), because {why}")

    @abstractmethod
    async def shown(self) -> list[str]:
        """The bot's texts as the user sees them now, oldest first."""


def talker() -> Plugin:
    """A plugin that does a bit of everything, for the suite."""
    plugin = Plugin("talker")

    @plugin.command("menu")
    async def menu() -> Reply:
        return say("选一个", buttons=(Button("停电", "talker.pick", "power"), Button("停水", "talker.pick", "water")))

    @plugin.button("pick")
    async def pick(payload: str) -> str:
        return f"picked {payload}"

    @plugin.command("long")
    async def long() -> str:
        return "\n".join(f"{LETTERS[n]}，这是很长的一段话。" for n in range(600))

    @plugin.command("progress")
    async def progress(context: Context) -> Decision:
        first = Reply(("已收到",), once=f"progress:{context.chat_id}")
        then = Reply(("已收到，已通知值班民警",), edits=f"progress:{context.chat_id}")
        return Decision(Disposition.ANSWERED, (first, then))

    @plugin.stage(Stage.HANDOFF)
    async def everything_else(context: Context) -> str:
        kind = context.message.kind
        return f"echo {context.message.text}" if kind is MessageKind.TEXT else f"got {kind.value}"

    return plugin


class AdapterConformance(ABC):
    """The tests. Each starts from a platform nobody has used yet."""

    @pytest.fixture
    @abstractmethod
    def platform(self) -> AsyncIterator[Platform]:
        """The platform under test."""

    @asynccontextmanager
    async def running(self, platform: Platform, folder: Path) -> AsyncIterator[Bot]:
        """A bot on the platform, stopped in order at the end."""
        bot = self._bot(platform, folder)
        async with bot:
            await platform.serve(bot)
            bot.receive()
            try:
                yield bot
            finally:
                await platform.unserve()

    def _bot(self, platform: Platform, folder: Path) -> Bot:
        settings = Settings(
            station=StationSettings(demo=True),
            database=DatabaseSettings(url=f"sqlite://{folder / 'suite.sqlite3'}"),
        )
        return Bot(
            settings,
            data=folder,
            plugins=(talker(),),
            adapters=(platform.adapter(),),
            clock=SystemClock(),
            durable=False,
        )

    async def until(self, condition: Callable[[list[str]], bool], platform: Platform) -> list[str]:
        """Wait until what the user sees meets a condition; returns it."""
        shown: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition(shown := await platform.shown()):
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pytest.fail(f"never shown; the user sees {shown}")
        return shown

    async def replies(self, platform: Platform, count: int) -> list[str]:
        """Wait for this many texts, then see that no more come while the bot comes to rest."""
        return await self.until(lambda shown: len(shown) >= count, platform)

    # the tests --------------------------------------------------------------------------------------------

    async def test_receives_and_answers(self, platform: Platform, tmp_path: Path) -> None:
        async with self.running(platform, tmp_path) as bot:
            await platform.write("你好 hello 😀")
            assert await self.replies(platform, 1) == ["echo 你好 hello 😀"]
            await bot.drain()
            rows = await bot.services.database.read("SELECT * FROM inbox")
            assert len(rows) == 1
            assert rows[0]["disposition"] == "answered"
            sent_at = datetime.fromisoformat(json.loads(rows[0]["payload"])["at"])
            assert abs((bot.services.clock.now() - sent_at).total_seconds()) < PATIENCE

    async def test_messages_stay_in_order(self, platform: Platform, tmp_path: Path) -> None:
        words = ["a", "b", "c", "d", "e", "f"]
        async with self.running(platform, tmp_path):
            for word in words:
                await platform.write(word)
            assert await self.replies(platform, len(words)) == [f"echo {word}" for word in words]

    async def test_what_was_not_committed_comes_again(self, platform: Platform, tmp_path: Path) -> None:
        if not platform.repeats:
            pytest.skip("this platform delivers once, whatever happens")
        bot = self._bot(platform, tmp_path)
        async with bot:
            await platform.serve(bot)
            # The process dies before the first commit: the database is never written.
            reached, never = asyncio.Event(), asyncio.Event()

            async def accept(adapter: Adapter, batch: object) -> None:
                reached.set()
                await never.wait()

            bot.intake.accept = accept  # type: ignore[method-assign]  # the crash
            bot.receive()
            sending = asyncio.ensure_future(platform.write("hello"))
            await asyncio.wait_for(reached.wait(), PATIENCE)
            await platform.unserve()
        async with self.running(platform, tmp_path):
            await asyncio.wait_for(sending, PATIENCE)
            assert await self.replies(platform, 1) == ["echo hello"]

    async def test_a_crash_between_inbox_and_answer_costs_nothing(self, platform: Platform, tmp_path: Path) -> None:
        async with self.running(platform, tmp_path) as bot:
            await bot.drain()  # nothing reads the inbox's table any more, so that only the hand-over counts
            bot.intake._offer = lambda items: None  # the process dies after the commit
            message = await platform.write("hello")
        async with self.running(platform, tmp_path) as bot:
            assert await self.replies(platform, 1) == ["echo hello"]
            if platform.repeats:
                await platform.repeat(message)
            await platform.write("next")
            assert await self.replies(platform, 2) == ["echo hello", "echo next"]

    async def test_a_crash_between_sending_and_receipt_says_nothing_twice(
        self, platform: Platform, tmp_path: Path
    ) -> None:
        async with self.running(platform, tmp_path) as bot:
            if not bot.services.adapters[platform_name(bot)].capabilities.idempotent_send:
                pytest.skip("without an idempotency key such a message is unknown")
            bot.delivery._receipt = lambda row, write, then=None: None  # type: ignore[method-assign]  # dies after sending
            await platform.write("hello")
            await self.replies(platform, 1)
        async with self.running(platform, tmp_path) as bot:
            await bot.drain()
            await platform.write("next")
            assert await self.replies(platform, 2) == ["echo hello", "echo next"]

    async def test_the_same_event_twice_is_one(self, platform: Platform, tmp_path: Path) -> None:
        if not platform.repeats:
            pytest.skip("this platform never repeats an event")
        async with self.running(platform, tmp_path):
            message = await platform.write("hello")
            await platform.repeat(message)
            await platform.write("next")
            assert await self.replies(platform, 2) == ["echo hello", "echo next"]

    async def test_an_edit_is_a_revision(self, platform: Platform, tmp_path: Path) -> None:
        if not platform.edits:
            pytest.skip("users of this platform can't edit")
        async with self.running(platform, tmp_path) as bot:
            message = await platform.write("hello")
            await self.replies(platform, 1)
            await platform.rewrite(message, "hullo")
            await platform.write("next")
            assert await self.replies(platform, 2) == ["echo hello", "echo next"]
            rows = await bot.services.database.read("SELECT revision FROM inbox ORDER BY id")
            assert [row["revision"] > 0 for row in rows] == [False, True, False]

    async def test_choices_are_pressed_or_typed(self, platform: Platform, tmp_path: Path) -> None:
        async with self.running(platform, tmp_path) as bot:
            await platform.write("/menu")
            [menu] = await self.replies(platform, 1)
            if bot.services.adapters[platform_name(bot)].capabilities.buttons:
                assert "1." not in menu
                await platform.press("停水")
            else:
                assert "1. 停电" in menu and "2. 停水" in menu
                await platform.write("2")
            assert (await self.replies(platform, 2))[-1] == "picked water"
            await platform.write("2")
            await self.replies(platform, 3)

    async def test_a_number_picks_only_what_was_just_offered(self, platform: Platform, tmp_path: Path) -> None:
        async with self.running(platform, tmp_path):
            await platform.write("/menu")
            await platform.write("1")
            assert (await self.replies(platform, 2))[-1] == "picked power"
            await platform.write("1")
            assert (await self.replies(platform, 3))[-1] == "echo 1"

    async def test_a_reply_is_edited_or_said_anew(self, platform: Platform, tmp_path: Path) -> None:
        async with self.running(platform, tmp_path) as bot:
            await platform.write("/progress")
            final = "已收到，已通知值班民警"
            shown = await self.until(lambda shown: final in shown, platform)
            edits = bot.services.adapters[platform_name(bot)].capabilities.edit
            assert shown == ([final] if edits else ["已收到", final])

    async def test_long_texts_arrive_whole(self, platform: Platform, tmp_path: Path) -> None:
        async with self.running(platform, tmp_path) as bot:
            await platform.write("/long")
            shown = await self.until(lambda shown: bool(shown) and LETTERS[599] in shown[-1], platform)
            limit = bot.services.adapters[platform_name(bot)].capabilities.max_text
            assert all(len(text) <= limit for text in shown)
            assert "\n".join(shown).count("这是很长的一段话") == 600

    async def test_strange_texts_do_no_harm(self, platform: Platform, tmp_path: Path) -> None:
        async with self.running(platform, tmp_path):
            for text in ("\u202e倒过来\u2066", "\u0007铃", "é" * 3000, "a" * 100_000):
                await platform.write(text)
            await platform.write("next")
            await self.until(lambda shown: bool(shown) and shown[-1] == "echo next", platform)

    async def test_every_kind_of_event_ends_somewhere(self, platform: Platform, tmp_path: Path) -> None:
        async with self.running(platform, tmp_path) as bot:
            for kind in sorted(platform.kinds - {MessageKind.TEXT}):
                await platform.deliver(kind)
            await platform.write("next")
            await self.until(lambda shown: "echo next" in shown, platform)
            await bot.drain()
            rows = await bot.services.database.read("SELECT disposition FROM inbox")
            assert len(rows) == len(platform.kinds | {MessageKind.TEXT})
            assert all(row["disposition"] for row in rows)

    async def test_an_unknown_send_is_said_once_or_marked(self, platform: Platform, tmp_path: Path) -> None:
        async with self.running(platform, tmp_path) as bot:
            adapter = bot.services.adapters[platform_name(bot)]
            send, lost = adapter.send, 0

            async def answer_lost(out: object) -> str:
                nonlocal lost
                result = await send(out)  # type: ignore[arg-type]  # passed on as it came
                if not lost:
                    lost += 1
                    raise TimeoutError
                return result

            adapter.send = answer_lost  # type: ignore[method-assign]  # the platform's answer gets lost
            await platform.write("hello")
            await self.replies(platform, 1)
            await bot.drain()
            assert await platform.shown() == ["echo hello"]
            rows = await bot.services.database.read("SELECT status FROM outbox")
            wanted = "sent" if adapter.capabilities.idempotent_send else "unknown"
            assert [row["status"] for row in rows] == [wanted]


def platform_name(bot: Bot) -> str:
    """The name of the only adapter."""
    [name] = bot.services.adapters
    return name
