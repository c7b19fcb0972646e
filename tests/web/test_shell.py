"""The shell: headers, static files, errors, health, languages, a port that is taken."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from botkit.errors import StorageError, UserError
from botkit.plugin import Plugin
from botkit.services import Services
from botkit.testing import PATIENCE
from botkit.web.app import serve
from tests.web.kit import Running, running


def broken_pages() -> Plugin:
    """A plugin whose pages go wrong."""
    plugin = Plugin("broken")

    async def fault(request: web.Request) -> web.Response:
        raise ValueError("the words of a resident")

    async def storage(request: web.Request) -> web.Response:
        raise StorageError("disk full", "free some space")

    @plugin.routes
    def routes(services: Services) -> Iterable[web.RouteDef]:
        return (web.get("/fault", fault), web.get("/storage", storage), web.get("/api/fault", fault))

    return plugin


async def test_every_answer_carries_the_security_headers(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        for path in ("/", "/login", "/nothing", "/healthz", "/chat/events"):
            async with await run.get(path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "same-origin"


async def test_pages_have_no_inline_script_or_style(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        for path in ("/", "/login", "/nothing"):
            page = await (await run.get(path)).text()
            scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
            assert not scripts
            assert "<style" not in page and " style=" not in page
            assert not re.search(r"\son[a-z]+=", page)


async def test_static_files_are_kept_for_ever_under_their_hash(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        page = await (await run.get("/")).text()
        urls = re.findall(r'"(/static/[^"]+)"', page)
        assert len(urls) >= 4
        for url in urls:
            answer = await run.get(url)
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]
            # The scripts' own imports lie beside them.
            if url.endswith("chat.js"):
                for name in re.findall(r'from "\./(.+?)"', await answer.text()):
                    assert (await run.get(f"{url.rpartition('/')[0]}/{name}")).status == 200
        assert (await run.get("/static/web/000000000000/app.css")).status == 404
        assert (await run.get("/static/../app.py")).status == 404


async def test_errors_are_kind_in_the_reader_s_language(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        page = await run.get("/nothing")
        assert page.status == 404 and "没有找到这个页面" in await page.text()
        page = await run.get("/nothing", headers={"Accept-Language": "en"})
        assert "There is no such page" in await page.text()
        answer = await run.get("/nothing", headers={"Accept": "*/*", "Accept-Language": "en"})
        error = (await answer.json())["error"]
        assert error["what"] == "There is no such page" and error["fix"].startswith("It may have moved")


async def test_a_fault_shows_nothing_of_the_inside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with running(tmp_path, plugins=[broken_pages()]) as run:
        page = await run.get("/fault")
        assert page.status == 500
        text = await page.text()
        assert "抱歉" in text and "resident" not in text and "ValueError" not in text
        answer = await run.get("/api/fault")
        assert answer.status == 500 and set((await answer.json())["error"]) == {"what", "fix"}
        page = await run.get("/storage")
        assert page.status == 503 and page.headers["Retry-After"] == "5"
        printed = capsys.readouterr()
        assert "page.failed" in printed.out + printed.err
        assert "words of a resident" not in printed.out + printed.err


async def test_the_language_is_remembered(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        assert 'lang="zh-CN"' in await (await run.get("/login")).text()
        assert 'lang="en"' in await (await run.get("/login?lang=en")).text()
        assert 'lang="en"' in await (await run.get("/login", headers={"Accept-Language": "zh"})).text()
        assert 'lang="en"' in await (await run.get("/login?lang=xx")).text()
        assert 'lang="zh-CN"' in await (await run.get("/login?lang=zh&next=/desk")).text()


async def test_health_and_metrics(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        answer = await run.get("/healthz")
        assert answer.status == 200 and await answer.json() == {"ok": True}
        answer = await run.get("/metrics")
        assert answer.status == 200 and "botkit_received" in await answer.text()
        # Not through a proxy on this machine.
        assert (await run.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})).status == 404


async def test_a_database_that_can_not_be_read_is_unhealthy(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await run.bot.services.database.close()
        assert (await run.get("/healthz")).status == 503


async def test_a_taken_port_names_port_and_fix(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with running(tmp_path) as run:
            services = run.bot.services
            web_settings = services.settings.web.model_copy(update={"port": port})
            services.settings = services.settings.model_copy(update={"web": web_settings})
            with pytest.raises(UserError, match=str(port)) as caught:
                await serve(services)
            assert f"BOTKIT_WEB_PORT={port + 1}" in caught.value.fix


async def test_an_address_of_another_machine_says_so(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        services = run.bot.services
        web_settings = services.settings.web.model_copy(update={"host": "192.0.2.1"})
        services.settings = services.settings.model_copy(update={"web": web_settings})
        with pytest.raises(UserError, match=r"192\.0\.2\.1") as caught:
            await serve(services)
        assert "127.0.0.1" in caught.value.fix


async def post(run: Running, **headers: str) -> int:
    body = {"id": "a" * 16, "text": "hi"}
    return (await run.http.post(f"{run.url}/chat/messages", json=body, headers=headers)).status


async def test_changes_for_other_sites_are_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        assert await post(run) == 200
        assert await post(run, Origin=run.url) == 200
        assert await post(run, **{"Sec-Fetch-Site": "same-origin"}) == 200
        assert await post(run, Origin="https://evil.example") == 403
        assert await post(run, Origin="null") == 403
        assert await post(run, Origin="http://[") == 403
        assert await post(run, **{"Sec-Fetch-Site": "cross-site"}) == 403
        assert await post(run, **{"Sec-Fetch-Site": "same-site"}) == 403


async def test_the_server_stops_while_streams_are_open(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        await run.get("/")
        async with asyncio.timeout(PATIENCE), await run.get("/chat/events") as stream:
            assert stream.status == 200
            await stream.content.readuntil(b"\n\n")
            await run.site.close()
            with pytest.raises((aiohttp.ClientError, EOFError)):
                while await stream.content.readany():
                    pass
                raise EOFError
