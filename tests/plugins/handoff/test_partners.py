"""Partners: what a property manager's room gets of a case, what it can do with it, and what it never sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from botkit.messages import Attachment, MessageKind
from botkit.plugins.handoff.models import Case, CaseEvent
from botkit.staff import Member
from botkit.testing import BotHarness
from botkit.testing.fake import Sent
from tests.plugins.handoff.estate import (
    COMMITTEE,
    OFFICERS,
    PARTNER,
    account,
    case_of,
    person,
    press,
    reply,
    room,
    said_in,
    senses,
)
from tests.plugins.handoff.station import Officer, desk, officer, only_case, station

WORDS = "丹桂苑3号楼楼道堆物，我是隔壁王阿姨，天天绊脚"
TOLD = "请清理3号楼楼道堆物，今天之内"


@dataclass
class Estate:
    """A bot with an officers' room and a property manager's, an officer at the desk and a partner."""

    bot: BotHarness
    zhang: Officer
    wu: Member

    async def claimed(self) -> Case:
        """A report from a group that Zhang has claimed."""
        await self.bot.says(WORDS, group="g1", at_bot=True, who="meili")
        case = await Case.all().order_by("-id").first()
        assert case is not None
        await self.zhang.does("claim", case)
        await self.bot.settle()
        self.bot.news()
        return case

    async def handed(self) -> Case:
        """The same, given to the property manager by typed order."""
        case = await self.claimed()
        await self.bot.says(f"交办 #{case.number} 丹桂物业 {TOLD}", who="zhang", group=OFFICERS)
        self.bot.news()
        return case


@asynccontextmanager
async def estate() -> AsyncIterator[Estate]:
    async with station([senses]) as bot, officer(bot) as zhang:
        await account(bot, zhang.member)
        await room(bot, "officers", OFFICERS)
        await room(bot, "partner", PARTNER, "丹桂物业")
        yield Estate(bot, zhang, await person(bot, "wu", ["partner"]))


async def test_a_case_is_handed_over_by_a_typed_order_with_the_officers_words_alone() -> None:
    async with estate() as all:
        case = await all.claimed()
        await all.bot.says(f"交办 #{case.number} 丹桂物业 {TOLD}", who="zhang", group=OFFICERS)
        card = said_in(all.bot, PARTNER)[-1]
        assert "#0311-01" in card.text and TOLD in card.text and "丹桂苑" in card.text
        assert [label for label, _ in card.out.buttons] == ["接了", "办好了"]
        assert any("已交给丹桂物业" in sent.text for sent in said_in(all.bot, OFFICERS))
        everything = " ".join(sent.text for sent in said_in(all.bot, PARTNER))
        for secret in ("Meili", "meili", "王阿姨", "绊脚", "隔壁"):
            assert secret not in everything


async def test_a_room_and_the_words_are_asked_for_where_they_are_missing() -> None:
    async with estate() as all:
        case = await all.claimed()
        await room(all.bot, "partner", COMMITTEE, "丹桂居委")
        await all.bot.says(f"交办 #{case.number}", who="zhang", group=OFFICERS)
        all.bot.replied("交给哪个单位")
        await all.bot.presses("丹桂居委", who="zhang", group=OFFICERS)
        all.bot.replied("请写要对方做什么")
        await all.bot.says(TOLD, who="zhang", group=OFFICERS)
        assert TOLD in said_in(all.bot, COMMITTEE)[-1].text
        assert not any(TOLD in sent.text for sent in said_in(all.bot, PARTNER))


async def test_a_case_is_handed_over_on_the_page_and_twice_is_once() -> None:
    async with estate() as all:
        case = await all.claimed()
        page = await all.zhang.opens(case)
        chat = next(chat for chat, each in _rooms(all.bot).items() if each == "丹桂物业")
        for _ in range(2):
            status, shown = await all.zhang.does("partner", case, page=page, room=str(chat), text=TOLD)
            assert status == 200 and "已交给对方" in shown
        await all.bot.settle()
        assert sum(TOLD in sent.text for sent in said_in(all.bot, PARTNER)) == 1
        status, shown = await all.zhang.does("partner", case, room="17", text=TOLD)
        assert status == 422 and "请选一个" in shown and TOLD in shown


def _rooms(bot: BotHarness) -> dict[int, str]:
    return {chat: each.name for chat, each in desk(bot).rooms.items()}


async def test_the_reporters_name_in_an_officers_words_wants_a_second_yes() -> None:
    async with estate() as all:
        case = await all.claimed()
        text = "请联系 Meili 清理"
        await all.bot.says(f"交办 #{case.number} 丹桂物业 {text}", who="zhang", group=OFFICERS)
        all.bot.replied("反映人的名字", "丹桂物业会看到")
        assert not any("Meili" in sent.text for sent in said_in(all.bot, PARTNER))
        await all.bot.presses("不发", who="zhang", group=OFFICERS)
        all.bot.news()
        chat = next(chat for chat, each in _rooms(all.bot).items() if each == "丹桂物业")
        status, page = await all.zhang.does("partner", case, room=str(chat), text=text)
        assert status == 422 and "confirm_details" in page and f'value="{chat}" selected' in page


async def test_a_partner_takes_it_and_the_resident_hears_once_who_is_at_work() -> None:
    async with estate() as all:
        await all.handed()
        card = said_in(all.bot, PARTNER)[-1]
        await press(all.bot, card, "接了", who="wu")
        news = all.bot.news()
        assert sum("#0311-01 丹桂物业已接手处理" in text for text in news) == 1
        assert said_in(all.bot, "g1")[-1].text == "#0311-01 丹桂物业已接手处理。"
        assert any("丹桂物业已接" in sent.text for sent in said_in(all.bot, OFFICERS))
        await press(all.bot, card, "接了", who="wu")
        await all.bot.says("接了 #0311-01", who="wu", group=PARTNER)
        assert len(said_in(all.bot, "g1")) == 2  # the number of the case, and who is at work


async def test_it_is_handed_again_and_residents_still_hear_once() -> None:
    async with estate() as all:
        case = await all.handed()
        await all.bot.says("接了", who="wu", group=PARTNER)
        await all.bot.says(f"交办 #{case.number} 丹桂物业 还有5号楼", who="zhang", group=OFFICERS)
        await all.bot.says("接了", who="wu", group=PARTNER)
        assert len([sent for sent in said_in(all.bot, "g1") if "已接手处理" in sent.text]) == 1


PHOTO = Attachment(MessageKind.PHOTO, "a" * 64 + ".jpg")


@pytest.mark.parametrize("how", ["number", "reply", "alone", "button"])
async def test_a_partner_reports_that_it_is_done(how: str) -> None:
    async with estate() as all:
        await all.handed()
        card = said_in(all.bot, PARTNER)[-1]
        if how == "button":
            await press(all.bot, card, "办好了", who="wu")
        else:
            await all.bot.says(
                "办好了 #0311-01" if how == "number" else "办好了，都搬走了",
                who="wu",
                group=PARTNER,
                kind=MessageKind.PHOTO,
                attachments=(PHOTO,),
                reply_to=card.id if how == "reply" else None,
            )
        assert any("回报：办好了" in sent.text for sent in said_in(all.bot, OFFICERS))
        assert "已告诉民警" in said_in(all.bot, PARTNER)[-1].text
        assert len(said_in(all.bot, "g1")) == 1  # that it is done is the officer's to say
        page = await all.zhang.opens(await only_case())
        assert "协办单位回报办好" in page
        assert (f"/files/{PHOTO.id}" in page) == (how != "button")
        await all.bot.says("办好了 #0311-01", who="wu", group=PARTNER)
        assert "已经登记过了" in all.bot.last


async def test_of_several_given_the_bot_asks_which_is_meant() -> None:
    async with estate() as all:
        await all.handed()
        await all.bot.advance(minutes=20)
        await all.bot.says("5号楼堆物", group="g2", at_bot=True, who="gang")
        second = await case_of(2)
        await all.zhang.does("claim", second)
        await all.bot.says("交办 #0311-02 丹桂物业 5号楼也清一下", who="zhang", group=OFFICERS)
        all.bot.news()
        await all.bot.says("办好了", who="wu", group=PARTNER)
        all.bot.replied("#0311-01", "#0311-02", "编号")
        await all.bot.says("办好了 0311-02", who="wu", group=PARTNER)
        all.bot.news()
        # Now only one is left.
        await all.bot.says("接了", who="wu", group=PARTNER)
        assert await CaseEvent.filter(what="partner.taken", case_id=(await case_of(1)).id).exists()


async def test_strangers_and_officers_do_nothing_in_a_partners_room() -> None:
    async with estate() as all:
        await all.handed()
        card = said_in(all.bot, PARTNER)[-1]
        for who in ("guest", "zhang"):
            await all.bot.says("接了 #0311-01", who=who, group=PARTNER)
            await reply(all.bot, card, "办好了", who=who)
            all.bot.kept_silent()
            await press(all.bot, card, "办好了", who=who)
            assert "0311" not in all.bot.replied()
        assert not await CaseEvent.filter(what__in=["partner.taken", "partner.done"]).exists()


async def test_somebody_suspended_is_a_stranger_at_once() -> None:
    async with estate() as all:
        await all.handed()
        await all.bot.services.staff.suspend("wu")
        await all.bot.says("接了 #0311-01", who="wu", group=PARTNER)
        all.bot.kept_silent()


SAID = (
    "/case 0311-01", "/case", "0311-01", "#0311-01", "查看 0311-01", "/show 0311-01", "/queue", "队列", "/mine",
    "我的", "值班", "/duty", "/claim 0311-01", "接 0311-02", "办结 0311-01 handled 好了", "/human", "转人工", "不用了",
    "我的进度", "/privacy", "/delete", "/verify zhang", "/off", "0311-01 好了吗", "已办 #0311-02", "谁反映的？",
)  # fmt: skip


@pytest.mark.parametrize("who", ["wu", "zhang", "guest"])
async def test_nothing_else_is_to_be_had_in_a_partners_room(who: str) -> None:
    async with estate() as all:
        await all.handed()
        await all.bot.says("户口怎么迁", who="laowang")
        all.bot.news()
        before = await Case.all().count()
        for text in SAID:
            await all.bot.says(text, who=who, group=PARTNER, at_bot=True)
            assert all.bot.news() == [], text
        card = said_in(all.bot, PARTNER)[-1]
        for action in ("claim", "resolve", "human", "helped", "partner", "unmerge"):
            await all.bot.says(
                kind=MessageKind.BUTTON, data={"value": f"handoff.{action}|2026/0311-01"}, who=who, group=PARTNER
            )
        assert said_in(all.bot, PARTNER)[-1] is card
        assert await Case.all().count() == before
        assert (await case_of(1)).holder_id == all.zhang.member.id


async def test_a_partner_says_nothing_about_another_partners_case() -> None:
    async with estate() as all:
        await all.handed()
        await room(all.bot, "partner", COMMITTEE, "丹桂居委")
        for text in ("接了 #0311-01", "办好了", "办好了 #0311-01"):
            await all.bot.says(text, who="wu", group=COMMITTEE)
        all.bot.kept_silent()


async def test_edits_deletions_and_later_words_of_residents_never_reach_a_partner() -> None:
    async with estate() as all:
        await all.handed()
        before = [sent.text for sent in said_in(all.bot, PARTNER)]
        await all.bot.says("绝密的话", group="g1", at_bot=True, who="meili")
        await all.bot.says("改成绝密", group="g1", at_bot=True, who="meili", id="in-3", revision=1)
        await all.bot.says(kind=MessageKind.DELETED, group="g1", who="meili", id="in-3", revision=2)
        case = await only_case()
        await all.zhang.does("note", case, text="绝密备注")
        await all.zhang.does("reply", case, text="绝密回复", confirm_public="on")
        await all.bot.advance(minutes=1)
        await all.zhang.does("resolve", case, result="handled", text="清理好了", confirm_public="on")
        await all.bot.settle()
        assert [sent.text for sent in said_in(all.bot, PARTNER)] == [*before, "#0311-01 民警已办结，这边不用再办了。"]
        # After its end a word of the partner's changes nothing any more.
        await all.bot.says("办好了", who="wu", group=PARTNER)
        await all.bot.says("办好了 #0311-01", who="wu", group=PARTNER)
        assert "不再需要" in all.bot.last and len(said_in(all.bot, PARTNER)) == len(before) + 2


@pytest.mark.parametrize("words", ["户口迁移", "刷单被骗", "他又跟踪我", "他打我", "楼道有焦味", "我要投诉民警"])
async def test_what_is_no_partners_business_can_not_be_handed_over(words: str) -> None:
    async with estate() as all, officer(all.bot, "chief", ("commander",), "所长") as chief:
        await all.bot.says(words, who="meili")
        case = await only_case()
        page = await chief.opens(case)
        await chief.does("claim", case)
        await all.bot.settle()
        all.bot.news()
        page = await chief.opens(case)
        assert "/partner" not in page
        chat = next(chat for chat, each in _rooms(all.bot).items() if each == "丹桂物业")
        before = len(said_in(all.bot, PARTNER))
        status, page = await chief.does("partner", case, room=str(chat), text=TOLD)
        assert status == 422 and "不能交给物业或居委" in page
        assert len(said_in(all.bot, PARTNER)) == before


async def test_a_photo_in_answer_to_what_was_given_stands_on_the_case_page() -> None:
    async with estate() as all:
        await all.handed()
        card = said_in(all.bot, PARTNER)[-1]
        await reply(all.bot, card, "", who="wu", kind=MessageKind.PHOTO, attachments=(PHOTO,))
        assert "照片已转给民警" in said_in(all.bot, PARTNER)[-1].text
        assert any("丹桂物业补充了照片" in sent.text for sent in said_in(all.bot, OFFICERS))
        case = await only_case()
        assert f"/desk/handoff/{case.ref}/files/{PHOTO.id}" in await all.zhang.opens(case)
        assert case.partner_state == "handed"
        # In answer to anything else, or from a stranger, it is their own.
        all.bot.news()
        await all.bot.says(kind=MessageKind.PHOTO, attachments=(PHOTO,), who="wu", group=PARTNER, reply_to="in-1")
        await reply(all.bot, card, "", who="guest", kind=MessageKind.PHOTO, attachments=(PHOTO,))
        all.bot.kept_silent()


# how it ends there ------------------------------------------------------------------------------------------


def given(all: Estate, chat: str = PARTNER) -> Sent:
    """The card that stands in a partner's room."""
    return next(sent for sent in said_in(all.bot, chat) if TOLD in sent.text)


def ended(all: Estate, chat: str = PARTNER) -> list[str]:
    """What the room was told after the card."""
    texts = [sent.text for sent in said_in(all.bot, chat)]
    return texts[texts.index(given(all, chat).text) + 1 :]


async def test_a_result_ends_the_card_and_a_reopening_is_told() -> None:
    async with estate() as all:
        await all.bot.says(WORDS, who="meili")
        case = await only_case()
        await all.zhang.does("claim", case)
        await all.zhang.does("partner", case, room=str(next(iter(_partners(all.bot)))), text=TOLD)
        await all.bot.settle()
        assert len(given(all).out.buttons) == 2
        await all.zhang.does("resolve", case, result="handled", text="清理好了")
        await all.bot.settle()
        assert ended(all) == ["#0311-01 民警已办结，这边不用再办了。"]
        assert TOLD in given(all).text and given(all).out.buttons == ()
        await all.bot.says("办好了", who="wu", group=PARTNER)
        await all.bot.presses("还没解决", who="meili")
        assert ended(all)[1:] == ["#0311-01 又在跟进；需要这边办的，民警会另外发来。"]
        # Given anew, it can be done again.
        await case.refresh_from_db()
        await all.zhang.does("claim", case)
        await all.bot.says(f"交办 #{case.number} 丹桂物业 再看一次", who="zhang", group=OFFICERS)
        await all.bot.says("办好了", who="wu", group=PARTNER)
        await case.refresh_from_db()
        assert case.partner_state == "done"
        everything = " ".join(sent.text for sent in said_in(all.bot, PARTNER))
        assert "Meili" not in everything and "绊脚" not in everything and "清理好了" not in everything


async def test_a_merger_ends_it_and_parting_is_told() -> None:
    async with estate() as all:
        case = await all.handed()
        await all.bot.says("丹桂苑3号楼楼道堆物", group="g2", at_bot=True, who="ling", id="other")
        await all.bot.says("六号楼也有堆物", group="g3", at_bot=True, who="qi")
        other = await Case.all().order_by("-id").first()
        assert other is not None and other.id != case.id
        await all.zhang.does("merge", case, into=other.ref)
        await all.bot.settle()
        assert ended(all) == ["#0311-01 已并案，由民警统一跟进，这边不用再办了。"], "no number of another case"
        assert given(all).out.buttons == ()
        await all.zhang.does("unmerge", case)
        await all.bot.settle()
        assert ended(all)[1:] == ["#0311-01 又在跟进；需要这边办的，民警会另外发来。"]


async def test_what_goes_to_another_partner_is_over_for_the_first() -> None:
    async with estate() as all:
        await room(all.bot, "partner", COMMITTEE, "丹桂居委")
        case = await all.handed()
        await all.bot.says(f"交办 #{case.number} 丹桂居委 {TOLD}", who="zhang", group=OFFICERS)
        assert ended(all) == ["#0311-01 已交给别的单位，这边不用再办了。"] and given(all).out.buttons == ()
        assert ended(all, COMMITTEE) == [] and len(given(all, COMMITTEE).out.buttons) == 2


async def test_what_its_resident_withdraws_is_over() -> None:
    async with estate() as all:
        case = await all.handed()
        await all.bot.says(f"放回 #{case.number}", who="zhang", group=OFFICERS)
        assert ended(all) == [], "another officer goes on with it"
        await all.bot.says("不用了", group="g1", at_bot=True, who="meili")
        await case.refresh_from_db()
        assert case.state == "cancelled" and ended(all) == ["#0311-01 已撤回，这边不用再办了。"]
        assert given(all).out.buttons == ()
        await all.bot.says("接了", who="wu", group=PARTNER)
        assert len(ended(all)) == 1


def _partners(bot: BotHarness) -> list[int]:
    return [chat for chat, each in desk(bot).rooms.items() if each.kind == "partner"]
