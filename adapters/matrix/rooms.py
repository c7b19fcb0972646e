"""Rooms: all that the bot is in, and which of them are private chats; nothing of it is stored."""

from __future__ import annotations

import asyncio
from typing import Any

from adapters.matrix.raw import Raw
from adapters.matrix.room import Room
from botkit.messages import Chat, ChatKind


class Rooms:
    """All rooms of the account. ``ready`` is set once they have been told in this process."""

    def __init__(self, adapter: str, me: str) -> None:
        self._adapter = adapter
        self._me = me
        self._rooms: dict[str, Room] = {}
        self.direct: dict[str, str] = {}
        """Whom a room is a private chat with, as the account's own list says."""
        self.groups: set[str] = set()
        """Rooms that were groups once: what was said there was never private, however few remain."""
        self.latest: dict[str, str] = {}
        """The last event of each room that was received and committed."""
        self.heard: set[str] = set()
        """The rooms of which this process has committed something."""
        self.blind: set[str] = set()
        """The rooms of which this process has told, and committed, that nothing can be read there."""
        self.ready = asyncio.Event()

    def __iter__(self) -> Any:
        return iter(list(self._rooms.values()))

    def __len__(self) -> int:
        return len(self._rooms)

    def get(self, room: str) -> Room | None:
        """A room that the bot is in."""
        return self._rooms.get(room)

    def before(self, room: str) -> Room | None:
        """The room whose place this one takes."""
        return next((each for each in self._rooms.values() if each.successor == room), None)

    def followed(self, room: Room) -> bool:
        """Whether people have gone from here to another room, and the bot with them."""
        return room.successor is not None and room.successor in self._rooms

    def enter(self, room: str) -> Room:
        """A room, known from now on."""
        return self._rooms.setdefault(room, Room(room))

    def leave(self, room: str) -> Room | None:
        """A room that the bot is no longer in."""
        self.heard.discard(room)
        self.blind.discard(room)
        return self._rooms.pop(room, None)

    def list_direct(self, content: Raw) -> None:
        """Take in the account's list of private chats."""
        self.direct = {
            room: user for user, rooms in content.items() if isinstance(rooms, list) for room in rooms
            if isinstance(room, str)
        }  # fmt: skip

    def doubtful(self, room: Room) -> bool:
        """Whether it may be a private chat, but how many are in it is not known."""
        return self._may_be_private(room) and room.size is None

    def chat(self, room: Room) -> Chat:
        """The room as the framework knows it."""
        private = self._may_be_private(room) and (room.size or 3) <= 2
        if private:
            return Chat(self._adapter, room.id, ChatKind.DM, "")
        self.groups.add(room.id)
        return Chat(self._adapter, room.id, ChatKind.GROUP, room.title)

    def _may_be_private(self, room: Room) -> bool:
        # A group of one resident so far has a name or is open to others; what is private is marked, or has neither.
        if room.id in self.groups or room.space or room.public:
            return False
        return room.id in self.direct or not room.title


__all__ = ["Room", "Rooms"]
