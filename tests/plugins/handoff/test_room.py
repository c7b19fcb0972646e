"""The officers' room as a chat: one card a case, buttons and orders, notes, replies that can be taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from botkit.messages import Attachment, MessageKind
from botkit.plugins.handoff.models import Case, CaseClock, CaseEvent, Draft
from botkit.storage.models import Inbox, Timer
from botkit.testing.fake import FULL, FakeAdapter
from tests.plugins.handoff.station import card, colleague, labels, later, officer, only_case, room, said_in, station

ROOM = "民警群"


async def test_a_case_comes_as_one_card_with_everything_an_officer_needs() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("第一件小事", who="li")
        await bot.says("不用了", who="li")
        photo = Attachment(MessageKind.PHOTO, "a" * 64 + ".jpg")
        await bot.says("阳光花园3号楼502漏水了", who="li", kind=MessageKind.PHOTO, attachments=(photo,))
        shown = card(bot, "0311-02").text
        assert "一般" in shown  # its level
        assert "阳光花园" in shown and "3号楼" in shown and "502室" in shown  # its place
        assert "私信" in shown  # where it comes from
        assert "Li：阳光花园3号楼502漏水了" in shown  # the words as written
        assert "照片 1 张" in shown
        assert "#0311-01" in shown  # earlier cases of this person
        assert "机器人已答：" in shown  # what the bot said already
        assert "响应还剩" in shown  # the clocks
        assert labels(card(bot, "0311-02")) == ["接了", "稍后", "加急"]


async def test_claiming_edits_the_card_and_tells_who_has_it() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await colleague(bot, "wang")
        await bot.says("楼道堆物", who="li")
        bot.news()
        await bot.presses("接了", who="zhang", group=ROOM)
        assert "Zhang接了" in said_in(bot, ROOM)[-1]
        assert card(bot, "0311-01").text.endswith("，Zhang")
        assert labels(card(bot, "0311-01")) == ["办结", "转交", "等居民", "放回"]
        assert "已接手" in said_in(bot, "dm-li")[-1]
        await bot.says("接 #0311-01", who="wang", group=ROOM)
        assert "Zhang (社区民警)已于今天 10:00 接手" in said_in(bot, ROOM)[-1]
        assert (await only_case()).state == "claimed"
        assert sum(text.startswith("【") for text in said_in(bot, ROOM)) == 1


async def test_only_enrolled_officers_order_and_talk_is_not_kept() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        bot.news()
        before = await Inbox.all().count()
        await bot.says("中午吃什么，食堂有红烧肉", who="zhang", group=ROOM)
        await bot.says("救命啊着火了哈哈哈", who="zhang", group=ROOM)
        assert await Inbox.all().count() == before
        await bot.says("接 #0311-01", who="stranger", group=ROOM)
        bot.kept_silent()
        await bot.presses("接了", who="stranger", group=ROOM)
        bot.replied("没有绑定")
        assert (await only_case()).state == "queued"


async def test_an_answer_to_the_card_reaches_the_resident_after_ten_seconds() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        bot.news()
        await bot.says("下午两点去看", who="zhang", group=ROOM, reply_to=card(bot, "0311-01").id)
        bot.replied("#0311-01", "10 秒后发往私信", "下午两点去看")
        assert labels(bot.sent[-1]) == ["撤回"]
        assert (await CaseClock.get(name="response")).met_at is None
        await bot.advance(seconds=9)
        assert "下午两点去看" not in said_in(bot, "dm-li")
        await bot.advance(seconds=1)
        assert said_in(bot, "dm-li")[-1] == "下午两点去看"
        assert "已发往私信" in said_in(bot, ROOM)[-1]
        assert (await CaseClock.get(name="response")).met_at is not None


async def test_a_reply_can_be_taken_back_and_an_urgent_one_goes_at_once() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.says("打错字了", who="zhang", group=ROOM, reply_to=card(bot, "0311-01").id)
        await bot.presses("撤回", who="zhang", group=ROOM)
        assert "已撤回：打错字了" in said_in(bot, ROOM)[-1]
        await bot.advance(minutes=1)
        assert "打错字了" not in said_in(bot, "dm-li") and not await Draft.all().count()
        await bot.says("加急 #0311-01", who="zhang", group=ROOM)
        await bot.says("马上到", who="zhang", group=ROOM, reply_to=card(bot, "0311-01").id)
        assert said_in(bot, "dm-li")[-1] == "马上到"


async def test_a_reply_whose_case_went_to_somebody_else_meanwhile_is_not_sent() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.says("我来办", who="zhang", group=ROOM, reply_to=card(bot, "0311-01").id)
        await bot.says("放回 #0311-01", who="zhang", group=ROOM)
        await bot.advance(seconds=10)
        assert "我来办" not in said_in(bot, "dm-li")
        assert any("没有发出" in text and "我来办" in text for text in said_in(bot, ROOM))
        assert (await CaseEvent.get(what="reply.dropped")).text == "我来办"


async def test_words_in_the_thread_are_notes_and_never_reach_the_resident() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        [thread] = bot.platform.threads.values()  # type: ignore[attr-defined]  # the fake platform's
        said = said_in(bot, "dm-li")
        message = replace(bot.message("这户上次也堆过", who="zhang", group=ROOM), thread=thread)
        await bot.deliver(message)
        await bot.advance(minutes=1)
        assert said_in(bot, "dm-li") == said
        assert (await CaseEvent.get(what="case.noted")).text == "这户上次也堆过"
        # What the resident adds is relayed into the thread; an answer to that goes to the resident.
        await bot.says("现在更多了", who="li")
        relay = bot.sent[-1] if "现在更多了" in bot.sent[-1].text else bot.sent[-2]
        assert relay.out.thread == thread and "Li：现在更多了" in relay.text
        await bot.says("看到了", who="zhang", group=ROOM, reply_to=relay.id)
        await bot.advance(seconds=10)
        assert said_in(bot, "dm-li")[-1] == "看到了"


async def test_concurrent_cases_never_cross() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        people = [f"r{n}" for n in range(8)]
        for who in people:
            await bot.says(f"{who} 的事情", who=who)
        cases = {case.identity_id: case for case in await Case.all()}
        assert len(cases) == 8
        for n in range(8):
            await bot.says(f"接 #0311-0{n + 1}", who="zhang", group=ROOM)
        messages = [
            bot.message(f"答复给 {who}", who="zhang", group=ROOM, reply_to=card(bot, f"0311-0{n + 1}").id)
            for n, who in enumerate(people)
        ]
        await bot.deliver(*reversed(messages))
        await bot.advance(seconds=10)
        for who in people:
            mine = [text for text in said_in(bot, f"dm-{who}") if text.startswith("答复给")]
            assert mine == [f"答复给 {who}"]


async def test_resolving_asks_for_a_result_and_words() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        bot.news()
        await bot.presses("办结", who="zhang", group=ROOM)
        bot.replied("办结结果")
        await bot.presses("已处置", who="zhang", group=ROOM)
        bot.replied("结果说明")
        await bot.says("已经清走了，谢谢反映。", who="zhang", group=ROOM)
        assert "已经清走了，谢谢反映。" in said_in(bot, "dm-li")
        case = await only_case()
        assert (case.state, case.result) == ("resolved", "handled")
        assert labels(card(bot, "0311-01")) == []


async def test_orders_in_one_line_in_both_languages() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        for n, text in enumerate(("楼道堆物", "飞线充电"), 1):
            await bot.says(text, who=f"r{n}")
        await bot.says("/claim 0311-01", who="zhang", group=ROOM)
        await bot.says("#0311-01 办结 已处置 都清理干净了", who="zhang", group=ROOM)
        assert (await Case.get(number="0311-01")).result == "handled"
        await bot.says("claim #0311-02", who="zhang", group=ROOM)
        await bot.says("resolve #0311-02 answered It is done", who="zhang", group=ROOM)
        assert (await Case.get(number="0311-02")).result == "answered"
        bot.news()
        await bot.says("接 #0311-99", who="zhang", group=ROOM)
        bot.replied("没有这个编号", "0311-99")
        await bot.says("待接", who="zhang", group=ROOM)
        bot.replied("没有待接")


async def test_handing_over_needs_a_note_and_a_yes() -> None:
    async with station() as bot:
        await room(bot)
        zhang, wang = await colleague(bot, "zhang"), await colleague(bot, "wang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.says("转 #0311-01 wang 要找物业，电话在备注里", who="zhang", group=ROOM)
        assert any("Zhang请Wang接手" in text and "要找物业" in text for text in said_in(bot, "dm-wang"))
        assert (await only_case()).holder_id == zhang.id
        await bot.presses("接手", who="wang")
        case = await only_case()
        assert (case.holder_id, case.handed) == (wang.id, 1)
        # Handed on twice, it goes to the commander.
        await colleague(bot, "chief", "commander", title="所长")
        await bot.says("转 #0311-01 zhang 还是你来吧", who="wang", group=ROOM)
        case = await only_case()
        assert (case.state, case.team) == ("queued", "commander")
        assert any("#0311-01" in text for text in said_in(bot, "dm-chief"))


async def test_an_offer_that_nobody_accepts_stays_where_it_is() -> None:
    async with station() as bot:
        await room(bot)
        zhang = await colleague(bot, "zhang")
        await colleague(bot, "wang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.presses("转交", who="zhang", group=ROOM)
        await bot.presses("Wang", who="zhang", group=ROOM)
        await bot.says("帮我跟一下", who="zhang", group=ROOM)
        assert (await only_case()).offered_to is not None
        await bot.advance(minutes=30)
        case = await only_case()
        assert (case.holder_id, case.offered_to) == (zhang.id, None)
        await bot.presses("接手", who="wang")
        assert "没有（或不再）等您接手" in said_in(bot, "dm-wang")[-1]


async def test_waiting_for_the_resident_reminds_twice_and_ends() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.says("等居民 #0311-01", who="zhang", group=ROOM)
        assert (await only_case()).state == "waiting_resident"
        await bot.says("在三楼", who="li")
        assert (await only_case()).state == "claimed"
        await bot.says("等居民 #0311-01", who="zhang", group=ROOM)
        for _ in range(2):
            await later(bot, hours=24)
            assert "在等您的答复" in said_in(bot, "dm-li")[-1]
        await later(bot, hours=24)
        case = await only_case()
        assert (case.state, case.result) == ("resolved", "no_reply")
        assert "14 天内回复一句就重新办理" in said_in(bot, "dm-li")[-1]
        # No human said so: the promise of a result was not kept by it.
        assert (await CaseClock.get(name="result")).met_at is None
        await bot.says("还是没人来", who="li")
        assert (await only_case()).state == "queued"


async def test_waiting_for_an_agency_until_a_date() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.says("等单位 #0311-01 昨天 城管", who="zhang", group=ROOM)
        assert "等谁、等到哪天" in said_in(bot, ROOM)[-1]
        await bot.says("等单位 #0311-01 3-14 城管", who="zhang", group=ROOM)
        case = await only_case()
        assert case.state == "waiting_agency" and case.wait_until is not None
        await later(bot, days=3)
        assert (await only_case()).state == "claimed"
        assert any("等待期限到了" in text for text in said_in(bot, "dm-zhang"))


async def test_a_lease_asks_then_lets_go() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.advance(hours=4)
        assert any("还在办吗" in text for text in said_in(bot, "dm-zhang"))
        await bot.presses("还在办", who="zhang")
        await bot.advance(hours=3, minutes=59)
        assert (await only_case()).state == "claimed"
        await bot.advance(minutes=1)
        await bot.advance(minutes=10)
        assert (await only_case()).state == "queued"
        assert await CaseEvent.filter(what="case.lapsed").count() == 1


async def test_snoozing_reminds_and_changes_nothing_else() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        await bot.presses("稍后", who="zhang", group=ROOM)
        await bot.advance(minutes=30)
        assert "还没人接" in said_in(bot, "dm-zhang")[-1]
        assert (await only_case()).state == "queued"


async def test_a_reply_into_a_group_wants_a_second_yes_and_can_go_private() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("我是楼上的", who="li")
        await bot.says("@社区民警 楼道堆物", who="li", group="3号楼", at_bot=True)
        number = (await Case.all().order_by("-id").first()).number  # type: ignore[union-attr]  # there is one
        await bot.says(f"接 #{number}", who="zhang", group=ROOM)
        await bot.says("502室张先生家的东西，下午搬走", who="zhang", group=ROOM, reply_to=card(bot, number).id)
        assert "门牌" in said_in(bot, ROOM)[-1] and labels(bot.sent[-1]) == ["照发", "改发私信", "不发"]
        await bot.presses("改发私信", who="zhang", group=ROOM)
        await bot.advance(seconds=10)
        assert "502室张先生家的东西，下午搬走" in said_in(bot, "dm-li")
        assert not any("张先生" in text for text in said_in(bot, "3号楼"))


async def test_why_nobody_can_read_a_message_shows_on_the_card_and_the_page() -> None:
    async with station() as bot, officer(bot) as zhang:
        await room(bot)
        await bot.says(kind=MessageKind.UNKNOWN, data={"unreadable": "unverified"})
        why = "居民的 App 只发给已验证的设备"
        assert why in card(bot, "0311-01").text and why in await zhang.opens(await only_case())


async def test_edits_and_deletions_show_on_the_card() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("5号楼堆物", who="li", id="m1")
        await bot.says("6号楼堆物", who="li", id="m1", revision=1)
        assert "Li（改过）：6号楼堆物" in card(bot, "0311-01").text
        await bot.says(who="li", id="m1", revision=2, kind=MessageKind.DELETED)
        assert "已删除这条消息" in card(bot, "0311-01").text


async def test_a_platform_without_buttons_threads_and_edits() -> None:
    poor = replace(FULL, buttons=False, max_buttons=0, threads=False, edit=False, reactions=False)
    async with station(adapter=FakeAdapter(capabilities=poor)) as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        assert "1. 接了" in said_in(bot, ROOM)[-1]
        await bot.says("1", who="zhang", group=ROOM)
        assert (await only_case()).state == "claimed"
        await bot.says("回 #0311-01 下午去看", who="zhang", group=ROOM)
        await bot.advance(seconds=10)
        assert "下午去看" in said_in(bot, "dm-li")
        await bot.says("办结 #0311-01 已处置 清走了", who="zhang", group=ROOM)
        assert (await only_case()).state == "resolved"


async def test_signs_on_a_card_are_orders_where_there_are_no_buttons() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li")
        sign = {"sign": "👀"}
        await bot.says(kind=MessageKind.REACTION, data=sign, who="zhang", group=ROOM, reply_to=card(bot, "0311-01").id)
        assert (await only_case()).state == "claimed"


async def test_pictures_go_along_where_the_platform_takes_them() -> None:
    photo = Attachment(MessageKind.PHOTO, "a" * 64 + ".jpg")
    broken = Attachment(MessageKind.PHOTO, "b" * 64 + ".jpg", broken=True)
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道堆物", who="li", kind=MessageKind.PHOTO, attachments=(photo, broken))
        sent = [sent for sent in bot.sent if sent.out.files]
        assert [(each.out.chat.id, [file.id for file in each.out.files]) for each in sent] == [(ROOM, [photo.id])]
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.says("还有这里", who="li", kind=MessageKind.PHOTO, attachments=(photo,))
        relay = [sent for sent in bot.sent if sent.out.files][-1]
        assert "还有这里" in relay.text and relay.out.chat.id == ROOM
    async with station(adapter=FakeAdapter(capabilities=replace(FULL, media_out=False))) as bot:
        await room(bot)
        await bot.says("楼道堆物", who="li", kind=MessageKind.PHOTO, attachments=(photo,))
        assert not any(sent.out.files for sent in bot.sent) and "照片 1 张" in card(bot, "0311-01").text


async def test_in_a_group_an_answer_to_the_officer_reaches_the_officer_silently() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("@社区民警 楼道堆物", who="li", group="3号楼", at_bot=True)
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.says("下午清走", who="zhang", group=ROOM, reply_to=card(bot, "0311-01").id)
        await bot.presses("照发", who="zhang", group=ROOM)
        await bot.advance(seconds=10)
        said = next(sent for sent in bot.sent if sent.text == "下午清走")
        bot.news()
        await bot.says("要几点？", who="li", group="3号楼", at_bot=True, reply_to=said.id)
        assert not [text for text in said_in(bot, "3号楼")[2:] if text != "下午清走"]
        assert any("要几点？" in text for text in said_in(bot, ROOM))


async def test_an_open_case_without_a_due_row_gets_one_at_the_start(tmp_path: Path) -> None:
    async with station(folder=tmp_path) as bot:
        await bot.says("楼道堆物", who="li")
        await bot.says("飞线充电", who="wu")
        member = await colleague(bot, "zhang")
        await bot.says("接 #0311-02", who="zhang")
        assert (await Case.get(number="0311-02")).holder_id == member.id
        await bot.services.unit(lambda unit: Timer.filter(plugin="handoff").delete())
        clock = bot.clock
    async with station(folder=tmp_path, clock=clock) as bot:
        await bot.settle()
        found = await Timer.filter(plugin="handoff", name__in=["page", "lease", "clock"])
        names = sorted([timer.name for timer in found])
        assert names == ["clock", "clock", "lease", "page"]


async def test_an_old_card_in_an_officers_private_chat_still_works() -> None:
    async with station() as bot:
        await colleague(bot, "zhang", "backup")
        await bot.says("楼道堆物", who="li")
        await bot.says("加急 #0311-01", who="zhang")
        old = next(sent for sent in bot.sent if sent.out.chat.id == "dm-zhang" and "接了" in labels(sent))
        value = dict(old.out.buttons)["接了"]
        for _ in range(30):
            await bot.says("值班", who="zhang")
        await bot.says(kind=MessageKind.BUTTON, data={"value": value}, who="zhang")
        assert (await only_case()).state == "claimed"
        # Of somebody who works on nothing only what was offered lately counts.
        await bot.says(kind=MessageKind.BUTTON, data={"value": "handoff.release|2026/0311-01"}, who="wu")
        assert (await only_case()).state == "claimed"
