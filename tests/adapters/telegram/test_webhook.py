"""The webhook: 200 when it is committed, and only to Telegram."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from adapters.telegram import webhook
from adapters.telegram.settings import PATH
from botkit.bot import Bot
from botkit.errors import SettingsError, StorageError
from botkit.messages import MessageKind
from botkit.web.app import serve
from tests.adapters.telegram.kit import echoing, rows, running
from tests.adapters.telegram.raw import DM, message
from tests.telegram.emulator import Emulator

URL = "https://desk.example.org/telegram/webhook"
SECRET = "secret-of-the-tests-0123"


@contextlib.asynccontextmanager
async def called(emulator: Emulator, folder: Path, plugins: Any = ()) -> AsyncIterator[tuple[Bot, str]]:
    """A bot that Telegram calls; with the address where it really listens."""
    how = {"receive": "webhook", "webhook_url": URL, "webhook_secret": SECRET}
    async with running(emulator, folder, plugins, **how) as bot:
        site = await serve(bot.services)
        emulator.updates.routes["https://desk.example.org"] = site.url
        try:
            yield bot, f"{site.url}{PATH}"
        finally:
            emulator.updates.set_webhook("", "", None, drop=False)
            await site.close()


async def posted(url: str, body: Any, secret: str | None = SECRET) -> int:
    headers = {webhook.HEADER: secret} if secret is not None else {}
    given = {"data": io.BytesIO(body)} if isinstance(body, bytes) else {"json": body}
    async with aiohttp.ClientSession() as http, http.post(url, headers=headers, **given) as answer:
        return answer.status


async def test_a_talk(emulator: Emulator, tmp_path: Path) -> None:
    li, plugin = emulator.person("li"), echoing()
    emulator.updates.set_webhook(URL, SECRET, None, drop=False)
    async with called(emulator, tmp_path, [plugin]) as (bot, _):
        asked = await li.says("你好")
        emulator.repeat(asked)
        await li.says("再来")
        shown = await emulator.shows(li, 2)
        assert [each.text for each in shown] == ["echo 你好", "echo 再来"]
        assert len(await rows(bot, "SELECT id FROM inbox")) == 2
        assert emulator.calls("getUpdates") == []


async def test_the_parts_of_an_album_are_revisions(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li")
    emulator.updates.set_webhook(URL, SECRET, None, drop=False)
    async with called(emulator, tmp_path, [echoing()]) as (bot, _):
        await li.album(3, "漏水")
        await li.says("完了")
        await emulator.shows(li, 2)
        found = await rows(bot, "SELECT platform_id, revision, payload FROM inbox ORDER BY id")
        assert [row["revision"] for row in found] == [0, 1, 2, 0]
        assert found[2]["payload"].count(f'"{MessageKind.PHOTO.value}"') == 4  # its kind and its three files


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "密"])
async def test_only_telegram_may_call(emulator: Emulator, tmp_path: Path, secret: str | None) -> None:
    async with called(emulator, tmp_path, [echoing()]) as (bot, url):
        if secret == "密":
            secret = "\udce5\udcaf\udc86"
        assert await posted(url, {"update_id": 1, "message": message(chat=DM)}, secret) == 403
        assert await rows(bot, "SELECT id FROM inbox") == []


async def test_what_is_no_update_is_refused(emulator: Emulator, tmp_path: Path) -> None:
    async with called(emulator, tmp_path, [echoing()]) as (_, url):
        for body in (b"{", b"[]", b"\xff", {"update_id": "1"}, {"message": {}}):
            assert await posted(url, body) == 400
        assert await posted(url, b" " * (webhook.MAX_BODY + 1)) == 413
        assert await posted(url, {"update_id": 1, "message": {"chat": 1}}) == 200  # told again it would be no better


async def test_what_is_not_committed_is_not_taken(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = {"update_id": 1, "message": message(chat=DM)}
    async with called(emulator, tmp_path, [echoing()]) as (bot, url):
        accept = bot.intake.accept

        async def fails(*given: Any) -> None:
            raise StorageError("full")

        monkeypatch.setattr(bot.intake, "accept", fails)
        assert await posted(url, update) == 503
        monkeypatch.setattr(bot.intake, "accept", accept)
        monkeypatch.setattr(webhook, "COMMIT_WAIT", 0.0)
        assert await posted(url, update) == 503
        monkeypatch.setattr(webhook, "COMMIT_WAIT", 10.0)
        assert await posted(url, update) == 200
        assert len(await rows(bot, "SELECT id FROM inbox")) == 1


async def test_telegram_that_calls_nobody_is_told_of(emulator: Emulator, tmp_path: Path) -> None:
    with capture_logs() as logged:
        async with called(emulator, tmp_path) as (_, url):
            assert await posted(url, {"update_id": 1}) == 200
    assert any("webhook set" in line.get("fix", "") for line in logged)


async def test_an_address_is_needed(emulator: Emulator, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="address"):
        async with running(emulator, tmp_path, receive="webhook"):
            pass
