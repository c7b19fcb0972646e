"""The adapter: messages from open pages in shared commits, replies as stored lines that pages are told of."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from adapters.webchat import lines, pages
from adapters.webchat.limits import Limits
from botkit.adapter import Adapter, Batch, Capabilities, Refused
from botkit.files import Missing
from botkit.messages import Attachment, Chat, Lane, Message, Outgoing
from botkit.settings import Table, plugin_table
from botkit.storage import Write

if TYPE_CHECKING:
    from aiohttp import web

    from botkit.services import Services
    from botkit.storage import UnitOfWork

COMMIT_WAIT = 5.0
"""Seconds that a page waits for the commit of its message before it is told to repeat it."""
URGENT_WAIT = 1.0
"""Seconds that an urgent line waits for its commit before it is shown unstored."""
WAITING = 2000
BATCH = 500


class WebChatSettings(Table):
    """The table ``[webchat]``: how many messages a visitor may post in a minute."""

    posts_per_minute: int = Field(30, ge=1, le=100_000)


@dataclass(slots=True)
class Pending:
    """A message on its way into the inbox. ``done`` says whether its commit held."""

    message: Message
    write: Write
    done: asyncio.Future[bool]


class WebChat(Adapter):
    """The station's own chat page. A visitor is a secret in a cookie; the platform knows its hash only."""

    name = "webchat"
    capabilities = Capabilities(
        buttons=True,
        max_buttons=8,
        edit=True,
        read_receipts=True,
        media_in=True,
        max_text=4000,
        idempotent_send=True,
    )
    models = ("adapters.webchat.models",)
    migrations = "adapters.webchat.migrations"
    locales = str(Path(__file__).parent / "locales")

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Pending] = asyncio.Queue(WAITING)

    async def open(self, services: Services) -> None:
        await super().open(services)
        settings = plugin_table(services.settings, self.name, WebChatSettings)
        self.limits = Limits(services.clock, settings.posts_per_minute)

    async def close(self) -> None:
        while not self._waiting.empty():
            _settle(self._waiting.get_nowait(), False)

    # in ---------------------------------------------------------------------------------------------------

    async def commit(self, message: Message, write: Write) -> bool:
        """Hand a message to the framework. True when it is committed, False when that is not certain."""
        if self._waiting.full():
            return False
        pending = Pending(message, write, asyncio.get_running_loop().create_future())
        self._waiting.put_nowait(pending)
        # Not cancelled when the time is up: it may be committed later, and its repetition is the same one.
        await asyncio.wait({pending.done}, timeout=COMMIT_WAIT)
        return pending.done.done() and pending.done.result()

    async def receive(self) -> AsyncGenerator[Batch, None]:
        """Everything that was posted while the last batch was being committed is the next batch."""
        while True:
            posts = [await self._waiting.get()]
            while len(posts) < BATCH and not self._waiting.empty():
                posts.append(self._waiting.get_nowait())
            try:
                yield Batch([post.message for post in posts], writes=[post.write for post in posts])
                # Resumed: all of it is committed.
                for post in posts:
                    _settle(post, True)
                for thread in {post.message.chat.id for post in posts}:
                    self.services.live.publish(topic(thread), {})
            finally:
                for post in posts:
                    _settle(post, False)

    # out --------------------------------------------------------------------------------------------------

    async def send(self, out: Outgoing) -> str:
        ref, thread, now = self._ref(out), out.chat.id, self.services.clock.now()
        write = lines.outgoing(self.services.database, out, ref, now)

        async def job(unit: UnitOfWork) -> None:
            unit.write(write.statement, *write.row)
            unit.publish(topic(thread))

        stored = asyncio.ensure_future(self.services.unit(job))
        # Its outcome is raised below, unless this call is cancelled: then nobody is left to hear it.
        stored.add_done_callback(lambda task: task.cancelled() or task.exception())
        if out.lane is Lane.URGENT:
            await asyncio.wait({stored}, timeout=URGENT_WAIT)
            if not stored.done() or stored.exception() is not None:
                # Advice on danger doesn't wait for a disk: the open page shows it now.
                self.services.live.publish(topic(thread), {"line": lines.unstored(out, ref, now)})
        await stored
        return ref

    async def edit(self, out: Outgoing) -> str:
        thread, ref = out.chat.id, out.target or ""
        row = (out.text, lines.buttons_json(out), self.services.clock.now(), thread, thread, ref)

        async def job(unit: UnitOfWork) -> None:
            unit.write(lines.EDIT, *row)
            unit.publish(topic(thread))

        await self.services.unit(job)
        return ref

    async def seen(self, out: Outgoing) -> None:
        thread, now = out.chat.id, self.services.clock.now()

        async def job(unit: UnitOfWork) -> None:
            unit.write(lines.SEEN, now, thread, thread, out.target)
            unit.publish(topic(thread))

        await self.services.unit(job)

    async def fetch(self, attachment: Attachment) -> bytes:
        try:
            return await self.services.files.get(attachment.id)
        except Missing:
            raise Refused("there is no such file") from None

    async def erase(self, unit: UnitOfWork, chat: Chat, before: datetime) -> None:
        unit.write(lines.ERASE, chat.id, chat.id, before)
        unit.publish(topic(chat.id))

    # the rest ---------------------------------------------------------------------------------------------

    def routes(self) -> Sequence[web.RouteDef]:
        return pages.routes(self)

    def describe(self) -> Mapping[str, Any]:
        return {**super().describe(), "page": "/", "waiting": self._waiting.qsize()}

    @staticmethod
    def _ref(out: Outgoing) -> str:
        """The public name of a line: the same for the same key, and nothing of the key in it."""
        return "." + hashlib.sha256(f"{out.chat.id}\0{out.key}".encode()).hexdigest()[:24]


def topic(thread: str) -> str:
    """The live topic of a thread."""
    return f"chat:{thread}"


def _settle(pending: Pending, held: bool) -> None:
    if not pending.done.done():
        pending.done.set_result(held)
