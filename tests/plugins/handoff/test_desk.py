"""The officers' desk, through its real pages: claim, answer, resolve; what is refused and what is told."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import ClientResponse

from botkit.decision import Decision, answer
from botkit.messages import Attachment, MessageKind
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff.models import Case, CaseClock, CaseEvent
from botkit.storage.models import AuditEntry
from botkit.testing import BotHarness
from tests.plugins.handoff.station import hidden, later, officer, only_case, station


async def met() -> set[str]:
    """The clocks that a human has stopped."""
    return {clock.name for clock in await CaseClock.filter(met_at__isnull=False)}


async def test_a_matter_from_the_first_word_to_the_outcome() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗", id="m1")
        bot.replied("#0311-01")
        case = await only_case()

        _, queue = await zhang.get("/desk/handoff/")
        assert "#0311-01" in queue and "私信" in queue and "响应还剩 1 天 0 小时" in queue
        assert "我的案子有进展吗" in await zhang.opens(case)
        await bot.settle()
        assert bot.platform.receipts == ["m1"]  # type: ignore[attr-defined]  # the fake platform's
        bot.kept_silent()

        status, page = await zhang.does("claim", case)
        assert status == 200 and "已由您接手" in page
        await bot.settle()
        bot.replied("社区民警已接手 #0311-01")

        await zhang.does("reply", case, text="材料齐了，下周二来窗口。")
        bot.kept_silent()
        await bot.advance(seconds=10)
        bot.replied("材料齐了，下周二来窗口。")
        assert bot.sent[-1].out.author == "社区民警"
        assert await met() == {"response"}

        await bot.says("好，谢谢")
        bot.kept_silent()
        await zhang.does("reply", case, text="不客气。")
        await bot.advance(seconds=10)
        bot.replied("不客气。")
        assert await met() == {"response", "feedback"}

        status, page = await zhang.does("resolve", case, result="answered", text="已约好下周二。")
        assert status == 200 and "已办结" in page
        await bot.settle()
        assert [text.split("\n")[0] for text in bot.news()] == [
            "已约好下周二。",
            "#0311-01 先办到这里。问题解决了吗？",
        ]
        assert await met() == {"response", "feedback", "result"}

        await bot.presses("有帮助")
        bot.replied("谢谢", "14 天")
        assert "居民说有帮助" in await zhang.opens(case)
        await later(bot, days=14)
        assert (await only_case()).state == "closed"
        bot.kept_silent()


async def resolved(bot: BotHarness, zhang: object) -> Case:
    """A case that was just resolved."""
    await bot.says("楼道灯不亮")
    case = await only_case()
    await zhang.does("claim", case)  # type: ignore[attr-defined]  # an Officer
    await zhang.does("resolve", case, result="handled", text="已报修。")  # type: ignore[attr-defined]  # an Officer
    await bot.settle()
    bot.news()
    return case


async def test_not_solved_goes_on_as_the_same_case_with_new_clocks() -> None:
    async with station() as bot, officer(bot) as zhang:
        case = await resolved(bot, zhang)
        await later(bot, days=5)
        await bot.presses("还没解决")
        bot.replied("#0311-01 已重新打开", "社区民警", "最晚明天 10:00 前")
        case = await only_case()
        assert (case.state, case.holder_id, case.reopened, case.result) == ("queued", None, 1, None)
        assert await CaseClock.filter(round=1, met_at__isnull=True).count() == 3
        await bot.presses("还没解决")
        bot.replied("#0311-01：已登记")
        # The closing of the first outcome is no longer due.
        await later(bot, days=10)
        assert (await only_case()).state == "queued"


async def test_writing_again_reopens_a_resolved_case_only_when_it_goes_on() -> None:
    async with station() as bot, officer(bot) as zhang:
        await resolved(bot, zhang)
        await bot.says("灯还是不亮")
        bot.replied("#0311-01 已重新打开")
    async with station() as bot, officer(bot) as zhang:
        await resolved(bot, zhang)
        await bot.says("身份证怎么补办")
        bot.replied("#0311-02")
    async with station() as bot, officer(bot) as zhang:
        await resolved(bot, zhang)
        await later(bot, days=15)
        await bot.says("灯还是不亮")
        bot.replied("#0326-01")


async def test_while_an_officer_speaks_the_bot_confirms_at_most_once_in_a_while() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗")
        await zhang.does("claim", await only_case())
        await bot.settle()
        bot.news()
        await bot.says("在吗")
        bot.kept_silent()
        await bot.advance(minutes=15)
        await bot.says("还在吗")
        bot.replied("已转给社区民警")
        await bot.says("？？")
        bot.kept_silent()
        assert await CaseEvent.filter(what="report.added").count() == 3


async def test_cancelling_what_an_officer_holds_is_for_the_officer() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗")
        await zhang.does("claim", await only_case())
        await bot.settle()
        bot.news()
        await bot.says("不用了")
        bot.replied("由社区民警来结")
        assert (await only_case()).state == "claimed"


async def test_the_loser_is_told_who_has_it_and_since_when() -> None:
    async with station() as bot, officer(bot) as zhang, officer(bot, "wang") as wang:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        page = await wang.opens(case)
        await zhang.does("claim", case)
        status, page = await wang.does("claim", case, page=page)
        assert status == 409 and "Zhang (社区民警)已于今天 10:00 接手这件案件" in page
        status, page = await wang.does("reply", case, text="你好")
        assert status == 409 and "Zhang" in page and "Zhang在办这件" in page
        await bot.settle()
        assert not any("你好" in text for text in bot.news())


async def test_a_page_that_is_out_of_date_does_nothing_and_says_why() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        await zhang.does("claim", case)
        old = await zhang.opens(case)
        await zhang.does("release", case)
        status, page = await zhang.does("reply", case, page=old, text="马上办")
        assert status == 409 and "已经放回待接手" in page
        await zhang.does("claim", case)
        status, page = await zhang.does("reply", case, page=old, text="马上办")
        assert status == 409 and "案件有变化" in page and "马上办" in page
        await zhang.does("resolve", case, result="handled", text="办好了")
        status, page = await zhang.does("note", case, text="备注可以后补")
        assert status == 200
        status, page = await zhang.does("claim", case)
        assert status == 409 and "办结" in page


async def test_submitting_twice_happens_once() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        page = await zhang.opens(case)
        for _ in range(2):
            status, _ = await zhang.does("claim", case, page=page)
            assert status == 200
        page = await zhang.opens(case)
        for _ in range(2):
            status, _ = await zhang.does("reply", case, page=page, text="收到，\r\n马上看。")
            assert status == 200
        status, shown = await zhang.does("reply", case, page=page, text="另一句话")
        assert status == 409 and "另一句话" in shown
        await bot.advance(seconds=10)
        said = [text for text in bot.news() if "马上看" in text or "另一句" in text]
        assert said == ["收到，\n马上看。"]
        assert await CaseEvent.filter(what="officer.spoke").count() == 1


async def test_an_unknown_number_wants_a_second_yes() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        await zhang.does("claim", case)
        await bot.settle()
        bot.news()
        status, page = await zhang.does("reply", case, text="打 021-55556666 找我")
        assert status == 422 and "021-55556666" in page and "confirm_numbers" in page
        await bot.settle()
        bot.kept_silent()
        assert (await CaseClock.get(name="response")).met_at is None
        status, _ = await zhang.does("reply", case, page=page, text="打 021-55556666 找我", confirm_numbers="on")
        assert status == 200
        await bot.advance(seconds=10)
        bot.replied("021-55556666")
        status, _ = await zhang.does("reply", case, text="紧急打110")
        assert status == 200


async def test_a_reply_into_a_group_wants_a_second_yes() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("@社区民警 楼道堆物", group="g1", at_bot=True)
        case = await only_case()
        await zhang.does("claim", case)
        await bot.settle()
        assert len(bot.news()) == 1
        status, page = await zhang.does("reply", case, text="今天清理")
        assert status == 422 and "g1" in page
        await zhang.does("reply", case, page=page, text="今天清理", confirm_public="on")
        await bot.advance(seconds=10)
        bot.replied("今天清理")
        assert bot.sent[-1].out.chat.id == "g1"


async def test_resolving_wants_a_result_and_words_for_the_resident() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        await zhang.does("claim", case)
        for fields in ({"result": "", "text": "好了"}, {"result": "handled", "text": "  "}, {"text": "好了"}):
            status, _ = await zhang.does("resolve", case, **fields)
            assert status == 422
        assert (await only_case()).state == "claimed"


async def test_who_may_see_cases() -> None:
    async with (
        station() as bot,
        officer(bot, "root", ("admin",), "管理员") as admin,
        officer(bot, "mao", ("maintainer",), "") as maintainer,
        officer(bot, "li", ("backup",), "值班民警") as backup,
        officer(bot, "chief", ("commander",), "所长") as commander,
    ):
        await bot.says("我的案子有进展吗")
        case = await only_case()
        fields = hidden(await commander.opens(case))
        for outsider in (admin, maintainer):
            for path in (
                "/desk/handoff/",
                "/desk/handoff/queue",
                f"/desk/handoff/{case.ref}",
                f"/desk/handoff/{case.ref}/live",
            ):
                status, page = await outsider.get(path)
                assert status == 403 and "我的案子" not in page, path
            for action in ("claim", "release", "reply", "note", "resolve"):
                status, _ = await outsider.submits(action, case, fields | {"text": "x", "result": "handled"})
                assert status == 403
        assert (await only_case()).state == "queued"
        status, _ = await backup.does("claim", case)
        assert status == 200
        status, _ = await commander.does("release", case)
        assert status == 200


async def test_a_form_without_the_sessions_token_is_refused() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        status, _ = await zhang.submits("claim", case, {"epoch": "0", "key": "k", "csrf": "wrong"})
        assert status == 403


async def test_a_session_that_was_ended_can_do_nothing() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("我的案子有进展吗")
        case = await only_case()
        fields = hidden(await zhang.opens(case))
        await bot.services.staff.revoke(zhang.member.id)
        status, _ = await zhang.submits("claim", case, fields)
        assert status in (401, 403)
        assert (await only_case()).state == "queued"


async def test_words_are_shown_as_written_but_harmless() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("<script>alert(1)</script> \u202egnp.exe\u202c \x07{{ 7*7 }}")
        page = await zhang.opens(await only_case())
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page
        assert "\u202e" not in page and "\x07" not in page and "{{ 7*7 }}" in page


async def test_edited_and_deleted_words_are_both_shown() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("5号楼漏水", id="m1")
        await bot.says("6号楼漏水", id="m1", revision=1)
        page = await zhang.opens(await only_case())
        assert "6号楼漏水" in page and "5号楼漏水" in page and "居民改过" in page
        await bot.says(kind=MessageKind.DELETED, id="m1", revision=2)
        page = await zhang.opens(await only_case())
        assert "居民已撤回这条" in page and "6号楼漏水" in page


async def test_photos_are_linked_and_broken_ones_named() -> None:
    good = Attachment(MessageKind.PHOTO, "a" * 64 + ".jpg")
    bad = Attachment(MessageKind.PHOTO, "b" * 64 + ".jpg", broken=True)
    async with station() as bot, officer(bot) as zhang:
        await bot.says("堆物", kind=MessageKind.PHOTO, attachments=(good, bad))
        page = await zhang.opens(await only_case())
        assert f"/files/{good.id}" in page and bad.id not in page and "打不开的照片" in page


async def test_recordings_are_played_and_other_files_saved() -> None:
    async with station() as bot, officer(bot) as zhang:
        files = bot.services.files
        voice = Attachment(
            MessageKind.VOICE, await files.put(b"OggS" * 100, "audio/ogg"), "", "audio/ogg; codecs=opus", 400
        )
        page = Attachment(
            MessageKind.DOCUMENT, await files.put(b"<script>", "text/html"), "../../证明\n.html", "text/html", 8
        )
        lost = Attachment(MessageKind.VIDEO, "mxc://a/b", "", "video/mp4", 9)
        for file in (voice, page, lost):
            await bot.says(kind=file.kind, attachments=(file,))
        case = await only_case()
        shown = await zhang.opens(case)
        assert f'<audio controls preload="none" src="/desk/handoff/{case.ref}/files/{voice.id}"' in shown
        assert "保存文件（1 KB） <bdi>证明.html</bdi>" in shown and "../" not in shown
        assert "没有取到" in shown and "请在工作台" not in shown

        async def gets(file: Attachment, **headers: str) -> ClientResponse:
            response = await zhang.client.get(f"/desk/handoff/{case.ref}/files/{file.id}", headers=headers)
            await response.read()
            return response

        played, part = await gets(voice), await gets(voice, Range="bytes=0-3")
        rest = await gets(voice, Range="bytes=4-")
        assert (played.status, part.status, rest.status) == (200, 206, 206) and await part.read() == b"OggS"
        assert played.content_type == "audio/ogg" and played.headers["Content-Disposition"].startswith("inline")
        saved = await gets(page)
        assert saved.content_type == "application/octet-stream" and saved.headers["X-Content-Type-Options"] == "nosniff"
        assert saved.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote('证明.html')}"
        # Each look is written down, and the further pieces of one are no more looks.
        assert await AuditEntry.filter(event="file.viewed").count() == 3
        await bot.says("别的事", who="wang")
        other = await Case.get(number="0311-02")
        assert (await zhang.get(f"/desk/handoff/{other.ref}/files/{voice.id}"))[0] == 404
        # Withdrawn, it is named so and can still be heard, as words can still be read.
        await bot.says(kind=MessageKind.VOICE, attachments=(voice,), id="v", who="wang")
        await bot.says(kind=MessageKind.DELETED, id="v", revision=1, who="wang")
        shown = await zhang.opens(other)
        assert "居民已撤回这条" in shown and shown.count(f"/files/{voice.id}") == 1
        files.remove(voice.id)
        assert (await gets(voice)).status == 404


async def test_places_and_name_cards_are_told() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says(kind=MessageKind.LOCATION, data={"lat": 31.2304, "lon": 121.47371})
        await bot.says("红房子", kind=MessageKind.LOCATION, data={"lat": -31.5, "lon": 7})
        await bot.says(kind=MessageKind.LOCATION, data={"lat": "x"})
        await bot.says(kind=MessageKind.CONTACT, data={"name": "王电工", "phone": "021-5555"})
        page = await zhang.opens(await only_case())
        for words in (
            "纬度 31.23040，经度 121.47371",
            "红房子",
            "纬度 -31.50000，经度 7.00000",
            "名片：王电工 021-5555",
        ):
            assert words in page
        assert page.count("一条看不出内容的消息") == 1


async def test_earlier_cases_of_the_same_person() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("第一件")
        await bot.says("不用了")
        await bot.says("第二件事")
        await bot.says("别人的事", who="wang")
        second = await Case.get(number="0311-02")
        page = await zhang.opens(second)
        earlier = page.partition('id="earlier-title"')[2].partition("</section>")[0]
        assert "/0311-01" in earlier and "/0311-03" not in earlier


async def test_the_queue_says_what_is_new_and_only_then() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("第一件")
        first = await only_case()
        _, part = await zhang.get(f"/desk/handoff/queue?seen={first.id}")
        assert "hx-swap-oob" not in part and "#0311-01" in part
        await bot.says("第二件", who="wang")
        _, part = await zhang.get(f"/desk/handoff/queue?seen={first.id}")
        assert "新案件：#0311-02，一般" in part
        _, part = await zhang.get("/desk/handoff/queue?seen=x9")
        assert "hx-swap-oob" not in part


async def test_the_open_case_page_is_told_of_what_is_new() -> None:
    async with station() as bot, officer(bot) as zhang, officer(bot, "wang") as wang:
        await bot.says("第一句")
        case = await only_case()
        page = await zhang.opens(case)
        live = page.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
        assert (await zhang.get(live))[0] == 204
        await bot.says("第二句")
        status, part = await zhang.get(live)
        assert status == 200 and "第二句" in part and "刚刚有变化" not in part
        await wang.does("claim", case)
        status, part = await zhang.get(live)
        assert "刚刚有变化" in part


async def test_every_look_and_action_is_written_down_without_words() -> None:
    async with station() as bot, officer(bot) as zhang:
        await bot.says("秘密：我家在三零一")
        case = await only_case()
        await zhang.get("/desk/handoff/")
        await zhang.does("claim", case)
        await zhang.does("reply", case, text="秘密回复")
        await zhang.does("note", case, text="秘密备注")
        await zhang.does("resolve", case, result="handled", text="秘密结果")
        rows = await AuditEntry.filter(actor=zhang.member.actor).exclude(event__startswith="staff.")
        events = {row.event for row in rows}
        assert events == {
            "queue.viewed", "case.viewed", "case.claimed", "officer.spoke", "case.noted", "case.resolved",
        }  # fmt: skip
        assert all(row.subject == f"case:{case.ref}" for row in rows if row.event != "queue.viewed")
        everything = [row.facts + row.subject + row.actor for row in await AuditEntry.all()]
        assert not any("秘密" in text for text in everything)


async def test_what_was_asked_besides_is_told_from_what_was_asked_before() -> None:
    known = Plugin("known")

    @known.stage(Stage.DIRECTORY)
    def water(segment: str) -> Decision | None:
        return answer("供水热线会答您。") if "停水" in segment else None

    async with station([known]) as bot, officer(bot) as zhang:
        await bot.says("停水了")
        await bot.advance(seconds=10)
        await bot.says("我的案子有进展吗")
        await bot.advance(seconds=10)
        await bot.says("又停水了")
        page = await zhang.opens(await only_case())
        heads = [
            re.sub("<[^>]*>", "", head) for head in re.findall(r'<li class="resident">.*?(?=<time)', page, re.DOTALL)
        ]
        assert [head.strip() for head in heads] == ["居民，报来之前", "居民", "居民，另外问的"]
