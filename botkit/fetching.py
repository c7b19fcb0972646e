"""Fetching: files that a platform keeps for whoever asks become stored ones, once their message concerns the bot."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from botkit.adapter import Adapter, Refused
from botkit.codec import dump
from botkit.decision import Concern
from botkit.files import ID, FileError
from botkit.logs import where
from botkit.messages import Attachment, Message, MessageKind
from botkit.sql import Statement, Write

if TYPE_CHECKING:
    from botkit.intake import Item
    from botkit.services import Services

log = structlog.get_logger()

PATIENCE = 5.0
"""Seconds that a decision waits for its message's files; danger waits for none. They are stored all the same."""
AT_ONCE = 4
"""Files that are fetched at once: each is held in memory meanwhile."""
ATTEMPTS, PAUSE = 3, 2.0
"""How often a file is asked for, and the seconds between."""
PAYLOAD = Statement("UPDATE inbox SET payload = ? WHERE id = ? AND payload = ?")
_URGENT = frozenset({Concern.EMERGENCY, Concern.FRAUD})


class Fetching:
    """Fetches through the adapters that say ``fetches``. Plain talk never comes here, so its files are never stored."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[Message]] = set()

    async def stored(self, item: Item) -> None:
        """Replace the message's files by stored ones, as far as they come in time."""
        message = item.message
        adapter = self._services.adapters.get(message.chat.adapter)
        if adapter is None or not adapter.fetches or all(ID.fullmatch(file.id) for file in message.attachments):
            return
        task = asyncio.create_task(self._all(adapter, item.inbox_id, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=0 if item.verdict.concern in _URGENT else PATIENCE)
        if task.done():
            item.message = task.result()

    async def _all(self, adapter: Adapter, inbox_id: int, message: Message) -> Message:
        files = await asyncio.gather(*(self._one(adapter, file) for file in message.attachments))
        found = replace(message, attachments=tuple(files))
        if found != message:
            # Only over what is there still: it may have been erased meanwhile.
            write = Write(PAYLOAD, (dump(found), inbox_id, dump(message)))
            self._services.database.writer.write([write], lambda result, error: None)
        return found

    async def _one(self, adapter: Adapter, file: Attachment) -> Attachment:
        files = self._services.files
        if ID.fullmatch(file.id) or file.size > files.max_bytes:
            return file
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._room:
                    content = await adapter.fetch(file)
                    if file.kind is not MessageKind.PHOTO:
                        return replace(file, id=await files.put(content, file.mime), size=len(content))
                    seen = await files.inspect(content)
                    stored = await files.put(content, seen.mime)
                    return replace(file, id=stored, mime=seen.mime, size=seen.size, broken=seen.broken)
            except (FileError, Refused):
                return file
            # The platform's border: a file that can't be had is no reason to leave its message unanswered.
            except Exception as problem:
                log.warning("file.failed", adapter=adapter.name, attempt=attempt, problem=type(problem).__name__,
                            where=where(problem))  # fmt: skip
            if attempt < ATTEMPTS:
                await asyncio.sleep(PAUSE)
        return file

    async def close(self) -> None:
        """Let go of what is under way: after a restart it is fetched again if its message still waits."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
