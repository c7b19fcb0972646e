"""A maintainer at the desk: a real bot, its pages, and somebody who is logged in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from directory.plugin import plugin
from directory.running import Directory, directory_of
from tests.directory.conftest import ENTRY, FAQ, Write
from tests.web.kit import Running, running

DESK = "/desk/directory"


@dataclass
class Maintainer:
    """Somebody with the directory's pages open."""

    run: Running
    csrf: str = ""

    @property
    def directory(self) -> Directory:
        return directory_of(self.run.bot.services)

    async def page(self, path: str, *, status: int = 200) -> str:
        """The text of a page, its marks left in."""
        async with await self.run.get(f"{DESK}{path}", headers={"Accept-Language": "en"}) as response:
            text = await response.text()
            assert response.status == status, (response.status, text[:2000])
        self.csrf = next(iter(re.findall(r'name="csrf" value="(\w+)"', text)), self.csrf)
        return text

    async def send(self, path: str, form: Any = None, *, status: int = 303) -> str:
        """Send a form. Returns where it leads to, or the page that comes back."""
        data = {"csrf": self.csrf, **(form or {})} if not hasattr(form, "add_field") else form
        headers = {**self.run.own, "Accept-Language": "en", "X-CSRF-Token": self.csrf}
        url = f"{self.run.url}{DESK}{path}"
        async with self.run.http.post(url, data=data, headers=headers, allow_redirects=False) as response:
            text = await response.text()
            assert response.status == status, (response.status, text[:2000])
            return response.headers["Location"].removeprefix(DESK) if status == 303 else text

    async def form(self, path: str) -> dict[str, Any]:
        """What the form of a page holds, as a browser would send it."""
        return filled(await self.page(path))


def filled(text: str) -> dict[str, Any]:
    """The inputs of the first form of values on a page."""
    text = text[text.index('<form class="values"') :]
    text = text[: text.index("</form>")]
    held: dict[str, Any] = {}

    def put(name: str, value: str) -> None:
        held[name] = [*held[name], value] if isinstance(held.get(name), list) else (
            [held[name], value] if name in held else value
        )  # fmt: skip

    for tag in re.findall(r"<input[^>]*>", text):
        named = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if named and ("checkbox" not in tag or " checked" in tag):
            put(named[1], unescape(value[1]) if value else "")
    for tag, inner in re.findall(r"<textarea ([^>]*)>([^<]*)</textarea>", text):
        put(re.findall(r'name="([^"]+)"', tag)[0], unescape(inner))
    for tag, inner in re.findall(r"<select ([^>]*)>(.*?)</select>", text, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)" selected', inner)
        put(re.findall(r'name="([^"]+)"', tag)[0], chosen[0] if chosen else "")
    return held


BOTH = pytest.mark.parametrize("desk", ["sqlite", "postgres"], indirect=True)
"""For what asks the database something that the others don't."""
_numbers = count(1)


@pytest.fixture
async def desk(request: pytest.FixtureRequest, tmp_path: Path, write: Write) -> AsyncIterator[Maintainer]:
    """A maintainer at the desk of a directory with one entry, one FAQ and two topics."""
    url, name = None, f"desk_{next(_numbers)}"
    cluster = request.getfixturevalue("postgres") if getattr(request, "param", "sqlite") == "postgres" else None
    if cluster is not None:
        url = await cluster.create(name)
    tables = {"directory": {"folder": str(write(a=ENTRY, b=FAQ))}}
    async with running(tmp_path, plugins=[plugin], adapters=(), tables=tables, database_url=url) as run:
        await run.bot.services.staff.create("wang", "王维护", ["maintainer"], password="long enough")
        await run.log_in("wang", "long enough")
        yield Maintainer(run)
    if cluster is not None:
        await cluster.drop(name)
