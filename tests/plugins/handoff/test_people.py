"""The admin's page of people: add, link, change, suspend; secrets once; nobody locks everybody out; no cases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from botkit.errors import UserError
from botkit.plugins.handoff.models import Case
from botkit.staff import LastAdmin
from botkit.storage.models import AuditEntry, RoleGrant, Staff
from botkit.testing import BotHarness
from tests.plugins.handoff.people import ROOM, Admin, member, secret
from tests.plugins.handoff.station import colleague, desk, officer, only_case, room, said_in, station


@asynccontextmanager
async def admin(bot: BotHarness, login: str = "root") -> AsyncIterator[Admin]:
    """An admin with a browser."""
    async with officer(bot, login, ("admin",), "管理员") as made:
        yield Admin(made.member, made.client)


async def test_an_account_from_the_page_to_the_first_order() -> None:
    async with station() as bot, admin(bot) as root:
        status, page = await root.sends("add", ("officer", "backup"), login=" Zhang ", name="张伟", title="社区民警")
        assert status == 200 and "张伟" in page
        password = secret(page)
        assert password not in await root.page()
        assert await bot.services.staff.check("zhang", password) is not None

        zhang = await Staff.get(login="zhang")
        status, page = await root.sends(f"{zhang.id}/code")
        assert status == 200 and "明天 10:00 前有效" in page
        order = secret(page)
        assert order not in await root.page()
        await bot.says(order, who="account-1")
        bot.replied("已绑定：张伟")
        assert "fake：Account-1（今天 10:00 绑定）" in await root.page()

        status, page = await root.sends("room", kind="officers", name="值班室")
        await bot.says(secret(page), who="anybody", group=ROOM, at_bot=True)
        bot.replied("值班室")
        assert f"值班室（fake 群“{ROOM}”" in await root.page()
        assert await RoleGrant.filter(staff_id=zhang.id).count() == 2
        made = await AuditEntry.get(event="staff.enrolled", subject=f"staff:{zhang.id}")
        assert made.actor == root.member.actor


async def test_what_is_wrong_comes_back_with_what_was_typed() -> None:
    async with station() as bot, admin(bot) as root:
        status, page = await root.sends("add", ("officer",), login="root", name="罗", title="社区民警")
        assert status == 409 and "登录名“root”已有人使用" in page and 'value="罗"' in page
        assert 'id="add-officer" checked' in page
        for login, roles, why in (("", ("officer",), "登录名"), ("a b", ("officer",), "空格"), ("li", (), "至少选一个"),
                                  ("li", ("king",), "至少选一个")):  # fmt: skip
            status, page = await root.sends("add", roles, login=login, name="李")
            assert status == 409 and why in page and 'value="李"' in page
        for kind, name in (("officers", " "), ("club", "桥牌")):
            status, page = await root.sends("room", kind=kind, name=name)
            assert status == 409 and "请选择用途并填写名称" in page
        for action in ("7/code", "7/roles", "7/suspend", "7/restore", "7/unlink", "7/close"):
            status, page = await root.sends(action, account="9" * 30)
            assert status == 409 and "没有找到" in page, action
        assert await Staff.all().count() == 1


async def test_suspended_and_restored_with_all_that_follows() -> None:
    async with station() as bot, admin(bot) as root, officer(bot, "wang") as wang:
        zhang = await colleague(bot, "zhang")
        await room(bot)
        await bot.says("我的案子有进展吗")
        await bot.presses("接了", who="zhang", group=ROOM)
        assert (await only_case()).holder_id == zhang.id

        status, page = await root.sends(f"{zhang.id}/suspend")
        assert status == 200 and "已放回待接手" in page and "已停用" in page
        await bot.settle()
        assert (await only_case()).state == "queued"
        assert "持有人已停用" in said_in(bot, ROOM)[-1]
        assert "Root 停用或调整了持有人" in await wang.opens(await only_case())
        # Twice is once.
        status, _ = await root.sends(f"{zhang.id}/suspend")
        assert status == 200 and await AuditEntry.filter(event="staff.suspended").count() == 1
        status, page = await root.sends(f"{zhang.id}/code")
        assert status == 409

        await root.sends(f"{zhang.id}/restore")
        assert bot.services.officers.known("fake", "zhang")
        await bot.presses("接了", who="zhang", group=ROOM)
        assert (await only_case()).holder_id == zhang.id

        status, page = await root.sends(f"{zhang.id}/roles", ("maintainer",))
        assert status == 200 and "立即生效" in page
        assert (await only_case()).state == "queued" and not bot.services.officers.known("fake", "zhang")


async def test_an_account_is_unlinked_and_a_room_closed() -> None:
    async with station() as bot, admin(bot) as root:
        zhang = await colleague(bot, "zhang")
        chat = await room(bot)
        await bot.says("我的案子有进展吗")
        page = await root.page()
        account = page.split('name="account" value="')[1].split('"')[0]
        stranger = await member(bot, "wang")
        status, _ = await root.sends(f"{stranger.id}/unlink", account=account)
        assert status == 409
        status, page = await root.sends(f"{zhang.id}/unlink", account=account)
        assert status == 200 and "已解除绑定" in page and "还没有绑定聊天账号" in page
        await bot.presses("接了", who="zhang", group=ROOM)
        assert (await only_case()).state == "queued"

        status, page = await root.sends(f"{chat}/close")
        assert status == 200 and "不再发到那里" in page and not desk(bot).rooms
        assert {"identity.unlinked", "room.closed"} <= {entry.event for entry in await AuditEntry.all()}


async def test_the_last_admin_stays() -> None:
    async with station() as bot, admin(bot) as root:
        for action, roles in (("suspend", ()), ("roles", ("officer",))):
            status, page = await root.sends(f"{root.member.id}/{action}", roles)
            assert status == 409 and "最后一位在用的管理员" in page
        other = await member(bot, "other", "admin")
        # Each suspends the other at the same moment: one of them stays.
        staff = bot.services.staff
        done = await asyncio.gather(staff.suspend("root"), staff.suspend(other.login), return_exceptions=True)
        assert sum(isinstance(each, LastAdmin) for each in done) == 1
        assert len(await staff.members("admin")) == 1
        with pytest.raises(UserError, match="no such role"):
            await staff.grant(other.id, ["king"])


async def test_only_admins_and_only_with_the_token() -> None:
    async with station() as bot, admin(bot) as root, officer(bot, "chief", ("commander",), "所长") as chief:
        await bot.says("我的案子有进展吗")
        status, _ = await chief.get("/desk/people/")
        assert status == 403
        commander = Admin(chief.member, chief.client)
        for carried in ([], [("csrf", "guess")]):
            status, _ = await commander.posts(f"/desk/people/{root.member.id}/suspend", carried)
            assert status == 403
            status, _ = await root.posts("/desk/people/add", carried, ("admin",), login="eve")
            assert status == 403
        assert await Staff.filter(active=True).count() == 2
        page = await root.page()
        assert "我的案子" not in page and (await Case.get()).number not in page
        status, page = await root.get("/desk/handoff/")
        assert status == 403


async def test_a_code_is_void_after_its_time_and_after_a_new_one() -> None:
    async with station() as bot, admin(bot) as root:
        zhang = await member(bot, "zhang")
        first = secret((await root.sends(f"{zhang.id}/code"))[1])
        second = secret((await root.sends(f"{zhang.id}/code"))[1])
        await bot.says(first, who="a")
        bot.replied("绑定码不对")
        bot.clock.step(timedelta(hours=24))
        await bot.says(second, who="a")
        bot.replied("绑定码不对")
