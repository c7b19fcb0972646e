"""A station for the tests: a bot with handoff alone, and officers who work at its real pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from botkit.plugin import Plugin
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import enrol
from botkit.settings import Settings, StationSettings
from botkit.staff import Member
from botkit.testing import BotHarness
from botkit.testing.fake import Sent
from botkit.web.app import build
from botkit.web.sessions import COOKIE
from botkit.web.shell import SHELL

CONFIG = Path(__file__).parents[3] / "config" / "station.toml"

emergency_numbers = Plugin("emergency_numbers")
emergency_numbers.numbers(lambda: frozenset({"110", "119", "96110"}))


def station(plugins: Iterable[Plugin] = (), config: Path | None = None, **options: Any) -> BotHarness:
    """A bot with handoff, the emergency numbers that its texts carry, and the demonstration's roster, or another."""
    source = CONFIG if config is None else config / "station.toml"
    settings = Settings(station=StationSettings(demo=True), source=source)
    return BotHarness([handoff, emergency_numbers, *plugins], settings=settings, **options)


def rota(folder: Path, *shifts: str) -> Path:
    """A folder of settings whose roster names these people: ``primary zhang 08:30-17:30 社区民警 @西区``.

    Returns it.
    """
    tables = []
    for shift in shifts:
        tier, who, hours, title, *rest = shift.split()
        lines = ["[[shift]]", f'tier = "{tier}"', f'hours = "{hours}"', f'title = {{ zh = "{title}", en = "officer" }}']
        lines += [f'who = ["{who}"]'] if who != "-" else []
        lines += [f'areas = ["{word[1:]}"]' for word in rest if word.startswith("@")]
        lines += [f'team = "{word}"' for word in rest if word != "waits" and not word.startswith("@")]
        lines += ["routine = false"] if "waits" in rest else []
        tables.append("\n".join(lines))
    (folder / "roster.toml").write_text("\n\n".join(tables), "utf-8")
    return folder


async def later(bot: BotHarness, **span: float) -> None:
    """Days go by at once: what came due meanwhile happens now."""
    bot.clock.step(timedelta(**span))
    await bot.settle()


def desk(bot: BotHarness) -> Desk:
    """The running bot's handoff."""
    return desk_of(bot.services.database)


async def only_case() -> Case:
    """The one case that there is."""
    cases = await Case.all()
    assert len(cases) == 1, [case.number for case in cases]
    return cases[0]


class Officer:
    """Somebody at the desk, with a browser. Forms are filled in on the page they stand on."""

    def __init__(self, member: Member, client: TestClient[Any, Any]) -> None:
        self.member = member
        self.client = client

    async def get(self, path: str) -> tuple[int, str]:
        """A page: its status and its HTML."""
        async with self.client.get(path, headers={"Accept": "text/html"}, allow_redirects=False) as response:
            return response.status, await response.text(errors="replace")

    async def opens(self, case: Case) -> str:
        """The case page."""
        status, page = await self.get(f"/desk/handoff/{case.ref}")
        assert status == 200, status
        return page

    async def does(self, action: str, case: Case, *, page: str | None = None, **fields: str) -> tuple[int, str]:
        """Fill in a form of the case's page (as it is now, or as ``page`` was) and submit it."""
        return await self.submits(action, case, hidden(page or await self.opens(case)) | fields)

    async def submits(self, action: str, case: Case, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form; follows the redirect after a success."""
        return await self.sends(f"/desk/handoff/{case.ref}/{action}", fields)

    async def sends(self, path: str, fields: Mapping[str, str | list[str]]) -> tuple[int, str]:
        """Send a form to any address; follows the redirect after a success."""
        headers = {"Accept": "text/html", "Origin": str(self.client.make_url("/")).rstrip("/")}
        async with self.client.post(path, data=fields, headers=headers) as response:
            return response.status, await response.text()


def hidden(page: str) -> dict[str, str]:
    """What the forms of a page carry along."""
    return {name: _value(page, name) for name in ("csrf", "epoch", "key")}


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return found[1]


@asynccontextmanager
async def officer(
    bot: BotHarness, login: str = "zhang", roles: Iterable[str] = ("officer",), title: str = "社区民警"
) -> AsyncIterator[Officer]:
    """Enrol somebody, log them in, and give them a browser."""
    member, _ = await bot.services.staff.create(login, login.title(), roles, title=title)
    token = await bot.services.staff.begin(member)
    app = build(bot.services)
    server = TestServer(app)
    client: TestClient[Any, Any] = TestClient(server)
    await client.start_server()
    try:
        client.session.cookie_jar.update_cookies({app[SHELL].cookie(COOKIE): token}, client.make_url("/"))
        yield Officer(member, client)
    finally:
        await client.close()


async def room(bot: BotHarness, name: str = "民警群", kind: str = "officers") -> int:
    """A room of staff: somebody gives its code in a group. Returns the chat's row id."""
    code = await bot.services.unit(lambda unit: enrol.make(desk(bot), unit, "system", kind=kind, name=name))
    message = await bot.says(f"/link {code}", group=name, who="root", at_bot=True)
    bot.news()
    found = bot.services.chats.find(message.chat)
    assert found is not None and found.chat.kind.staffed
    return found.id


async def colleague(bot: BotHarness, who: str, *roles: str, title: str = "社区民警", name: str = "") -> Member:
    """Somebody of the station, with an account on the fake platform of the same name."""
    member, _ = await bot.services.staff.create(who, name or who.title(), roles or ("officer",), title=title)
    code = await bot.services.unit(lambda unit: enrol.make(desk(bot), unit, "system", member=member))
    await bot.says(f"/link {code}", who=who)
    bot.news()
    return member


def said_in(bot: BotHarness, chat: str) -> list[str]:
    """What stands in a chat now, edits included; a private chat is ``dm-<who>``."""
    return [sent.text for sent in bot.sent if sent.out.chat.id == chat]


def card(bot: BotHarness, number: str, chat: str = "民警群") -> Sent:
    """The card of a case in a room."""
    found = [sent for sent in bot.sent if sent.out.chat.id == chat and f"#{number}" in sent.text.split("\n")[0]]
    assert found, said_in(bot, chat)
    return found[0]


def labels(sent: Sent) -> list[str]:
    """The buttons under a message."""
    return [label for label, _ in sent.out.buttons]
