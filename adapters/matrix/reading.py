"""Reading: one answer of ``/sync`` as batches of events, room by room, each in its order, gaps filled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from adapters.matrix import happenings, notices, raw, spaces
from adapters.matrix.authors import Written
from adapters.matrix.history import fill
from adapters.matrix.raw import Raw, sound, table, text
from adapters.matrix.room import Room
from adapters.matrix.wire import MatrixError, path_of
from botkit.adapter import Batch
from botkit.messages import Chat, ChatKind, Message
from botkit.storage import Write

if TYPE_CHECKING:
    from adapters.matrix.adapter import Matrix

log = structlog.get_logger()

MOST = 500
"""Events of one commit."""
AT_ONCE = 8
"""Events that the homeserver is asked for at once."""


class Reading:
    """Turns what a sync brought into what the framework gets. A fault leaves nothing half read that matters."""

    def __init__(self, adapter: Matrix) -> None:
        self._adapter = adapter
        self._rooms = adapter.rooms
        self._me = adapter.login.user
        self._last: dict[str, str] = {}
        self._read: set[str] = set()
        self.moves: list[Message] = []
        """News of rooms that took the place of others, to be committed first."""

    def committed(self) -> None:
        """All that was read last is stored."""
        self._rooms.latest.update(self._last)
        self._rooms.heard |= self._read

    async def read(self, answer: Raw, since: str) -> list[Batch]:
        """The batches of an answer, at least one. Raises the errors of the wire; then all of it is read again."""
        adapter = self._adapter
        await adapter.crypto.take_in(answer)
        for event in raw.rows(table(answer, "account_data"), "events"):
            if isinstance(event, dict) and event.get("type") == "m.direct":
                self._rooms.list_direct(table(event, "content"))
        found: list[Message] = []
        writes: list[Write] = []
        self._last, self._read, self.moves = {}, set(), []
        for room_id, info in table(answer, "rooms", "join").items():
            found += await self._joined(room_id, table(info), since, writes)
        for room_id, info in table(answer, "rooms", "leave").items():
            found += self._left(room_id, table(info), writes)
        for room_id, info in table(answer, "rooms", "invite").items():
            adapter.errands.invited(room_id, raw.rows(table(info, "invite_state"), "events"), writes)
        found += await adapter.unread.again(writes)
        batches = [Batch(found[n : n + MOST]) for n in range(0, len(found), MOST)] or [Batch(())]
        batches[-1] = Batch(batches[-1].events, None, writes)
        return batches

    # one room -----------------------------------------------------------------------------------------------

    async def _joined(self, room_id: str, info: Raw, since: str, writes: list[Write]) -> list[Message]:
        known, room = room_id in self._rooms.heard, self._rooms.enter(room_id)
        self._read.add(room_id)
        marked = notices.tagged(raw.rows(table(info, "account_data"), "events"))
        room.notices = room.notices if marked is None else marked
        timeline = table(info, "timeline")
        latest = self._sound(raw.rows(timeline, "events"))
        if timeline.get("limited") is True:
            latest = await fill(self._adapter, room_id, text(timeline, "prev_batch"), since, latest)
            room.complete = False
        came = next((n for n in range(len(latest) - 1, -1, -1) if happenings.joins(latest[n], self._me)), None)
        for event in self._sound(raw.rows(table(info, "state"), "events")):
            self._apply(room, event)
        room.summarise(table(info, "summary"))
        if came is not None:
            await self._came(room, writes)
            # What was said before the bot came was not said to it.
            for event in latest[:came]:
                if "state_key" in event:
                    room.apply(event)
            latest = latest[came:]
        if not known:
            self._follow(room_id)
        found: list[Message] = []
        if not known and came is None:
            found += await self._introduced(room)
        if latest:
            self._last[room_id] = latest[-1]["event_id"]
        await self._ask_authors(room, latest)
        for event in latest:
            found += await self._event(room, event, writes)
        if came is not None and room.is_chat:
            found += self._adapter.news.blindness(room)
        return found

    async def _came(self, room: Room, writes: list[Write]) -> None:
        """The bot has just come in. What the room is for was decided before, and is not told again."""
        adapter = self._adapter
        adapter.errands.came(room.id, writes)
        room.notices = room.notices or await notices.expected(adapter.wire, self._me, room.id)
        if room.space:
            adapter.errands.look()

    def _apply(self, room: Room, event: Raw) -> None:
        room.apply(event)
        if event["type"] == "m.room.member" and event.get("state_key") == self._me:
            room.own_event = event["event_id"]
            self._adapter.named(text(event["content"], "displayname"))
        elif event["type"] == spaces.CHILD:
            self._adapter.errands.look()

    def _follow(self, room_id: str) -> None:
        """A room in place of another: what is known of the old one must be moved before anything is heard here."""
        old, chats = self._rooms.before(room_id), self._adapter.services.chats
        if old is None or chats.find(self._adapter.decoder.chat(old)) is None or chats.find(self._chat(room_id)):
            return
        data = {"event": "chat.moved", "to": room_id}
        self.moves.append(self._adapter.news.told(old, old.moved_by, data))

    def _chat(self, room_id: str) -> Chat:
        return Chat(self._adapter.name, room_id)

    def _sound(self, listed: Sequence[Any]) -> list[Raw]:
        events = [event for event in listed if sound(event)]
        if len(events) < len(listed):
            self._adapter.malformed(len(listed) - len(events))
        return events

    async def _introduced(self, room: Room) -> list[Message]:
        """A room that the bot was in before it was started: told once."""
        if not room.is_chat or self._rooms.followed(room):
            return []
        await self._count(room)
        chat = self._adapter.decoder.chat(room)
        if chat.kind is ChatKind.DM:
            return []
        if self._adapter.services.chats.find(chat) is not None:
            # It may have been closed to a bot that had no key then.
            return self._adapter.news.blindness(room) or self._adapter.news.sight(room)
        return [
            self._adapter.news.told(room, room.stay, {"event": "bot.added"}),
            *self._adapter.news.blindness(room),
        ]

    async def _event(self, room: Room, event: Raw, writes: list[Write]) -> list[Message]:
        adapter, decoder = self._adapter, self._adapter.decoder
        encrypted = room.encrypted
        if "state_key" in event:
            self._apply(room, event)
            if event["type"] == "m.room.member":
                adapter.crypto.member_changed(room, event)
        if room.notices and event["type"] == "m.room.message":
            adapter.counts["notices"] += 1
            log.warning("matrix.notice", adapter=adapter.name, fix="read it with `botkit matrix doctor`")
        if not room.is_chat:
            return []
        if event["type"] == "m.room.tombstone" and room.successor is not None:
            adapter.errands.moved(room, room.successor, event["sender"], writes)
        if self._rooms.followed(room):
            return []
        await self._count(room)
        decoder.note(room, event)
        try:
            message = self._message(room, event, writes)
        # What a stranger's event may still hold that nobody thought of: it is one event, and the others must come.
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as problem:
            adapter.malformed(1, type(problem).__name__)
            return []
        found = [message] if message is not None else []
        if room.encrypted and not encrypted:
            found += adapter.news.blindness(room, event["event_id"])
        return found

    def _message(self, room: Room, event: Raw, writes: list[Write]) -> Message | None:
        adapter = self._adapter
        if event["type"] != "m.room.encrypted" or "state_key" in event:
            return adapter.decoder(room, event)
        if event["sender"] == self._me or not event["content"]:
            return None
        opened = adapter.crypto.open(room, event)
        if opened is not None:
            return adapter.decoder(room, opened)
        if adapter.crypto.on:
            # Its key may be on its way.
            adapter.unread.keep(room, event, writes)
            return None
        return adapter.decoder(room, event, locked=True)

    def _left(self, room_id: str, info: Raw, writes: list[Write]) -> list[Message]:
        adapter = self._adapter
        row, room = adapter.services.chats.find(self._chat(room_id)), self._rooms.get(room_id)
        adapter.errands.settled(room_id, writes, left=room is not None or row is not None)
        listed = (*raw.rows(table(info, "state"), "events"), *raw.rows(table(info, "timeline"), "events"))
        own = [event for event in self._sound(listed) if event.get("state_key") == self._me]
        gone = room is not None and (not room.is_chat or self._rooms.followed(room))
        # It may have happened before this process came to know the room.
        room = room or Room(room_id)
        self._rooms.leave(room_id)
        if row is None or row.chat.kind is ChatKind.DM or not own or gone:
            return []
        message = adapter.news.told(room, own[-1]["event_id"], {"event": "bot.removed"}, own[-1])
        return [replace(message, chat=row.chat)]

    # what must be known first -------------------------------------------------------------------------------

    async def _count(self, room: Room) -> None:
        """How many are in a room that may be a private one: the homeserver tells that only when it changes."""
        if self._rooms.doubtful(room):
            await self._adapter.members(room)

    async def _ask_authors(self, room: Room, events: Sequence[Raw]) -> None:
        here = {event["event_id"] for event in events}
        wanted = {asked for event in events if (asked := self._adapter.decoder.wants(room, event)) is not None}
        gate = asyncio.Semaphore(AT_ONCE)

        async def ask(event_id: str) -> None:
            async with gate:
                await self._ask(room, event_id)

        await asyncio.gather(*(ask(each) for each in wanted - here))

    async def _ask(self, room: Room, event_id: str) -> None:
        path = path_of("rooms", room.id, "event", event_id)
        try:
            event = await self._adapter.wire.call("GET", path)
        except MatrixError:
            # It does not show it, now or ever: who wrote it remains unknown.
            self._adapter.authors.note(room.id, event_id, Written(None))
            return
        if sound(event) and event["event_id"] == event_id:
            self._adapter.decoder.note(room, event)
