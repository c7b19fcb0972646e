"""The demonstration station on Matrix, durable, as a process. Its argument is a folder with the account."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from adapters.matrix import Matrix
from benchmarks.processes import ROOT
from botkit import logs
from botkit.assembly import discover, read_settings
from botkit.bot import Bot


async def run(folder: Path) -> None:
    """Answer until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    table = json.loads((folder / "account.json").read_text("utf-8"))["table"]
    data = folder / "data"
    data.mkdir()
    settings = read_settings(ROOT / "config", {}).model_copy(update={"tables": {"matrix": table}})
    async with Bot(settings, data=data, plugins=discover(settings.plugins.enabled), adapters=[Matrix()]) as bot:
        bot.receive()
        await stopping.wait()


if __name__ == "__main__":
    logs.configure(level="error")
    asyncio.run(run(Path(sys.argv[1])))
