"""Running: a station's bot as a process, with its pages, its signals and its watchdog."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path

import structlog
import typer

from botkit import logs, watchdog
from botkit.adapter import Adapter
from botkit.assembly import discover, make_adapters, read_settings
from botkit.bot import Bot
from botkit.errors import UserError
from botkit.folder import DataFolder
from botkit.memory import settle, share

log = structlog.get_logger()


def assemble(config: Path, data: Path, adapters: Iterable[Adapter] | None = None) -> Bot:
    """A bot from its config folder; ``adapters`` replaces those of the settings."""
    settings = read_settings(config, os.environ)
    logs.configure(json=settings.log.json_lines, level=settings.log.level)
    off: dict[str, UserError] = {}
    chosen = make_adapters(settings.adapters, off) if adapters is None else list(adapters)
    bot = Bot(settings, data=data, plugins=discover(settings.plugins.enabled), adapters=chosen)
    bot.off.update(off)
    return bot


async def run_station(config: Path, data: Path) -> None:
    """Run everything until SIGINT or SIGTERM."""
    from botkit.web.app import serve

    share()
    folder = DataFolder(data)
    folder.hold()
    bot = assemble(config, data)
    bot.dispatcher.hung = watchdog.read(data)
    dog = watchdog.Watchdog(data, lambda: list(bot.dispatcher.deciding))
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with bot:
        logins = await bot.services.staff.ensure_demo() if bot.services.settings.station.demo else {}
        site = await serve(bot.services)
        try:
            _announce(bot, site.url, logins)
            bot.receive()
            dog.start()
            settle()
            learning = False
            while not stopping.is_set():
                dog.beat()
                if learning and not bot.services.background:
                    # What it learnt has taken the place of what it began with.
                    settle()
                learning = bool(bot.services.background)
                try:
                    await asyncio.wait_for(stopping.wait(), 1)
                except TimeoutError:
                    continue
        finally:
            await site.close()
    folder.release()


def _announce(bot: Bot, url: str, logins: Mapping[str, str]) -> None:
    settings = bot.services.settings
    typer.echo(f"\n{settings.station.name.zh} · {settings.station.name.en}")
    typer.echo(f"  residents   {url}/")
    typer.echo(f"  directory   {url}/directory")
    typer.echo(f"  desk        {url}/desk")
    for name, problem in bot.off.items():
        typer.echo(f"  {name:11} off: {problem.what}\n              {problem.fix}")
    for login, password in logins.items():
        typer.echo(f"  login       {login} / {password}   (shown this once)")
    typer.echo("  stop with Ctrl+C\n")


async def run_console(config: Path, data: Path) -> None:
    """Chat on the terminal, or answer a pipe line by line."""
    os.environ.setdefault("BOTKIT_LOG_LEVEL", "error")
    [console] = make_adapters(("console",))
    bot = assemble(config, data, [console])
    async with bot:
        bot.receive()
        await bot.receiving[console.name]
        await bot.drain()
