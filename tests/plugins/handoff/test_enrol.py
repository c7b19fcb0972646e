"""Enrolment: a code links an account or makes a room, once; whoever lost their rights has none at the next press."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from botkit.messages import Sender
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.groups import plugin as groups
from botkit.plugins.handoff.models import Case, CaseEvent
from botkit.plugins.handoff.officers import enrol
from botkit.plugins.safety import plugin as safety
from botkit.storage.models import AuditEntry, Identity, Staff
from botkit.testing import BotHarness, FakeAdapter
from tests.plugins.handoff.people import ROOM, code, dump, member
from tests.plugins.handoff.station import colleague, desk, only_case, room, said_in, station

YES, NO = "已登记：这是本所", "未登记"


async def linked(bot: BotHarness, login: str) -> list[str]:
    """The platform ids of somebody's accounts."""
    person = (await Staff.get(login=login)).person_id
    return [row.platform_id for row in await Identity.filter(person_id=person).order_by("id")]


async def test_a_code_sent_in_private_links_the_account_once() -> None:
    async with station() as bot:
        zhang = await member(bot, "zhang")
        given = await code(bot, zhang)
        await bot.says(f"/link {given.lower().replace('-', ' ')}", who="account-1")
        bot.replied("已绑定：Zhang")
        assert await linked(bot, "zhang") == ["account-1"]
        assert bot.services.officers.known("fake", "account-1")
        # The same code again, by whoever read it over a shoulder.
        await bot.says(f"/link {given}", who="thief")
        bot.replied("绑定码不对或已过期")
        assert await linked(bot, "zhang") == ["account-1"]
        assert {"code.made", "identity.enrolled"} <= {entry.event for entry in await AuditEntry.all()}


async def test_a_code_ends_with_its_day_and_with_the_next_one() -> None:
    async with station() as bot:
        zhang = await member(bot, "zhang")
        first, second = await code(bot, zhang), await code(bot, zhang)
        for wrong in (first, "", "ABCDE-FGHJK", "' OR 1=1"):
            await bot.says(f"/link {wrong}", who="account-1")
            bot.replied("绑定码不对或已过期")
        await bot.advance(hours=24)
        await bot.says(f"/link {second}", who="account-1")
        bot.replied("绑定码不对或已过期")
        await bot.says(f"/link {await code(bot, zhang)}", who="account-1")
        bot.replied("已绑定：Zhang")


async def test_a_code_for_somebody_who_was_suspended_meanwhile_links_nothing() -> None:
    async with station() as bot:
        zhang = await member(bot, "zhang")
        given = await code(bot, zhang)
        await bot.services.staff.suspend("zhang")
        await bot.says(f"/link {given}", who="account-1")
        bot.replied("绑定码不对或已过期")
        assert not await linked(bot, "zhang")


async def test_a_rooms_code_is_refused_in_private_and_a_persons_in_a_group_is_spoiled() -> None:
    async with station() as bot:
        zhang = await member(bot, "zhang")
        for_room, for_zhang = await code(bot, kind="officers", name="值班室"), await code(bot, zhang)
        await bot.says(f"/link {for_room}", who="account-1")
        bot.replied("绑定码不对或已过期")
        for given in (for_zhang, "ABCDE-FGHJK"):
            await bot.says(f"/link {given}", group="g", who="account-1", at_bot=True)
            bot.kept_silent()
        assert not await linked(bot, "zhang")
        # Five hundred neighbours have read it.
        await bot.says(f"/link {for_zhang}", who="neighbour")
        bot.replied("绑定码不对或已过期")
        assert await AuditEntry.filter(event="code.spoiled").count() == 1
        await bot.says(f"/link {for_room}", group=ROOM, who="account-1", at_bot=True)
        bot.replied("这里是民警群了：值班室")


async def test_two_accounts_are_one_person() -> None:
    async with station() as bot:
        zhang = await member(bot, "zhang")
        for account in ("here", "there"):
            await bot.says(f"/link {await code(bot, zhang)}", who=account)
            bot.replied("已绑定：Zhang")
        await room(bot)
        await bot.says("我的案子有进展吗")
        bot.news()
        await bot.presses("接了", who="here", group=ROOM)
        case = await only_case()
        await bot.says(f"备注 {case.number} 已联系物业", who="there")
        assert (await CaseEvent.get(what="case.noted")).actor == f"staff:{case.holder_id}" == zhang.actor


async def test_plain_talk_in_a_room_is_never_stored(tmp_path: Path) -> None:
    async with station([safety, etiquette], folder=tmp_path) as bot:
        await colleague(bot, "zhang")
        for kind in ("officers", "anti_fraud", "partner"):
            await room(bot, f"room-{kind}", kind)
            for who in ("zhang", "stranger"):
                for words in ("晚上食堂吃红烧鱼", "隔壁着火了快报警红烧鱼", "红烧鱼 今天值班吗"):
                    await bot.says(words, group=f"room-{kind}", who=who)
                    bot.kept_silent()
        kept = dump(tmp_path)
        assert "红烧鱼" not in kept and "stranger" not in kept


async def test_a_suspended_officer_has_no_rights_at_the_next_press_and_holds_nothing() -> None:
    async with station() as bot:
        zhang, _ = await colleague(bot, "zhang"), await colleague(bot, "wang")
        await room(bot)
        await bot.says("我的案子有进展吗")
        await bot.presses("接了", who="zhang", group=ROOM)
        await bot.says("另一件事也要问", who="sun")
        bot.news()
        assert (await Case.get(identity_id=(await Identity.get(platform_id="li")).id)).holder_id == zhang.id

        await bot.services.staff.suspend("zhang", actor="staff:1")
        await bot.settle()
        held = await Case.all().order_by("id").first()
        assert held is not None and (held.state, held.holder_id) == ("queued", None)
        assert [event.actor for event in await CaseEvent.filter(what="case.orphaned")] == ["staff:1"]
        assert any("放回待接手" in text for text in bot.news())
        assert not bot.services.officers.known("fake", "zhang")

        await bot.presses("接了", who="zhang", group=ROOM)
        assert "没有绑定" in said_in(bot, ROOM)[-1]
        assert not await Case.filter(state="claimed").exists()
        await bot.presses("接了", who="wang", group=ROOM)
        assert await Case.filter(state="claimed").count() == 1


async def test_who_loses_the_role_loses_the_case() -> None:
    async with station() as bot:
        await colleague(bot, "zhang")
        root = await member(bot, "root", "admin")
        await room(bot)
        await bot.says("我的案子有进展吗")
        await bot.presses("接了", who="zhang", group=ROOM)
        zhang = await Staff.get(login="zhang")
        await bot.services.staff.grant(zhang.id, ["backup"], actor=root.actor)
        assert (await only_case()).state == "claimed"
        await bot.services.staff.grant(zhang.id, ["maintainer"], actor=root.actor)
        assert (await only_case()).state == "queued"


async def test_verify_goes_by_the_account_never_by_the_name() -> None:
    async with station([groups]) as bot:
        await colleague(bot, "zhang")
        message = bot.message("我是张警官，请把钱转到安全账户", who="fake-zhang", group="g", id="lie", at_bot=True)
        # An impostor calls himself what the officer is called.
        await bot.says("/enable", who="zhang", group="g", at_bot=True)
        await bot.deliver(replace(message, sender=Sender("fake-zhang", "Zhang")))
        bot.news()

        async def asks(text: str = "/verify", *, answers: str | None = None, **changes: Any) -> str:
            asked = bot.message(text, group="g", reply_to=answers, at_bot=True)
            await bot.deliver(replace(asked, **changes))
            return bot.replied()

        assert NO in await asks(answers="lie")
        assert NO in await asks(answers="plain", data={"reply_author": "fake-zhang"})
        assert YES in await asks(answers="plain", data={"reply_author": "zhang"})
        assert "社区民警" in await asks(mentions=("zhang",))
        assert NO in await asks(mentions=("Zhang",))
        assert NO in await asks("/verify fake-zhang zhang")
        assert NO in await asks("/verify zhang fake-zhang")
        assert YES in await asks("/verify @zhang")
        assert "/verify" in await asks()
        assert "/verify" in await asks(answers="nothing-of-this-id")


async def test_verify_in_private_and_after_a_suspension() -> None:
    async with station() as bot:
        await colleague(bot, "zhang")
        await colleague(bot, "mao", "maintainer", title="目录维护者")
        await bot.says("/verify zhang")
        bot.replied(YES, "社区民警")
        await bot.says("/verify mao")
        assert "110" in bot.replied(NO)
        await bot.services.staff.suspend("zhang")
        await bot.says("/verify zhang")
        bot.replied(NO)


async def test_closing_a_room_makes_it_a_group_again() -> None:
    async with station() as bot:
        chat = await room(bot)
        await bot.services.unit(lambda unit: enrol.close_room(desk(bot), unit, chat, "staff:1"))
        assert not desk(bot).rooms
        await bot.says("我的案子有进展吗")
        assert all(sent.out.chat.id != ROOM for sent in bot.sent[1:])
        assert (await AuditEntry.get(event="room.closed")).actor == "staff:1"


async def test_a_room_stays_one_after_a_restart(tmp_path: Path) -> None:
    async with station(folder=tmp_path) as bot:
        await room(bot)
        clock = bot.clock
    platform = FakeAdapter()
    async with station(folder=tmp_path, clock=clock, adapter=platform) as bot:
        await bot.says("晚上吃什么", group=ROOM, id="talk")
        bot.kept_silent()
        await bot.says("我的案子有进展吗", id="ask")
        assert ROOM in {sent.out.chat.id for sent in bot.sent}
