"""What platforms tell of a group itself: nearly all of it without a word, and nothing that was settled is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from botkit.messages import Chat, ChatKind
from botkit.plugins.groups.models import GroupSetting
from botkit.storage.models import Inbox, Timer
from botkit.testing.fake import FULL
from tests.plugins.groups.station import WATER, G, audited, enabled, happens, officer, row, station, types


async def test_added_it_says_who_it_is_and_no_more() -> None:
    async with station() as bot:
        await happens(bot, "bot.added")
        told = bot.replied("值守机器人", "群主", "/enable")
        assert "\n" not in told
        await happens(bot, "bot.added")
        await bot.says("你是谁", group=G, who="li")
        await bot.says("@desk 停水了", group=G, at_bot=True)
        bot.kept_silent()
        await enabled(bot)
        await happens(bot, "bot.added")
        bot.kept_silent()


async def test_it_introduces_itself_in_english_at_an_english_station() -> None:
    async with station(language="en") as bot:
        await happens(bot, "bot.added")
        bot.replied("I'm the bot of Police station", "/enable")


async def test_nobody_who_joins_or_leaves_is_spoken_to(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await enabled(bot)
        known = await Inbox.all().count()
        for event in ("member.joined", "member.left"):
            await happens(bot, event)
        assert await Inbox.all().count() == known, "nothing is kept of who comes and goes"
        message = await happens(bot, "chat.renamed", title="荷花池一村")
        assert await bot.disposition(message) == "system"
        bot.kept_silent()
        assert bot.services.chats.ways(Chat(bot.platform.name, G, ChatKind.GROUP)).enabled
        assert [chat.chat.title for chat in bot.services.chats.groups()] == ["荷花池一村"]


async def test_removed_it_leaves_silently_and_forgets_in_time() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/rules set 不发广告。")
        await types(bot, "/settings language en")
        bot.news()
        await happens(bot, "bot.removed")
        bot.kept_silent()
        assert (await row()).removed_at == bot.clock.now()
        await bot.says("3号楼着火了", group=G)
        bot.kept_silent()
        bot.clock.step(timedelta(days=29))
        await bot.settle()
        assert (await row()).rules == "不发广告。"
        bot.clock.step(timedelta(days=1))
        await bot.settle()
        assert await GroupSetting.all().count() == 0
        assert [chat.language_set for chat in bot.services.chats.groups()] == [None]
        assert (await audited())[-1] == ("group.forgotten", "system")
        bot.kept_silent()


async def test_back_within_the_time_it_asks_again_and_keeps_the_rest() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/rules set 不发广告。")
        await types(bot, "/settings mentions on")
        bot.news()
        await happens(bot, "bot.removed")
        await bot.advance(days=2)
        await happens(bot, "bot.added")
        bot.replied("/enable")
        assert await Timer.filter(plugin="groups").count() == 0
        await bot.says("@desk 停水了", group=G, at_bot=True)
        bot.kept_silent()
        await enabled(bot)
        bot.clock.step(timedelta(days=40))
        await bot.settle()
        assert (await row()).mentions_only
        await types(bot, "/rules")
        bot.replied("不发广告。")


async def test_a_blind_group_is_told_once(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await enabled(bot)
        news = bot.services.live.listen(["desk"])
        first = asyncio.ensure_future(anext(news))
        await happens(bot, "bot.blinded")
        assert await first == ("desk", {"event": "group.blinded"})
        await news.aclose()
        bot.replied("看不到", "110")
        await happens(bot, "bot.blinded")
        bot.kept_silent()
        assert (await row()).blind
        await types(bot, "/settings")
        bot.replied("看不到")
        await happens(bot, "bot.sighted")
        await happens(bot, "bot.sighted")
        bot.kept_silent()
        assert not (await row()).blind
        assert [event for event, _ in await audited()] == ["group.enabled", "group.blinded", "group.sighted"]
        await happens(bot, "bot.blinded")
        bot.replied("看不到")


async def test_a_blind_group_that_is_not_enabled_is_told_when_it_is() -> None:
    async with station(language="en") as bot:
        await happens(bot, "bot.blinded")
        bot.kept_silent()
        await types(bot, "/enable")
        bot.replied("What I read", "hides messages from me")


async def test_where_not_even_a_command_can_be_read_a_group_hears_it_without_one() -> None:
    async with station(language="en") as bot:
        await happens(bot, "bot.added")
        bot.replied("/enable")
        await happens(bot, "bot.blinded", why="encrypted")
        bot.replied("encrypted now", "not even what is said to me", "110")
        await happens(bot, "bot.blinded", why="encrypted")
        bot.kept_silent()
        await happens(bot, "bot.sighted")
        await enabled(bot)
        await happens(bot, "bot.blinded", why="keys")
        bot.replied("can't open", "110")
        await happens(bot, "bot.sighted")
        # Who sent the bot away is not told anything any more.
        await types(bot, "/disable")
        bot.news()
        await happens(bot, "bot.blinded", why="encrypted")
        bot.kept_silent()


async def test_where_the_platform_hides_talk_but_not_here_nobody_is_told_that_it_does(database_url: str) -> None:
    async with station(replace(FULL, sees_plain_group=False), database_url=database_url) as bot:
        await happens(bot, "bot.sighted")
        await types(bot, "/enable")
        assert "看不到" not in bot.replied("已启用")
        await types(bot, "/settings")
        assert "看不到" not in bot.replied()
        await happens(bot, "bot.sighted")
        await happens(bot, "bot.blinded")
        bot.replied("看不到", "110")
        await types(bot, "/settings")
        bot.replied("看不到")
        assert [event for event, _ in await audited()] == ["group.sighted", "group.enabled", "group.blinded"]


async def test_where_the_platform_hides_talk_the_panel_says_so() -> None:
    async with station(replace(FULL, sees_plain_group=False)) as bot:
        await enabled(bot)
        await types(bot, "/settings")
        bot.replied("看不到")


async def test_settings_follow_a_group_to_its_new_id(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await officer(bot)
        await enabled(bot)
        await types(bot, "/settings mentions on")
        await types(bot, "/area 荷花池", who="zhang")
        bot.news()
        await happens(bot, "chat.moved", to="super-g")
        bot.kept_silent()
        await bot.says("@desk 停水了怎么办", group="super-g", at_bot=True)
        bot.replied(WATER)
        await bot.says("警官，停水了怎么办", group="super-g")
        bot.kept_silent()
        assert bot.services.chats.ways(Chat(bot.platform.name, "super-g", ChatKind.GROUP)).area == "荷花池"
        assert ("group.moved", "system") in await audited()


async def test_also_when_the_new_id_was_heard_of_first(tmp_path: Path) -> None:
    async with station(folder=tmp_path) as bot:
        await enabled(bot)
        await types(bot, "/settings mentions on")
        bot.news()
        await happens(bot, "bot.added", group="super-g")
        bot.replied("/enable")
        await happens(bot, "chat.moved", to="super-g")
        await bot.says("@desk 停水了怎么办", group="super-g", at_bot=True)
        bot.replied(WATER)
        assert (await row()).mentions_only
        clock = bot.clock
    async with station(folder=tmp_path, clock=clock) as bot:
        await bot.says("@desk 停水了怎么办", group="super-g", at_bot=True, id="later", who="zhao")
        bot.replied()


async def test_a_group_that_settled_its_own_keeps_it() -> None:
    async with station() as bot:
        await enabled(bot)
        await enabled(bot, "super-g")
        await types(bot, "/settings mentions on")
        await happens(bot, "chat.moved", to="super-g")
        assert not bot.services.chats.ways(Chat(bot.platform.name, "super-g", ChatKind.GROUP)).mentions_only


async def test_events_without_what_they_should_say_are_noted() -> None:
    async with station() as bot:
        for event in ("chat.moved", "chat.renamed", "bot.sighted", "no.such"):
            message = await happens(bot, event)
            assert await bot.disposition(message) == "system"
        bot.kept_silent()
        assert await GroupSetting.all().count() == 0


async def test_in_private_events_are_only_noted() -> None:
    async with station() as bot:
        for event in ("bot.added", "bot.removed", "bot.blinded"):
            await happens(bot, event, group="")
        bot.kept_silent()
        assert await GroupSetting.all().count() == 0
