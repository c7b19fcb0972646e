"""In-memory dispatch through the adapter for Telegram: its decoding, its requests and outcomes; no network."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from telegram.request import RequestData

from adapters.telegram import Telegram
from adapters.telegram.transport import Transport
from benchmarks.measure import Handle, Sent, main
from benchmarks.ours.commands import commands
from benchmarks.ours.dispatch import compose
from benchmarks.updates import ME_BODY, REPLY_BODY, TOKEN
from botkit.bot import Bot
from botkit.settings import Settings


class Memory(Transport):
    """Takes requests as the HTTP client would, and answers at once."""

    def __init__(self, sent: Sent) -> None:
        super().__init__("")
        self._sent = sent
        self._reply = REPLY_BODY.encode()

    async def initialize(self) -> None:
        return None

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        if url.endswith("/sendMessage") and request_data is not None:
            fields = request_data.json_parameters
            self._sent.append((int(fields["chat_id"]), fields["text"]))
            return 200, self._reply
        return 200, ME_BODY.encode()


class InMemory(Telegram):
    """The adapter, with that for its way to Telegram."""

    def __init__(self, sent: Sent) -> None:
        super().__init__()
        self._sent = sent

    def _way(self, base: str) -> Transport:
        return Memory(self._sent)


async def setup(number: int, sent: Sent) -> Handle:
    """A bot that is composed but not opened; its adapter is open."""
    settings = Settings(tables={"telegram": {"token": TOKEN}})
    services = Bot(settings, data=Path(), plugins=[commands(number)]).services
    adapter = InMemory(sent)
    await adapter.open(services)
    return compose(services, adapter.name, adapter, lambda raw: adapter.decoded(msgspec.json.decode(raw)))


if __name__ == "__main__":
    main("botkit, Telegram", version("botkit-desk"), setup)
