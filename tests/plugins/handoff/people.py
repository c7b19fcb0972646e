"""People for the tests: enrolled accounts, rooms made with a code, an admin's page, and all that a database holds."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from botkit.plugins.handoff.officers import enrol
from botkit.staff import Member
from botkit.storage import UnitOfWork
from botkit.testing import BotHarness
from tests.plugins.handoff.station import Officer, desk

ROOM = "民警群"


async def member(bot: BotHarness, login: str, *roles: str, title: str = "社区民警") -> Member:
    """Somebody of the station, without an account yet."""
    made, _ = await bot.services.staff.create(login, login.title(), roles or ("officer",), title=title)
    return made


async def code(bot: BotHarness, person: Member | None = None, *, kind: str = "", name: str = "") -> str:
    """A code as the admin hands it over."""

    async def job(unit: UnitOfWork) -> str:
        return await enrol.make(desk(bot), unit, "staff:1", member=person, kind=kind, name=name)

    return await bot.services.unit(job)


def dump(folder: Path) -> str:
    """Every word that the database in a folder holds, and that its log still does."""
    with sqlite3.connect(folder / "botkit.sqlite3") as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [f"{table}: {row}" for table in tables for row in connection.execute(f'SELECT * FROM "{table}"')]
    return "\n".join(rows)


class Admin(Officer):
    """An admin with a browser, on the page of people."""

    async def page(self) -> str:
        """The page."""
        status, shown = await self.get("/desk/people/")
        assert status == 200, status
        return shown

    async def sends(self, action: str, roles: tuple[str, ...] = (), **fields: str) -> tuple[int, str]:
        """Fill in a form of the page and submit it; follows the redirect after a success."""
        return await self.posts(f"/desk/people/{action}", [("csrf", csrf(await self.page()))], roles, **fields)

    async def posts(
        self, path: str, carried: list[tuple[str, str]], roles: tuple[str, ...] = (), **fields: str
    ) -> tuple[int, str]:
        """Send a form as it is given."""
        form = [*carried, *fields.items(), *(("role", role) for role in roles)]
        headers = {"Accept": "text/html", "Origin": str(self.client.make_url("/")).rstrip("/")}
        async with self.client.post(path, data=form, headers=headers) as response:
            return response.status, await response.text()


def csrf(page: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def secret(page: str) -> str:
    """What a page shows once."""
    found = re.search(r'id="secret">([^<]+)<', page)
    assert found is not None, "no secret is shown"
    return found[1]
