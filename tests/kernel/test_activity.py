"""Activity: two moments a group, who answered an ask, and next to no rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from botkit.decision import Concern, Verdict
from botkit.errors import StorageError
from botkit.messages import Message, MessageKind, Sender
from botkit.plugin import Plugin
from botkit.testing import BotHarness


async def rows(bot: BotHarness) -> list[dict[str, Any]]:
    return await bot.services.database.read("SELECT * FROM chat_activity")


async def enrol(bot: BotHarness, who: str) -> None:
    member, _ = await bot.services.staff.create(f"login-{who}", who, ["officer"])
    await bot.services.officers.enrol(member, "fake", Sender(who, who))


async def test_a_group_of_neighbours_costs_no_row() -> None:
    async with BotHarness() as bot:
        for number in range(20):
            await bot.says(f"chatter {number}", group="g", who=f"w{number}")
        assert await rows(bot) == []
        chat = bot.services.chats.find(bot.message(group="g").chat)
        assert chat is not None and chat.human_at == bot.clock.now() and chat.officer_at is None


async def test_an_officers_lines_are_a_row_a_minute(database_url: str) -> None:
    async with BotHarness(database_url=database_url) as bot:
        await enrol(bot, "zhang")
        written = []
        for _ in range(7):
            await bot.says("on it", group="g", who="zhang")
            written.append((await rows(bot))[0]["officer_spoke_at"])
            await bot.advance(seconds=20)
        assert len(await rows(bot)) == 1 and len(set(written)) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"revision": 1},
        {"kind": MessageKind.SYSTEM},
        {"kind": MessageKind.REACTION},
        {"sender": Sender("b", is_bot=True)},
    ],
)
async def test_what_is_no_speech_is_not_noted(changes: dict[str, Any]) -> None:
    async with BotHarness() as bot:
        await bot.deliver(replace(bot.message("x", group="g"), **changes))
        chat = bot.services.chats.find(bot.message(group="g").chat)
        assert chat is not None and chat.human_at is None


async def test_asks_are_watched_within_bounds() -> None:
    async with BotHarness() as bot:
        activity = bot.services.activity
        for number in range(50):
            await bot.says("x", group="g", at_bot=True, id=f"ask-{number}")
        chat = bot.services.chats.find(bot.message(group="g").chat)
        assert chat is not None and len(chat.asks) == 32
        await bot.says("y", group="g", who="wang", reply_to="ask-49")
        assert activity.answered(chat, "ask-49") == "reply"
        assert activity.answered(chat, "ask-48") == ""
        assert activity.answered(chat, "ask-1") == "", "no longer watched"
        await bot.advance(hours=2)
        await bot.says("plain", group="g", who="wang")
        assert not chat.asks


async def test_an_officers_reply_outweighs_a_neighbours() -> None:
    async with BotHarness() as bot:
        await enrol(bot, "zhang")
        await bot.says("x", group="g", at_bot=True, id="ask")
        chat = bot.services.chats.find(bot.message(group="g").chat)
        assert chat is not None
        await bot.says("y", group="g", who="zhang", reply_to="ask")
        await bot.says("z", group="g", who="wang", reply_to="ask")
        assert bot.services.activity.answered(chat, "ask") == "officer"


async def test_officers_are_known_after_a_restart(database_url: str) -> None:
    async with BotHarness(database_url=database_url) as bot:
        await bot.says("I was here before", who="zhang")
        await enrol(bot, "zhang")
        member, _ = await bot.services.staff.create("maintainer", "m", ["maintainer"])
        await bot.services.officers.enrol(member, "fake", Sender("li", "Li"))
        assert bot.services.officers.known("fake", "zhang")
        assert not bot.services.officers.known("fake", "li"), "who keeps the directory is no officer"
        assert not bot.services.officers.known("other", "zhang")
        clock = bot.clock
    async with BotHarness(database_url=database_url, clock=clock) as bot:
        assert bot.services.officers.accounts == {("fake", "zhang")}
        await bot.services.database.writer.rows([])
        await bot.services.officers.load()


async def test_an_account_that_could_not_be_stored_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    async with BotHarness() as bot:
        member, _ = await bot.services.staff.create("zhang", "z", ["officer"])

        async def broken(writes: object) -> set[int]:
            raise StorageError("no", "wait")

        with monkeypatch.context() as patch:
            patch.setattr(bot.services.database.writer, "rows", broken)
            with pytest.raises(StorageError):
                await bot.services.officers.enrol(member, "fake", Sender("zhang", "Z"))
            with pytest.raises(StorageError):
                await bot.services.private_chat(bot.message(group="g"))
        await bot.services.officers.enrol(member, "fake", Sender("zhang", "Z"))
        await bot.says("hello", who="zhang")
        found = await bot.services.database.read("SELECT id FROM identity WHERE platform_id = 'zhang'")
        assert len(found) == 1


async def test_a_hook_may_ask_for_the_services_and_name_its_reason() -> None:
    plugin = Plugin("test")
    seen: list[object] = []

    @plugin.screen
    def hear(message: Message, services: object) -> Verdict | None:
        seen.append(services)
        return Verdict(Concern.ADDRESSED, "named") if message.addressed else None

    async with BotHarness([plugin]) as bot:
        message = await bot.says("x", group="g", at_bot=True)
        assert seen == [bot.services]
        [row] = await bot.services.database.read("SELECT verdict FROM inbox WHERE platform_id = ?", message.id)
        assert "named" in row["verdict"]
