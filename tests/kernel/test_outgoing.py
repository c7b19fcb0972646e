"""Outgoing: words in the reader's language, in parts that fit, without numbers that nobody vouches for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botkit.adapter import Capabilities
from botkit.decision import Decision, Disposition, Escalation, answer
from botkit.i18n import MissingText
from botkit.messages import Button, Lane, Ref, Reply, say, tr
from botkit.outgoing import Withheld, split
from botkit.plugin import Plugin
from botkit.storage import UnitOfWork
from botkit.testing import BotHarness, FakeAdapter


@pytest.fixture
def plugin() -> Plugin:
    plugin = Plugin("test")

    @plugin.numbers
    def numbers() -> frozenset[str]:
        return frozenset({"119", "02162321000"})

    return plugin


@given(st.text("ab \n长", max_size=200), st.integers(1, 40))
def test_parts_fit_and_lose_nothing_but_white_space(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(len(part) <= limit for part in parts) and parts
    assert "".join("".join(parts).split()) == "".join(text.split())
    if len(text) <= limit:
        assert parts == [text]


@given(st.text("a \n长😀🏠", max_size=120), st.integers(2, 40))
def test_parts_fit_where_an_emoji_counts_twice(text: str, limit: int) -> None:
    parts = split(text, limit, utf16=True)
    assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts) and parts
    assert "".join("".join(parts).split()) == "".join(text.split())
    if len(text.encode("utf-16-le")) // 2 <= limit:
        assert parts == [text]


def test_lines_and_words_stay_whole_where_they_can() -> None:
    assert split("first line\nsecond line", 15) == ["first line", "second line"]
    assert split("one two three", 8) == ["one two", "three"]
    assert split("一二三四五六", 4) == ["一二三四", "五六"]


async def rows(bot: BotHarness, reply: Reply, **options: Any) -> list[Any]:
    chat = bot.services.chats.find(bot.message().chat)
    assert chat is not None
    return bot.bot._outgoing.rows(reply, chat.id, **options)


async def test_a_long_text_leaves_in_parts_and_buttons_with_the_last(plugin: Plugin) -> None:
    adapter = FakeAdapter(capabilities=Capabilities(buttons=True, max_buttons=2, max_text=10))
    async with BotHarness([plugin], adapter=adapter) as bot:
        message = await bot.says("hello")
        reply = say("一二三四五六七八九十甲乙丙丁", buttons=(Button("好", "test.ok"),), once="k")
        first, last = await rows(bot, reply, message=message)
        assert (first.payload["text"], last.payload["text"]) == ("一二三四五六七八九十", "甲乙丙丁")
        assert "buttons" not in first.payload and last.payload["buttons"] == [("好", "test.ok|")]
        assert (first.once, last.once) == ("k", "k/1")
        assert first.payload["reply_to"] == message.id and "reply_to" not in last.payload


@pytest.mark.parametrize(
    "reply",
    [
        say("打 021-62321001"), say("打 119 或 12345"), say("好", "６２３２ １００１"),
        say("选", buttons=(Button("拨 62321001", "test.call"),)),
    ],
)  # fmt: skip
async def test_unknown_numbers_are_withheld_unless_an_officer_says_them(plugin: Plugin, reply: Reply) -> None:
    async with BotHarness([plugin]) as bot:
        await bot.says("hello")
        with pytest.raises(Withheld) as caught:
            await rows(bot, reply)
        assert "62321" not in str(caught.value)
        assert await rows(bot, replace(reply, officer=True))


async def test_known_numbers_references_and_moments_pass(plugin: Plugin) -> None:
    async with BotHarness([plugin]) as bot:
        await bot.says("hello")
        when = datetime(2026, 3, 11, tzinfo=UTC)
        texts = [tr("kernel.moment.today", time=time) for time in (when, Ref("2026-031177"), 20261)]
        for line in ("打 119 或 021-6232 1000", "9:00-17:00，长宁路599号", *texts):
            reply = say(line)
            assert await rows(bot, reply)
        with pytest.raises(Withheld):
            await rows(bot, say(tr("kernel.moment.today", time="62321001")))
        with pytest.raises(MissingText):
            await rows(bot, say(tr("kernel.nothing")))


async def test_the_language_is_that_of_the_reply_the_message_or_the_chat(plugin: Plugin) -> None:
    async with BotHarness([plugin]) as bot:
        await bot.says("please help me with this")
        text = say(tr("kernel.trouble"))
        english, chinese = (bot.services.catalogues.text(language, "kernel.trouble") for language in ("en", "zh"))
        assert (await rows(bot, text))[0].payload["text"] == english
        assert (await rows(bot, text, language="zh"))[0].payload["text"] == chinese
        assert (await rows(bot, replace(text, language="zh"), language="en"))[0].payload["text"] == chinese
        await bot.says("请帮帮我", who="wang")
        other = bot.services.chats.find(bot.message(who="wang").chat)
        assert other is not None
        row = (await rows(bot, replace(text, to=other.id), language="en"))[0]
        assert (row.chat_id, row.payload["text"]) == (other.id, chinese)


async def test_a_withheld_text_becomes_a_case_and_never_leaves(plugin: Plugin, database_url: str) -> None:
    @plugin.command("bad")
    async def bad() -> Decision:
        return answer("打 62321001")

    @plugin.applies(Escalation)
    async def case(effect: Escalation, unit: UnitOfWork) -> dict[str, Any]:
        unit.audit("case.opened", reason=effect.reason)
        return {}

    async with BotHarness([plugin], database_url=database_url) as bot:
        message = await bot.says("/bad")
        bot.replied("抱歉")
        assert await bot.disposition(message) == "escalated"
        assert await bot.reason(message) == {"trouble": "Withheld"}
        assert not await bot.services.database.read("SELECT id FROM outbox WHERE payload LIKE '%62321001%'")


async def test_texts_may_use_what_the_effects_brought(plugin: Plugin) -> None:
    @plugin.applies(Escalation)
    async def case(effect: Escalation, unit: UnitOfWork) -> dict[str, Any]:
        unit.say(say("同事请看", lane=Lane.URGENT, quote=False), chat=unit.context.chat_id if unit.context else 0)
        return {"time": Ref("2026-00017")}

    @plugin.command("help")
    async def help_() -> Decision:
        return Decision(Disposition.ESCALATED, (say(tr("kernel.moment.today")),), (Escalation(),))

    async with BotHarness([plugin]) as bot:
        await bot.says("/help")
        assert sorted(bot.news()) == ["今天 2026-00017", "同事请看"]
