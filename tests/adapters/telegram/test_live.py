"""The real Telegram, with an account that is given to the test for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from adapters.telegram import Telegram
from adapters.telegram.settings import derived
from botkit.bot import Bot
from botkit.clock import SystemClock
from botkit.settings import Settings, StationSettings
from tests.adapters.telegram.kit import out

TOKEN, CHAT = (os.environ.get(f"TELEGRAM_TEST_{name}", "") for name in ("TOKEN", "CHAT"))


@pytest.mark.skipif(not (TOKEN and CHAT), reason="TELEGRAM_TEST_TOKEN and TELEGRAM_TEST_CHAT are not set")
async def test_a_line_is_said_edited_and_taken_back(tmp_path: Path) -> None:
    settings = Settings(station=StationSettings(demo=True), tables={"telegram": {"token": TOKEN, "menu": False}})
    async with Bot(settings, data=tmp_path, adapters=(Telegram(),), clock=SystemClock()) as bot:
        adapter = bot.services.adapters["telegram"]
        assert isinstance(adapter, Telegram)
        assert adapter.account.username and derived(TOKEN, "a") != derived(TOKEN, "b")
        assert not [each for each in await adapter.check(bot.services) if each.what.key == "telegram.check.clock"]
        ref = await adapter.send(
            out(adapter, int(CHAT), "测试 <b>test</b> 😀", buttons=(("好", "a.b|c"),), silent=True)
        )
        assert await adapter.edit(out(adapter, int(CHAT), "测试完了", target=ref)) == ref
        await adapter.delete(out(adapter, int(CHAT), target=ref))
