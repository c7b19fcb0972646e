"""Nothing is read or said in a group before its owner has enabled the bot there, and nothing after /disable (G1)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from botkit.adapter import Rank
from botkit.messages import MessageKind
from botkit.storage.models import Inbox
from botkit.testing.fake import FULL
from tests.plugins.groups.station import WATER, G, audited, enabled, happens, officer, ranks, row, station, types


async def test_before_consent_nothing_is_read_kept_or_said(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        for text in ("3号楼着火了，快来人", "停水了怎么办", "加这个群，日赚八百 http://example.com/x"):
            await bot.says(text, group=G)
            await bot.says(f"@desk {text}", group=G, at_bot=True)
        await bot.says("/privacyx 停水", group=G, at_bot=True)
        bot.kept_silent()
        assert await Inbox.all().count() == 0
        await types(bot, "/case", who="li")
        bot.kept_silent()
        await bot.says("停水了怎么办", who="li")
        bot.replied(WATER)


async def test_the_owner_enables_it_and_hears_what_that_means() -> None:
    async with station() as bot:
        await types(bot, "/enable")
        told = bot.replied("我看什么", "不保存", "我存什么", "转给民警", "什么时候说话", "/settings", "/disable")
        assert 3 <= len(told.splitlines()) <= 4
        assert bot.sent[-1].out.chat.id == G, "in front of everybody, however long it is"
        await bot.says("@desk 停水了怎么办", group=G, at_bot=True)
        bot.replied(WATER)
        await bot.says("3号楼着火了", group=G)
        bot.replied("119")
        await types(bot, "/enable")
        bot.replied("已经启用")
        kept = await row()
        assert kept.enabled and kept.enabled_at == bot.clock.now()
        assert kept.enabled_by is not None and kept.enabled_by.startswith("identity:")
        assert await audited() == [("group.enabled", kept.enabled_by)]


async def test_it_says_so_in_english_too() -> None:
    async with station(language="en") as bot:
        await types(bot, "/enable")
        bot.replied("What I read", "What I keep", "When I speak")
        assert bot.sent[-1].out.chat.id == G
        await types(bot, "/disable", who="li")
        bot.replied("only the group's owner, its admins or an officer")


@pytest.mark.parametrize("who", ["sun", "zhang"])
async def test_an_admin_or_an_officer_may_too(who: str) -> None:
    async with station() as bot:
        await officer(bot)
        await types(bot, "/enable", who=who)
        bot.replied("已启用")


async def test_nobody_else_may() -> None:
    async with station() as bot:
        await officer(bot, "boss", ["admin"])
        for who in ("li", "boss"):
            await types(bot, "/enable", who=who)
            bot.replied("抱歉", "群主、管理员或民警")
            await bot.advance(minutes=11)
        await bot.says("@desk 停水了", group=G, at_bot=True)
        bot.kept_silent()
        ranks(bot)[G, "wu"] = Rank.MEMBER
        await types(bot, "/enable")
        bot.replied("抱歉")
        assert await audited() == []


async def test_a_suspended_officer_is_nobody() -> None:
    async with station() as bot:
        member = await officer(bot)
        await bot.services.staff.suspend(member.login)
        await types(bot, "/enable", who="zhang")
        bot.replied("抱歉")


async def test_disabled_it_is_silent_again_and_can_come_back() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/disable", who="li")
        bot.replied("抱歉")
        await types(bot, "/disable")
        bot.replied("/enable")
        await bot.says("3号楼着火了", group=G)
        await bot.says("@desk 停水了", group=G, at_bot=True)
        bot.kept_silent()
        await types(bot, "/disable")
        bot.replied("没有启用")
        await enabled(bot)
        assert [event for event, _ in await audited()] == ["group.enabled", "group.disabled", "group.enabled"]


async def test_one_group_says_nothing_for_another() -> None:
    async with station() as bot:
        await enabled(bot)
        await bot.says("@desk 停水了", group="another", at_bot=True)
        bot.kept_silent()


async def test_a_restart_keeps_what_was_enabled(tmp_path: Path) -> None:
    async with station(folder=tmp_path) as bot:
        await enabled(bot)
        await types(bot, "/settings mentions on")
        await types(bot, "/settings language en")
        await bot.says("hello", group="another", at_bot=True)
        clock = bot.clock
    async with station(folder=tmp_path, clock=clock) as bot:
        await bot.says("@desk 停水了怎么办", group=G, at_bot=True, id="m1")
        bot.replied(WATER)
        await bot.says("警官，停水了怎么办", group=G, id="m2")
        await bot.says("@desk 停水了", group="another", at_bot=True, id="m3")
        bot.kept_silent()
        await bot.says("/settings", group=G, at_bot=True, who="wu", id="m4")
        bot.replied("Only mentions: on", "Language: English")


async def test_in_private_there_is_no_group_to_enable() -> None:
    async with station() as bot:
        for command in ("/enable", "/disable", "/settings", "/card", "/area 荷花池"):
            await types(bot, command, group=None, who=command)
            bot.replied("要在群里发")


async def test_a_station_may_have_every_group_enabled() -> None:
    async with station(tables={"groups": {"consent": False}}) as bot:
        await happens(bot, "bot.added")
        bot.replied("值守机器人", "/disable")
        await bot.says("@desk 停水了", group=G, at_bot=True)
        bot.replied(WATER)
        await types(bot, "/disable")
        bot.replied("/enable")
        await bot.says("@desk 停电了", group=G, at_bot=True)
        bot.kept_silent()


async def test_where_the_platform_hides_plain_talk_the_owner_hears_of_it() -> None:
    async with station(replace(FULL, sees_plain_group=False)) as bot:
        await types(bot, "/enable")
        bot.replied("已启用", "看不到", "110")


async def test_a_photo_or_a_sticker_is_no_consent() -> None:
    async with station() as bot:
        for kind in (MessageKind.PHOTO, MessageKind.STICKER, MessageKind.REACTION):
            await bot.says(kind=kind, group=G, at_bot=True, who="wu")
        bot.kept_silent()
        assert await Inbox.all().count() == 0
