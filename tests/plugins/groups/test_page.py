"""The desk's page of groups: what it shows, whom it lets do what, and that it is written down."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from botkit.messages import Chat, ChatKind
from botkit.plugins.groups import keeping
from botkit.storage import UnitOfWork
from botkit.testing import BotHarness
from botkit.testing.fake import FULL
from botkit.web.app import build
from botkit.web.sessions import COOKIE
from botkit.web.shell import SHELL
from tests.plugins.groups.station import WATER, G, audited, enabled, happens, station, types


class Visitor:
    """Somebody with a browser, logged in."""

    def __init__(self, actor: str, client: TestClient[Any, Any]) -> None:
        self.actor = actor
        self.client = client

    async def opens(self, path: str = "/desk/groups/", language: str = "zh-CN") -> tuple[int, str]:
        """A page: its status and its HTML."""
        headers = {"Accept": "text/html", "Accept-Language": language}
        async with self.client.get(path, headers=headers, allow_redirects=False) as response:
            return response.status, await response.text()

    async def does(self, chat: int, action: str, *, token: str | None = None, **fields: str) -> tuple[int, str]:
        """Submit a form of the page, with the token that stands on it."""
        _, page = await self.opens()
        found = re.search(r'name="csrf" value="([^"]*)"', page)
        given = token if token is not None else found[1] if found else ""
        headers = {"Accept": "text/html", "Origin": str(self.client.make_url("/")).rstrip("/")}
        data = {"csrf": given, **fields}
        async with self.client.post(f"/desk/groups/{chat}/{action}", data=data, headers=headers) as response:
            return response.status, await response.text()


@asynccontextmanager
async def visitor(bot: BotHarness, roles: Iterable[str] = ("officer",)) -> AsyncIterator[Visitor]:
    """Enrol somebody, log them in, and give them a browser."""
    member, _ = await bot.services.staff.create("visitor", "访客", roles)
    token = await bot.services.staff.begin(member)
    app = build(bot.services)
    client: TestClient[Any, Any] = TestClient(TestServer(app))
    await client.start_server()
    try:
        client.session.cookie_jar.update_cookies({app[SHELL].cookie(COOKIE): token}, client.make_url("/"))
        yield Visitor(member.actor, client)
    finally:
        await client.close()


def chat_of(bot: BotHarness, group: str = G) -> int:
    """The row id of a group."""
    found = bot.services.chats.find(Chat(bot.platform.name, group, ChatKind.GROUP))
    assert found is not None
    return found.id


async def test_it_shows_how_every_group_stands() -> None:
    async with station() as bot, visitor(bot, ["commander"]) as commander:
        assert "没有这样的群" in (await commander.opens())[1]
        await enabled(bot)
        await happens(bot, "chat.renamed", title="<b>荷花池</b>一村")
        await happens(bot, "bot.blinded")
        await happens(bot, "bot.added", group="other")
        await happens(bot, "bot.removed", group="third")
        await bot.says("早上好", group=G)
        status, page = await commander.opens()
        assert status == 200
        assert "&lt;b&gt;荷花池" in page and "<b>荷花池" not in page
        for text in ("已启用", "未启用", "已退群", "看不到群聊", "今天 10:00", "暂无"):
            assert text in page, text
        assert 'href="/desk/groups/" aria-current="page"' in page
        assert "not enabled" in (await commander.opens(language="en"))[1]
        _, found = await commander.opens("/desk/groups/?q=荷花")
        assert "荷花池" in found and f'id="group-{chat_of(bot, "other")}"' not in found


async def test_an_officer_switches_a_group_off_and_on() -> None:
    async with station() as bot, visitor(bot) as zhang:
        await enabled(bot)
        status, page = await zhang.does(chat_of(bot), "off")
        assert status == 200 and "已停用" in page and "已停答" in page
        await bot.says("@desk 停水了怎么办", group=G, at_bot=True)
        bot.kept_silent()
        status, page = await zhang.does(chat_of(bot), "on")
        assert status == 200 and "已恢复" in page
        await bot.says("@desk 停水了怎么办", group=G, at_bot=True, who="zhao")
        bot.replied(WATER)
        assert (await audited())[-2:] == [("group.switched_off", zhang.actor), ("group.switched_on", zhang.actor)]


async def test_an_officer_sets_the_area() -> None:
    async with station() as bot, visitor(bot) as zhang:
        await happens(bot, "bot.added")
        _, page = await zhang.does(chat_of(bot), "area", area="  荷花池\t一村 ")
        assert 'value="荷花池 一村"' in page
        ways = bot.services.chats.by_id(chat_of(bot)).ways
        assert ways.area == "荷花池 一村" and not ways.enabled
        await zhang.does(chat_of(bot), "area", area="长" * 200)
        assert bot.services.chats.by_id(chat_of(bot)).ways.area == "长" * 64
        assert (await audited())[-1] == ("group.area_set", zhang.actor)


async def test_an_officer_lets_newcomers_be_greeted_and_the_group_is_told() -> None:
    async with station() as bot, visitor(bot) as zhang:
        await enabled(bot)
        assert "开始私下问候" in (await zhang.opens())[1]
        status, page = await zhang.does(chat_of(bot), "greet")
        assert status == 200 and "今后会私下收到名片" in page and "停止私下问候" in page
        await bot.settle()
        bot.replied("每人只发一次，群里不出声")
        assert bot.sent[-1].out.silent
        # Pressed once more, as on a page that stood open: it is so already.
        await zhang.does(chat_of(bot), "greet")
        await bot.settle()
        bot.kept_silent()
        await keep_out(bot, 3)
        assert "3 人没有问候" in (await zhang.opens())[1]
        assert "3 came at once" in (await zhang.opens(language="en"))[1]
        status, page = await zhang.does(chat_of(bot), "ungreet")
        assert "不再私下问候" in page and "开始私下问候" in page and "没有问候" not in page
        await bot.settle()
        bot.kept_silent()
        assert (await audited())[-1] == ("group.changed", zhang.actor)


async def keep_out(bot: BotHarness, count: int) -> None:
    """Of a crowd so many were not greeted."""

    async def job(unit: UnitOfWork) -> None:
        await keeping.settle(bot.services, unit, chat_of(bot), {"left_out": count})

    await bot.services.unit(job)


async def test_a_group_that_is_not_enabled_is_not_spoken_to() -> None:
    async with station() as bot, visitor(bot) as zhang:
        await happens(bot, "bot.added")
        bot.news()
        await zhang.does(chat_of(bot), "greet")
        await bot.settle()
        bot.kept_silent()
        await types(bot, "/enable")
        bot.replied("我看什么", "群里不出声")


async def test_where_nobody_can_be_written_to_first_there_is_no_button() -> None:
    async with station(replace(FULL, can_start_dm=False)) as bot, visitor(bot) as zhang:
        await enabled(bot)
        assert "平台不支持" in (await zhang.opens())[1]
        assert (await zhang.does(chat_of(bot), "greet"))[0] == 404


async def test_what_is_no_group_cannot_be_switched() -> None:
    async with station() as bot, visitor(bot) as zhang:
        await enabled(bot)
        await bot.says("你好")
        private = bot.services.chats.find(Chat(bot.platform.name, "dm-li"))
        assert private is not None
        for chat in (private.id, 12345, 9999999999999999999):
            assert (await zhang.does(chat, "off"))[0] == 404
        assert (await zhang.does(chat_of(bot), "burn"))[0] in (404, 405)


async def test_a_form_from_elsewhere_is_refused() -> None:
    async with station() as bot, visitor(bot) as zhang:
        await enabled(bot)
        assert (await zhang.does(chat_of(bot), "off", token="guessed"))[0] == 403
        assert not bot.services.chats.by_id(chat_of(bot)).ways.off


@pytest.mark.parametrize("roles", [["admin"], ["maintainer"], ["partner"]])
async def test_others_do_not_see_it(roles: list[str]) -> None:
    async with station() as bot, visitor(bot, roles) as other:
        await enabled(bot)
        assert (await other.opens())[0] == 403
        assert (await other.does(chat_of(bot), "off"))[0] == 403
