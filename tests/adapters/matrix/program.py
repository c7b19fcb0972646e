"""A bot on Matrix as a process of its own, for tests that kill it. Its argument is a folder that holds its table."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from botkit import logs
from tests.adapters.matrix.bots import parrot, running

ROOT = Path(__file__).parents[3]
TABLE = "matrix.json"


class Program:
    """The process, and the folder that survives it."""

    def __init__(self, folder: Path, matrix: dict[str, Any]) -> None:
        folder.mkdir(exist_ok=True)
        (folder / TABLE).write_text(json.dumps(matrix), "utf-8")
        self.folder = folder
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with (self.folder / "bot.log").open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, str(self.folder), cwd=ROOT, stdout=output, stderr=output
            )

    async def kill(self) -> None:
        assert self.process
        assert self.process.returncode is None, self.output()
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    def output(self) -> str:
        """What the process said."""
        return (self.folder / "bot.log").read_text("utf-8")


async def run(folder: Path) -> None:
    """A durable bot that repeats what it hears, until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    table = json.loads((folder / TABLE).read_text("utf-8"))
    async with running(folder, table, [parrot()], durable=True):
        await stopping.wait()


if __name__ == "__main__":
    logs.configure(level="error")
    asyncio.run(run(Path(sys.argv[1])))
