"""Reading: one answer of ``/sync`` as batches of events, room by room, each in its order, gaps filled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from adapters.matrix import happenings, notices, raw, reach, spaces
from adapters.matrix.asking import ask
from adapters.matrix.base import Base
from adapters.matrix.clocks import Clocks
from adapters.matrix.crypto import Crypto
from adapters.matrix.decode import Decoder
from adapters.matrix.errands import Errands
from adapters.matrix.history import fill
from adapters.matrix.letters import Letters
from adapters.matrix.notes import CLOCK
from adapters.matrix.opening import Opening
from adapters.matrix.raw import Raw, sound, table, text
from adapters.matrix.room import Room
from adapters.matrix.standing import POWERS, Standing
from adapters.matrix.stays import Stays
from adapters.matrix.unread import Unread
from botkit.adapter import Batch
from botkit.messages import Message
from botkit.storage import Write

log = structlog.get_logger()

MOST = 500
"""Events of one commit."""


class Reading:
    """Turns what a sync brought into what the framework gets. A fault leaves nothing half read that matters."""

    def __init__(
        self,
        base: Base,
        decoder: Decoder,
        clocks: Clocks,
        crypto: Crypto,
        letters: Letters,
        unread: Unread,
        opening: Opening,
        errands: Errands,
        stays: Stays,
        standing: Standing,
    ) -> None:
        self._base = base
        self._decoder = decoder
        self._clocks = clocks
        self._crypto = crypto
        self._letters = letters
        self._unread = unread
        self._opening = opening
        self._errands = errands
        self._stays = stays
        self._standing = standing
        self._rooms = base.rooms
        self._me = base.user
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
        self._live = live
        await self._letters.take_in(answer)
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
            self._errands.invited(room_id, raw.rows(table(info, "invite_state"), "events"), writes)
        found += await self._unread.again(writes)
        self._keep_clocks(writes)
        batches = [Batch(found[n : n + MOST]) for n in range(0, len(found), MOST)] or [Batch(())]
        batches[-1] = Batch(batches[-1].events, None, writes)
        return batches

    def _keep_clocks(self, writes: list[Write]) -> None:
        clocks, notes = self._clocks, self._base.notes
        for server in clocks.changed:
            known, now = clocks.kept(server), self._base.clock.now()
            log.warning("matrix.clock", adapter=self._base.name, server=server, **(known or {"behind": 0}))
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
            latest = await fill(self._base, room_id, text(timeline, "prev_batch"), since, latest)
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
        await ask(self._base.wire, self._decoder, room, latest)
        for event in latest:
            found += await self._event(room, event, writes)
        if any(event["type"] == POWERS and self._standing.foreign(event) for event in latest):
            await self._standing.settle(room)
        if blinded := self._stays.blinded(room):
            self._blind.add(room_id)
        return [*found, *blinded]

    def _apply(self, room: Room, event: Raw) -> None:
        room.apply(event)
        if event["type"] == "m.room.member" and event.get("state_key") == self._me:
            room.own_event = event["event_id"]
            self._decoder.named(text(event["content"], "displayname"))
        elif event["type"] == spaces.CHILD:
            self._errands.look()

    def _sound(self, listed: Sequence[Any]) -> list[Raw]:
        events = [event for event in listed if sound(event)]
        if len(events) < len(listed):
            self._base.malformed(len(listed) - len(events))
        return events

    def _own(self, info: Raw) -> list[Raw]:
        """The bot's own comings and goings, in a room that it is out of."""
        listed = (*raw.rows(table(info, "state"), "events"), *raw.rows(table(info, "timeline"), "events"))
        return [event for event in self._sound(listed) if event.get("state_key") == self._me]

    async def _event(self, room: Room, event: Raw, writes: list[Write]) -> list[Message]:
        base = self._base
        if self._live:
            self._clocks.heard(event, base.clock.now())
        if "state_key" in event:
            self._apply(room, event)
            if event["type"] == "m.room.member":
                self._crypto.member_changed(room, event)
        if room.notices and event["type"] == "m.room.message":
            base.health.counts["notices"] += 1
            log.warning("matrix.notice", adapter=base.name, fix="read it with `botkit matrix doctor`")
        if not room.is_chat:
            return []
        if event["type"] == "m.room.tombstone" and room.successor is not None:
            self._errands.moved(room, room.successor, event["sender"], writes)
        if self._rooms.followed(room):
            return []
        await reach.count(base.wire, self._rooms, room)
        if "state_key" in event and await self._stays.along(room, event):
            return []
        self._decoder.note(room, event)
        if self._standing.unheard_since(room, event):
            return self._standing.doubted(room, event)
        try:
            return self._opening(room, event)
        # What a stranger's event may still hold that nobody thought of: it is one event, and the others must come.
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as problem:
            base.malformed(1, type(problem).__name__)
            return []
