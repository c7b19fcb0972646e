"""Reading: one answer of ``/sync`` as batches of events, room by room, each in its order, gaps filled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog

from adapters.matrix import happenings, notices, raw, spaces, standing
from adapters.matrix.asking import ask
from adapters.matrix.history import fill
from adapters.matrix.notes import CLOCK
from adapters.matrix.raw import Raw, sound, table, text
from adapters.matrix.room import Room
from adapters.matrix.stays import Stays
from botkit.adapter import Batch
from botkit.messages import Message
from botkit.storage import Write

if TYPE_CHECKING:
    from adapters.matrix.adapter import Matrix

log = structlog.get_logger()

MOST = 500
"""Events of one commit."""


class Reading:
    """Turns what a sync brought into what the framework gets. A fault leaves nothing half read that matters."""

    def __init__(self, adapter: Matrix) -> None:
        self._adapter = adapter
        self._rooms = adapter.rooms
        self._stays = Stays(adapter)
        self._me = adapter.login.user
        self._live = False
        self._last: dict[str, str] = {}
        self._read: set[str] = set()
        self._blind: set[str] = set()
        self.moves: list[Message] = []
        """News of rooms that took the place of others, to be committed first."""

    def committed(self) -> None:
        """All that was read last is stored."""
        self._rooms.latest.update(self._last)
        self._rooms.heard |= self._read
        self._rooms.blind |= self._blind

    async def read(self, answer: Raw, since: str, *, live: bool = False) -> list[Batch]:
        """The batches of an answer, at least one. Raises the errors of the wire; then all of it is read again.

        ``live``: what is in it has reached the homeserver only now.
        """
        adapter, self._live = self._adapter, live
        await adapter.crypto.take_in(answer)
        for event in raw.rows(table(answer, "account_data"), "events"):
            if isinstance(event, dict) and event.get("type") == "m.direct":
                self._rooms.list_direct(table(event, "content"))
        found: list[Message] = []
        writes: list[Write] = []
        self._last, self._read, self._blind, self.moves = {}, set(), set(), []
        for room_id, info in table(answer, "rooms", "join").items():
            found += await self._joined(room_id, table(info), since, writes)
        for room_id, info in table(answer, "rooms", "leave").items():
            found += self._stays.left(room_id, self._own(table(info)), writes)
        for room_id, info in table(answer, "rooms", "invite").items():
            adapter.errands.invited(room_id, raw.rows(table(info, "invite_state"), "events"), writes)
        found += await adapter.unread.again(writes)
        self._keep_clocks(writes)
        batches = [Batch(found[n : n + MOST]) for n in range(0, len(found), MOST)] or [Batch(())]
        batches[-1] = Batch(batches[-1].events, None, writes)
        return batches

    def _keep_clocks(self, writes: list[Write]) -> None:
        clocks, notes = self._adapter.clocks, self._adapter.notes
        for server in clocks.changed:
            known, now = clocks.kept(server), self._adapter.services.clock.now()
            log.warning("matrix.clock", adapter=self._adapter.name, server=server, **(known or {"behind": 0}))
            writes.append(notes.put(CLOCK, "", server, known, now)[1] if known else notes.drop(CLOCK, server))
        clocks.changed.clear()

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
            # What was said before the bot came was not said to it.
            for event in latest[:came]:
                if "state_key" in event:
                    room.apply(event)
            latest = latest[came:]
            await self._stays.came(room, writes)
        if not known:
            self.moves += self._stays.moved(room_id)
        found: list[Message] = []
        if not known and came is None:
            found += await self._stays.found(room)
        if latest:
            self._last[room_id] = latest[-1]["event_id"]
        await ask(self._adapter, room, latest)
        for event in latest:
            found += await self._event(room, event, writes)
        if any(event["type"] == standing.POWERS and standing.foreign(self._adapter, event) for event in latest):
            await standing.settle(self._adapter, room)
        if blinded := self._stays.blinded(room):
            self._blind.add(room_id)
        return [*found, *blinded]

    def _apply(self, room: Room, event: Raw) -> None:
        room.apply(event)
        if event["type"] == "m.room.member" and event.get("state_key") == self._me:
            room.own_event = event["event_id"]
            self._adapter.named(text(event["content"], "displayname"))
        elif event["type"] == spaces.CHILD:
            self._adapter.errands.look()

    def _sound(self, listed: Sequence[Any]) -> list[Raw]:
        events = [event for event in listed if sound(event)]
        if len(events) < len(listed):
            self._adapter.malformed(len(listed) - len(events))
        return events

    def _own(self, info: Raw) -> list[Raw]:
        """The bot's own comings and goings, in a room that it is out of."""
        listed = (*raw.rows(table(info, "state"), "events"), *raw.rows(table(info, "timeline"), "events"))
        return [event for event in self._sound(listed) if event.get("state_key") == self._me]

    async def _event(self, room: Room, event: Raw, writes: list[Write]) -> list[Message]:
        adapter, decoder = self._adapter, self._adapter.decoder
        if self._live:
            adapter.clocks.heard(event, adapter.services.clock.now())
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
        await self._stays.count(room)
        if "state_key" in event and await self._stays.along(room, event):
            return []
        decoder.note(room, event)
        if standing.unheard_since(adapter, room, event):
            return standing.doubted(adapter, room, event)
        try:
            return self._messages(room, event)
        # What a stranger's event may still hold that nobody thought of: it is one event, and the others must come.
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as problem:
            adapter.malformed(1, type(problem).__name__)
            return []

    def _messages(self, room: Room, event: Raw) -> list[Message]:
        adapter = self._adapter
        if event["type"] != "m.room.encrypted" or "state_key" in event:
            adapter.verifying.heard(room, event)
            return _some(adapter.decoder(room, event))
        if event["sender"] == self._me or not event["content"]:
            return []
        opened = adapter.crypto.open(room, event)
        if opened is not None:
            adapter.verifying.heard(room, opened)
            return [*_some(adapter.decoder(room, opened)), *adapter.sight.read(room, event)]
        if adapter.crypto.on:
            # Its key may be on its way.
            adapter.unread.keep(room, event)
            return []
        return _some(adapter.decoder(room, event, locked="encrypted"))


def _some(message: Message | None) -> list[Message]:
    return [message] if message is not None else []
