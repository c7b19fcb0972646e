"""Long and private answers: one line in the group, the rest in private, by whatever way the platform has (E8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from botkit.plugins.etiquette.details import shortened
from botkit.testing import FakeAdapter
from botkit.testing.fake import FULL
from tests.plugins.etiquette.station import OPEN_GROUP, SHORT, station

LINKED = replace(FULL, can_start_dm=False)


async def test_a_long_answer_is_sent_in_private() -> None:
    async with station() as bot:
        ask = await bot.says("@desk 列出锁匠", group="g", at_bot=True)
        line, rest = bot.sent
        assert line.out.chat.id == "g" and "私信" in line.text and len(line.text) < 60
        assert line.out.reply_to == ask.id and not line.out.buttons
        assert rest.out.chat.id == "dm-li" and "第8家" in rest.text
        assert [label for label, _ in rest.out.buttons] == ["不对"]
        assert await bot.disposition(ask) == "answered"
        assert (await bot.reason(ask))["told"] == "dm"
        bot.news()
        await bot.presses("不对")
        bot.replied("换一个")


async def test_a_short_answer_stays_in_the_group() -> None:
    async with station() as bot:
        await bot.says("@desk 停水了", group="g", at_bot=True)
        assert bot.replied() == SHORT["停水"]


async def test_several_entries_are_too_much() -> None:
    async with station() as bot:
        await bot.says("@desk 停水了怎么办？另外门要换锁找谁？", group="g", at_bot=True)
        line, rest = bot.sent
        assert line.out.chat.id == "g" and "私信" in line.text
        assert SHORT["停水"] in rest.text and SHORT["换锁"] in rest.text


async def test_a_private_matter_is_not_spelled_out() -> None:
    async with station() as bot:
        await bot.says("@desk 心理热线", group="g", at_bot=True)
        line, rest = bot.sent
        assert "聊聊" not in line.text and rest.out.chat.id == "dm-li"
    async with station(OPEN_GROUP) as bot:
        await bot.says("@desk 心理热线", group="g", at_bot=True)
        assert "聊聊" not in bot.replied("请私聊我")


async def test_a_link_opens_the_answer_for_who_asked(database_url: str) -> None:
    async with station(LINKED, database_url=database_url) as bot:
        assert isinstance(bot.platform, FakeAdapter)
        bot.platform.link = "https://chat.example/desk?start="
        await bot.says("@desk 列出锁匠", group="g", at_bot=True)
        line = bot.replied("https://chat.example/desk?start=")
        token = line.rpartition("=")[2]
        assert len(line) < 120 and "第8家" not in line
        await bot.says(f"/start {token}", who="wang")
        bot.replied("不是给您的")
        await bot.says(f"/start {token}")
        bot.replied("第1家", "第8家")
        await bot.presses("不对")
        bot.replied("换一个")
        await bot.advance(hours=25)
        await bot.says(f"/start {token}")
        bot.replied("过期")
        # What is over goes when the next comes.
        await bot.says("@desk 列出锁匠", group="g", at_bot=True)
        assert len(await bot.services.database.read("SELECT id FROM etiquette_detail")) == 1


async def test_starting_without_a_link_is_a_greeting() -> None:
    async with station() as bot:
        message = await bot.says("/start")
        bot.replied("您好")
        assert await bot.disposition(message) == "smalltalk"
        await bot.says("/start nothing")
        bot.replied("过期")
        await bot.says("/start", group="g", at_bot=True)
        bot.kept_silent()


async def test_where_there_is_no_private_chat_the_answer_is_shortened() -> None:
    async with station(OPEN_GROUP) as bot:
        await bot.says("@desk 列出锁匠", group="g", at_bot=True)
        text = bot.replied("第1家", "私聊我可以看全部")
        assert "第8家" not in text and len(text) < 240
        assert all(len(line) > 30 for line in text.splitlines()[:-1]), "lines stay whole"


async def test_a_platform_that_fails_to_open_a_private_chat_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async with station() as bot:

        async def broken(sender: object) -> None:
            raise OSError("gone")

        monkeypatch.setattr(bot.platform, "private_chat", broken)
        await bot.says("@desk 列出锁匠", group="g", at_bot=True)
        bot.replied("私聊我可以看全部")


def test_a_beginning_ends_where_a_sentence_does() -> None:
    assert shortened("第一句。第二句有电话 021 5555 6666 可以打", 20) == "第一句。"
    assert shortened("没有句号的话里有电话 021 5555 6666", 16).endswith("电话…")
    assert shortened("一行\n两行\n三行很长很长很长", 8) == "一行\n两行"


async def test_in_private_everything_is_said_at_once() -> None:
    async with station() as bot:
        await bot.says("列出锁匠")
        bot.replied("第8家")
