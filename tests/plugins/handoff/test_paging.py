"""Pages: who is asked to take a case, after how long, until a human does; across restarts, and with nobody there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from botkit.decision import Decision, Disposition, Escalation
from botkit.messages import Lane, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff.models import CaseEvent
from botkit.plugins.handoff.officers.chain import Chains
from botkit.plugins.handoff.states import Level
from botkit.storage.models import AuditEntry
from botkit.testing import BotHarness, FakeClock
from botkit.testing.clock import WEDNESDAY
from tests.plugins.handoff.station import card, colleague, later, only_case, room, rota, said_in, station

ROOM = "民警群"
PEOPLE = (
    "primary zhang 00:00-24:00 社区民警",
    "backup wang 00:00-24:00 值班民警",
    "commander chief 00:00-24:00 所长",
    "anti_fraud fan 00:00-24:00 反诈民警",
)

DANGERS = (("焦味", "fire", "emergency"), ("转账", "money_sent", "fraud"), ("打人", "violence", "emergency"))

alarms = Plugin("alarms")


@alarms.stage(Stage.SAFETY)
async def alarm(segment: str) -> Decision | None:
    """Stands for the safety stage: the line in the group, and what is added once an officer knows."""
    for word, topic, level in DANGERS:
        if word in segment:
            once = f"alarm.{topic}"
            told = say("119 已通知值班民警", edits=once, optional=True, quote=False)
            disposition = Disposition.EMERGENCY if level == "emergency" else Disposition.FRAUD
            effect = Escalation(topic, level, told=told)
            return Decision(disposition, (say("119", lane=Lane.URGENT, once=once),), (effect,))
    return None


@alarms.stage(Stage.GUARD)
async def subjects(segment: str) -> Decision | None:
    """Stands for the guard of police subjects."""
    for word, topic in (("户口", "hukou"), ("堆物", "hazard_report"), ("投诉", "officer_complaint")):
        if word in segment:
            return Decision(Disposition.ESCALATED, (), (Escalation(topic),))
    return None


def paged(bot: BotHarness) -> set[str]:
    """Who has been asked in private about a case."""
    return {
        who
        for who in ("zhang", "wang", "chief", "fan")
        if any("#0311-01" in text for text in said_in(bot, f"dm-{who}"))
    }


async def everybody(bot: BotHarness) -> None:
    await room(bot)
    await colleague(bot, "zhang")
    await colleague(bot, "wang", "backup", title="值班民警")
    await colleague(bot, "chief", "commander", title="所长")
    await colleague(bot, "fan", "anti_fraud", title="反诈民警")


async def test_a_page_that_nobody_answers_climbs_across_a_restart(tmp_path: Path) -> None:
    config = rota(tmp_path, *PEOPLE)
    async with station([alarms], config=config, folder=tmp_path) as bot:
        await everybody(bot)
        await bot.says("楼道有焦味", group="3号楼", at_bot=True)
        assert paged(bot) == {"zhang"}
        assert "#0311-01" in card(bot, "0311-01").text and card(bot, "0311-01").out.lane is Lane.URGENT
        await bot.advance(minutes=2)
        assert paged(bot) == {"zhang", "wang"}
        await bot.advance(minutes=1)
        clock = bot.clock
    async with station([alarms], config=config, folder=tmp_path, clock=clock) as bot:
        await bot.advance(minutes=1, seconds=59)
        assert paged(bot) == set()  # the platform is fresh too: nothing was said again
        await bot.advance(seconds=1)
        assert paged(bot) == {"chief"}
        await bot.advance(minutes=5)
        assert paged(bot) == {"chief", "zhang", "wang"}
        at = [event.at for event in await CaseEvent.filter(what="case.paged").order_by("id")]
        assert [moment - at[0] for moment in at] == [timedelta(minutes=n) for n in (0, 2, 5, 10)]
        await bot.advance(minutes=2)
        assert await CaseEvent.filter(what="case.paged").count() == 5  # round again
        await bot.says("接 #0311-01", who="zhang", group=ROOM, id="after-the-restart")
        await bot.advance(minutes=9)
        assert await CaseEvent.filter(what="case.paged").count() == 5
        assert any("没人接" in text for text in said_in(bot, ROOM))


async def test_fraud_in_progress_reaches_the_anti_fraud_team_in_a_minute(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await everybody(bot)
        await bot.says("我刚转账了怎么办")
        assert paged(bot) == {"zhang"}
        await bot.advance(minutes=1)
        assert paged(bot) == {"zhang", "wang", "fan"}
        await bot.advance(minutes=4)
        assert paged(bot) == {"zhang", "wang", "fan", "chief"}


async def test_routine_work_climbs_by_hours_and_a_breach_reaches_the_commander(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await everybody(bot)
        await bot.says("路灯不亮")
        assert paged(bot) == {"zhang"}
        await later(bot, hours=11, minutes=59)
        assert paged(bot) == {"zhang"}
        for hours, minutes in ((0, 1), (8, 0), (4, 0)):
            await later(bot, hours=hours, minutes=minutes)
        at = [event.at for event in await CaseEvent.filter(what="case.paged").order_by("id")]
        assert [moment - at[0] for moment in at] == [timedelta(hours=n) for n in (0, 12, 20, 24)]
        assert "chief" in paged(bot)
        breached = await CaseEvent.get(what="clock.breached")
        assert "response" in breached.facts and "result" in breached.facts


async def test_automatic_lines_stop_no_clock_and_a_holder_is_reminded(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await everybody(bot)
        await bot.says("路灯不亮")
        await bot.says("接 #0311-01", who="zhang", group=ROOM)
        for _ in range(3):  # the work goes on, without a word to the resident
            await bot.advance(hours=4)
            await bot.presses("还在办", who="zhang")
        assert any("响应" in text and "剩" in text for text in said_in(bot, "dm-zhang"))
        assert not await CaseEvent.filter(what="clock.breached").exists()


async def test_topics_find_who_knows_them(tmp_path: Path) -> None:
    people = (*PEOPLE[:1], "backup zong 00:00-24:00 综合民警 general", "backup zhi 00:00-24:00 治安民警 security")
    async with station([alarms], config=rota(tmp_path, *people)) as bot:
        for who in ("zhang", "zong", "zhi"):
            await colleague(bot, who)
        await bot.says("户口迁移怎么办")
        await bot.says("楼道堆物", who="wu")
        assert any("#0311-01" in text for text in said_in(bot, "dm-zong"))
        assert not any("#0311-02" in text for text in said_in(bot, "dm-zong"))
        assert any("#0311-02" in text for text in said_in(bot, "dm-zhi"))
        assert len([text for text in said_in(bot, "dm-zhang") if "【" in text]) == 2


async def test_a_complaint_is_the_commanders_alone(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await everybody(bot)
        await bot.says("我要投诉张警官态度差")
        assert paged(bot) == {"chief"}
        assert not any("0311-01" in text for text in said_in(bot, ROOM))
        bot.news()
        await bot.says("接 #0311-01", who="zhang")
        bot.replied("没有这个编号")
        await bot.says("查 #0311-01", who="zhang", group=ROOM)
        bot.replied("没有这个编号")


async def test_with_nobody_on_the_roster_an_emergency_reaches_everybody(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path)) as bot:
        for who, role in (("zhang", "officer"), ("wang", "backup"), ("chief", "commander")):
            await colleague(bot, who, role)
        await bot.says("楼道有焦味")
        text = next(text for text in bot.news() if "119" in text and "#" in text)
        assert "民警已接" not in text
        assert "wang" in paged(bot)
        await bot.advance(minutes=10)
        assert paged(bot) == {"zhang", "wang", "chief"}


async def test_without_anybody_at_all_the_page_says_so_and_the_text_stays_honest(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path)) as bot:
        await bot.says("楼道有焦味", group="3号楼", at_bot=True)
        assert said_in(bot, "3号楼") == ["119"]  # "an officer knows" would not be true
        event = await CaseEvent.get(what="case.paged")
        assert '"reached": false' in event.facts
        assert await AuditEntry.filter(event="case.paged").exists()


async def test_told_that_an_officer_knows_only_once_the_page_is_out(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await everybody(bot)
        await bot.says("楼道有焦味", group="3号楼", at_bot=True)
        await bot.advance(seconds=1)
        assert said_in(bot, "3号楼") == ["119 已通知值班民警"]


async def test_night_is_silent_for_routine_and_loud_for_danger(tmp_path: Path) -> None:
    night = FakeClock(datetime(2026, 3, 11, 15, 0, tzinfo=UTC))  # 23:00 in Shanghai
    async with station([alarms], config=rota(tmp_path, *PEOPLE), clock=night) as bot:
        await everybody(bot)
        await bot.says("路灯不亮")
        assert card(bot, "0311-01").out.silent
        assert not said_in(bot, "dm-zhang")[1:]
        await bot.says("楼道有焦味", who="wu")
        assert not card(bot, "0311-02").out.silent
        assert any("#0311-02" in text for text in said_in(bot, "dm-zhang"))


async def test_an_outage_pages_each_rung_once(tmp_path: Path) -> None:
    async with station([alarms], config=rota(tmp_path, *PEOPLE)) as bot:
        await everybody(bot)
        await bot.says("楼道有焦味")
        await later(bot, hours=3)
        events = await CaseEvent.filter(what="case.paged").order_by("id")
        assert len(events) == 2 and all(who in events[1].facts for who in ("backup", "commander", "everybody"))


def test_the_chains_are_those_that_were_decided() -> None:
    chains = Chains()
    minutes = {
        level: [(rung.after_minutes, *rung.who) for rung in chains.of(level).rungs] for level in Level
    }  # fmt: skip
    assert minutes[Level.EMERGENCY] == [(0, "primary"), (2, "backup"), (5, "commander"), (10, "everybody")]
    assert minutes[Level.FRAUD] == [(0, "primary"), (1, "backup", "anti_fraud"), (5, "commander")]
    assert [each[0] for each in minutes[Level.ROUTINE]] == [0, 720, 1200, 1440]


def test_after_whole_rounds_missed_the_next_lies_ahead() -> None:
    chain = Chains().emergency
    for minutes in range(0, 200):
        due, ahead = chain.reached(WEDNESDAY, WEDNESDAY + timedelta(minutes=minutes), 0)
        assert len(due) == len(set(due)) and chain.due(WEDNESDAY, ahead) > WEDNESDAY + timedelta(minutes=minutes)
        assert chain.due(WEDNESDAY, ahead) <= WEDNESDAY + timedelta(minutes=minutes + 12)


async def test_a_clock_that_jumps_moves_no_deadline(tmp_path: Path) -> None:
    """Deadlines are elapsed time: neither a daylight-saving night nor a leap day moves them."""
    for start in (datetime(2028, 2, 28, 20, 0, tzinfo=UTC), datetime(2026, 3, 28, 20, 0, tzinfo=UTC)):
        async with station([alarms], config=rota(tmp_path, *PEOPLE), clock=FakeClock(start)) as bot:
            await bot.says("路灯不亮")
            case = await only_case()
            await later(bot, hours=23, minutes=59)
            assert not await CaseEvent.filter(what="clock.breached").exists()
            await later(bot, minutes=1)
            event = await CaseEvent.get(what="clock.breached")
            assert event.at - case.opened_at == timedelta(hours=24)
