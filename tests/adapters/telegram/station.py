"""The whole program on the emulator, as a process that can be killed: a station whose only platform is Telegram."""

from __future__ import annotations

import shutil
from pathlib import Path

from adapters.telegram.settings import UPDATES, TelegramSettings
from tests.e2e.program import ROOT, Program
from tests.telegram import Emulator

PUBLIC = "https://desk.example"


def station(emulator: Emulator, folder: Path, receive: str, *, whole: bool = True) -> Program:
    """A program with a data folder of its own; with ``webhook`` the emulator calls it from now on.

    Without ``whole`` it has no directory, which starts in half the time.
    """
    shutil.copytree(ROOT / "config", folder / "config")
    settings = folder / "config" / "station.toml"
    text = settings.read_text("utf-8")
    plugins = "" if whole else '\n[plugins]\nenabled = ["safety", "etiquette", "groups", "handoff"]\n'
    assert 'adapters = ["webchat"]' in text
    settings.write_text(text.replace('adapters = ["webchat"]', 'adapters = ["telegram"]') + plugins, "utf-8")
    program = Program(
        folder / "data",
        BOTKIT_CONFIG=str(settings.parent),
        BOTKIT_TELEGRAM_TOKEN=emulator.token,
        BOTKIT_TELEGRAM_API_URL=emulator.url,
        BOTKIT_TELEGRAM_RECEIVE=receive,
        BOTKIT_TELEGRAM_WEBHOOK_URL=f"{PUBLIC}/telegram/webhook",
    )
    emulator.updates.allow(UPDATES)
    if receive == "webhook":
        emulator.updates.routes[PUBLIC] = program.url
        secret = TelegramSettings(token=emulator.token).secret
        emulator.updates.set_webhook(f"{PUBLIC}/telegram/webhook", secret, None, drop=False)
    return program
