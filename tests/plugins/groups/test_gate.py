"""The officers' switch and muted topics: no words, but nobody's matter is lost, and danger is still answered (C4)."""

from __future__ import annotations

from pathlib import Path

from botkit.plugins.handoff.models import Case
from botkit.storage.models import Inbox
from tests.plugins.groups.station import WATER, G, audited, cases, enabled, officer, row, station, types

SCAM = "刷单兼职，日入800，先垫付后返现，加我 http://example.com/x"


async def test_switched_off_it_keeps_quiet_and_passes_on(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        member = await officer(bot)
        await enabled(bot)
        await types(bot, "/settings off", who="zhang")
        bot.replied("暂停自动答复", "/settings on")
        ask = await bot.says("@desk 停水了怎么办", group=G, at_bot=True)
        other = await bot.says("@desk 身份证丢了怎么补", group=G, at_bot=True, who="zhao")
        hello = await bot.says("@desk 你好", group=G, at_bot=True, who="qian")
        await bot.says("警官，我想问个事", group=G)
        await bot.says(SCAM, group=G, who="liar")
        bot.kept_silent()
        assert await bot.disposition(ask) == await bot.disposition(other) == "escalated"
        assert (await bot.reason(ask))["held"] == "off"
        assert await bot.disposition(hello) == "silent"
        assert sorted(case.topic for case in await Case.all()) == ["id_card", "water_supply"]
        await types(bot, "/settings on", who="zhang")
        bot.replied("恢复")
        await bot.says("@desk 停水了怎么办", group=G, at_bot=True, who="zhou")
        bot.replied(WATER)
        switched = [entry for entry in await audited() if "switched" in entry[0]]
        assert switched == [("group.switched_off", member.actor), ("group.switched_on", member.actor)]


async def test_the_emergency_line_stays() -> None:
    async with station() as bot:
        await officer(bot)
        await enabled(bot)
        await types(bot, "/settings off", who="zhang")
        bot.news()
        await bot.says("3号楼着火了", group=G)
        bot.replied("119")
        await bot.says("@desk 我家煤气漏了", group=G, at_bot=True, who="zhao")
        assert "119" in bot.replied() or "110" in bot.last


async def test_unless_that_is_switched_off_as_well() -> None:
    async with station() as bot:
        await officer(bot)
        await enabled(bot)
        await types(bot, "/settings off", who="zhang")
        await types(bot, "/settings dangers off", who="zhang")
        bot.news()
        talk = await bot.says("3号楼着火了", group=G)
        asked = await bot.says("@desk 3号楼着火了", group=G, at_bot=True, who="zhao")
        bot.kept_silent()
        assert await bot.disposition(talk) is None, "plain talk is not even kept"
        assert await bot.disposition(asked) == "emergency"
        assert await cases() == 1, "who asks for help reaches a human"


async def test_only_an_officer_switches() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings off")
        bot.replied("只有民警")
        await bot.says("@desk 停水了", group=G, at_bot=True)
        bot.replied(WATER)


async def test_the_switch_outlives_a_restart(tmp_path: Path) -> None:
    async with station(folder=tmp_path) as bot:
        await officer(bot)
        await enabled(bot)
        await types(bot, "/settings off", who="zhang")
        clock = bot.clock
    async with station(folder=tmp_path, clock=clock) as bot:
        await bot.says("@desk 停水了", group=G, at_bot=True, id="m1")
        bot.kept_silent()


async def test_a_muted_topic_is_a_humans() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings mute water_supply")
        bot.replied("water_supply")
        ask = await bot.says("@desk 停水了怎么办", group=G, at_bot=True)
        bot.kept_silent()
        assert await bot.disposition(ask) == "escalated"
        assert (await bot.reason(ask))["held"] == "muted"
        assert [case.topic for case in await Case.all()] == ["water_supply"]
        await bot.says("@desk 身份证丢了怎么补", group=G, at_bot=True, who="zhao")
        bot.replied("已转给民警")
        await bot.says("@desk 停水了怎么办", group="another", at_bot=True)
        await types(bot, "/settings unmute water_supply")
        bot.replied("无")
        await bot.says("@desk 停水了怎么办", group=G, at_bot=True, who="zhou")
        bot.replied(WATER)


async def test_a_muted_topic_stays_quiet_when_the_group_has_heard_enough() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings mute water_supply")
        await types(bot, "/settings lines 1")
        await bot.says("@desk 你好", group=G, at_bot=True)
        bot.news()
        await bot.says("@desk 停水了怎么办", group=G, at_bot=True, who="zhao")
        bot.kept_silent()
        assert await cases() == 1


async def test_danger_is_never_muted() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings mute fire")
        bot.news()
        await bot.says("@desk 3号楼着火了", group=G, at_bot=True)
        bot.replied("119")


async def test_the_owner_wants_no_interjections() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings dangers off")
        await types(bot, "/settings scams off")
        bot.news()
        await bot.says("3号楼着火了", group=G)
        await bot.says(SCAM, group=G, who="liar")
        bot.kept_silent()
        assert await Inbox.filter(concern__in=["emergency", "fraud"]).count() == 0
        await bot.says("@desk 3号楼着火了", group=G, at_bot=True)
        bot.replied("119")
        await types(bot, "/settings scams on")
        bot.news()
        await bot.says(SCAM, group=G, who="liar")
        bot.replied()
        assert not (await row()).dangers


async def test_only_what_is_said_to_the_bot_itself() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings mentions on")
        bot.news()
        await bot.says("警官，停水了怎么办", group=G)
        await bot.says("@社区民警 停水了怎么办", group=G, who="zhao")
        bot.kept_silent()
        await bot.says("@desk 停水了怎么办", group=G, at_bot=True)
        bot.replied(WATER)
        await bot.says("3号楼着火了", group=G)
        bot.replied("119")


async def test_a_groups_own_budget_and_quiet_hours() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/settings lines 2")
        await types(bot, "/settings quiet 9:00-12:00")
        await bot.advance(minutes=61)
        bot.news()
        for who, text in (("li", "停水了怎么办"), ("zhao", "你好"), ("zhou", "你好")):
            await bot.says(f"@desk {text}", group=G, at_bot=True, who=who)
        assert [sent.out.chat.id for sent in bot.sent[-3:]] == [G, G, "dm-zhou"]
        assert all(sent.out.silent for sent in bot.sent[-3:]), "eleven o'clock is within its quiet hours"
        await types(bot, "/settings quiet off")
        await types(bot, "/settings lines default")
        await bot.advance(hours=13)
        bot.news()
        await bot.says("@desk 停水了怎么办", group=G, at_bot=True)
        bot.replied(WATER)
        assert not bot.sent[-1].out.silent, "midnight is not, once it has none"
