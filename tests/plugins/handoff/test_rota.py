"""The rota in chat: leave, training, swaps that both accept, spans that the bot covers, and what is handed on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from botkit.messages import MessageKind
from botkit.plugins.handoff.models import Case, CaseEvent
from botkit.plugins.handoff.officers import work
from botkit.plugins.handoff.roster.roster import Tier
from botkit.plugins.handoff.staffing import RosterChange
from botkit.storage.models import AuditEntry
from botkit.testing import FakeClock
from tests.plugins.handoff.rota import ROOM, Rota, at, rota
from tests.plugins.handoff.station import desk, later, only_case


async def held(station: Rota, login: str, text: str = "楼道灯坏了三天了", who: str = "anna") -> Case:
    """A case that somebody holds."""
    await station.bot.says(text, who=who)
    case = (await Case.all().order_by("-id"))[0]
    member = await station.who(login)
    await station.bot.services.unit(lambda unit: work.claim(desk(station.bot), unit, work.Action(member, case.id, 0)))
    await station.bot.settle()
    station.heard()
    return case


def on(station: Rota, tier: Tier = Tier.PRIMARY) -> str:
    """Who is on duty now, in a tier; "-" for nobody."""
    duty = desk(station.bot).roster.on_duty(station.bot.clock.now(), tier)
    return duty.who if duty is not None else "-"


async def test_leave_for_days_and_for_a_day(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        await station.bot.says("/leave 3-12 3-13", who="zhang")
        assert station.told("zhang") == ["已登记：明天 00:00 至 3月14日 00:00 不在岗。"]
        await station.bot.says("/请假 3月16日", who="zhang")
        assert station.told("zhang") == ["已登记：3月16日 00:00 至 3月17日 00:00 不在岗。"]
        await station.bot.advance(until=at(12, 12))
        assert on(station) == "-"
        await station.bot.advance(until=at(17, 12))
        assert on(station) == "zhang"


async def test_cover_changes_at_the_minute_and_what_is_held_moves_on(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        case = await held(station, "zhang")
        await station.bot.says("/training 3-11 14:00-17:00", who="zhang")
        assert station.told("zhang") == ["已登记：今天 14:00 至 今天 17:00 不在岗。"]
        await station.bot.advance(until=at(11, 13, 59))
        assert (on(station), station.heard()) == ("zhang", [])
        await station.bot.advance(until=at(11, 14))
        assert on(station) == "-"
        holder, li = (await Case.get(id=case.id)).holder_id, await station.who("li")
        assert holder == li.id
        heard = station.heard()
        line = "#0311-01 由Zhang移交给Li（换岗）。"
        assert [chat for chat, text in heard if text == line].count("zhang") == 1
        assert [chat for chat, text in heard if text == line].count("li") == 1
        assert (ROOM, "Zhang离岗，手上的 1 件已移交。") in heard
        assert any(chat == "li" and "楼道灯坏了" in text for chat, text in heard), "with its card"
        await station.bot.advance(until=at(11, 17))
        # Back: a digest, and the question anew whether they are there.
        assert on(station) == "zhang" and station.told("zhang")[0].startswith("社区民警上岗：待接 0 件，在办 0 件")
        await station.taps("zhang")
        assert station.told("zhang") == ["收到，辛苦了。"]


async def test_an_absence_that_begins_at_once(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        case = await held(station, "zhang")
        await station.bot.says("/sick 今天", who="zhang")
        assert (await Case.get(id=case.id)).holder_id == (await station.who("li")).id
        assert on(station) == "-"


async def test_without_anybody_on_duty_it_goes_back_into_the_queue(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        await station.bot.says("/leave 3-11", who="li")
        case = await held(station, "zhang")
        await station.bot.says("/病假 今天", who="zhang")
        case = await Case.get(id=case.id)
        assert (case.state, case.holder_id) == ("queued", None)
        line = "Zhang离岗，手上的 1 件已放回待接。"
        assert {chat for chat, text in station.heard() if text == line} == {ROOM, "zhang"}


async def test_a_complaint_goes_to_nobody_who_may_not_know_of_it(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        case = await held(station, "chief")
        await Case.filter(id=case.id).update(topic="officer_complaint")
        await station.bot.says("/leave 今天", who="chief")
        case = await Case.get(id=case.id)
        assert (case.state, case.holder_id) == ("queued", None)


async def test_an_absence_that_was_over_before_the_bot_came_to_it_moves_nothing(tmp_path: Path) -> None:
    clock = FakeClock(at(11, 10))
    async with rota(tmp_path, clock) as station:
        await station.enrol()
        await held(station, "zhang")
        await station.bot.says("/training 3-11 11:00-12:00", who="zhang")
    clock.step(timedelta(hours=2, minutes=30))
    async with rota(tmp_path, clock) as station:
        await station.bot.settle()
        assert (await only_case()).holder_id == (await station.who("zhang")).id


async def test_a_restart_between_the_word_and_the_minute(tmp_path: Path) -> None:
    clock = FakeClock(at(11, 10))
    async with rota(tmp_path, clock) as station:
        await station.enrol()
        await held(station, "zhang")
        await station.bot.says("/training 3-11 14:00-17:00", who="zhang")
    async with rota(tmp_path, clock) as station:
        await station.bot.advance(until=at(11, 14, 10))
        assert (await only_case()).holder_id == (await station.who("li")).id
        assert await CaseEvent.filter(what="case.handed_over").count() == 1
    async with rota(tmp_path, clock) as station:
        await station.bot.advance(minutes=10)
        assert await CaseEvent.filter(what="case.handed_over").count() == 1 and on(station) == "-"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/leave", "请写日期，例如：/leave 12-01 12-03"),
        ("/leave 下周", "请写日期"),
        ("/leave 13-45", "请写日期"),
        ("/leave 2-30", "请写日期"),
        ("/training 3-12 17:00-14:00", "结束要晚于开始"),
        ("/leave 2026-03-01 2026-03-02", "结束要晚于开始"),
        ("/leave 9999-12-31", "最多可以登记到一年以后"),
        ("/leave 3-12 2030-03-12", "最多可以登记到一年以后"),
        ("/swap", "请写日期和同事"),
        ("/swap 3-12", "没有"),
        ("/swap 3-12 zhang", "不能和自己换班"),
        ("/swap 3-12 nobody", "nobody"),
        ("/swap 3-14 li", "您在 03-14 没有班。您的下一个班从明天 08:30 开始"),
        ("/cover 3-12", "只有所长可以设置托底时段"),
    ],
)
async def test_what_cannot_be_is_answered_with_what_can(tmp_path: Path, said: str, answer: str) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        await station.bot.says(said, who="zhang")
        assert answer in (heard := station.told("zhang"))[0], heard
        assert not await RosterChange.exists()


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("/leave 3-12", at(12, 0), at(13, 0)),
        ("/leave 明天 后天", at(12, 0), at(14, 0)),
        ("/leave 3-12 to 3-13", at(12, 0), at(14, 0)),
        ("/leave 3天", at(14, 0), at(15, 0)),
        ("/training 3-12 14:00-17:00", at(12, 14), at(12, 17)),
        ("/training 3-12 14:00 - 3-13 9点", at(12, 14), at(13, 9)),
        ("/training 3-12 22:00 3-13 06:00", at(12, 22), at(13, 6)),
        ("/training 3-12 14:00-24:00", at(12, 14), at(13, 0)),
        ("/leave 12-30 1-2", at(11, 0) + timedelta(days=294), at(11, 0) + timedelta(days=298)),
    ],
)
async def test_spans_as_people_write_them(tmp_path: Path, said: str, start: object, end: object) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        await station.bot.says(said, who="zhang")
        row = await RosterChange.get()
        assert (row.starts_at, row.ends_at, row.who) == (start, end, "zhang")


async def test_a_span_across_the_new_year_belongs_together(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10) + timedelta(days=296))) as station:
        await station.enrol()
        await station.bot.says("/leave 1-1 1-3", who="zhang")
        first = await RosterChange.get()
        assert (first.starts_at.year, first.ends_at - first.starts_at) == (2026, timedelta(days=3))
        await station.bot.says("/leave 12-31 1-3", who="zhang")
        row = (await RosterChange.all().order_by("-id"))[0]
        assert row.ends_at - row.starts_at <= timedelta(days=4)


async def test_strangers_and_residents_groups(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        await station.bot.says("/leave 3-12", who="anna")
        assert "没有绑定" in station.told("anna")[0]
        await station.bot.says("/leave 3-12", who="zhang", group="g1", at_bot=True)
        assert station.heard() == []
        await station.bot.says("/leave 3-12", who="anna", group=ROOM)
        assert "没有绑定" in station.told(ROOM)[0]
        assert not await RosterChange.exists()
        await station.bot.says("/leave 3-12", who="zhang", group=ROOM)
        assert station.told(ROOM) == ["已登记：明天 00:00 至 3月13日 00:00 不在岗。"]


async def swap(station: Rota, said: str = "/swap 3-12 li") -> None:
    await station.enrol()
    await station.bot.says(said, who="zhang")
    heard = station.heard()
    assert ("zhang", "已问Li，对方同意后生效。") in heard
    assert ("li", "Zhang想请您顶明天 08:30 至 明天 17:30 的班，同意吗？") in heard


async def test_a_swap_takes_effect_with_the_others_yes(tmp_path: Path) -> None:
    clock = FakeClock(at(11, 10))
    async with rota(tmp_path, clock) as station:
        await swap(station)
        await station.bot.advance(until=at(11, 12))
        assert (await RosterChange.get()).state == "asked"
        value = station.button("li", "同意换班")
        for who, told in (("wang", "不是问您的"), ("zhang", "不是问您的"), ("anna", "没有绑定")):
            await station.bot.says(kind=MessageKind.BUTTON, data={"value": value}, who=who, group=ROOM)
            assert told in station.told(ROOM)[0]
        await station.taps("li", "同意换班")
        heard = station.heard()
        assert {chat for chat, text in heard if "换班生效" in text} == {"li", "zhang"}
        await station.taps("li", "不换")
        assert station.told("li") == ["这个换班请求已处理，或不是问您的。"]
        await station.taps("li", "同意换班")
        assert station.told("li") == ["这个换班请求已处理，或不是问您的。"]
        assert await AuditEntry.filter(event="swap.accepted").count() == 1
    async with rota(tmp_path, clock) as station:
        await station.bot.advance(until=at(12, 8, 30))
        assert on(station) == "li"
        assert "zhang" not in {chat for chat, _ in station.heard()}
        await station.bot.advance(until=at(13, 8, 31))
        assert on(station) == "zhang"


async def test_a_swap_that_is_declined(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await swap(station)
        await station.taps("li", "不换")
        assert {chat for chat, text in station.heard() if "Li不换" in text} == {"li", "zhang"}
        await station.bot.advance(until=at(12, 9))
        assert on(station) == "zhang" and (await RosterChange.get()).state == "withdrawn"


async def test_a_swap_asked_twice_is_one_and_one_that_is_over_is_none(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await swap(station)
        await station.bot.says("/swap 3-12 li", who="zhang")
        assert await RosterChange.all().count() == 1
        await later(station.bot, days=2)
        station.heard()
        await station.taps("li", "同意换班")
        assert station.told("li") == ["这个换班请求已处理，或不是问您的。"]


async def test_a_duty_that_runs_can_be_swapped_and_what_is_held_moves_on(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        case = await held(station, "zhang")
        await station.bot.says("/swap 3-11 wang", who="zhang")
        await station.taps("wang", "同意换班")
        assert on(station) == "wang"
        assert (await Case.get(id=case.id)).holder_id == (await station.who("wang")).id
        assert any(chat == "wang" and "上岗：" in text for chat, text in station.heard())
        # A duty that is over is not swapped any more.
        await station.bot.advance(until=at(11, 18))
        station.heard()
        await station.bot.says("/swap 3-11 li", who="zhang")
        assert "没有班" in station.told("zhang")[0]


async def test_whoever_has_no_account_is_asked_in_the_room(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol(linked=["zhang", "wang", "chief"])
        await station.bot.says("/swap 3-12 li", who="zhang")
        heard = station.heard()
        assert [chat for chat, text in heard if "同意吗" in text] == [ROOM]
        await station.bot.says(kind=MessageKind.BUTTON, data={"value": station.button(ROOM, "同意换班")}, who="wang",
                               group=ROOM)  # fmt: skip
        assert "不是问您的" in station.told(ROOM)[0]


async def test_only_the_commander_lets_the_bot_cover(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 10))) as station:
        await station.enrol()
        await station.bot.says("/托底 3-11 12:00-13:00", who="chief")
        assert station.told("chief") == ["已登记：今天 12:00 至 今天 13:00 由机器人托底，日常事项等班次恢复。"]
        await station.bot.advance(until=at(11, 12, 30))
        assert desk(station.bot).covers(station.bot.clock.now())
        await station.bot.says("着火了！3号楼有人被困", who="anna")
        assert any("紧急" in text for text in station.loud())


async def test_a_shift_change_hands_on_within_its_tier(tmp_path: Path) -> None:
    async with rota(tmp_path, FakeClock(at(11, 17))) as station:
        await station.enrol()
        mine, theirs = await held(station, "zhang"), await held(station, "li", "水管坏了", who="boris")
        await station.bot.advance(until=at(11, 17, 30))
        wang = await station.who("wang")
        assert (await Case.get(id=theirs.id)).holder_id == wang.id
        # The officer of the area comes back tomorrow, to what they hold.
        assert (await Case.get(id=mine.id)).holder_id == (await station.who("zhang")).id
