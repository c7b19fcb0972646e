"""群公约: shown to whoever asks, set by the owner or an officer, never with a number that nobody vouches for (G4)."""

from __future__ import annotations

from tests.plugins.groups.station import G, audited, enabled, officer, row, station, types


async def test_the_usual_rules_stand_until_the_owner_sets_others() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/rules", who="li")
        bot.replied("群公约", "110")
        await types(bot, "/rules set 一、不发广告。\n二、晚十点后不刷屏。")
        bot.replied("已更新")
        await types(bot, "/群公约", who="li")
        assert bot.replied() == "群公约\n一、不发广告。\n二、晚十点后不刷屏。"
        await bot.advance(minutes=11)
        await types(bot, "/rules set")
        bot.replied("通用")
        await types(bot, "/rules", who="li")
        bot.replied("友善说话")
        actor = (await row()).enabled_by
        assert await audited() == [("group.enabled", actor), ("group.rules_set", actor), ("group.rules_set", actor)]


async def test_they_are_shown_where_the_bot_is_not_enabled() -> None:
    async with station(language="en") as bot:
        await types(bot, "/rules", who="li")
        bot.replied("Group rules")


async def test_in_private_the_usual_ones_are_shown() -> None:
    async with station() as bot:
        await types(bot, "/rules", group=None, who="li")
        bot.replied("群公约")


async def test_an_officer_may_set_them_an_admin_or_a_member_may_not() -> None:
    async with station() as bot:
        await officer(bot)
        await enabled(bot)
        for who in ("li", "sun"):
            await types(bot, "/rules set 我说了算", who=who)
            bot.replied("抱歉", "群主或民警")
            await bot.advance(minutes=11)
        await types(bot, "/rules set 不发广告。", who="zhang")
        bot.replied("已更新")
        assert (await row()).rules == "不发广告。"


async def test_no_number_that_nobody_vouches_for_and_no_endless_text() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, "/rules set 有事打 13812345678 找我")
        bot.replied("核实不了")
        await types(bot, f"/rules set {'不' * 1001}")
        bot.replied("1000")
        for everybody in ("@所有人 不发广告", "No ads, ＠ALL", "@room be kind"):
            await types(bot, f"/rules set {everybody}")
            bot.news()
        assert (await row()).rules is None
        await types(bot, "/rules set 有危险打 110。")
        bot.replied("已更新")
        await types(bot, "/rules", who="li")
        bot.replied("有危险打 110。")


async def test_long_rules_are_read_in_private() -> None:
    async with station() as bot:
        await enabled(bot)
        await types(bot, f"/rules set {'不发广告，不传谣言。' * 30}")
        bot.news()
        await types(bot, "/rules", who="li")
        assert [sent.out.chat.id for sent in bot.sent[-2:]] == [G, "dm-li"]
