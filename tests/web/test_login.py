"""Logging in, roles, and that only one's own pages change things."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from aiohttp import web

from botkit.errors import RegistrationError
from botkit.plugin import Plugin
from botkit.services import Services
from botkit.testing import PATIENCE
from botkit.web import member, render, staff
from botkit.web.login import local_path
from tests.web.kit import Running, events, running


def cases() -> Plugin:
    """A plugin with a page for officers and something they may change."""
    plugin = Plugin("cases")

    @staff("officer", "commander")
    async def page(request: web.Request) -> web.Response:
        return render(request, "empty.html")

    @staff("officer")
    async def change(request: web.Request) -> web.Response:
        return web.json_response({"by": member(request).login})

    @plugin.routes
    def routes(services: Services) -> Iterable[web.RouteDef]:
        return (web.get("/desk/cases/", page), web.post("/desk/cases/change", change))

    plugin.staff_page("web.nav.desk", "/desk/cases/", ["officer", "commander"])
    return plugin


async def enrol(run: Running, login: str, *roles: str) -> None:
    await run.bot.services.staff.create(login, f"<{login}>", roles, password="long enough")


def token_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


async def test_somebody_unknown_is_asked_to_log_in_and_comes_back(tmp_path: Path) -> None:
    async with running(tmp_path, plugins=[cases()]) as run:
        await enrol(run, "li", "officer")
        answer = await run.get("/desk/cases/?page=2")
        assert answer.status == 303
        target = answer.headers["Location"]
        assert target == "/login?next=%2Fdesk%2Fcases%2F%3Fpage%3D2"
        form = await (await run.get(target)).text()
        assert 'name="next" value="/desk/cases/?page=2"' in form
        answer = await run.log_in("li", "long enough", next="/desk/cases/?page=2")
        assert (answer.status, answer.headers["Location"]) == (303, "/desk/cases/?page=2")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        page = await (await run.get("/desk/cases/?page=2")).text()
        assert "<bdi>&lt;li&gt;</bdi>" in page and 'aria-current="page"' in page


async def test_programs_get_an_error_instead_of_a_form(tmp_path: Path) -> None:
    async with running(tmp_path, plugins=[cases()]) as run:
        answer = await run.get("/desk/cases/", headers={"Accept": "application/json"})
        assert answer.status == 401 and "error" in await answer.json()
        answer = await run.get("/desk/cases/", headers={"HX-Request": "true"})
        assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/login")


async def test_wrong_passwords_say_so_and_wait(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await enrol(run, "li", "officer")
        for _ in range(3):
            answer = await run.log_in("li", "wrong")
            page = await answer.text()
            assert answer.status == 401 and "账号或密码不对" in page and 'value="li"' in page
            assert "wrong" not in page and not answer.cookies
        answer = await run.log_in("li", "long enough")
        assert answer.status == 429 and answer.headers["Retry-After"]


async def test_a_login_from_another_site_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await enrol(run, "li", "officer")
        form = {"login": "li", "password": "long enough"}
        for headers in ({}, {"Origin": "https://evil.example"}):
            answer = await run.http.post(f"{run.url}/login", data=form, headers=headers)
            assert answer.status == 403


async def test_a_role_opens_its_pages_only_and_is_asked_each_time(tmp_path: Path) -> None:
    async with running(tmp_path, plugins=[cases()]) as run:
        await enrol(run, "wu", "maintainer")
        await run.log_in("wu", "long enough")
        assert (await run.get("/desk/cases/")).status == 403
        desk = await run.get("/desk")
        assert desk.status == 200 and "/desk/cases/" not in await desk.text()
        await enrol(run, "li", "officer")
        await run.log_in("li", "long enough")
        assert (await run.get("/desk")).headers["Location"] == "/desk/cases/"
        assert (await run.get("/desk/cases/")).status == 200
        rows = await run.bot.services.database.read("SELECT id FROM staff WHERE login = ?", "li")
        await run.bot.services.staff.revoke(rows[0]["id"])
        assert (await run.get("/desk/cases/")).status == 303


async def test_a_change_needs_our_page_and_its_token(tmp_path: Path) -> None:
    async with running(tmp_path, plugins=[cases()]) as run:
        await enrol(run, "li", "officer")
        await run.log_in("li", "long enough")
        token, url = token_in(await (await run.get("/desk/cases/")).text()), f"{run.url}/desk/cases/change"
        header = {"X-CSRF-Token": token}
        assert (await run.http.post(url, headers=run.own | header)).status == 200
        assert (await run.http.post(url, headers=run.own, data={"csrf": token})).status == 200
        same = {"Sec-Fetch-Site": "same-origin"}
        assert await (await run.http.post(url, headers=same | header)).json() == {"by": "li"}
        wrong = {"X-CSRF-Token": "0" * 64}
        for headers in (header, run.own, run.own | wrong, {"Origin": "http://x"} | header):
            assert (await run.http.post(url, headers=headers)).status == 403
        assert (await run.http.post(url, headers=run.own, data={"csrf": "令牌"})).status == 403


async def test_logging_out_ends_the_session(tmp_path: Path) -> None:
    async with running(tmp_path, plugins=[cases()]) as run:
        await enrol(run, "li", "officer")
        await run.log_in("li", "long enough")
        cookies = {cookie.key: cookie.value for cookie in run.http.cookie_jar}
        token = token_in(await (await run.get("/desk/cases/")).text())
        answer = await run.http.post(f"{run.url}/logout", data={"csrf": token}, headers=run.own, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
        # The old cookie opens nothing either.
        run.http.cookie_jar.update_cookies(cookies)
        assert (await run.get("/desk/cases/")).status == 303


@pytest.mark.parametrize(
    "given",
    ["//evil.example", "https://evil.example", "/\\evil", "", "desk", "/x\r\nA: b", "javascript:x"],
)
def test_nobody_is_sent_away_after_logging_in(given: str) -> None:
    assert local_path(given) == "/desk"


def test_an_unknown_role_is_found_at_registration() -> None:
    with pytest.raises(RegistrationError, match="king"):
        staff("king")


async def test_news_reach_those_who_may_hear_them(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await enrol(run, "li", "officer")
        await enrol(run, "wu", "admin")
        live = run.bot.services.live
        assert (await run.get("/events")).status == 303
        await run.log_in("li", "long enough")
        async with asyncio.timeout(PATIENCE), await run.get("/events") as stream:
            news = events(stream)
            name, topics, _ = await anext(news)
            assert name == "ready" and {"desk", "role:officer"} <= set(topics)
            live.publish("role:admin", {"x": 1})
            live.publish("desk", {"case": "2026-0001"})
            assert await anext(news) == ("news", {"topic": "desk", "case": "2026-0001"}, "")
        await run.log_in("wu", "long enough")
        async with asyncio.timeout(PATIENCE), await run.get("/events") as stream:
            _, topics, _ = await anext(events(stream))
            assert "desk" not in topics and "role:admin" in topics
