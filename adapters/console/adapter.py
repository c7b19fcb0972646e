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


class Console(Adapter):
    """One person at a terminal. No buttons: choices are numbered lines, chosen by typing the number."""

    name = NAME
    capabilities = Capabilities(idempotent_send=True, max_text=100_000)

    def __init__(self, source: TextIO | None = None, sink: TextIO | None = None) -> None:
        self._source = source or sys.stdin
        self._sink = sink or sys.stdout
        self._prompt = "> " if self._source.isatty() else ""
        self._printed: set[str] = set()
        self.taken = 0
        self.confirmed = 0

    async def open(self, services: Services) -> None:
        await super().open(services)
        self._lines: asyncio.Queue[str | None] = asyncio.Queue(maxsize=1)
        self._person = getpass.getuser()
        self._unconfirmed: Message | None = None
        loop = asyncio.get_running_loop()
        # Reading blocks, and a terminal can't be read with select everywhere: a thread of its own, which
        # dies with the process.
        threading.Thread(target=self._read, args=(loop,), name="console", daemon=True).start()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for line in iter(lambda: self._source.readline(LONGEST_LINE), ""):
                text = line.rstrip("\r\n")
                if text.strip():
                    asyncio.run_coroutine_threadsafe(self._lines.put(text), loop).result()
            asyncio.run_coroutine_threadsafe(self._lines.put(None), loop).result()
        except RuntimeError:
            # The loop was closed while we waited for a line: the program is ending.
            return

    async def receive(self) -> AsyncGenerator[Batch, None]:
        while True:
            if self._unconfirmed is None:
                self._show_prompt()
                line = await self._lines.get()
                if line is None:
                    return
                self.taken += 1
                now = self.services.clock.now()
                # Every start is a new sitting: the moment tells its messages from earlier ones.
                number = f"{now:%Y%m%dT%H%M%S%f}-{self.taken}"
                self._unconfirmed = Message(Chat(self.name, NAME), Sender(self._person), number, now, line)
            yield Batch((self._unconfirmed,))
            self._unconfirmed = None
            self.confirmed += 1

    async def send(self, out: Outgoing) -> str:
        if out.key not in self._printed:
            self._printed.add(out.key)
            author = f"[{out.author}] " if out.author else ""
            print(f"{author}{printable(out.text)}", file=self._sink, flush=True)
        return out.key

    def _show_prompt(self) -> None:
        if self._prompt:
            print(self._prompt, end="", file=self._sink, flush=True)


def printable(text: str) -> str:
    """A text without the control characters that could move a terminal's cursor or colour it."""
    return "".join(char for char in text if char in "\n\t" or char.isprintable() or char == "\u3000")
