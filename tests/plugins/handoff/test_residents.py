"""What residents meet: a number, a role and a time at once, nothing lost, nothing said twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from botkit.messages import Attachment, MessageKind
from botkit.plugins.handoff.models import Case, CaseClock, Report
from botkit.testing import FakeClock
from tests.plugins.handoff.people import ROOM
from tests.plugins.handoff.station import card, colleague, desk, later, only_case, room, said_in, station

NIGHT = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
"""Wednesday 23:30 in Shanghai."""


async def test_what_nobody_decides_goes_to_a_human_with_number_holder_and_time() -> None:
    async with station() as bot:
        await bot.says("我的案子有进展吗")
        bot.replied("#0311-01", "社区民警", "最晚明天 10:00 前", "110", "机器人")
        case = await only_case()
        assert (case.state, case.level, case.topic, case.language) == ("queued", "routine", "other", "zh")


async def test_in_english() -> None:
    async with station() as bot:
        await bot.says("how do I renew my residence permit")
        bot.replied("#0311-01", "community officer", "by tomorrow 10:00", "110")


async def test_at_night_the_text_is_honest_about_when() -> None:
    async with station(clock=FakeClock(NIGHT)) as bot:
        await bot.says("我的案子有进展吗")
        text = bot.replied("#0311-01", "社区民警", "明天 08:30")
        assert "在班" not in text


async def test_the_same_person_adds_to_the_open_case() -> None:
    async with station() as bot:
        await bot.says("我的案子有进展吗")
        bot.news()
        await bot.says("就是上周那件")
        bot.replied("已补充到 #0311-01")
        await bot.says("我也有事", who="wang")
        bot.replied("#0311-02")
        assert await Report.all().count() == 3


async def test_numbers_start_again_each_day() -> None:
    async with station() as bot:
        await bot.says("第一件")
        await later(bot, days=1)
        await bot.says("第二件", who="wang")
        assert [case.number for case in await Case.all().order_by("id")] == ["0311-01", "0312-01"]


async def test_a_person_at_the_first_ask() -> None:
    async with station() as bot:
        for who, words in (
            ("a", "人工"), ("b", "put me through to an officer"), ("c", "不要自动回复 我要找活人"),
            ("d", "/human"), ("e", "转人工!!"),
        ):  # fmt: skip
            await bot.says(words, who=who)
            bot.replied("#0311-0")
        assert {case.topic for case in await Case.all()} == {"human_request"}


async def test_no_longer_needed() -> None:
    async with station() as bot:
        await bot.says("我的案子有进展吗")
        bot.news()
        await bot.says("不用了，谢谢！")
        bot.replied("#0311-01 已取消")
        assert (await only_case()).state == "cancelled"
        assert not desk(bot).chats
        await bot.says("/cancel")
        bot.replied("没有您在办的事")


async def test_no_longer_needed_with_nothing_open_is_no_special_word() -> None:
    async with station() as bot:
        await bot.says("不用了")
        bot.replied("#0311-01")


async def test_asking_how_it_stands() -> None:
    async with station() as bot:
        await bot.says("/case")
        bot.replied("没有您在办的事")
        await bot.says("我的案子有进展吗")
        bot.news()
        for words in ("/case", "我的进度", "#0311-01 怎么样了"):
            await bot.says(words)
            bot.replied("#0311-01：已登记")
        await bot.says("case status?")
        bot.replied("#0311-01: noted")
        # A police case is not ours to tell of: it goes to the human.
        await bot.says("我报的案子查到哪一步了")
        bot.replied("已补充到")


async def test_nobody_hears_of_another_persons_case() -> None:
    async with station() as bot:
        await bot.says("我的案子有进展吗")
        bot.news()
        await bot.says("/case 0311-01", who="mallory")
        bot.replied("没有您在办的事")


async def test_in_a_group_one_line_and_no_details() -> None:
    async with station() as bot:
        await bot.says("@社区民警 楼道里堆满了杂物", group="g1", at_bot=True)
        text = bot.replied("#0311-01", "社区民警")
        assert "\n" not in text and "杂物" not in text
        await bot.says("/case", group="g1", at_bot=True)
        bot.replied("私信")


async def test_what_the_bot_cannot_read_gets_a_kind_line_and_a_case() -> None:
    broken = Attachment(MessageKind.PHOTO, "x", broken=True)
    async with station() as bot:
        for number, (kind, files, words) in enumerate(
            (
                (MessageKind.VOICE, (), "语音"),
                (MessageKind.VIDEO, (), "视频"),
                (MessageKind.UNKNOWN, (), "看不懂"),
                (MessageKind.PHOTO, (broken,), "打不开"),
                (MessageKind.LOCATION, (), "位置"),
            ),
            1,
        ):
            message = await bot.says(kind=kind, attachments=files, who=f"p{number}")
            bot.replied(words, f"#0311-0{number}")
            assert await bot.disposition(message) == "unreadable"


async def test_what_came_locked_is_a_case_that_says_why() -> None:
    texts = {"keys": "再发一次", "unverified": "已验证", "blocked": "屏蔽", "withheld": "密钥", "of_tomorrow": "密钥"}
    async with station() as bot:
        for number, (why, words) in enumerate(texts.items(), 1):
            message = await bot.says(kind=MessageKind.UNKNOWN, data={"unreadable": why}, who=f"p{number}")
            said = bot.replied(words, "110", f"#0311-0{number}")
            assert "不加密的聊天" in said and await bot.disposition(message) == "unreadable"
            assert (await bot.reason(message))["unreadable"] == why


async def test_what_comes_locked_again_is_explained_shortly_and_not_for_ever() -> None:
    async with station() as bot:
        locked = {"kind": MessageKind.UNKNOWN, "data": {"unreadable": "unverified"}}
        await bot.says(**locked)
        bot.replied("已验证", "#0311-01")
        for _ in range(2):
            bot.clock.step(timedelta(minutes=5))
            await bot.says(**locked)
            assert "已验证" not in bot.replied("这条也打不开", "已记到 #0311-01", "会直接问您", "110")
        await bot.says(kind=MessageKind.UNKNOWN)
        bot.replied("这种消息我还看不懂")
        # Another reason, another person and another day are explained in full.
        await bot.says(kind=MessageKind.UNKNOWN, data={"unreadable": "blocked"})
        bot.replied("屏蔽")
        await bot.says(**locked, who="wang")
        bot.replied("已验证")
        bot.clock.step(timedelta(minutes=31))
        await bot.says(**locked)
        bot.replied("已验证", "已记到 #0311-01")


async def test_while_an_officer_talks_with_them_both_hear_that_something_is_locked() -> None:
    async with station() as bot:
        await room(bot)
        await colleague(bot, "zhang")
        await bot.says("楼道灯不亮")
        await bot.presses("接了", who="zhang", group=ROOM)
        for words in ("已验证", "这条也打不开"):
            bot.news()
            message = await bot.says(kind=MessageKind.UNKNOWN, data={"unreadable": "unverified"})
            assert words in said_in(bot, "dm-li")[-1] and await bot.disposition(message) == "unreadable"
            assert "只发给已验证的设备，站里谁也看不到内容" in said_in(bot, ROOM)[-1]
        # What came beside words is told where the officer reads.
        await bot.says("在这儿", kind=MessageKind.LOCATION, data={"lat": 31.2, "lon": 121.5})
        assert said_in(bot, ROOM)[-1].endswith("在这儿 （位置：纬度 31.20000，经度 121.50000）")
        assert "Li：（位置：纬度 31.20000，经度 121.50000）" in card(bot, "0311-01").text
        film = Attachment(MessageKind.VIDEO, "platform's", "", "video/mp4", 30_000_000)
        await bot.says(kind=MessageKind.VIDEO, attachments=(film,))
        assert "太大，没有收到" in said_in(bot, "dm-li")[-1] and "可能太大" in said_in(bot, ROOM)[-1]


async def test_nobody_is_told_that_an_officer_will_look_at_what_did_not_come() -> None:
    broken = Attachment(MessageKind.VOICE, "", broken=True)
    large = Attachment(MessageKind.DOCUMENT, "platform's", "", "", 30_000_000)
    async with station() as bot:
        for file, words in ((broken, "没传完整"), (large, "太大"), (large, "太大")):
            message = await bot.says(kind=file.kind, attachments=(file,))
            said = bot.replied(words, "民警也看不到", "#0311-01")
            assert "请民警来听" not in said and "请民警来看" not in said and "会一起看" not in said
            assert await bot.disposition(message) == "unreadable"


async def test_that_the_bot_hears_no_voices_is_said_once() -> None:
    async with station() as bot:
        await bot.says(kind=MessageKind.VOICE)
        bot.replied("语音我还听不了", "#0311-01")
        for kind, words in ((MessageKind.VOICE, ()), (MessageKind.VIDEO, ("视频我看不了",)), (MessageKind.VOICE, ())):
            bot.clock.step(timedelta(seconds=20))
            message = await bot.says(kind=kind)
            said = bot.replied("已补充到 #0311-01", *words)
            assert "语音" not in said and await bot.disposition(message) == "unreadable"


async def test_a_photo_is_a_case_and_one_question() -> None:
    photo = Attachment(MessageKind.PHOTO, "x")
    async with station() as bot:
        message = await bot.says(kind=MessageKind.PHOTO, attachments=(photo,))
        bot.replied("楼号", "#0311-01")
        assert await bot.disposition(message) == "escalated"
        await bot.says("3号楼")
        bot.replied("已补充到 #0311-01")


async def test_the_three_clocks_run_24_elapsed_hours() -> None:
    async with station() as bot:
        await bot.says("我的案子有进展吗")
        clocks = await CaseClock.all()
        assert {clock.name for clock in clocks} == {"response", "feedback", "result"}
        assert {(clock.due_at - clock.started_at).total_seconds() for clock in clocks} == {86400.0}
        # Automatic lines stop no clock.
        assert all(clock.met_at is None for clock in clocks)


async def test_chats_without_a_case_cost_no_look_at_the_database() -> None:
    async with station() as bot:
        await bot.says("我的案子有进展吗")
        assert len(desk(bot).chats) == 1


async def test_a_huge_text_is_a_case_like_any_other() -> None:
    async with station() as bot:
        await bot.says("啊" * 100_000)
        bot.replied("#0311-01")
