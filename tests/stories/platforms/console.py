"""The console: one person at a terminal, through a pipe."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence

from adapters.console import Console
from botkit.adapter import Adapter
from tests.adapters.console.sink import Sink
from tests.stories.platforms.driver import Driver, Line, Words


class Terminal(Driver):
    """A pipe into the bot, and what it prints."""

    name = "console"
    capabilities = Console.capabilities
    seats = 1

    def __init__(self) -> None:
        self._sink = Sink()

    def adapter(self) -> Adapter:
        source, self._end = os.pipe()
        self._source = os.fdopen(source, encoding="utf-8", errors="replace")
        self._console = Console(self._source, self._sink)
        return self._console

    async def close(self) -> None:
        os.close(self._end)
        # The reader sees the end of the pipe and lets go of it.
        await asyncio.to_thread(_wait_for_reader)
        self._source.close()

    async def says(self, who: str, group: str | None, words: Words) -> str:
        os.write(self._end, (words.text + "\n").encode())
        return ""  # a line has no name before it is read

    async def heard(self, ref: str, since: int) -> str:
        return (await self.station.arrival(lambda message: message.chat.adapter == self.name, since)).id

    async def shown(self, who: str, group: str | None) -> Sequence[Line]:
        return [Line(f"print-{number}", text) for number, text in enumerate(self._sink.prints)]


def _wait_for_reader() -> None:
    for thread in threading.enumerate():
        if thread.name == "console":
            thread.join(10)
