"""Duties as they happen, as the officers read them: a shift's beginning, who is there, and a night without a sound."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from botkit.messages import MessageKind
from botkit.plugins.handoff.models import Case, CaseClock
from botkit.plugins.handoff.staffing import ShiftStart
from botkit.storage.models import AuditEntry
from botkit.testing import FakeClock
from tests.plugins.handoff.rota import ROOM, ROSTER, Rota, at, rota
from tests.plugins.handoff.station import desk, later, only_case

FIRE = "着火了！3号楼有人被困"


async def begun() -> list[str]:
    """Whose shifts began, in order."""
    entries = await AuditEntry.filter(event="shift.began").order_by("id")
    return [json.loads(entry.facts)["who"] for entry in entries]


async def test_a_shift_begins_with_its_digest_and_the_tap(tmp_path: Path) -> None:
    async with rota(tmp_path) as station:
        await station.enrol()
        bot = station.bot
        await bot.says("楼道灯坏了三天了", who="anna")
        station.heard()
        await bot.advance(until=at(11, 8, 30))
        said = dict(station.heard())
        assert set(said) == {"zhang", "li"}
        assert said["zhang"].startswith("社区民警上岗：待接 1 件，在办 0 件") and "#0311-01" in said["zhang"]
        await station.taps("zhang")
        assert station.told("zhang") == ["收到，辛苦了。"]
        await station.taps("li")
        station.heard()
        await bot.advance(minutes=30)
        assert station.heard() == []
        assert {row.who: row.state for row in await ShiftStart.all()} == {"zhang": "there", "li": "there"}


async def test_whoever_does_not_tap_is_not_asked_until_they_do(tmp_path: Path) -> None:
    async with rota(tmp_path) as station:
        await station.enrol()
        bot = station.bot
        await bot.advance(until=at(11, 8, 30))
        await station.taps("li")
        station.heard()
        await bot.advance(minutes=9)
        assert station.heard() == []
        await bot.advance(minutes=1)
        heard = station.heard()
        assert {chat for chat, _ in heard} == {ROOM, "li"}
        assert all(text == "Zhang 上岗 10 分钟未报到，改由备班接件。" for _, text in heard)
        await bot.advance(minutes=1)
        await bot.says(FIRE, who="anna")
        heard = station.heard()
        assert "li" in {chat for chat, _ in heard} and "zhang" not in {chat for chat, _ in heard}
        # Late, but there: asked again from the next case on, and colleagues know.
        await station.taps("zhang")
        heard = station.heard()
        assert ("zhang", "收到，辛苦了。") in heard
        assert {chat for chat, text in heard if text == "Zhang已到岗，重新由其接件。"} == {ROOM, "li"}
        await bot.says("有人持刀伤人！在5号楼", who="boris")
        assert "zhang" in {chat for chat, _ in station.heard()}


async def test_a_tap_that_is_somebody_elses_or_of_yesterday_changes_nothing(tmp_path: Path) -> None:
    async with rota(tmp_path) as station:
        await station.enrol()
        bot = station.bot
        await bot.advance(until=at(11, 8, 30))
        value = station.button("zhang")
        data = {"value": value}
        station.heard()
        # Neither in another's chat, nor pressed by somebody else in a room where such a button stands.
        await bot.says(kind=MessageKind.BUTTON, data=data, who="wang")
        assert "不是您的" in station.told("wang")[0]
        await bot.says(kind=MessageKind.BUTTON, data=data, who="wang", group=ROOM)
        assert station.told(ROOM) == ["这个班不是您的，或者已经结束。"]
        await bot.says(kind=MessageKind.BUTTON, data=data, who="anna", group=ROOM)
        assert "没有绑定" in station.told(ROOM)[0]
        await bot.advance(until=at(12, 8, 31))
        station.heard()
        await bot.says(kind=MessageKind.BUTTON, data=data, who="zhang")
        assert station.told("zhang") == ["这个班不是您的，或者已经结束。"]
        await bot.advance(minutes=9)
        assert any("Zhang 上岗 10 分钟未报到" in text for _, text in station.heard())


@pytest.mark.parametrize("minute", [0, 29, 30, 31, 39, 40, 41])
async def test_a_restart_at_any_minute_doubles_and_loses_nothing(tmp_path: Path, minute: int) -> None:
    clock = FakeClock(at(11, 7, 50))
    async with rota(tmp_path, clock) as station:
        await station.enrol()
        await station.bot.advance(until=at(11, 8, minute))
        before = station.heard()
    async with rota(tmp_path, clock) as station:
        await station.bot.advance(until=at(11, 8, 45))
        heard = before + station.heard()
        assert [chat for chat, text in heard if "上岗：" in text].count("zhang") == 1
        assert sorted(chat for chat, text in heard if "Zhang 上岗 10 分钟" in text) == [ROOM, "li"]
        await station.bot.says(FIRE, who="anna")
        assert "zhang" not in {chat for chat, _ in station.heard()}
    async with rota(tmp_path, clock) as station:
        # What is known of those who are missing outlives another restart.
        assert all(desk(station.bot).missing(duty) for duty in desk(station.bot).roster.at(clock.now())[:1])


async def test_a_shift_that_began_while_the_bot_was_away_begins_when_it_is_back(tmp_path: Path) -> None:
    clock = FakeClock(at(11, 8))
    async with rota(tmp_path, clock) as station:
        await station.enrol()
    clock.step(timedelta(hours=1))
    async with rota(tmp_path, clock) as station:
        await station.bot.settle()
        assert [chat for chat, text in station.heard() if "上岗：" in text] == ["zhang", "li"]
        await station.bot.advance(minutes=5)
        await station.taps("zhang")
        await station.bot.advance(minutes=10)
        assert not any("Zhang 上岗" in text for _, text in station.heard())


async def test_the_night_makes_no_sound_but_for_danger(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 17))) as station:
        await station.enrol()
        bot = station.bot
        await bot.advance(until=at(11, 22))
        station.heard()
        for hour in range(9):
            await bot.says(f"楼道灯坏了，{hour}楼", who=f"r{hour}")
            await bot.advance(hours=1)
        await bot.says("/leave 3-13", who="li")
        await bot.advance(until=at(12, 8, 29))
        # What was asked for in chat is answered aloud, and nothing else.
        assert [text for text in station.loud() if "已登记" not in text] == []
        await bot.says(FIRE, who="anna")
        assert any("紧急" in text for text in station.loud())
        await bot.advance(until=at(12, 8, 30))
        digest = next(text for chat, text in station.heard() if chat == "zhang" and "上岗：" in text)
        assert "待接 10 件" in digest and digest.count("#0") == 10


async def test_while_the_bot_covers_routine_work_waits_without_a_sound(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        bot = station.bot
        assert not bot.services.covers(bot.clock.now())
        await bot.says("/cover 3-11 14:00-16:00", who="chief")
        assert "机器人托底" in station.told("chief")[0]
        await bot.advance(until=at(11, 14))
        # The cover cuts a duty in two; nobody has to say again that they are there.
        assert station.heard() == [] and bot.services.covers(bot.clock.now())
        await bot.says("楼道灯坏了三天了", who="anna")
        assert station.loud() == []
        await bot.advance(until=at(11, 16))
        heard = station.heard()
        assert {chat for chat, _ in heard} == {"zhang", "li"} and all("待接 1 件" in text for _, text in heard)
        assert not any(sent.out.buttons for sent in bot.sent[-2:])
        await bot.advance(minutes=20)
        assert station.heard() == []


async def test_the_bot_stands_in_where_nobody_is_there(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 8))) as station:
        await station.enrol()
        bot = station.bot
        assert bot.services.covers(bot.clock.now()), "wang works on no routine cases at night"
        await bot.advance(until=at(11, 8, 35))
        assert not bot.services.covers(bot.clock.now())
        await bot.advance(until=at(11, 8, 40))
        assert bot.services.covers(bot.clock.now()), "both are missing"
        await station.taps("li")
        assert not bot.services.covers(bot.clock.now())


async def test_a_room_hears_no_more_than_an_officer_may(tmp_path: Path) -> None:
    roster = ROSTER.replace('who = "zhang"', 'who = "chief"')
    async with rota(tmp_path, roster=roster) as station:
        await station.enrol(linked=["zhang", "li", "wang"])
        await station.bot.says("我要投诉你们的民警态度恶劣", who="anna")
        case = await only_case()
        await Case.filter(id=case.id).update(topic="officer_complaint")
        station.heard()
        await station.bot.advance(until=at(11, 8, 30))
        assert "待接 0 件" in station.told(ROOM)[0]


async def test_gaps_are_told_once_and_again_only_for_what_is_new(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        bot = station.bot
        await bot.advance(until=at(12, 8))
        assert not any("没人值班" in text for _, text in station.heard())
        await bot.says("/leave 3-14", who="li")
        heard = station.heard()
        told = [(chat, text) for chat, text in heard if "没人值班" in text]
        assert [chat for chat, _ in told] == [ROOM, "chief"]
        assert "未来七天有 1 处" in told[0][1] and "li" in told[0][1] and "3月14日 08:30" in told[0][1]
        await bot.advance(until=at(13, 12))
        await bot.says("/cover 3-13 15:00-16:00", who="chief")
        assert not any("没人值班" in text for _, text in station.heard()), "the same gap is no news"
        await bot.says("/leave 3-15", who="li")
        told = [(chat, text) for chat, text in station.heard() if "没人值班" in text]
        assert len(told) == 2 and "1 处" in told[0][1] and "3月15日" in told[0][1]


async def test_gaps_that_come_near_are_told_at_nine(tmp_path: Path) -> None:
    clock = FakeClock(at(11, 10))
    async with rota(tmp_path, clock) as station:
        await station.enrol()
        await station.bot.says("/leave 3-21", who="li")
        assert not any("没人值班" in text for _, text in station.heard())
        await station.bot.advance(until=at(14, 8, 59))
        assert not any("没人值班" in text for _, text in station.heard())
    async with rota(tmp_path, clock) as station:
        await station.bot.advance(until=at(14, 9))
        told = [(chat, text) for chat, text in station.heard() if "没人值班" in text]
        assert [chat for chat, _ in told] == [ROOM, "chief"] and "08:30 至 3月21日 17:30" in told[0][1]
        await station.bot.advance(days=5)
        assert not any("没人值班" in text for _, text in station.heard())


NIGHTS = """
[[shift]]
tier = "primary"
hours = "22:00-06:00"
title = "值班民警"
who = ["zhang"]

[[shift]]
tier = "primary"
hours = "06:00-22:00"
title = "值班民警"
who = ["li"]
"""


async def starts_of(station: Rota, who: str) -> list[datetime]:
    return [row.starts_at for row in await ShiftStart.filter(who=who).order_by("starts_at")]


async def test_a_shift_across_midnight_of_a_leap_day(tmp_path: Path) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    clock = FakeClock(datetime(2028, 2, 28, 21, tzinfo=shanghai).astimezone(UTC))
    async with rota(tmp_path, clock, roster=NIGHTS) as station:
        await station.enrol()
        await station.bot.advance(until=datetime(2028, 3, 1, 23, tzinfo=shanghai).astimezone(UTC))
        assert await begun() == ["zhang", "li", "zhang", "li", "zhang"]
        wanted = [datetime(2028, month, day, 22, tzinfo=shanghai) for month, day in ((2, 28), (2, 29), (3, 1))]
        assert await starts_of(station, "zhang") == wanted
        station.heard()
        await station.bot.says("/leave 02-29", who="li")
        # The next year with such a day is far away.
        assert "请写日期" in station.told("li")[0]


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 28, 7), (10, 24, 9)])
async def test_a_night_on_which_the_clocks_change(tmp_path: Path, month: int, day: int, hours: int) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, month, day, 21, tzinfo=berlin)
    async with rota(tmp_path, FakeClock(evening.astimezone(UTC)), roster=NIGHTS, zone="Europe/Berlin") as station:
        await station.enrol()
        bot = station.bot
        await bot.says("楼道灯坏了三天了", who="anna")
        opened = bot.clock.now()
        await bot.advance(until=datetime(2026, month, day + 1, 7, tzinfo=berlin).astimezone(UTC))
        assert await begun() == ["zhang", "li"]
        night, morning = (await starts_of(station, "zhang"))[0], (await starts_of(station, "li"))[0]
        assert night == evening.replace(hour=22) and morning - night == timedelta(hours=hours)
        assert {clock.due_at - opened for clock in await CaseClock.all()} == {timedelta(hours=24)}
        await bot.advance(until=datetime(2026, month, day + 1, 9, tzinfo=berlin).astimezone(UTC))
        assert any("没人值班" in text for _, text in station.heard()), "nine on the wall clock of that day"


async def test_a_clock_that_jumps_begins_each_shift_once(tmp_path: Path) -> None:
    async with rota(tmp_path) as station:
        await station.enrol()
        await later(station.bot, hours=3)
        assert [chat for chat, text in station.heard() if "上岗：" in text] == ["zhang", "li"]
        assert await begun() == ["zhang", "li"]
        await station.taps("zhang")
        await later(station.bot, hours=24)
        # The night's shift was over before anybody could be told.
        assert (await begun())[2:] == ["chief", "zhang", "li"]
