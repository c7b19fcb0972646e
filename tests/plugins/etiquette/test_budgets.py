"""Enough is enough: repeated questions, floods of one person, and what a group can bear in an hour (E9, E10, E11)."""

from __future__ import annotations

from dataclasses import replace

from botkit.plugins.etiquette import recent
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.fake import FULL
from tests.plugins.etiquette.station import OPEN_GROUP, SHORT, cases, station

LINKED = replace(FULL, can_start_dm=False)
ASKS = ("停水了", "停电了", "换锁", "你好", "你是真人吗")


async def test_the_same_question_is_pointed_to_its_answer(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await bot.says("@desk 停水了怎么办", group="g", at_bot=True)
        bot.replied(SHORT["停水"])
        first = bot.sent[-1].id
        await bot.advance(minutes=2)
        again = await bot.says("@desk 我家也停水，找谁？", group="g", at_bot=True, who="wang")
        bot.replied("见上面 10:00 的回答")
        assert bot.sent[-1].out.reply_to == first
        assert (await bot.reason(again))["rule"] == "repeat"
        await bot.says("@desk 停水了", group="another", at_bot=True)
        bot.replied(SHORT["停水"])
        await bot.advance(minutes=7)
        await bot.says("@desk 停水了", group="g", at_bot=True, who="zhao")
        bot.replied("见上面 10:00 的回答")
        await bot.advance(minutes=2)
        await bot.says("@desk 停水了", group="g", at_bot=True, who="zhao")
        bot.replied(SHORT["停水"])


async def test_an_answer_that_went_to_one_person_is_no_answer_for_the_next() -> None:
    async with station() as bot:
        await bot.says("@desk 列出锁匠", group="g", at_bot=True)
        await bot.says("@desk 列出锁匠", group="g", at_bot=True, who="wang")
        assert [sent.out.chat.id for sent in bot.sent] == ["g", "dm-li", "g", "dm-wang"]


async def test_one_person_asks_too_much(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        for text in ASKS:
            await bot.says(f"@desk {text}", group="g", at_bot=True)
            bot.replied()
        sixth = await bot.says("@desk 停水了", group="g", at_bot=True)
        bot.replied("10 分钟后")
        assert await bot.disposition(sixth) == "throttled"
        seventh = await bot.says("@desk 停电了", group="g", at_bot=True)
        bot.kept_silent()
        assert await bot.disposition(seventh) == "throttled"
        await bot.says("@desk 停电了", group="g", at_bot=True, who="wang")
        bot.replied("见上面")
        await bot.says("停水了")
        bot.replied(SHORT["停水"])
        await bot.says("@desk 我家着火了", group="g", at_bot=True)
        bot.replied("119")
        await bot.says("@desk 刚才被骗子骗走两万块", group="g", at_bot=True)
        bot.replied()
        await bot.advance(minutes=11)
        await bot.says("@desk 停水了", group="g", at_bot=True)
        bot.replied(SHORT["停水"])


async def test_a_matter_for_a_human_is_not_lost_in_a_flood() -> None:
    async with station() as bot:
        for text in ASKS:
            await bot.says(f"@desk {text}", group="g", at_bot=True)
        bot.news()
        ask = await bot.says("@desk 身份证丢了怎么补", group="g", at_bot=True)
        bot.replied("10 分钟后")
        assert await bot.disposition(ask) == "throttled"
        assert await cases() == 1


async def test_a_restart_forgets_no_flood(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        for text in ASKS:
            await bot.says(f"@desk {text}", group="g", at_bot=True)
        clock = bot.clock
    async with station(database_url=database_url, clock=clock) as bot:
        await bot.says("@desk 停水了", group="g", at_bot=True, id="new")
        bot.replied("10 分钟后")


async def many(bot: BotHarness, number: int) -> None:
    """So many people ask something in the group, each once."""
    for each in range(number):
        await bot.says(f"@desk {ASKS[each % 3]}", group="g", at_bot=True, who=f"person-{each}")


async def test_a_group_hears_ten_lines_an_hour(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await many(bot, 10)
        assert len(bot.news()) == 10
        ask = await bot.says("@desk 停水了", group="g", at_bot=True)
        assert bot.replied() == SHORT["停水"]
        assert bot.sent[-1].out.chat.id == "dm-li", "the rest is said in private"
        assert await bot.disposition(ask) == "answered"
        case = await bot.says("@desk 身份证丢了", group="g", at_bot=True, who="zhao")
        bot.replied("已转给民警")
        assert bot.sent[-1].out.chat.id == "dm-zhao"
        assert await bot.disposition(case) == "escalated"
        await bot.says("3号楼着火了", group="g")
        bot.replied("119")
        await bot.says("@desk 停水了", group="another", at_bot=True)
        bot.replied(SHORT["停水"])
        await bot.advance(minutes=61)
        await bot.says("@desk 停水了", group="g", at_bot=True)
        bot.replied(SHORT["停水"])
        assert bot.sent[-1].out.chat.id == "g"


async def test_the_last_line_tells_where_to_go_on() -> None:
    async with station(LINKED) as bot:
        assert isinstance(bot.platform, FakeAdapter)
        bot.platform.link = "https://chat.example/desk?start="
        await many(bot, 10)
        assert "https://chat.example/desk?start=hello" in bot.news()[-1]
        ask = await bot.says("@desk 停水了", group="g", at_bot=True)
        case = await bot.says("@desk 身份证丢了", group="g", at_bot=True, who="zhao")
        bot.kept_silent()
        assert await bot.disposition(ask) == "throttled"
        assert await bot.disposition(case) == "escalated" and await cases() == 1
        await bot.says("/start hello")
        bot.replied("您好")
    async with station(OPEN_GROUP) as bot:
        await many(bot, 11)
        news = bot.news()
        assert len(news) == 10 and "请私聊我" in news[-1]


async def test_the_ledger_is_read_through_an_index() -> None:
    async with station() as bot:
        plan = await bot.services.database.read(f"EXPLAIN QUERY PLAN {recent._LINES}", 1, 10)
        told = " ".join(row["detail"] for row in plan)
        assert "outbox USING INDEX" in told and "TEMP B-TREE" not in told and "SCAN" not in told


async def test_the_limits_are_settings() -> None:
    tables = {"etiquette": {"flood_asks": 1, "flood_minutes": 1, "repeat_minutes": 0}}
    async with station(tables=tables) as bot:
        await bot.says("@desk 停水了", group="g", at_bot=True)
        await bot.says("@desk 停水了", group="g", at_bot=True, who="wang")
        assert bot.news() == [SHORT["停水"]] * 2
        await bot.says("@desk 停电了", group="g", at_bot=True)
        bot.replied("1 分钟后")
