"""`botkit telegram webhook`, and what doctor finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.telegram import Telegram, cli
from botkit.adapter import Finding
from botkit.bot import Bot
from botkit.clock import SystemClock
from botkit.errors import UserError
from botkit.messages import Chat, ChatKind
from botkit.settings import Settings, WebSettings, load
from tests.adapters.telegram.kit import free_port, opened, table
from tests.telegram.emulator import Emulator

URL = "https://desk.example.org/telegram/webhook"


@pytest.fixture
def botkit(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a command, in a thread: it has a loop of its own."""
    monkeypatch.setenv("BOTKIT_TELEGRAM_TOKEN", emulator.token)

    async def run(*arguments: str, receive: str = "webhook", api_url: str = emulator.url) -> Any:
        (tmp_path / "station.toml").write_text(
            f'web.public_url = "https://desk.example.org"\n[telegram]\nreceive = "{receive}"\napi_url = "{api_url}"\n'
        )
        # The names of installed adapters come from the package's own list.
        monkeypatch.setattr(cli, "read_settings", read)
        return await asyncio.to_thread(CliRunner().invoke, cli.app, ["webhook", *arguments, "--config", str(tmp_path)])

    return run


def read(folder: Path, environment: Any) -> Settings:
    return load(folder, environment, {"telegram"})


async def test_the_webhook_is_set_shown_and_deleted(emulator: Emulator, botkit: Callable[..., Any]) -> None:
    done = await botkit("set")
    assert done.exit_code == 0 and URL in done.output and "note" not in done.output
    assert emulator.updates.webhook.url == URL and len(emulator.updates.webhook.secret) == 64
    assert "polling" in (await botkit("set", receive="polling")).output
    emulator.updates.webhook.last_error, emulator.updates.webhook.last_error_at = "Connection refused", 1_790_000_000
    shown = (await botkit("info")).output
    assert URL in shown and "Connection refused" in shown and "2026-09-21" in shown
    done = await botkit("delete")
    assert "note" in done.output and emulator.updates.webhook.url == ""
    assert "none" in (await botkit("info")).output
    assert emulator.violations == []


async def test_mistakes_are_said_without_the_token(
    emulator: Emulator, botkit: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    unreachable = (await botkit("info", api_url=f"http://127.0.0.1:{free_port()}")).exception
    monkeypatch.setenv("BOTKIT_TELEGRAM_TOKEN", "424242:" + "x" * 35)
    refused = (await botkit("set")).exception
    for problem in (unreachable, refused):
        assert isinstance(problem, UserError) and problem.fix
        assert emulator.token not in str(problem) and "xxx" not in str(problem)


async def found(emulator: Emulator, folder: Path, **more: Any) -> dict[str, Finding]:
    """What doctor finds, by key."""
    web = WebSettings(public_url="https://desk.example.org")
    settings = Settings(web=web, tables={"telegram": table(emulator, **more)})
    async with Bot(settings, data=folder, adapters=(), clock=SystemClock(), durable=False) as bot:
        findings = await Telegram().check(bot.services)
    assert all(finding.fix for finding in findings if finding.wrong)
    return {finding.what.key.removeprefix("telegram.check."): finding for finding in findings}


async def test_doctor_knows_the_account_and_how_it_receives(emulator: Emulator, tmp_path: Path) -> None:
    one = await found(emulator, tmp_path)
    assert list(one) == ["token", "privacy.on", "polling"] and one["privacy.on"].wrong
    emulator.bot.reads_all = True
    emulator.updates.set_webhook("https://old.example.org", "", None, drop=False)
    two = await found(emulator, tmp_path)
    assert list(two) == ["token", "privacy.off", "hook.there"] and two["hook.there"].wrong
    assert list(await found(emulator, tmp_path, receive="webhook"))[2:] == ["hook.missing"]
    emulator.updates.set_webhook(URL, "", None, drop=False)
    emulator.updates.allow(["message"])
    emulator.updates.webhook.last_error = "Connection refused"
    for number in range(300):
        emulator.inject("poll", {"id": str(number)})
    three = await found(emulator, tmp_path, receive="webhook")
    assert list(three)[2:] == ["hook", "hook.kinds", "hook.failed", "waiting"]


async def test_doctor_without_telegram(emulator: Emulator, tmp_path: Path) -> None:
    far = await found(emulator, tmp_path, api_url=f"http://127.0.0.1:{free_port()}")
    assert list(far) == ["network"]
    with pytest.raises(UserError, match="refuses"):
        await found(emulator, tmp_path, token="424242:" + "x" * 35)
    with pytest.raises(UserError, match="not set"):
        await found(emulator, tmp_path, token="")


async def test_doctor_sees_a_wrong_clock(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda clock: now(clock) + timedelta(minutes=5))
    one = await found(emulator, tmp_path)
    assert one["clock"].wrong and abs(one["clock"].what.args["seconds"] - 300) < 5


async def test_doctor_looks_at_each_group(emulator: Emulator, tmp_path: Path) -> None:
    wang = emulator.person("wang")
    places = {
        "good": emulator.group("好", owner=wang, bot="administrator"),
        "blind": emulator.group("看不见", owner=wang),
        "silenced": emulator.group("禁言", owner=wang),
        "pin": emulator.group("不能置顶", owner=wang),
        "gone": emulator.group("走了", owner=wang, bot=""),
        "room": emulator.group("工作群", owner=wang, bot="administrator", forum=True),
        "plain": emulator.group("小工作群", owner=wang),
    }
    await wang.restricts(emulator.bot, places["silenced"])
    await wang.promotes(emulator.bot, places["pin"], rights=frozenset())
    async with opened(emulator, tmp_path) as adapter:
        services = adapter.services
        for name, group in places.items():
            kind = ChatKind.OFFICERS if name in ("room", "plain") else ChatKind.GROUP
            services.chats.enter(Chat("telegram", str(group.id), kind, group.chat.title), [])
        findings = await adapter.check(services)
    told = [each.what for each in findings if "title" in each.what.args]
    seen = {(each.args["title"], each.key.removeprefix("telegram.check.")) for each in told}
    assert seen == {
        ("好", "group"), ("看不见", "blind"), ("禁言", "blind"), ("禁言", "silenced"), ("不能置顶", "pin"),
        ("走了", "gone"), ("工作群", "group"), ("小工作群", "room.plain"), ("小工作群", "room.admin"),
    }  # fmt: skip
