"""The outcome: told in the place of every report, once each; what a group must not read; and how it goes on after."""

from __future__ import annotations

from botkit.messages import MessageKind
from botkit.plugins.handoff.models import Case, CaseClock, CaseEvent
from botkit.storage.models import Timer
from botkit.testing import BotHarness
from tests.plugins.handoff.estate import (
    OFFICERS,
    account,
    case_of,
    heard,
    press,
    room,
    said_in,
    senses,
)
from tests.plugins.handoff.station import Officer, later, officer, only_case, station

OUTCOME = "楼道已清理，谢谢反映。"


async def merged(bot: BotHarness, zhang: Officer) -> Case:
    """One incident: told of in two groups and a private chat, and by a neighbour whose case was merged into it."""
    await bot.says("丹桂苑3号楼堆物", group="g1", at_bot=True, who="meili")
    await bot.says("丹桂苑3号楼堆物，走不过去", group="g2", at_bot=True, who="gang")
    await bot.says("丹桂苑3号楼堆物好几天了", who="hong")
    await bot.says("楼道堆物", who="ming")
    await zhang.does("claim", await case_of(1))
    await zhang.does("merge", await case_of(2), into="2026/0311-01")
    await bot.settle()
    bot.news()
    return await case_of(1)


async def test_every_place_hears_the_outcome_once() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await merged(bot, zhang)
        assert await Case.all().count() == 2  # those of one place joined by themselves
        await bot.says("3号楼堆物还有", group="g1", at_bot=True, who="meili")
        bot.news()
        await zhang.does("resolve", case, result="handled", text=OUTCOME, confirm_public="on")
        await bot.settle()
        for chat in ("g1", "g2", "dm-hong", "dm-ming"):
            told = [sent.text for sent in said_in(bot, chat)]
            assert told.count(OUTCOME) == 1, chat
            assert any("问题解决了吗" in text for text in told) == chat.startswith("dm-"), chat
        assert not await CaseClock.filter(met_at__isnull=True).exists()


async def test_anybody_who_told_of_it_says_whether_it_helped() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await merged(bot, zhang)
        await zhang.does("resolve", case, result="handled", text=OUTCOME, confirm_public="on")
        await bot.settle()
        bot.news()
        for who in ("hong", "ming"):
            await press(bot, said_in(bot, f"dm-{who}")[-1], "有帮助", who=who)
            bot.replied("谢谢")
        assert await CaseEvent.filter(what="outcome.confirmed").count() == 2
        await press(bot, said_in(bot, "dm-ming")[-2], "还没解决", who="ming")
        bot.replied("#0311-01 已重新打开")
        case = await case_of(1)
        assert (case.state, case.reopened) == ("queued", 1)
        assert (await case_of(2)).state == "merged"


async def test_nobody_else_presses_for_them() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await merged(bot, zhang)
        await zhang.does("resolve", case, result="handled", text=OUTCOME, confirm_public="on")
        await bot.settle()
        value = next(value for label, value in said_in(bot, "dm-hong")[-1].out.buttons if label == "还没解决")
        await bot.says(kind=MessageKind.BUTTON, data={"value": value}, who="stranger")
        assert (await case_of(1)).state == "resolved"


async def test_a_reopened_case_rings_where_its_card_stands() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await account(bot, zhang.member)
        await room(bot, "officers", OFFICERS)
        await bot.says("楼道堆物", who="hong")
        case = await only_case()
        await zhang.does("claim", case)
        await zhang.does("resolve", case, result="handled", text=OUTCOME)
        await bot.settle()
        bot.news()
        await bot.presses("还没解决", who="hong")
        assert any("0311-01 居民说还没解决" in sent.text for sent in said_in(bot, OFFICERS))
        assert "待接" in said_in(bot, OFFICERS)[1].text
        timers = await Timer.filter(plugin="handoff", key=str(case.id))
        assert {timer.name for timer in timers} == {"page", "clock"}


async def test_a_merged_reporters_word_reopens_the_same_case() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await merged(bot, zhang)
        await zhang.does("resolve", case, result="handled", text=OUTCOME, confirm_public="on")
        await bot.settle()
        await later(bot, days=13)
        bot.news()
        await bot.says("楼道还是堆着", who="ming")
        bot.replied("#0311-01 已重新打开")
        async with officer(bot, "wang") as wang:
            page = await wang.opens(await case_of(1))
        assert "楼道还是堆着" in page and OUTCOME in page and "重新打开" in page


async def test_after_the_days_are_over_a_new_case_is_linked_to_the_old_one() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await bot.says("楼道堆物", who="hong")
        await zhang.does("claim", await only_case())
        await zhang.does("resolve", await only_case(), result="handled", text=OUTCOME)
        await bot.settle()
        await later(bot, days=15)
        bot.news()
        await bot.says("楼道还是堆着", who="hong")
        bot.replied("#0326-01")
        new = await Case.get(number="0326-01")
        linked = await CaseEvent.get(what="case.linked")
        assert linked.case_id == new.id and str((await case_of(1)).id) in linked.facts
        async with officer(bot, "wang") as wang:
            page = await wang.opens(new)
        assert "接着此前一件已结的案件" in page and '接续</dt><dd><a href="/desk/handoff/2026/0311-01"' in page


async def test_the_button_after_the_days_are_over_links_too_and_another_matter_does_not() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await bot.says("楼道堆物", who="hong")
        await zhang.does("claim", await only_case())
        await zhang.does("resolve", await only_case(), result="handled", text=OUTCOME)
        await bot.settle()
        await later(bot, days=15)
        await bot.presses("还没解决", who="hong")
        assert await CaseEvent.filter(what="case.linked").count() == 1
        await bot.says("不用了", who="hong")
        await bot.says("户口怎么迁", who="hong")
        assert await Case.all().count() == 3
        assert await CaseEvent.filter(what="case.linked").count() == 1


TELLS = "502室张先生醉酒已送医"


async def group_case(bot: BotHarness, zhang: Officer) -> Case:
    """A case from a group, claimed, with a card in the officers' room; its reporter has written in private too."""
    await account(bot, zhang.member)
    await room(bot, "officers", OFFICERS)
    await bot.says("你好", who="meili")
    await bot.says("不用了", who="meili")
    await bot.says("楼道堆物", group="g1", at_bot=True, who="meili")
    case = await Case.all().order_by("-id").first()
    assert case is not None
    await zhang.does("claim", case)
    await bot.settle()
    bot.news()
    return case


async def test_what_tells_of_persons_wants_a_second_yes_in_chat() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await group_case(bot, zhang)
        await bot.says(f"回复 #{case.number} {TELLS}", who="zhang", group=OFFICERS)
        bot.replied("姓名或称呼", "门牌", "健康情况", TELLS)
        assert [label for label, _ in bot.sent[-1].out.buttons] == ["照发", "改发私信", "不发"]
        await bot.presses("不发", who="zhang", group=OFFICERS)
        bot.replied("没有发出")
        await bot.says(f"回复 #{case.number} {TELLS}", who="zhang", group=OFFICERS)
        await bot.presses("改发私信", who="zhang", group=OFFICERS)
        await bot.advance(seconds=11)
        assert said_in(bot, "dm-meili")[-1].text == TELLS
        assert not any("张先生" in sent.text for sent in said_in(bot, "g1"))
        await bot.says(f"回复 #{case.number} {TELLS}", who="zhang", group=OFFICERS)
        await bot.presses("照发", who="zhang", group=OFFICERS)
        await bot.advance(seconds=11)
        assert said_in(bot, "g1")[-1].text == TELLS


async def test_of_an_outcome_too_in_chat_and_on_the_page() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await group_case(bot, zhang)
        await bot.says(f"办结 #{case.number} handled {TELLS}", who="zhang", group=OFFICERS)
        bot.replied("门牌")
        await bot.presses("不发", who="zhang", group=OFFICERS)
        bot.news()
        status, page = await zhang.does("resolve", case, result="handled", text=TELLS)
        assert status == 422 and "健康情况" in page and "confirm_details" in page and TELLS in page
        status, page = await zhang.does("resolve", case, result="handled", text=TELLS, confirm_details="on")
        assert status == 422 and "confirm_public" in page
        assert (await Case.get(id=case.id)).state == "claimed"
        both = {"confirm_details": "on", "confirm_public": "on"}
        status, _ = await zhang.does("resolve", case, result="handled", text=TELLS, **both)
        assert status == 200
        await bot.settle()
        assert said_in(bot, "g1")[-1].text == TELLS


async def test_the_name_of_any_reporter_is_found_of_merged_ones_too() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await merged(bot, zhang)
        status, page = await zhang.does("resolve", case, result="handled", text="Ming 家门口已清理")
        assert status == 422 and "姓名或称呼" in page


async def test_in_private_nothing_is_held_back() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        await bot.says("楼道堆物", who="hong")
        case = await only_case()
        await zhang.does("claim", case)
        status, _ = await zhang.does("resolve", case, result="handled", text=TELLS)
        assert status == 200


async def test_a_reporter_who_no_longer_needs_it_does_not_end_it_for_the_others() -> None:
    async with station([senses]) as bot:
        await bot.says("丹桂苑3号楼堆物", who="hong")
        await bot.says("丹桂苑3号楼堆物，走不过去", who="gang")
        await bot.says("不用了", who="gang")
        assert (await only_case()).state == "queued"


async def test_an_outcome_answers_nothing_in_the_officers_room_but_goes_to_residents() -> None:
    async with station([senses]) as bot, officer(bot) as zhang:
        case = await group_case(bot, zhang)
        await bot.says(f"办结 #{case.number} handled {OUTCOME}", who="zhang", group=OFFICERS)
        await bot.presses("照发", who="zhang", group=OFFICERS)
        told = [text for text in heard(bot, OFFICERS) if OUTCOME in text]
        assert told == [OUTCOME] and said_in(bot, "g1")[-1].out.author == "社区民警"
        assert said_in(bot, "g1")[-1].out.reply_to in (None, "in-6")
