"""A client for the emulator: the library's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.telegram import Emulator


@pytest.fixture
async def bot(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """python-telegram-bot's Bot, pointed at the emulator."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # without it each 429 is a deprecation warning
    async with Bot(emulator.token, base_url=f"{emulator.url}/bot", base_file_url=f"{emulator.url}/file/bot") as bot:
        yield bot
