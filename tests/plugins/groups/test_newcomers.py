"""Newcomers: the card in private for whoever comes into a group that chose so, and never a word in the group."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from botkit.adapter import RetryLater
from botkit.messages import Chat, ChatKind, Lane, MessageKind, Sender
from botkit.plugins.groups.models import GroupGreeting
from botkit.storage.models import Outbox, Timer
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.clock import WEDNESDAY
from botkit.testing.fake import FULL, Sent
from tests.plugins.groups.station import G, cases, enabled, happens, officer, row, station, types

SOON: Mapping[str, Mapping[str, Any]] = {"groups": {"greet_after_s": 0}}


async def joins(bot: BotHarness, who: str, group: str = G, **options: Any) -> None:
    """Somebody comes into the group."""
    await bot.says(kind=MessageKind.SYSTEM, group=group, who=who, data={"event": "member.joined"}, **options)


async def leaves(bot: BotHarness, who: str, group: str = G) -> None:
    """Somebody leaves it."""
    await bot.says(kind=MessageKind.SYSTEM, group=group, who=who, data={"event": "member.left"})


async def greeting(bot: BotHarness, group: str = G) -> None:
    """The owner lets the bot work in the group, and greet who comes in."""
    await enabled(bot, group)
    await types(bot, "/settings greet on", group=group)
    bot.replied("私下问候新人：开", "每人只发一次，群里不出声")


def cards(bot: BotHarness, who: str = "zhao") -> list[Sent]:
    """What somebody got in private."""
    return [sent for sent in bot.sent if sent.out.chat.id == f"dm-{who}"]


async def stored_cards() -> list[tuple[str | None, str]]:
    """What the database has of cards: their names, which tell whom and where, and their words."""
    return [(sent.once, json.loads(sent.payload)["text"]) for sent in await Outbox.filter(lane="bulk")]


def platform(bot: BotHarness) -> FakeAdapter:
    assert isinstance(bot.platform, FakeAdapter)
    return bot.platform


async def test_somebody_new_gets_the_card_in_private_and_the_group_hears_nothing(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await greeting(bot)
        await happens(bot, "chat.renamed", title="荷花池一村")
        in_group = len(bot.sent)
        await joins(bot, "zhao")
        await bot.advance(seconds=59)
        bot.kept_silent()
        await bot.advance(seconds=1)
        card = bot.replied("派出所的值守机器人，不是真人", "荷花池一村", "我能答", "我转给民警", "110", "不会再来打扰")
        assert "I'm the bot" in card and "call 110" in card
        [sent] = cards(bot)
        assert sent.out.silent and sent.out.lane is Lane.BULK and sent.out.reply_to is None
        assert [label for label, _ in sent.out.buttons] == [
            "看群公约 / Group rules",
            "转给民警 / Pass it to an officer",
        ]
        assert len(bot.sent) == in_group + 1
        assert not await Timer.filter(name="greet").exists()


async def test_the_buttons_of_the_card() -> None:
    async with station(tables=SOON) as bot:
        await greeting(bot)
        await types(bot, "/rules set 不发广告。")
        await joins(bot, "zhao")
        bot.news()
        await bot.presses("看群公约 / Group rules", who="zhao")
        assert bot.replied() == "群公约\n不发广告。"
        await types(bot, "/rules set")
        bot.news()
        await bot.presses("看群公约 / Group rules", who="zhao")
        bot.replied("友善说话")
        await bot.presses("转给民警 / Pass it to an officer", who="zhao")
        bot.replied("#0311-01")
        assert await cases() == 1


async def test_the_language_that_the_group_has_chosen() -> None:
    async with station(tables=SOON) as bot:
        await greeting(bot)
        await types(bot, "/settings language en")
        await joins(bot, "smith")
        await types(bot, "/settings language zh")
        await joins(bot, "zhao")
        await bot.advance(minutes=1)
        assert "值守机器人" not in cards(bot, "smith")[0].text and "call 110" in cards(bot, "smith")[0].text
        assert "call 110" not in cards(bot)[0].text and "打 110" in cards(bot)[0].text
        assert [label for label, _ in cards(bot, "smith")[0].out.buttons] == ["Group rules", "Pass it to an officer"]


@pytest.mark.parametrize(
    "title", ["装修找 13912345678", "https://evil.example/x 福利群", "加 evil.cn 领奖", "@所有人", " "]
)
async def test_a_name_that_must_not_be_passed_on_is_left_out(title: str) -> None:
    async with station(tables=SOON) as bot:
        await greeting(bot)
        await happens(bot, "chat.renamed", title=title)
        await joins(bot, "zhao")
        bot.news()
        assert title.strip() not in cards(bot)[0].text or not title.strip()
        assert "您刚进的群里有我" in cards(bot)[0].text


async def test_unless_the_group_chose_it_nobody_is_greeted() -> None:
    async with station(tables=SOON) as bot:
        await enabled(bot)
        await joins(bot, "zhao")
        await bot.advance(days=1)
        bot.kept_silent()
        assert not await GroupGreeting.exists()


async def test_the_station_may_choose_it_for_groups_that_did_not(database_url: str) -> None:
    tables = {"groups": {"greet_after_s": 0, "greet": True}}
    async with station(database_url=database_url, tables=tables) as bot:
        await types(bot, "/enable")
        bot.replied("我看什么", "什么时候说话", "群里不出声")
        await joins(bot, "zhao")
        assert cards(bot)
        await types(bot, "/settings greet off")
        bot.news()
        await joins(bot, "qian")
        await types(bot, "/settings greet default")
        bot.replied("私下问候新人：开")
        await joins(bot, "sun")
        await bot.advance(minutes=1)
        assert not cards(bot, "qian") and cards(bot, "sun")


async def test_a_group_that_was_not_asked_is_told_at_once() -> None:
    async with station(tables={"groups": {"consent": False, "greet": True}}) as bot:
        await happens(bot, "bot.added")
        bot.replied("有事 @ 我", "群里不出声")


async def test_where_the_platform_lets_nobody_be_written_to_the_owner_hears_what_to_do() -> None:
    async with station(replace(FULL, can_start_dm=False), tables=SOON) as bot:
        await enabled(bot)
        await types(bot, "/settings greet on")
        bot.replied("不让我先找人私聊", "/card", "名片")
        platform(bot).link = "https://chat.example/desk?start="
        await types(bot, "/settings greet on")
        bot.replied("不让我先找人私聊", "/card", "链接")
        await types(bot, "/settings")
        assert "问候" not in bot.replied()
        assert (await row()).greet is None
        await joins(bot, "zhao")
        bot.kept_silent()


async def test_a_choice_that_the_platform_no_longer_carries_out_is_told() -> None:
    async with station(tables=SOON) as bot:
        await greeting(bot)
        await types(bot, "/settings")
        bot.replied("私下问候新人：开", "群里不出声")
        platform(bot).capabilities = replace(FULL, can_start_dm=False)
        await joins(bot, "zhao")
        bot.kept_silent()
        await types(bot, "/settings")
        bot.replied("私下问候新人：开", "不让我先找人私聊")
        await bot.presses("私下问候新人 → 关", group=G, who="wu")
        assert (await row()).greet is False
        await types(bot, "/settings dangers off")
        bot.news()
        await types(bot, "/settings")
        assert "问候" not in bot.replied()


async def test_once_a_person_and_group(database_url: str) -> None:
    async with station(database_url=database_url, tables=SOON) as bot:
        await greeting(bot)
        await joins(bot, "zhao")
        await leaves(bot, "zhao")
        await joins(bot, "zhao")
        [(name, text)] = await stored_cards()
        assert name and "不是真人" in text
        bot.clock.step(timedelta(days=300))
        await bot.settle()
        assert not await GroupGreeting.exists()
        assert await stored_cards() == [(None, "")]
        await leaves(bot, "zhao")
        await joins(bot, "zhao")
        await bot.advance(days=1)
        assert len(cards(bot)) == 1


async def test_not_again_from_another_group_for_a_while(database_url: str) -> None:
    async with station(
        database_url=database_url, tables={"groups": {"greet_after_s": 0, "greet_again_days": 30}}
    ) as bot:
        for group in (G, "g2", "g3"):
            await greeting(bot, group)
        await joins(bot, "zhao")
        await joins(bot, "zhao", "g2")
        bot.clock.step(timedelta(days=29))
        await bot.settle()
        await joins(bot, "zhao", "g3")
        assert len(cards(bot)) == 1 and await GroupGreeting.all().count() == 1
        await bot.advance(days=2)
        assert not await GroupGreeting.exists() and not await Timer.filter(plugin="groups").exists()


async def test_two_groups_at_once_are_one_greeting() -> None:
    async with station() as bot:
        await greeting(bot)
        await greeting(bot, "g2")
        await joins(bot, "zhao")
        await joins(bot, "zhao", "g2")
        await bot.advance(hours=1)
        assert len(cards(bot)) == 1


async def test_who_knows_the_bot_already_needs_no_card() -> None:
    async with station(tables=SOON) as bot:
        await greeting(bot)
        await bot.says("你好", who="zhao")
        bot.news()
        await joins(bot, "zhao")
        # And somebody to whom the bot once wrote a private answer.
        dm = await bot.services.private_chat(bot.message(who="qian", group=G))
        assert dm is not None
        await bot.services.unit(lambda unit: _tell(unit, dm))
        await bot.settle()
        bot.news()
        await joins(bot, "qian")
        await bot.advance(days=1)
        bot.kept_silent()
        assert not await GroupGreeting.exists()


async def _tell(unit: Any, chat: int) -> None:
    from botkit.messages import say

    unit.say(say("详情"), chat=chat)


async def test_who_leaves_before_it_goes_out_is_not_greeted(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await greeting(bot)
        await joins(bot, "zhao")
        await bot.advance(seconds=30)
        await leaves(bot, "zhao")
        assert not await GroupGreeting.exists() and not await Timer.filter(plugin="groups").exists()
        # Whom the bot did not see go, as while it was away, the platform knows of.
        await joins(bot, "qian")
        platform(bot).absent.add((G, "qian"))
        await bot.advance(hours=1)
        bot.kept_silent()
        assert not await GroupGreeting.exists()


async def test_other_bots_and_the_stations_people_are_never_greeted() -> None:
    async with station(tables=SOON) as bot:
        await greeting(bot)
        await officer(bot, "zhang")
        await officer(bot, "lin", roles=["partner"])
        await joins(bot, "zhang")
        await joins(bot, "lin")
        robot = bot.message(group=G, kind=MessageKind.SYSTEM, data={"event": "member.joined"})
        await bot.deliver(replace(robot, sender=Sender("robot", "Robot", is_bot=True)))
        # Of several at once some platforms tell only how many.
        await happens(bot, "member.joined", count=3)
        await bot.advance(days=1)
        bot.kept_silent()


async def test_who_is_enrolled_meanwhile_is_not_greeted() -> None:
    async with station() as bot:
        await greeting(bot)
        await joins(bot, "zhang")
        await officer(bot, "zhang")
        await bot.advance(hours=1)
        bot.kept_silent()


async def test_who_refuses_is_never_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with station(tables=SOON) as bot:
        asked: list[str] = []

        async def refuses(sender: Sender) -> Chat | None:
            asked.append(sender.id)
            return None

        monkeypatch.setattr(bot.platform, "private_chat", refuses)
        await greeting(bot)
        await joins(bot, "zhao")
        await leaves(bot, "zhao")
        await joins(bot, "zhao")
        await bot.advance(days=1)
        assert asked == ["zhao"]
        bot.kept_silent()


async def test_at_night_it_waits_until_morning_and_over_a_restart(tmp_path: Path) -> None:
    async with station(folder=tmp_path) as bot:
        await greeting(bot)
        clock = bot.clock
        await bot.advance(until=WEDNESDAY + timedelta(hours=12))  # 22:00
        await joins(bot, "zhao")
        await joins(bot, "qian")
        await bot.advance(hours=6)
        bot.kept_silent()
    async with station(folder=tmp_path, clock=clock) as bot:
        await bot.advance(until=WEDNESDAY + timedelta(hours=20, minutes=59))  # 06:59
        bot.kept_silent()
        await bot.advance(minutes=1)
        assert cards(bot) and not cards(bot, "qian")
        await bot.advance(minutes=1)
        assert cards(bot, "qian")


async def test_the_groups_own_quiet_hours_count_when_it_goes_out_too() -> None:
    async with station() as bot:
        await greeting(bot)
        await types(bot, "/settings quiet off")
        await bot.advance(until=WEDNESDAY + timedelta(hours=14))  # midnight
        bot.news()
        await joins(bot, "zhao")
        await bot.advance(minutes=1)
        assert cards(bot)
        await joins(bot, "qian")
        await types(bot, "/settings quiet 23:00-9:00")
        await bot.advance(until=WEDNESDAY + timedelta(hours=22, minutes=59))  # 08:59
        assert not cards(bot, "qian")
        await bot.advance(minutes=1)
        assert cards(bot, "qian")


async def test_many_at_once_are_greeted_slowly_and_no_answer_waits(database_url: str) -> None:
    tables = {"groups": {"greet_after_s": 0, "greet_most": 500}}
    async with station(database_url=database_url, tables=tables) as bot:
        await greeting(bot)
        event = {"event": "member.joined"}
        crowd = [bot.message(kind=MessageKind.SYSTEM, group=G, who=f"p{n}", data=event) for n in range(50)]
        await bot.deliver(*crowd, bot.message("@desk 停水了", group=G, at_bot=True))
        news = bot.news()
        assert len(news) == 2 and any("供水热线" in text for text in news)
        await bot.advance(minutes=3)
        assert len(bot.news()) == 25
        await bot.advance(minutes=3)
        assert len(bot.news()) == 24
        assert len([sent for sent in bot.sent if sent.out.chat.id.startswith("dm-p")]) == 50


async def test_of_a_raid_an_hours_worth_is_greeted_and_the_rest_counted(database_url: str) -> None:
    async with station(database_url=database_url, tables={"groups": {"greet_after_s": 0, "greet_most": 6}}) as bot:
        await greeting(bot)
        event = {"event": "member.joined"}
        raid = [bot.message(kind=MessageKind.SYSTEM, group=G, who=f"p{n}", data=event) for n in range(100)]
        await bot.deliver(*raid)
        assert (await row()).left_out == 94 and await GroupGreeting.all().count() == 6
        await bot.advance(minutes=59)
        assert len(bot.news()) == 6
        await joins(bot, "zhao")
        await bot.advance(minutes=1)
        assert cards(bot)
        await types(bot, "/settings")
        assert "94 人没有问候" in bot.last
        await types(bot, "/settings greet on")
        assert (await row()).left_out == 0


@pytest.mark.parametrize("how", ["/disable", "/settings off", "/settings greet off", "/off", "/off all", "removed"])
async def test_where_it_is_switched_off_nothing_goes_out_any_more(how: str) -> None:
    async with station() as bot:
        await greeting(bot)
        await officer(bot, roles=["commander", "officer"])
        await joins(bot, "zhao")
        # This one is on its way, but the platform does not take it yet.
        await bot.advance(minutes=1)
        await joins(bot, "qian")
        await joins(bot, "sun")
        assert await GroupGreeting.filter(greeted_at=None).count() == 2
        before = len(cards(bot))
        platform(bot).faults = [RetryLater(600)]
        await bot.advance(minutes=1)
        assert before == 1 and not cards(bot, "qian")
        if how == "removed":
            await happens(bot, "bot.removed")
        elif how == "/off all":
            await bot.says("/off all", who="zhang")
        else:
            await types(bot, how, who="zhang")
        if how != "/off all":
            assert not await GroupGreeting.filter(greeted_at=None).exists()
        await joins(bot, "zhou")
        await bot.advance(hours=2)
        assert not cards(bot, "sun") and not cards(bot, "zhou")
        # What was under way everywhere is not of one group.
        assert how == "/off all" or not cards(bot, "qian")


async def test_a_platform_that_fails_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with station(tables=SOON) as bot:
        faults: list[Exception] = [ConnectionError(), TimeoutError()]
        open_chat = platform(bot).private_chat

        async def fails(sender: Sender) -> Chat | None:
            if faults:
                raise faults.pop()
            return await open_chat(sender)

        monkeypatch.setattr(bot.platform, "private_chat", fails)
        await greeting(bot)
        await joins(bot, "zhao")
        bot.kept_silent()
        await bot.advance(minutes=5)
        assert len(cards(bot)) == 1


async def test_who_could_not_be_greeted_for_a_day_is_no_newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    async with station(tables=SOON) as bot:

        async def fails(sender: Sender) -> Chat | None:
            raise ConnectionError

        monkeypatch.setattr(bot.platform, "private_chat", fails)
        await greeting(bot)
        await joins(bot, "zhao")
        await joins(bot, "qian", at=bot.clock.now() - timedelta(days=2))
        assert await GroupGreeting.all().count() == 1
        await bot.advance(days=2)
        assert not await GroupGreeting.exists() and not await Timer.filter(name="greet").exists()


async def test_what_is_kept_is_told_and_goes_when_somebody_asks_for_it(database_url: str) -> None:
    async with station(database_url=database_url, tables=SOON) as bot:
        await bot.says("/privacy", who="sun")
        assert "名片" not in bot.replied()
        await greeting(bot)
        await joins(bot, "zhao")
        bot.news()
        await bot.says("/privacy", who="zhao")
        bot.replied("名片", "180 天")
        await bot.says("/delete", who="zhao")
        await bot.presses("确认删除", who="zhao")
        assert not await GroupGreeting.exists()
        # And who has left asks for nothing any more.
        await leaves(bot, "zhao")
        bot.news()
        await joins(bot, "zhao")
        await bot.advance(days=1)
        bot.kept_silent()


async def test_it_goes_with_the_group_and_moves_along_with_it() -> None:
    async with station(tables=SOON) as bot:
        await greeting(bot)
        await joins(bot, "zhao")
        await happens(bot, "chat.moved", to="g-new")
        await leaves(bot, "zhao", "g-new")
        await joins(bot, "zhao", "g-new")
        assert len(cards(bot)) == 1
        # Something came in under the new id before the old one was told of: that is a chat of its own.
        await happens(bot, "bot.sighted", group="g-newer")
        await happens(bot, "chat.moved", group="g-new", to="g-newer")
        there = bot.services.chats.find(Chat(bot.platform.name, "g-newer", ChatKind.GROUP))
        assert there is not None and (await GroupGreeting.get()).chat_id == there.id
        await joins(bot, "qian", "g-newer")
        await bot.advance(minutes=1)
        assert cards(bot, "qian")
        await happens(bot, "bot.removed", group="g-newer")
        bot.clock.step(timedelta(days=31))
        await bot.settle()
        assert not await GroupGreeting.exists()
