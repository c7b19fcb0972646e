"""A real Matrix client: it reads on, keeps keys in step, shows what came. Nothing sleeps, everything is waited for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import nio
import pytest

from botkit.testing import PATIENCE
from tests.matrix.memory import Memory
from tests.matrix.timeline import Line, Timeline

_POLL = 1_000
"""Milliseconds that the server holds a sync open; it answers at once when there is something."""


class Client:
    """One user with one device. ``sees`` waits until a text is shown, and returns its line."""

    def __init__(self, url: str, user: str, device: str, token: str, *, encryption: bool = True) -> None:
        config = nio.AsyncClientConfig(
            store=Memory,
            encryption_enabled=encryption,
            pickle_key=token,
            store_sync_tokens=False,
        )
        self.client = nio.AsyncClient(url, user, device, store_path="nowhere", config=config)
        self.client.restore_login(user, device, token)
        self.id, self.token = user, token
        self.timelines: dict[str, Timeline] = defaultdict(Timeline)
        self.receipts: list[tuple[str, str, str]] = []
        """(room, reader, event) of read receipts, as they came."""
        self.letters: list[Any] = []
        """What other devices sent to this one, opened."""
        self.events: dict[str, list[Any]] = defaultdict(list)
        """All that came in a room, opened where that was possible at once."""
        self.invitations: list[str] = []
        self.limit = 500
        """How many events of a room the server is asked for at once; it may give fewer."""

    async def arrives(self) -> None:
        """Show one's keys and read what there is."""
        if self.client.should_upload_keys:
            fine(await self.client.keys_upload())
        await self.syncs()

    async def leaves(self) -> None:
        """Close the client."""
        await self.client.close()
        if self.client.store:
            self.client.store.database.close()

    # seeing -------------------------------------------------------------------------------------------------

    async def syncs(self, wait: int = 0) -> None:
        """Read what is new, waiting for it at most ``wait`` ms; fill gaps, ask for devices, open what was locked."""
        since = self.client.next_batch
        wanted = {"room": {"timeline": {"limit": self.limit}, "ephemeral": {"types": ["m.receipt", "m.typing"]}}}
        answer = fine(await self.client.sync(timeout=wait, sync_filter=wanted))
        for room, info in answer.rooms.join.items():
            timeline = self.timelines[room]
            if info.timeline.limited and since:
                await self._fill(room, info.timeline.prev_batch, since)
            self.events[room] += info.timeline.events
            for event in info.timeline.events:
                timeline.add(event)
            for event in info.ephemeral:
                if isinstance(event, nio.ReceiptEvent):
                    self.receipts += [(room, receipt.user_id, receipt.event_id) for receipt in event.receipts]
        self.letters += answer.to_device_events
        self.invitations += [room for room in answer.rooms.invite if room not in self.invitations]
        if self.client.olm:
            await self._keeps_keys()
            if answer.to_device_events:
                self._unlock()

    async def _fill(self, room: str, start: str, end: str) -> None:
        missed: list[Any] = []
        place: str | None = start
        while place:
            page = fine(await self.client.room_messages(room, place, end, limit=500))
            missed += page.chunk
            place = page.end if page.chunk else None
        for event in reversed(missed):
            self.timelines[room].add(event)

    async def scrolls(self, room: str) -> None:
        """Look at what was said before, as far as the server tells or fetches it."""
        page = fine(await self.client.room_messages(room, self.client.next_batch, limit=100))
        for event in reversed(page.chunk):
            if event.event_id not in self.timelines[room]:
                self.timelines[room].add(event)

    async def _keeps_keys(self) -> None:
        if self.client.should_upload_keys:
            fine(await self.client.keys_upload())
        if self.client.should_query_keys:
            fine(await self.client.keys_query())
        if self.client.should_claim_keys:
            fine(await self.client.keys_claim(self.client.get_users_for_key_claiming()))
        for answer in await self.client.send_to_device_messages():
            fine(answer)

    def _unlock(self) -> None:
        for timeline in self.timelines.values():
            for event in list(timeline.locked.values()):
                try:
                    timeline.add(self.client.decrypt_event(event))
                except nio.EncryptionError:
                    continue

    async def until(self, condition: Callable[[list[Line]], Any], room: str) -> list[Line]:
        """Read on until the lines of a room meet a condition."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition(lines := list(self.timelines[room])):
                    await self.syncs(_POLL)
                return lines
        except TimeoutError:
            shown = [f"{line.sender}: {line.text}" for line in self.timelines[room]]
            pytest.fail(f"never came; {self.id} sees {shown}")

    async def sees(self, text: str, room: str, *, of: str | None = None) -> Line:
        """Wait until a text is part of what is shown, of somebody else (or of ``of``); returns the latest such line."""

        def found(lines: Iterable[Line]) -> list[Line]:
            wanted = [line for line in lines if line.sender == of or (of is None and line.sender != self.id)]
            return [line for line in wanted if text in line.text]

        return found(await self.until(found, room))[-1]

    async def reads(self, room: str) -> list[Line]:
        """The lines that are shown now."""
        await self.syncs()
        return list(self.timelines[room])

    async def finds(self, event: str, room: str) -> Line:
        """Wait until an event is shown; returns its line."""
        await self.until(lambda lines: event in self.timelines[room], room)
        return self.timelines[room][event]

    async def misses(self, event: str, room: str) -> None:
        """Wait until an event is no longer shown."""
        await self.until(lambda lines: event not in self.timelines[room], room)

    async def meets(self, who: Any, room: str) -> None:
        """Wait until somebody is in a room."""
        await self.until(lambda lines: self.present(who, room), room)

    async def knows(self, who: Any) -> None:
        """Wait until somebody's keys are on the server: what is said from now on, they can read."""
        olm, user = self.client.olm, id_of(who)
        try:
            async with asyncio.timeout(PATIENCE):
                while olm and not list(olm.device_store.active_user_devices(user)):
                    olm.users_for_key_query.add(user)
                    await self.syncs()
        except TimeoutError:
            pytest.fail(f"{user} never showed any keys")

    def present(self, who: Any, room: str) -> bool:
        """Whether somebody was in a room, as of the last look."""
        user = self.client.rooms[room].users.get(id_of(who)) if room in self.client.rooms else None
        return user is not None and not user.invited

    async def gets(self, line: Line) -> bytes:
        """The bytes of a file that is shown, decrypted."""
        file = line.content.get("file")
        got = fine(await self.client.download(mxc=file["url"] if file else line.content["url"]))
        if not file:
            plain: bytes = got.body
            return plain
        opened: bytes = nio.crypto.decrypt_attachment(got.body, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
        return opened


def id_of(who: Any) -> str:
    """The Matrix id of somebody, however named."""
    return who if isinstance(who, str) else str(who.id)


def fine(answer: Any) -> Any:
    """What the server answered; it said yes."""
    assert not isinstance(answer, nio.ErrorResponse), answer
    return answer
