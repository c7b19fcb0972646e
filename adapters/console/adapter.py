"""The console adapter: a line in is a message, a reply is printed; a pipe that ends ends the bot."""

from __future__ import annotations

import asyncio
import getpass
import sys
import threading
from collections.abc import AsyncGenerator
from typing import TextIO

from botkit.adapter import Adapter, Batch, Capabilities
from botkit.messages import Chat, Message, Outgoing, Sender
from botkit.services import Services

NAME = "console"
LONGEST_LINE = 1_000_000
LINES_AHEAD = 100
"""Lines read before they are taken, so that a long pipe does not fill memory."""


class Console(Adapter):
    """One person at a terminal. No buttons: choices are numbered lines, chosen by typing the number."""

    name = NAME
    capabilities = Capabilities(max_text=100_000)

    def __init__(self, source: TextIO | None = None, sink: TextIO | None = None) -> None:
        self._source = source or sys.stdin
        self._sink = sink or sys.stdout
        self._prompt = "> " if self._source.isatty() else ""
        self._taken = 0

    async def open(self, services: Services) -> None:
        await super().open(services)
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._room = threading.Semaphore(LINES_AHEAD)
        self._closed = False
        self._person = getpass.getuser()
        self._unconfirmed: Message | None = None
        # Reading blocks, and a terminal can't be read with select everywhere: a thread of its own, which
        # dies with the process.
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop,), name="console", daemon=True).start()

    async def close(self) -> None:
        self._closed = True
        self._room.release()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        line: str | None = ""
        while line is not None and not self._closed:
            self._room.acquire()
            line = self._source.readline(LONGEST_LINE) or None
            try:
                loop.call_soon_threadsafe(self._lines.put_nowait, line)
            except RuntimeError:
                # The loop was closed while we waited for a line: the program is ending.
                return

    async def receive(self) -> AsyncGenerator[Batch, None]:
        while True:
            if self._unconfirmed is None:
                self._show_prompt()
                line = await self._lines.get()
                self._room.release()
                if line is None:
                    return
                if not (line := line.rstrip("\r\n")).strip():
                    continue
                self._taken += 1
                now = self.services.clock.now()
                # Every start is a new sitting: the moment tells its messages from earlier ones.
                number = f"{now:%Y%m%dT%H%M%S%f}-{self._taken}"
                self._unconfirmed = Message(Chat(self.name, NAME), Sender(self._person), number, now, line)
            yield Batch((self._unconfirmed,))
            self._unconfirmed = None
            # One thing after the other, as in a talk: the next line is heard when this one is answered.
            await self.services.drain()

    async def send(self, out: Outgoing) -> str:
        author = f"[{out.author}] " if out.author else ""
        print(f"{author}{printable(out.text)}", file=self._sink, flush=True)
        return out.key

    def _show_prompt(self) -> None:
        if self._prompt:
            print(self._prompt, end="", file=self._sink, flush=True)


def printable(text: str) -> str:
    """A text without the control characters that could move a terminal's cursor or colour it."""
    return "".join(char for char in text if char in "\n\t" or char.isprintable() or char == "\u3000")
