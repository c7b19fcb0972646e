"""News: what happens to rooms, as events of the framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.matrix.base import Base
from adapters.matrix.decode import Decoder
from adapters.matrix.notes import SIGHT
from adapters.matrix.raw import NOTHING, Raw, text
from adapters.matrix.room import Room
from botkit.messages import ChatKind, Message, MessageKind, Sender


class News:
    """Makes the events that no single event of the homeserver is."""

    def __init__(self, base: Base, decoder: Decoder, *, encrypts: bool) -> None:
        self._base = base
        self._decoder = decoder
        self._encrypts = encrypts
        self._turn = ""

    def told(self, room: Room, event_id: str, data: Mapping[str, Any], event: Raw = NOTHING) -> Message:
        """Something that happened to a room, as an event."""
        by = text(event, "sender") or self._base.user
        at = self._decoder.moment(event) if event else self._base.clock.now()
        chat, sender = self._decoder.chat(room), Sender(by, room.members.get(by, ""))
        return Message(chat, sender, event_id, at, kind=MessageKind.SYSTEM, data=data)

    def blindness(self, room: Room) -> list[Message]:
        """That a room is encrypted, where the bot has no encryption."""
        if self._encrypts or not room.encrypted or self._decoder.chat(room).kind is ChatKind.DM:
            return []
        return [self.told(room, self._once(room), {"event": "bot.blinded", "why": "encrypted"})]

    def sight(self, room: Room) -> list[Message]:
        """That an encrypted room can be read now."""
        if not self._encrypts or not room.encrypted:
            return []
        return [self.told(room, self._once(room), {"event": "bot.sighted"})]

    async def load(self) -> None:
        """Know since when the bot has encryption, or has none."""
        notes, told = self._base.notes, {"on": self._encrypts}
        kept = await notes.all(SIGHT)
        if not kept or kept[0]["payload"] != told:
            now = self._base.clock.now()
            note, write = notes.put(SIGHT, "", SIGHT, told, now)
            await notes.write(write)
        else:
            note = kept[0]["id"]
        self._turn = str(note)

    def _once(self, room: Room) -> str:
        """What makes it be told once: for this stay, on this device, and for as long as it is so."""
        return f"{room.stay}#{self._turn}#{self._base.login.device}"
