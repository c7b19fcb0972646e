"""Privacy as residents meet it: told what is kept, forgotten on request and with time, but for what must stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from botkit.decision import Decision, Disposition, say
from botkit.files import Missing
from botkit.messages import Attachment, MessageKind
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.handoff.models import Case, CaseEvent, Report
from botkit.plugins.reports import plugin as reports
from botkit.plugins.reports.counting import count
from botkit.plugins.safety import plugin as safety
from botkit.storage.models import AuditEntry, Identity, Inbox
from botkit.testing import BotHarness, FakeClock
from tests.plugins.handoff.people import ROOM, dump
from tests.plugins.handoff.station import (
    CONFIG,
    card,
    colleague,
    emergency_numbers,
    later,
    officer,
    only_case,
    room,
    said_in,
    station,
)
from tests.web.kit import running

WORD = "红烧鱼"
"""Stands in everything that the resident says."""


def answering() -> Plugin:
    """Answers questions about water, as the directory would."""
    plugin = Plugin("fake_directory")

    @plugin.stage(Stage.DIRECTORY)
    def answer(segment: str) -> Decision | None:
        known = "停水" in segment
        return (
            Decision(Disposition.ANSWERED, (say("供水热线全天有人接。"),), reason={"entry": "water"}) if known else None
        )

    return plugin


async def asks_to_be_forgotten(bot: BotHarness, who: str = "li", **options: str) -> str:
    """/delete, and the second yes; returns what is said to that."""
    bot.clock.step(timedelta(seconds=5))
    await bot.says("/delete", who=who, **options)
    bot.replied("不能恢复")
    await bot.presses("确认删除", who=who)
    bot.news()
    return said_in(bot, f"dm-{who}")[-1]


async def solved(bot: BotHarness, words: str, who: str = "li") -> Case:
    """A matter that an officer answered in the room and resolved."""
    await bot.says(words, who=who)
    case = await Case.all().order_by("-id").first()
    assert case is not None
    await bot.presses("接了", who="zhang", group=ROOM)
    await bot.says(f"还有一点：{WORD}的事", who=who)
    await bot.says(f"备注 #{case.number} 说的是{WORD}", who="zhang", group=ROOM)
    await bot.says(f"办结 #{case.number} answered 关于{WORD}已办好", who="zhang", group=ROOM)
    await bot.settle()
    bot.news()
    await case.refresh_from_db()
    assert case.state == "resolved", case.state
    return case


async def test_what_is_kept_is_told_in_both_languages() -> None:
    async with station() as bot:
        await bot.says("/隐私")
        bot.replied("闲聊不保存", "30 天", "180 天", "730 天", "/delete")
        await bot.says("please help me with a visa", who="ann")
        bot.news()
        await bot.says("/privacy", who="ann")
        bot.replied("30 days", "180 days", "730 days", "/delete")


async def test_a_group_is_no_place_for_it_and_once_is_not_enough() -> None:
    async with station() as bot:
        await bot.says("/delete", group="g", at_bot=True)
        bot.replied("请私信我")
        await bot.says("楼道堆物")
        bot.news()
        await bot.says("/delete")
        bot.replied("确定吗")
        assert not await Inbox.filter(concern="erased").exists()


async def test_forgotten_means_in_no_table_while_the_counts_remain(tmp_path: Path) -> None:
    async with station([answering()], folder=tmp_path) as bot:
        await room(bot)
        await colleague(bot, "zhang")
        for words in (f"停水了怎么办 {WORD}", f"楼上漏水 {WORD}"):
            await bot.says(words, group="g", at_bot=True)
        await bot.says("不用了", group="g", at_bot=True)
        await solved(bot, f"阳光花园3号楼502 {WORD}")
        assert WORD in dump(tmp_path) and WORD in card(bot, "0311-02").text
        figures = (await Inbox.all().count(), await CaseEvent.all().count(), await Case.all().count())

        said = await asks_to_be_forgotten(bot)
        assert "已删除您的聊天内容" in said
        await bot.settle()
        kept = dump(tmp_path)
        assert WORD not in kept, [line for line in kept.split("\n") if WORD in line]
        assert "'Li'" not in kept and '"Li"' not in kept
        case = await Case.get(number="0311-02")
        assert (case.state, case.result, case.place) == ("closed", "answered", "") and case.erased_at is not None
        assert await Inbox.all().count() == figures[0] + 2 and await Case.all().count() == figures[2]
        assert await CaseEvent.all().count() >= figures[1]
        # Nor on the cards in the room, nor in what was passed on to the officer.
        assert "（内容已清除）" in card(bot, "0311-02").text
        assert not any(WORD in text for text in said_in(bot, ROOM) if "备注" not in text and "办结" not in text)
        assert await AuditEntry.filter(event="case.erased").count() == 2
        # And once more there is nothing left to do.
        assert "已删除您的聊天内容" in await asks_to_be_forgotten(bot)


async def test_open_and_urgent_cases_stay_with_the_reason(tmp_path: Path) -> None:
    async with station([safety], folder=tmp_path) as bot:
        await room(bot)
        await colleague(bot, "zhang")
        first = await solved(bot, f"楼道灯不亮 {WORD}一号")
        await bot.advance(hours=3)
        await bot.says(f"我家着火了 {WORD}二号")
        await bot.presses("接了", who="zhang", group=ROOM)
        fire = await Case.get(level="emergency")
        await bot.says(f"办结 #{fire.number} handled 已扑灭", who="zhang", group=ROOM)
        await bot.advance(hours=3)
        await bot.says(f"狗证怎么办 {WORD}三号")
        bot.news()
        said = await asks_to_be_forgotten(bot)
        assert f"保留 #{fire.number}：涉及安全" in said and "还在办理" in said and first.number not in said
        kept = dump(tmp_path)
        assert f"{WORD}一号" not in kept and f"{WORD}二号" in kept and f"{WORD}三号" in kept
        assert (await Identity.get(platform_id="li")).name == "Li"


async def test_what_others_reported_of_the_same_stays(tmp_path: Path) -> None:
    async with station([safety], folder=tmp_path) as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says(f"阳光花园3号楼楼道堆物 {WORD}", who="li")
        await bot.says("阳光花园3号楼楼道堆物 王家的话", who="wang")
        case = await only_case()
        assert await Report.filter(case_id=case.id).count() == 2
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.says(f"办结 #{case.number} handled 清理了", who="zhang", group=ROOM)
        await bot.settle()
        bot.news()
        assert "已删除您的聊天内容" in await asks_to_be_forgotten(bot, "li")
        kept = dump(tmp_path)
        assert WORD not in kept and "王家的话" in kept
        shown = card(bot, case.number).text
        assert WORD not in shown and "王家的话" in shown
        assert (await only_case()).erased_at is None


async def test_a_photo_goes_from_the_disk_unless_somebody_else_sent_the_same() -> None:
    async with station() as bot:
        files = bot.services.files
        own, shared = await files.put(b"own", "image/jpeg"), await files.put(b"shared", "image/jpeg")
        voice = Attachment(MessageKind.VOICE, await files.put(b"voice", "audio/ogg"))
        await bot.says(kind=MessageKind.VOICE, attachments=(voice,), who="li")
        await bot.says("不用了", who="li")
        for who, names in (("li", (own, shared)), ("wang", (shared,))):
            photos = tuple(Attachment(MessageKind.PHOTO, name) for name in names)
            await bot.says("看图", who=who, kind=MessageKind.PHOTO, attachments=photos)
            await bot.says("不用了", who=who)
        bot.news()
        await asks_to_be_forgotten(bot, "li")
        assert await files.get(shared) == b"shared"
        for gone in (own, voice.id):
            with pytest.raises(Missing, match=gone):
                await files.get(gone)
        await asks_to_be_forgotten(bot, "wang")
        with pytest.raises(Missing, match=shared):
            await files.get(shared)


async def test_by_class_and_with_time(tmp_path: Path) -> None:
    async with station([safety, answering(), reports], folder=tmp_path) as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says(f"停水了 {WORD}问答", who="sun")
        await solved(bot, f"楼道灯不亮 {WORD}一般")
        await bot.says(f"我家着火了 {WORD}紧急", who="wang")
        await bot.presses("接了", who="zhang", group=ROOM)
        fire = await Case.get(level="emergency")
        await bot.says(f"办结 #{fire.number} handled 已扑灭", who="zhang", group=ROOM)
        await bot.advance(hours=1)
        day = bot.clock.now().date()
        before = await count(bot.services, day)
        for days, there in ((29, "问答 一般 紧急"), (3, "一般 紧急"), (150, "一般 紧急"), (14, "紧急"), (530, "紧急"),
                            (20, "")):  # fmt: skip
            # Day by day where something comes due, in one leap where nothing may.
            for step in [days] if days > 100 else [1] * days:
                await later(bot, days=step)
            kept = dump(tmp_path)
            assert {each for each in ("问答", "一般", "紧急") if WORD + each in kept} == set(there.split()), days
        assert WORD not in dump(tmp_path)
        after = await count(bot.services, day)
        for name in ("received", "addressed", "answered", "cases", "ignored", "rooms", "events"):
            assert getattr(after, name) == getattr(before, name), name


async def test_many_go_in_batches_and_cases_do_not_hide_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from botkit.plugins.handoff.residents import retention

    monkeypatch.setattr(retention, "BATCH", 3)
    async with station([answering()]) as bot:
        for number in range(5):
            await bot.says("我的案子有进展吗", who=f"case-{number}")
        for number in range(8):
            await bot.says("停水了", who=f"asked-{number}")
        await later(bot, days=31)
        await bot.advance(days=1, minutes=10)
        assert await Inbox.filter(concern="erased").count() == 8


async def test_the_commander_holds_a_case_by_law(tmp_path: Path) -> None:
    async with (
        station(folder=tmp_path) as bot,
        officer(bot, "wang") as wang,
        officer(bot, "chief", ("commander",), "所长") as chief,
    ):
        await room(bot)
        await colleague(bot, "zhang")
        case = await solved(bot, f"楼道灯不亮 {WORD}")
        status, page = await wang.does("hold", case)
        assert status == 422 and "只有所长" in page and "依法保留</button>" not in page
        status, page = await chief.does("hold", case)
        assert status == 200 and "依法保留中" in page and "Chief 设为依法保留" in page
        assert f"保留 #{case.number}：依法" in await asks_to_be_forgotten(bot)
        for days in (14, *[31] * 6):
            await later(bot, days=days)
        assert WORD in dump(tmp_path)
        async with officer(bot, "chief-again", ("commander",), "所长") as chief:
            status, page = await chief.does("unhold", case)
            assert status == 200 and "已解除依法保留" in page
            page = await chief.opens(case)
            await bot.advance(days=1)
            assert WORD not in dump(tmp_path)
        async with officer(bot, "chief-later", ("commander",), "所长") as chief:
            assert "内容已清除" in await chief.opens(case)
            status, page = await chief.does("hold", case)
            assert status == 422 and "无法再保留" in page
        assert [entry.event for entry in await AuditEntry.filter(event__startswith="hold.").order_by("seq")] == [
            "hold.set", "hold.lifted",
        ]  # fmt: skip


async def test_the_web_chat_forgets_its_own_lines(tmp_path: Path) -> None:
    async with running(tmp_path, plugins=[handoff, emergency_numbers], source=CONFIG) as web:
        clock = web.bot.services.clock
        assert isinstance(clock, FakeClock)
        cookie = {"Cookie": f"chat_{web.site.url.rpartition(':')[2]}=visitor-secret-0123456789"}

        async def posts(path: str, **body: object) -> None:
            async with web.http.post(f"{web.url}/chat/{path}", json=body, headers=cookie | web.own) as response:
                assert response.status == 200, await response.text()
            await web.bot.drain()
            clock.step(timedelta(seconds=5))

        await posts("messages", id="m1-0123456789", text=f"停水了 {WORD}")
        await posts("messages", id="m2-0123456789", text="不用了")
        assert dump(tmp_path).count(WORD) >= 2
        await posts("messages", id="m3-0123456789", text="/delete")
        async with web.http.get(f"{web.url}/chat/lines", headers=cookie) as response:
            line = (await response.json())["lines"][-1]
        assert line["buttons"] == ["确认删除"]
        await posts("press", id="m4-0123456789", line=line["ref"], button=0)
        kept = dump(tmp_path)
        assert WORD not in kept, [each[:200] for each in kept.split("\n") if WORD in each]
        async with web.http.get(f"{web.url}/chat/lines", headers=cookie) as response:
            shown = [line["text"] for line in (await response.json())["lines"] if line["text"]]
        # The press itself and what was said to it came at this very moment.
        assert shown[0] == "确认删除" and "已删除您的聊天内容" in shown[1]
