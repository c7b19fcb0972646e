"""Manner: where and how a decision's lines are said, receipts' lines included; signs, quotes and optional edits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from botkit.decision import Decision, Disposition, Escalation, Manner
from botkit.messages import Chat, Reply, Sender, say, tr
from botkit.plugin import Plugin
from botkit.storage import UnitOfWork
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.fake import FULL


def plugin(decision: Decision) -> Plugin:
    """Decides everything in this way; an escalation's receipt has a line."""
    plugin = Plugin("test")

    @plugin.command("x")
    def decide() -> Decision:
        return decision

    @plugin.applies(Escalation)
    async def apply(effect: Escalation, unit: UnitOfWork) -> dict[str, Any]:
        return {"lines": (tr("kernel.trouble"),), "expect": "noon"}

    return plugin


async def said(decision: Decision, **options: Any) -> list[tuple[str, str, bool]]:
    async with BotHarness([plugin(decision)], **options) as bot:
        await bot.says("hi", who="wang")
        await bot.says("/x", group="g")
        await bot.says("/x", group="g", at_bot=True)
        return [(sent.out.chat.id, sent.text.partition("\n")[0], sent.out.silent) for sent in bot.sent]


ESCALATED = Decision(Disposition.ESCALATED, (say("line"),), (Escalation(),))


async def test_without_a_sound() -> None:
    assert await said(replace(ESCALATED, manner=Manner(silent=True))) == [("g", "line", True)]
    bare = Decision(Disposition.ESCALATED, (), (Escalation(),), manner=Manner(silent=True))
    [(chat, text, silent)] = await said(bare)
    assert chat == "g" and text and silent, "receipts' lines too"


async def test_without_what_receipts_add() -> None:
    bare = Decision(Disposition.ESCALATED, (), (Escalation(),), manner=Manner(receipts=False))
    assert await said(bare) == []


async def test_a_line_after_a_receipt_that_tells_when() -> None:
    async with BotHarness(
        [plugin(replace(ESCALATED, manner=Manner(expects=tr("kernel.moment.today", time="9"))))]
    ) as bot:
        await bot.says("/x", group="g", at_bot=True)
        assert len(bot.replied("line", "9").splitlines()) == 3


async def test_in_another_chat() -> None:
    async with BotHarness() as bot:
        dm = await bot.services.private_chat(bot.message(group="g"))
        assert dm is not None
        row = bot.services.chats.by_id(dm)
        assert row.chat.id == "dm-li"
        assert await bot.services.private_chat(bot.message(group="g")) == dm
    other = Plugin("other")

    @other.middleware
    async def aside(context: Any, call_next: Any) -> Decision | None:
        decision = await call_next(context)
        chat = await context.services.private_chat(context.message)
        return replace(decision, manner=Manner(to=chat)) if decision else None

    async with BotHarness([other, plugin(ESCALATED)]) as bot:
        await bot.says("/x", group="g", at_bot=True)
        assert bot.sent[-1].out.chat.id == "dm-li" and "line\n" in bot.replied()
        assert bot.sent[-1].out.reply_to is None


async def test_no_private_chat_where_the_platform_lets_nobody_be_written_to() -> None:
    async with BotHarness(adapter=FakeAdapter(capabilities=replace(FULL, can_start_dm=False))) as bot:
        assert await bot.services.private_chat(bot.message(group="g")) is None
        assert await bot.services.write_first("fake", Sender("li")) is None
        assert await bot.services.write_first("nowhere", Sender("li")) is None


async def test_who_can_wait_hears_why_there_is_no_private_chat_now(monkeypatch: pytest.MonkeyPatch) -> None:
    async with BotHarness() as bot:
        answers: list[Chat | Exception] = [ConnectionError(), Chat("fake", "dm-li")]

        async def private_chat(sender: Sender) -> Chat | None:
            if isinstance(answer := answers.pop(0), Exception):
                raise answer
            return answer

        monkeypatch.setattr(bot.platform, "private_chat", private_chat)
        with pytest.raises(ConnectionError):
            await bot.services.write_first("fake", Sender("li"))
        chat = await bot.services.write_first("fake", Sender("li"))
        assert chat is not None and bot.services.chats.by_id(chat).chat.id == "dm-li"


async def test_a_sign_is_set_where_there_are_signs() -> None:
    decision = Decision(Disposition.SMALLTALK, (Reply((), reaction="👍"),))
    for can, expected in ((FULL, [("m", "👍")]), (replace(FULL, reactions=False), [])):
        platform = FakeAdapter(capabilities=can)
        async with BotHarness([plugin(decision)], adapter=platform) as bot:
            await bot.says("/x", id="m")
            assert bot.sent == [] and platform.reactions == expected


async def test_another_message_can_be_quoted() -> None:
    async with BotHarness([plugin(Decision(Disposition.ANSWERED, (say("see", reply_to="out-7"),)))]) as bot:
        await bot.says("/x")
        assert bot.sent[-1].out.reply_to == "out-7"


async def test_an_optional_edit_is_an_edit_or_nothing() -> None:
    first = say("first", once="one")
    for can, edits, expected in (
        (FULL, "one", ["second"]),
        (replace(FULL, edit=False), "one", ["first"]),
        (FULL, "never said", ["first"]),
    ):
        second = say("second", edits=edits, optional=True)
        decision = Decision(Disposition.ANSWERED, (first, second))
        async with BotHarness([plugin(decision)], adapter=FakeAdapter(capabilities=can)) as bot:
            await bot.says("/x")
            assert bot.news() == expected
            assert await bot.services.database.read("SELECT id FROM outbox WHERE done_at IS NULL") == []
