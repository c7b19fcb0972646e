"""A station for the tests of reports: handoff beside it, a commander at the real pages, days that can be moved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from botkit.decision import Decision, Disposition, silent
from botkit.messages import ChatKind, Message, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.reports import figures, plugin, seal
from botkit.plugins.reports.figures import Figures
from botkit.plugins.reports.models import Reconciliation
from botkit.settings import Settings, StationSettings
from botkit.staff import Member
from botkit.testing import BotHarness
from botkit.web.app import build
from botkit.web.sessions import COOKIE
from botkit.web.shell import SHELL
from tests.plugins.handoff.station import CONFIG, _value, emergency_numbers

DAY = date(2026, 3, 11)
"""The fake clock's day."""
WORDS = ("楼道灯不亮了", "几点开门", "今天天气真好", "广告加微信", "谢谢警官")
"""What residents say in these tests: none of it may stand in a report."""


def talker() -> Plugin:
    """A plugin that answers, keeps silent and holds back, so that a day has all that a day has."""
    talk = Plugin("talker")

    @talk.stage(Stage.DIRECTORY)
    def answer(message: Message) -> Decision | None:
        if "几点开门" in message.text:
            return Decision(Disposition.ANSWERED, (say("九点"),), reason={"rule": "hours"})
        if "广告" in message.text:
            return Decision(Disposition.THROTTLED, reason={"rule": "flood"})
        return silent(rule="thanks") if "谢谢" in message.text else None

    return talk


def station(plugins: Iterable[Plugin] = (), *, zone: str = "Asia/Shanghai", **options: Any) -> BotHarness:
    """A bot with handoff, reports and the talker."""
    settings = Settings(station=StationSettings(demo=True, time_zone=zone), source=CONFIG)
    return BotHarness([talker(), handoff, plugin, emergency_numbers, *plugins], settings=settings, **options)


async def a_day(bot: BotHarness) -> None:
    """Two answers, two cases, one flood, one thank-you, plain talk."""
    await bot.says("楼道灯不亮了", who="wang")
    await bot.says("几点开门", who="li")
    await bot.says("几点开门", who="zhao", group="3号楼", at_bot=True)
    await bot.says("楼道灯不亮了", who="qian", group="3号楼", at_bot=True)
    await bot.says("广告加微信", who="sun", group="3号楼", at_bot=True)
    await bot.says("谢谢警官", who="li")
    for _ in range(3):
        await bot.says("今天天气真好", who="zhou", group="3号楼")


async def kept(bot: BotHarness, day: date = DAY) -> Reconciliation:
    """The newest report of a day."""
    return (await Reconciliation.filter(day=day).order_by("-id"))[0]


async def shown(bot: BotHarness, day: date = DAY) -> Figures:
    """Its figures, once they were found under a sound seal."""
    row = await kept(bot, day)
    assert await seal.verify(bot.services.database, row) is seal.Seal.SOUND
    read = figures.load(row.figures)
    assert read is not None
    return read


async def reported() -> list[str]:
    """The days that have reports, in the order in which these were made."""
    return [row.day.isoformat() for row in await Reconciliation.all().order_by("id")]


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    """A moment in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


async def room(bot: BotHarness, title: str = "民警群") -> None:
    """Make a group an officers' room."""
    await bot.says("/hello", group=title)
    [row] = await bot.services.database.read("SELECT id FROM chat WHERE platform_id = ?", title)

    async def job(unit: Any) -> None:
        bot.services.chats.become(unit, row["id"], ChatKind.OFFICERS)

    await bot.services.unit(job)
    bot.news()


class Visitor:
    """Somebody with a browser at the desk."""

    def __init__(self, member: Member, client: TestClient[Any, Any]) -> None:
        self.member = member
        self.client = client

    async def get(self, path: str) -> tuple[int, str]:
        """A page: its status and its text."""
        async with self.client.get(path, headers={"Accept": "text/html"}, allow_redirects=False) as response:
            return response.status, await response.text()

    async def makes(self, day: str, *, csrf: str | None = None) -> tuple[int, str]:
        """Send the form "make now" of the page of days; follows the redirect after a success."""
        token = csrf if csrf is not None else _value((await self.get("/desk/reports/"))[1], "csrf")
        headers = {"Accept": "text/html", "Origin": str(self.client.make_url("/")).rstrip("/")}
        fields = {"csrf": token, "day": day}
        async with self.client.post("/desk/reports/make", data=fields, headers=headers) as response:
            return response.status, await response.text()


@asynccontextmanager
async def visitor(
    bot: BotHarness, login: str = "chief", roles: Iterable[str] = ("commander",)
) -> AsyncIterator[Visitor]:
    """Enrol somebody, log them in, and give them a browser."""
    member, _ = await bot.services.staff.create(login, login.title(), roles, title="所长")
    token = await bot.services.staff.begin(member)
    app = build(bot.services)
    client: TestClient[Any, Any] = TestClient(TestServer(app))
    await client.start_server()
    try:
        client.session.cookie_jar.update_cookies({app[SHELL].cookie(COOKIE): token}, client.make_url("/"))
        yield Visitor(member, client)
    finally:
        await client.close()
