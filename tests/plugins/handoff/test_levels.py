"""Levels and topics: urgent cases say less and stay open; complaints about officers are the commander's."""

from __future__ import annotations

from datetime import UTC, datetime

from botkit.decision import Decision, Disposition, Escalation
from botkit.messages import say
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff.models import Case
from botkit.testing import FakeClock
from tests.plugins.handoff.station import desk, officer, only_case, station

alarms = Plugin("alarms")


@alarms.stage(Stage.SAFETY)
async def alarm(segment: str) -> Decision | None:
    """Stands for the safety stage: advice first, then the effect that a human must take."""
    if "焦味" in segment:
        return Decision(Disposition.EMERGENCY, (say("119"),), (Escalation("fire", "emergency"),))
    if "刷单" in segment:
        return Decision(Disposition.FRAUD, (say("先别付钱"),), (Escalation("task_rebate", "fraud"),))
    return None


@alarms.stage(Stage.GUARD)
async def complaint(segment: str) -> Decision | None:
    """Stands for the stage that knows police subjects."""
    if "投诉" in segment:
        return Decision(Disposition.ESCALATED, (), (Escalation("officer_complaint"),))
    return None


async def test_an_emergency_says_its_advice_first_then_one_line_on_who_has_it() -> None:
    night = FakeClock(datetime(2026, 3, 11, 19, 0, tzinfo=UTC))
    async with station([alarms], clock=night) as bot:
        await bot.says("楼道有焦味")
        text = bot.replied("119", "值班民警", "#0312-01")
        assert text.startswith("119\n")
        assert (await only_case()).level == "emergency"


async def test_an_emergency_in_a_group_gets_the_advice_alone() -> None:
    async with station([alarms]) as bot:
        await bot.says("楼道有焦味", group="g1", at_bot=True)
        assert bot.replied("119") == "119"
        assert (await only_case()).level == "emergency"


async def test_danger_is_a_case_of_its_own_and_takes_what_follows() -> None:
    async with station([alarms]) as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗")
        await zhang.does("claim", await only_case())
        await bot.settle()
        bot.news()
        await bot.says("楼道有焦味")
        bot.replied("119", "#0311-02")
        await bot.says("焦味越来越重")
        bot.replied("119", "#0311-02")
        _, queue = await zhang.get("/desk/handoff/")
        assert queue.index("#0311-02") < queue.index("#0311-01")
        assert [case.level for case in await Case.all().order_by("id")] == ["routine", "emergency"]


async def test_an_emergency_is_never_cancelled_by_the_resident() -> None:
    async with station([alarms]) as bot:
        for words, who in (("楼道有焦味", "li"), ("我刷单了", "wang")):
            await bot.says(words, who=who)
            await bot.says("不用了", who=who)
            assert "由值班民警来结" in bot.news()[-1] or "由社区民警来结" in bot.last
        assert {case.state for case in await Case.all()} == {"queued"}
        assert len(desk(bot).chats) == 2


async def test_the_most_urgent_stand_first() -> None:
    async with station([alarms]) as bot, officer(bot) as zhang:
        await bot.says("楼道有焦味", who="a")
        await bot.says("我刷单了", who="b")
        await bot.says("普通的事", who="c")
        await bot.says("又一件普通的事", who="d")
        _, page = await zhang.get("/desk/handoff/")
        order = [page.index(f"#0311-0{n}") for n in (1, 2, 4, 3)]
        assert order == sorted(order)


async def test_a_complaint_about_an_officer_reaches_the_commander_only() -> None:
    async with (
        station([alarms]) as bot,
        officer(bot) as zhang,
        officer(bot, "chief", ("commander",), "所长") as chief,
    ):
        await bot.says("楼道堆物")
        bot.news()
        await bot.says("我要投诉张警官")
        bot.replied("#0311-02", "只转给所长")
        complaint = await Case.get(number="0311-02")
        _, queue = await zhang.get("/desk/handoff/")
        assert "0311-02" not in queue and "0311-01" in queue
        for path in ("", "/live"):
            assert (await zhang.get(f"/desk/handoff/{complaint.ref}{path}"))[0] == 404
        _, queue = await chief.get("/desk/handoff/")
        assert "0311-02" in queue
        assert "投诉" in await chief.opens(complaint)
        await chief.does("claim", complaint)
        await chief.does("reply", complaint, text="投诉收到，我来查。")
        await bot.advance(seconds=10)
        assert len(bot.news()) == 2
        page = await zhang.opens(await Case.get(number="0311-01"))
        assert "楼道堆物" in page
        assert "投诉" not in page and "0311-02" not in page and "所长" not in page


async def test_both_asks_of_one_message() -> None:
    book = Plugin("book")

    @book.stage(Stage.DIRECTORY)
    async def gas(segment: str) -> Decision | None:
        return Decision(Disposition.ANSWERED, (say("煤气公司：工作日有人接"),)) if "煤气" in segment else None

    async with station([book]) as bot:
        message = await bot.says("煤气公司电话，还有我的案子进展")
        bot.replied("煤气公司：工作日有人接", "#0311-01")
        assert await bot.disposition(message) == "escalated"
        await bot.says("煤气公司电话，另外帮我转人工", who="wang")
        bot.replied("煤气公司：工作日有人接", "#0311-02")
