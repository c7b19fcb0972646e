"""Wrong interjections (E20, D8-D10): withdrawn where they stand, counted, not repeated; officers' talk left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from botkit.adapter import Rank
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.handoff.models import Case, CaseEvent
from botkit.plugins.safety import plugin as safety
from botkit.storage.models import AuditEntry
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.fake import FULL, Sent
from tests.plugins.handoff.people import ROOM
from tests.plugins.handoff.station import card, colleague, later, only_case, room, said_in, station

SORRY = "误报，抱歉。"
FIRE = "3号楼着火了"


def safe(**options: Any) -> BotHarness:
    """A bot with the real rules."""
    return station([safety, etiquette], **options)


async def staffed(bot: BotHarness) -> None:
    """A room and an officer; Wu owns the group."""
    await room(bot)
    await colleague(bot, "zhang")
    assert isinstance(bot.platform, FakeAdapter)
    bot.platform.ranks["g", "wu"] = Rank.OWNER
    bot.platform.ranks["g", "sun"] = Rank.ADMIN


async def talk(bot: BotHarness, text: str = FIRE, who: str = "li", group: str = "g") -> list[str]:
    """Plain talk; returns what the bot says in the group to it."""
    before = len(said_in(bot, group))
    await bot.says(text, who=who, group=group)
    return said_in(bot, group)[before:]


def line(bot: BotHarness, group: str = "g") -> Sent:
    """The bot's latest line in the group."""
    return [sent for sent in bot.sent if sent.out.chat.id == group][-1]


async def test_an_officer_calls_it_a_false_alarm() -> None:
    async with safe() as bot:
        await staffed(bot)
        assert "119" in (await talk(bot))[0]
        case = await only_case()
        await bot.presses("误报", who="zhang", group=ROOM)
        assert said_in(bot, "g") == [SORRY]
        assert "已按误报办结" in said_in(bot, ROOM)[-1]
        case = await only_case()
        assert (case.state, case.result) == ("resolved", "false_alarm")
        assert await CaseEvent.filter(what="alarm.false").count() == 1
        await later(bot, minutes=5)
        assert said_in(bot, "g") == [SORRY] and not any("还没有人接" in text for text in said_in(bot, ROOM))


async def test_muted_for_that_person_and_that_danger_only_and_for_ten_minutes() -> None:
    async with safe() as bot:
        await staffed(bot)
        await talk(bot)
        await bot.presses("误报", who="zhang", group=ROOM)
        # An officer still looks at it; among neighbours nothing is said.
        assert not await talk(bot, "着火了，快来人")
        assert await Case.all().count() == 2 and "着火了，快来人" in card(bot, "0311-02").text
        assert "110" in (await talk(bot, "有人拿刀砍人"))[0]
        # The withdrawn line stands in nobody's way.
        assert "119" in (await talk(bot, "真的着火了!快来人", who="wang"))[0]
        assert "119" in (await talk(bot, group="other"))[0]
        await bot.advance(minutes=40)
        assert "119" in (await talk(bot))[0]


async def test_in_private_and_when_addressed_nobody_is_muted() -> None:
    async with safe() as bot:
        await staffed(bot)
        await talk(bot)
        await bot.presses("误报", who="zhang", group=ROOM)
        await bot.says("我家着火了", who="li")
        assert "119" in said_in(bot, "dm-li")[-1]
        await bot.says("我家着火了", who="li", group="g", at_bot=True)
        assert "119" in said_in(bot, "g")[-1]


async def test_strangers_and_the_suspended_press_in_vain() -> None:
    async with safe() as bot:
        await staffed(bot)
        await talk(bot)
        said = said_in(bot, "g")
        await bot.presses("误报", who="stranger", group=ROOM)
        await bot.services.staff.suspend("zhang")
        await bot.presses("误报", who="zhang", group=ROOM)
        assert said_in(bot, "g") == said and (await only_case()).state == "queued"


async def test_the_owner_of_the_group_says_so_and_the_case_goes_on() -> None:
    async with safe() as bot:
        await staffed(bot)
        await talk(bot)
        said = said_in(bot, "g")
        for who in ("li", "sun", "stranger"):
            await bot.says("误报", who=who, group="g", reply_to=line(bot).id, at_bot=True)
            assert said_in(bot, "g") == said, who
        await bot.says("误报！", who="wu", group="g", reply_to=line(bot).id, at_bot=True)
        assert said_in(bot, "g") == [SORRY]
        assert (await only_case()).state == "queued"
        assert any("有人说机器人弄错了" in text for text in said_in(bot, ROOM))
        [entry] = await AuditEntry.filter(event="answer.retracted")
        assert entry.actor.startswith("identity:")
        assert not await talk(bot, "着火了，快来人")


async def test_where_nothing_can_be_edited_it_is_said_anew() -> None:
    async with safe(adapter=FakeAdapter(capabilities=replace(FULL, edit=False, delete=False))) as bot:
        await staffed(bot)
        await talk(bot)
        await bot.presses("误报", who="zhang", group=ROOM)
        assert said_in(bot, "g")[-1] == SORRY and len(said_in(bot, "g")) == 2
        assert "119" in (await talk(bot, who="wang"))[0]
        await bot.says("/retract", who="zhang", group="g", reply_to=line(bot).id, at_bot=True)
        assert said_in(bot, "g")[-1] == SORRY
        await bot.says("/correct 火已扑灭", who="zhang", group="g", reply_to=line(bot).id, at_bot=True)
        assert said_in(bot, "g")[-1] == "火已扑灭"


async def test_an_officer_corrects_or_takes_back_a_line() -> None:
    async with safe() as bot:
        await staffed(bot)
        await talk(bot)
        said = said_in(bot, "g")
        for order in ("/correct 是演习", "/retract", "/更正 是演习", "/撤下"):
            await bot.says(order, who="li", group="g", reply_to=line(bot).id, at_bot=True)
            await bot.says(order, who="wu", group="g", reply_to=line(bot).id, at_bot=True)
        assert said_in(bot, "g") == said
        await bot.says("/correct 消防演习，大家不用慌", who="zhang", group="g", reply_to=line(bot).id, at_bot=True)
        assert said_in(bot, "g") == ["消防演习，大家不用慌"]
        await bot.says("/撤下", who="zhang", group="g", reply_to=line(bot).id, at_bot=True)
        assert said_in(bot, "g") == []
        assert [entry.actor for entry in await AuditEntry.filter(event="answer.retracted")] == [
            f"staff:{(await _zhang(bot))}"
        ] * 2


async def _zhang(bot: BotHarness) -> int:
    member = await bot.services.staff.find("zhang")
    assert member is not None
    return member.id


async def test_only_lines_of_the_bot_are_taken_back() -> None:
    async with safe() as bot:
        await staffed(bot)
        await bot.says("大家好", group="g", id="neighbour")
        await bot.says("误报", who="zhang", group="g", reply_to="neighbour")
        await bot.says("/retract", who="zhang", group="g", reply_to="neighbour", at_bot=True)
        assert not said_in(bot, "g") and not await AuditEntry.filter(event="answer.retracted").exists()


async def test_the_bot_does_not_react_to_officers_own_talk() -> None:
    async with safe() as bot:
        await staffed(bot)
        for words in (FIRE, "刷单兼职日结300 有手机就行 加V详聊", "民警同志们辛苦了", "停水了怎么办", "谢谢"):
            assert not await talk(bot, words, who="zhang"), words
        assert not await Case.exists()
        await bot.services.staff.suspend("zhang")
        assert "119" in (await talk(bot, who="zhang"))[0]
