"""Plain talk leaves no trace: no table, no log, no answer (E1), and neither do bots and channels (E12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import structlog

from tests.plugins.etiquette.station import cases, officer, station

TALK = ("今天热死了，西瓜三块八", "有人知道派出所几点开门吗", "郭警官人真好", "@王阿姨 快递放门口了", "谢谢", "👍")


async def everything_stored(bot: Any) -> str:
    """All rows of all tables, as text."""
    names = await bot.services.database.read("SELECT name FROM sqlite_master WHERE type = 'table'")
    rows = [await bot.services.database.read(f'SELECT * FROM "{each["name"]}"') for each in names]
    return repr(rows)


async def test_plain_talk_is_nowhere_but_in_a_number() -> None:
    with structlog.testing.capture_logs() as logs:
        async with station() as bot:
            await officer(bot)
            for number, text in enumerate(TALK):
                message = await bot.says(text, group="g", who="zhang" if number % 2 else "li")
                assert await bot.disposition(message) is None
            bot.kept_silent()
            stored = await everything_stored(bot)
            rows = await bot.services.database.read("SELECT lines FROM plain_count")
            assert sum(row["lines"] for row in rows) == len(TALK)
    for words in ("西瓜", "几点开门", "人真好", "快递", "谢谢", "👍"):
        assert words not in stored and words not in repr(logs)


async def test_what_is_kept_of_a_group_are_two_moments() -> None:
    async with station() as bot:
        await officer(bot)
        await bot.says("大家注意安全", group="g", who="zhang")
        [row] = await bot.services.database.read("SELECT * FROM chat_activity")
        assert set(row) == {"id", "station_id", "chat_id", "human_spoke_at", "officer_spoke_at"}


@pytest.mark.parametrize("text", ["民警同志，有人吗", "停水了", "着火了"])
async def test_other_bots_are_ignored_even_when_they_mention_us(text: str) -> None:
    async with station() as bot:
        message = bot.message(text, group="g", at_bot=True)
        await bot.deliver(replace(message, sender=replace(message.sender, is_bot=True)))
        bot.kept_silent()
        assert await bot.disposition(message) is None


async def test_what_a_channel_posts_is_ignored_but_may_be_asked_about() -> None:
    async with station() as bot:
        await bot.says("隔壁小区着火了，快看", group="g", data={"forwarded": "channel"})
        bot.kept_silent()
        assert await cases() == 0
        await bot.says("我家着火了", data={"forwarded": "channel"})
        bot.replied("119")


async def test_an_edit_that_becomes_an_emergency_counts() -> None:
    async with station() as bot:
        await bot.says("今天风真大", group="g", id="m1")
        bot.kept_silent()
        await bot.says("今天风真大，对面着火了", group="g", id="m1", revision=1)
        bot.replied("119")


@pytest.mark.parametrize(
    "text",
    [
        "@所有人 今晚八点停水，请各位业主提前储水",
        "@所有人 有事请找 @社区民警 或物业",
        "＠全体成员 民警同志提醒大家：出门锁好门窗",
        "@all The lift is out of order until Friday. Ask @社区民警",
        "@所有人 本周六消防演习，发现着火请打119",
    ],
)
async def test_a_notice_to_everybody_triggers_nothing(text: str) -> None:
    async with station() as bot:
        message = await bot.says(text, group="g", who="manager")
        bot.kept_silent()
        assert await bot.disposition(message) is None


async def test_a_notice_of_danger_now_is_heard_all_the_same() -> None:
    async with station() as bot:
        await bot.says("@所有人 5号楼着火了，大家快跑！", group="g", who="manager")
        bot.replied("119")
