"""Merging: several reports become one case and are parted again, whoever holds them, in chat and on the page."""

from __future__ import annotations

import re

import pytest

from botkit.plugins.handoff.models import Case, CaseClock, CaseEvent, Report
from botkit.storage.models import Timer
from botkit.testing import BotHarness
from tests.plugins.handoff.estate import OFFICERS, account, case_of, room, said_in, senses
from tests.plugins.handoff.station import Officer, later, officer, only_case, station


async def reported(bot: BotHarness, *people: str) -> list[Case]:
    """Cases of one kind that don't join by themselves, each told of in private by somebody else."""
    for who in people:
        await bot.says("楼道堆物", who=who)
    await bot.settle()
    bot.news()
    return await Case.all().order_by("id")


async def merge(officer: Officer, case: int, into: int) -> tuple[int, str]:
    return await officer.does("merge", await case_of(case), into=f"2026/0311-{into:02d}")


async def test_by_order_and_by_button_and_undone() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await account(bot, zhang.member)
        await room(bot, "officers", OFFICERS)
        await reported(bot, "hong", "ming")
        await bot.says("并入 #0311-02 #0311-01", who="zhang", group=OFFICERS)
        assert any("#0311-02 已并入 #0311-01" in text for text in bot.news())
        merged = await case_of(2)
        assert (merged.state, merged.merged_into) == ("merged", (await case_of(1)).id)
        assert not await Timer.filter(plugin="handoff", key=str(merged.id)).exists()
        await bot.presses("拆开", who="zhang", group=OFFICERS)
        assert any("#0311-02 已拆开，重新排队" in text for text in bot.news())
        merged = await case_of(2)
        assert (merged.state, merged.merged_into) == ("queued", None)
        timers = await Timer.filter(plugin="handoff", key=str(merged.id))
        assert {timer.name for timer in timers} == {"page", "clock"}
        await bot.says("合并 0311-02", who="zhang", group=OFFICERS)
        bot.replied("#0311-02")
        assert (await case_of(2)).state == "queued"


async def test_by_the_page_and_undone() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await reported(bot, "hong", "ming")
        page = await zhang.opens(await case_of(2))
        assert '<option value="2026/0311-01"' in page
        status, page = await merge(zhang, 2, 1)
        assert status == 200 and "已合并" in page and 'href="/desk/handoff/2026/0311-01"' in page
        page = await zhang.opens(await case_of(1))
        assert "并入的案件" in page and 'href="/desk/handoff/2026/0311-02"' in page
        status, page = await zhang.does("unmerge", await case_of(2))
        assert status == 200 and "已拆开" in page
        assert "并入的案件" not in await zhang.opens(await case_of(1))


async def test_what_the_merged_reporter_says_later_reaches_whoever_holds_the_survivor() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await account(bot, zhang.member)
        await room(bot, "officers", OFFICERS)
        await reported(bot, "hong", "ming")
        await zhang.does("claim", await case_of(1))
        await merge(zhang, 2, 1)
        await bot.settle()
        bot.news()
        await bot.says("现在又多了一张床垫", who="ming")
        assert any("床垫" in sent.text and "#0311-01" in sent.text for sent in said_in(bot, OFFICERS))
        assert "床垫" in await zhang.opens(await case_of(1))
        assert await Case.all().count() == 2
        await zhang.does("unmerge", await case_of(2))
        assert "床垫" in await zhang.opens(await case_of(2))
        assert "床垫" not in await zhang.opens(await case_of(1))
        await bot.says("床垫还在", who="ming")
        assert "床垫还在" in await zhang.opens(await case_of(2))


async def test_a_chain_of_mergers_has_one_end_and_comes_apart_link_by_link() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await reported(bot, "hong", "ming", "ting")
        await merge(zhang, 1, 2)
        await bot.says("甲：还有纸箱", who="hong")
        await merge(zhang, 2, 3)
        await bot.says("乙：还有轮胎", who="hong")
        await bot.says("丙：还有木板", who="ming")
        last = (await case_of(3)).id
        assert {report.case_id for report in await Report.all().order_by("-id").limit(2)} == {last}
        # The middle of the chain takes along what came through its beginning.
        await zhang.does("unmerge", await case_of(2))
        page = await zhang.opens(await case_of(2))
        assert "纸箱" in page and "轮胎" in page and "木板" in page
        assert "轮胎" not in await zhang.opens(await case_of(3))
        await zhang.does("unmerge", await case_of(1))
        page = await zhang.opens(await case_of(1))
        assert "纸箱" in page and "轮胎" in page and "木板" not in page


async def test_the_outcome_of_a_chain_reaches_all() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await reported(bot, "hong", "ming", "ting")
        await merge(zhang, 1, 2)
        await merge(zhang, 2, 3)
        last = await case_of(3)
        await zhang.does("claim", last)
        await zhang.does("resolve", last, result="handled", text="都清理了。")
        await bot.settle()
        for who in ("hong", "ming", "ting"):
            assert [sent.text for sent in said_in(bot, f"dm-{who}")].count("都清理了。") == 1
        assert not await CaseClock.filter(met_at__isnull=True).exists()


async def test_a_survivor_can_not_become_part_of_what_is_part_of_it() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await reported(bot, "hong", "ming")
        await merge(zhang, 1, 2)
        status, page = await merge(zhang, 2, 1)
        assert status == 422 and "不能合并" in page
        assert (await case_of(2)).state == "queued"


@pytest.mark.parametrize("words", ["我要投诉民警", "他打我"])
async def test_complaints_and_people_at_risk_are_not_merged_with_others(words: str) -> None:
    async with station([senses]) as bot, officer(bot, "chief", ("commander",), "所长") as chief:
        await reported(bot, "hong")
        await bot.says(words, who="ming")
        for case, into in ((2, 1), (1, 2)):
            status, page = await merge(chief, case, into)
            assert status == 422 and "不能合并" in page
        assert not await Case.filter(state="merged").exists()


async def test_what_ended_or_is_not_to_be_seen_is_nothing_to_merge_into() -> None:
    async with (
        station([senses]) as bot,
        officer(bot) as zhang,
        officer(bot, "fan", ("anti_fraud",), "反诈民警") as fan,
    ):
        await reported(bot, "hong")
        await bot.says("我刷单被骗了", who="ming")
        status, page = await merge(fan, 2, 1)
        assert status == 422 and "不能合并" in page
        await bot.says("楼道堆物", who="ting")
        await zhang.does("claim", await case_of(1))
        await zhang.does("resolve", await case_of(1), result="handled", text="好了")
        for into in (1, 99):
            status, _ = await merge(zhang, 3, into)
            assert status == 422


async def test_both_held_by_different_officers() -> None:
    async with (
        station([senses]) as bot,
        officer(bot) as zhang,
        officer(bot, "wang") as wang,
        officer(bot, "chief", ("commander",), "所长") as chief,
    ):
        await account(bot, wang.member)
        await room(bot, "officers", OFFICERS)
        await reported(bot, "hong", "ming")
        await zhang.does("claim", await case_of(1))
        await wang.does("claim", await case_of(2))
        status, page = await merge(zhang, 2, 1)
        assert status == 409 and "Wang" in page
        bot.news()
        status, _ = await merge(zhang, 1, 2)
        assert status == 200
        await bot.settle()
        assert any("#0311-01 已并入 #0311-02（Zhang）" in text for text in bot.news())
        assert (await case_of(2)).holder_id == wang.member.id
        assert (await case_of(1)).holder_id is None
        # A commander may put together what others hold.
        await chief.does("unmerge", await case_of(1))
        await zhang.does("claim", await case_of(1))
        status, _ = await merge(chief, 1, 2)
        assert status == 200


async def test_a_merged_case_breaks_no_promise_of_its_own_and_gets_new_ones_after_the_outcome() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await reported(bot, "hong", "ming")
        await zhang.does("claim", await case_of(1))
        await merge(zhang, 2, 1)
        second = await case_of(2)
        await later(bot, hours=20)
        async with officer(bot, "wang") as wang:
            # It is parted before its clock ran out: the clock is that of the report.
            await wang.does("unmerge", second)
            due = {clock.due_at for clock in await CaseClock.filter(case_id=second.id)}
            assert due == {second.opened_at + (due.copy().pop() - second.opened_at)} and len(due) == 1
            await merge(wang, 2, 1)
            await later(bot, hours=3)
            await wang.does("claim", await case_of(1))
            await wang.does("resolve", await case_of(1), result="handled", text="清理了。")
            assert not await CaseEvent.filter(what="clock.breached", case_id=second.id).exists()
            status, _ = await wang.does("unmerge", await case_of(2))
        assert status == 200
        fresh = await CaseClock.filter(case_id=second.id, met_at__isnull=True)
        assert {clock.round for clock in fresh} == {1} and len(fresh) == 3
        assert (await case_of(2)).reopened == 1


async def test_somebody_who_joined_by_themselves_is_parted_with_a_case_of_their_own() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await account(bot, zhang.member)
        await room(bot, "officers", OFFICERS)
        await bot.says("丹桂苑3号楼堆物", who="hong")
        await bot.says("丹桂苑3号楼堆物，还有煤气罐", who="ming")
        await only_case()
        bot.news()
        await bot.says("拆出 #0311-01", who="zhang", group=OFFICERS)
        bot.replied("#0311-01")
        await bot.says("拆出 #0311-01 3", who="zhang", group=OFFICERS)
        bot.replied()
        await bot.says("拆出 #0311-01 2", who="zhang", group=OFFICERS)
        assert any("新编号 #0311-02" in text for text in bot.news())
        own = await case_of(2)
        page = await zhang.opens(own)
        assert "煤气罐" in page and "煤气罐" not in await zhang.opens(await case_of(1))
        await bot.says("煤气罐拿走了吗", who="ming")
        assert await Report.filter(case_id=own.id).count() == 2
        await bot.says("拆出 #0311-01 1", who="zhang", group=OFFICERS)
        assert "只有这一位" in bot.last or any("只有这一位" in text for text in bot.news())


async def test_merging_twice_from_an_old_page_changes_nothing() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await reported(bot, "hong", "ming", "ting")
        page = await zhang.opens(await case_of(1))
        await merge(zhang, 1, 2)
        status, _ = await zhang.does("merge", await case_of(1), page=page, into="2026/0311-03")
        assert status == 409
        assert (await case_of(1)).merged_into == (await case_of(2)).id


async def test_two_of_a_kind_that_share_a_page_become_one_by_a_press() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await account(bot, zhang.member)
        await room(bot, "officers", OFFICERS)
        await bot.says("楼道有焦味", who="hong")
        await bot.says("焦味很重", who="ming")
        assert (await case_of(2)).beside == (await case_of(1)).id
        await zhang.does("claim", await case_of(1))
        await bot.settle()
        bot.news()
        await bot.presses("并入", who="zhang", group=OFFICERS)
        assert any("#0311-02 已并入 #0311-01" in text for text in bot.news())
        await bot.says("焦味没了", who="ming")
        assert "焦味没了" in await zhang.opens(await case_of(1))


# parting a reporter -----------------------------------------------------------------------------------------

PILE = "丹桂苑3号楼楼道堆物"


async def joined(bot: BotHarness, *people: str) -> Case:
    """One incident of which several people told, each in private."""
    for who in people:
        await bot.says(PILE, who=who)
    await bot.settle()
    bot.news()
    return await only_case()


def reporters(page: str) -> dict[str, str]:
    """Whom the form on a page offers to part, with the values that it sends."""
    form = page.partition('id="split-reporter"')[2].partition("</select>")[0]
    return {name: value for value, name in re.findall(r'value="(\d+)">([^（<]+)（', form)}


async def test_a_reporter_is_parted_by_the_page_once_however_often_it_is_sent() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await joined(bot, "hong", "ming")
        page = await zhang.opens(case)
        offered = reporters(page)
        assert set(offered) == {"Hong", "Ming"}
        for _ in range(2):
            status, shown = await zhang.does("split", case, page=page, reporter=offered["Ming"])
            assert status == 200 and "已拆出" in shown and 'id="split-reporter"' not in shown
        await bot.settle()
        own = await case_of(2)
        assert await Case.all().count() == 2 and own.state == "queued"
        assert [report.identity_id for report in await Report.filter(case_id=own.id)] == [own.identity_id]
        assert {timer.name for timer in await Timer.filter(plugin="handoff", key=str(own.id))} == {"page", "clock"}
        assert (await CaseClock.filter(case_id=own.id)) != []


async def test_parting_whoever_told_first_leaves_the_case_to_the_others() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await joined(bot, "hong", "ming")
        page = await zhang.opens(case)
        await zhang.does("split", case, page=page, reporter=reporters(page)["Hong"])
        await zhang.does("claim", case)
        await bot.settle()
        bot.news()
        await zhang.does("reply", case, text="马上来看")
        await bot.advance(seconds=11)
        assert [sent.text for sent in said_in(bot, "dm-ming")][-1].endswith("马上来看")
        assert not any("马上来看" in sent.text for sent in said_in(bot, "dm-hong"))


async def test_parting_wants_a_case_that_is_ones_to_change_as_it_stands() -> None:
    async with station([senses]) as bot, officer(bot) as zhang, officer(bot, "li") as li:
        case = await joined(bot, "hong", "ming")
        page = await li.opens(case)
        wanted = reporters(page)["Ming"]
        status, shown = await li.does("split", case, reporter="17")
        assert status == 422 and "没有在这里反映" in shown
        await zhang.does("claim", case)
        status, shown = await li.does("split", case, page=page, reporter=wanted)
        assert status == 409 and "Zhang" in shown
        assert 'id="split-reporter"' not in await li.opens(case)
        assert await Case.all().count() == 1


async def test_by_order_the_reporter_is_named_by_number() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await account(bot, zhang.member)
        await room(bot, "officers", OFFICERS)
        case = await joined(bot, "hong", "ming")
        await bot.says(f"拆出 #{case.number}", who="zhang", group=OFFICERS)
        bot.replied("有 2 位反映人")
        await bot.says(f"拆出 #{case.number} 2", who="zhang", group=OFFICERS)
        assert any("#0311-02" in text for text in bot.news())
        assert (await case_of(2)).chat_id != case.chat_id
