"""The whole program as a process, for tests that kill it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from pathlib import Path

import aiohttp

from botkit.testing import PATIENCE

ROOT = Path(__file__).parents[2]


class Program:
    """The bot as a process of its own, on a port and data folder that survive it."""

    def __init__(self, data: Path, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "BOTKIT_DATA": str(data),
            "BOTKIT_WEB_PORT": str(self.port),
            "BOTKIT_WEBCHAT_POSTS_PER_MINUTE": "100000",
            "BOTKIT_LOG_LEVEL": "error",
            **environment,
        }
        self.output = data.parent / "bot.log"
        self._log = self.output.open("ab")
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "botkit.cli", "run",
            cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log,
        )  # fmt: skip

    def password(self, login: str) -> str:
        """The password that was printed for a login, once."""
        found = re.search(rf"login\s+{login} / (\S+)", self.output.read_text("utf-8"))
        assert found, self.output.read_text("utf-8")
        return found[1]

    async def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()
        self._log.close()


async def ready(program: Program, session: aiohttp.ClientSession) -> None:
    """Wait until the program answers."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with session.get(f"{program.url}/healthz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
