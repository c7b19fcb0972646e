"""Ways: what is taken in groups that nobody has enabled the bot in, and pins, which only some platforms have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from botkit.adapter import Capabilities, Rank, Refused
from botkit.chats import Ways
from botkit.decision import Concern, Verdict
from botkit.letters import letters
from botkit.messages import Button, Chat, ChatKind, Message, MessageKind, say
from botkit.plugin import Plugin
from botkit.storage import UnitOfWork
from botkit.storage.models import Inbox, PlainCount
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.fake import FULL


def kit() -> Plugin:
    """A command with a button, and a hook that sees danger everywhere."""
    plugin = Plugin("kit")

    @plugin.command("hello")
    def hello() -> Any:
        return say("hello", buttons=(Button("press", "kit.press"),), once="hello")

    @plugin.button("press")
    def press() -> str:
        return "pressed"

    @plugin.screen
    def danger(message: Message) -> Verdict | None:
        return Verdict(Concern.EMERGENCY, "rule") if "fire" in message.text else None

    return plugin


async def test_where_nobody_enabled_it_only_commands_of_ours_are_taken() -> None:
    async with BotHarness([kit()]) as bot:
        bot.services.chats.newcomers = Ways(enabled=False)
        for text, to_bot in (("fire", False), ("fire", True), ("/ban fire", True), ("/hello", False), ("hello", True)):
            await bot.says(text, group="g", at_bot=to_bot)
        bot.kept_silent()
        assert await Inbox.all().count() == 0
        assert [count.lines for count in await PlainCount.all()] == [5], "counted, as all plain talk is"
        await bot.says("/hello", group="g", at_bot=True)
        bot.replied("hello")
        await bot.says(kind=MessageKind.SYSTEM, group="g", data={"event": "bot.added"})
        await bot.says(kind=MessageKind.SYSTEM, group="g", data={"event": "member.joined"})
        await bot.says("fire", who="zhao")
        assert await Inbox.all().count() == 3


async def test_a_press_of_our_button_counts_however_the_platform_marks_it() -> None:
    async with BotHarness([kit()]) as bot:
        await bot.says("/hello", group="g", at_bot=True)
        bot.news()
        await bot.presses("press", group="g")
        bot.replied("pressed")


async def test_a_room_that_becomes_a_group_is_a_group_like_a_new_one() -> None:
    async with BotHarness([kit()]) as bot:
        await bot.says("/hello", group="g", at_bot=True)
        chats = bot.services.chats
        found = chats.find(Chat("fake", "g", ChatKind.GROUP))
        assert found is not None and found.ways.enabled
        chats.newcomers = Ways(enabled=False)

        async def become(kind: ChatKind) -> None:
            async def job(unit: UnitOfWork) -> None:
                chats.become(unit, found.id, kind)

            await bot.services.unit(job)

        await become(ChatKind.OFFICERS)
        assert found.ways.enabled
        await become(ChatKind.GROUP)
        assert not found.ways.enabled
        assert chats.ways(Chat("fake", "never seen", ChatKind.GROUP)).enabled


async def pins(bot: BotHarness) -> list[str]:
    """Say something, pin it, and pin what was never said."""
    await bot.says("/hello", group="g", at_bot=True)
    found = bot.services.chats.find(Chat("fake", "g", ChatKind.GROUP))
    assert found is not None

    async def job(unit: UnitOfWork) -> None:
        unit.pin(chat=found.id, once="hello")
        unit.pin(chat=found.id, once="never")

    await bot.services.unit(job)
    await bot.settle()
    assert isinstance(bot.platform, FakeAdapter)
    return bot.platform.pinned


async def test_what_was_said_is_pinned(database_url: str) -> None:
    async with BotHarness([kit()], database_url=database_url) as bot:
        assert await pins(bot) == [bot.sent[0].id]
        assert await letters(bot.services.database) == [], "what was never said is nobody's trouble"


async def test_a_platform_without_pins_is_not_asked() -> None:
    async with BotHarness([kit()], adapter=FakeAdapter(capabilities=replace(FULL, pin=False))) as bot:
        assert await pins(bot) == []


async def test_an_adapter_that_does_not_know_how_refuses() -> None:
    class Plain(FakeAdapter):
        pin = FakeAdapter.__mro__[1].pin  # type: ignore[attr-defined]  # the contract's own

    async with BotHarness([kit()], adapter=Plain(capabilities=replace(FULL, idempotent_send=True))) as bot:
        await pins(bot)
        assert [letter.problem for letter in await letters(bot.services.database)] == [Refused.__name__]


async def test_a_rank_that_cannot_be_told_is_a_members() -> None:
    class Failing(FakeAdapter):
        async def rank(self, chat: Chat, sender: Any) -> Rank:
            raise ConnectionError

    async with BotHarness([kit()], adapter=Failing(capabilities=Capabilities())) as bot:
        assert await bot.services.rank(bot.message("x", group="g")) is Rank.MEMBER
        elsewhere = replace(bot.message("x"), chat=Chat("another", "g", ChatKind.GROUP))
        assert await bot.services.rank(elsewhere) is Rank.MEMBER
