"""The card for newcomers, pinned where that can be; what its link opens; and the area of a group (N2, N4)."""

from __future__ import annotations

from dataclasses import replace

from botkit.messages import Chat, ChatKind
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.fake import FULL
from tests.plugins.groups.station import G, audited, cases, enabled, officer, row, station, types


def pinned(bot: BotHarness) -> list[str]:
    """What is pinned in the group."""
    assert isinstance(bot.platform, FakeAdapter)
    return bot.platform.pinned


async def test_the_owner_posts_a_card_and_it_is_pinned(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await enabled(bot)
        assert isinstance(bot.platform, FakeAdapter)
        bot.platform.link = "https://example.com/desk?start="
        await types(bot, "/card")
        card = bot.replied("我能答", "我转给民警", "110", "https://example.com/desk?start=start")
        assert len(card.splitlines()) == 5
        assert pinned(bot) == [bot.sent[-1].id]
        assert bot.sent[-1].out.reply_to is None
        assert (await audited())[-1][0] == "group.card_posted"


async def test_where_nothing_can_be_pinned_it_is_posted() -> None:
    async with station(replace(FULL, pin=False)) as bot:
        await officer(bot)
        await enabled(bot)
        await types(bot, "/card", who="zhang")
        bot.replied("我能答")
        assert pinned(bot) == []


async def test_a_card_that_could_not_be_sent_is_not_pinned() -> None:
    from botkit.adapter import Refused

    async with station() as bot:
        await enabled(bot)
        assert isinstance(bot.platform, FakeAdapter)
        bot.platform.faults = [Refused("too long")]
        await types(bot, "/card")
        bot.kept_silent()
        assert pinned(bot) == []


async def test_members_and_admins_post_none_nor_does_a_group_that_is_not_enabled() -> None:
    async with station() as bot:
        await types(bot, "/card")
        bot.replied("/enable")
        await enabled(bot)
        await types(bot, "/card", who="li")
        bot.replied("抱歉")
        await bot.advance(minutes=11)
        await types(bot, "/card", who="sun")
        bot.replied("抱歉")


async def test_the_link_opens_three_lines_and_buttons() -> None:
    async with station() as bot:
        await bot.says("/start start")
        lines = bot.replied("我能答", "民警", "110").splitlines()
        assert len(lines) == 3
        assert [label for label, _ in bot.sent[-1].out.buttons] == ["你是谁？", "转给民警"]
        await bot.presses("你是谁？")
        bot.replied("不是真人")
        await bot.presses("转给民警")
        bot.replied("已经转过去了")
        assert await cases() == 1
    async with station(language="en") as bot:
        await bot.says("/start start")
        bot.replied("I answer", "an officer", "call 110")


async def test_an_officer_names_the_area() -> None:
    async with station() as bot:
        member = await officer(bot)
        await types(bot, "/area", who="zhang")
        bot.replied("还没有片区")
        await types(bot, "/area  荷花池\n 一村 1500弄", who="zhang")
        bot.replied("荷花池 一村 1500弄")
        group = Chat(bot.platform.name, G, ChatKind.GROUP)
        assert bot.services.chats.ways(group).area == (await row()).area == "荷花池 一村 1500弄"
        await types(bot, "/area", who="zhang")
        bot.replied("荷花池 一村 1500弄")
        await types(bot, f"/area {'长' * 65}", who="zhang")
        bot.replied("太长")
        await types(bot, "/area 无", who="zhang")
        bot.replied("还没有片区")
        assert bot.services.chats.ways(group).area == ""
        assert not bot.services.chats.ways(group).enabled, "an area is no consent"
        assert await audited() == [("group.area_set", member.actor)] * 2


async def test_nobody_else_does() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/area 荷花池")
        bot.replied("只有民警")
