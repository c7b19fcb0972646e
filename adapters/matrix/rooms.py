"""Rooms: what is known of each, kept in step with the sync stream; nothing of it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from adapters.matrix import raw
from adapters.matrix.raw import Raw, identifier, table, text
from botkit.adapter import Rank
from botkit.messages import Chat, ChatKind

OWNER, ADMIN = 100, 50
"""Power levels from which on somebody is an owner, an administrator."""
FOUNDERS_RULE = 12
"""The room version since which those who made a room stand above all power levels."""


@dataclass(slots=True)
class Room:
    """One room that the bot is in.

    ``members`` are the names of those who are known to be in it; they are everybody only if ``complete``: of a large
    room the homeserver tells just those who speak. ``successor`` is the room that took its place.
    """

    id: str
    name: str = ""
    alias: str = ""
    kind: str = ""
    version: str = "1"
    public: bool = False
    encryption: str = ""
    founders: frozenset[str] = frozenset()
    powers: Raw = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    invited: set[str] = field(default_factory=set)
    children: dict[str, Raw] = field(default_factory=dict)
    heroes: list[str] = field(default_factory=list)
    counted: int | None = None
    complete: bool = False
    successor: str | None = None
    own_event: str = ""
    moved_by: str = ""

    @property
    def stay(self) -> str:
        """What names the bot's being here: the event by which it came, where the homeserver tells that one."""
        return self.own_event or self.id

    @property
    def encrypted(self) -> bool:
        """Whether what is said here must be encrypted. Once it must, it always must."""
        return bool(self.encryption)

    @property
    def space(self) -> bool:
        """Whether it is a list of rooms, where nobody talks."""
        return self.kind == "m.space"

    @property
    def title(self) -> str:
        """What it is called."""
        return self.name or self.alias

    @property
    def size(self) -> int | None:
        """How many are in it or invited, if that is known."""
        if self.complete:
            return len(self.members) + len(self.invited - set(self.members))
        return self.counted

    def power(self, user: str) -> float:
        """Somebody's power level."""
        if user in self.founders and (not self.powers or _version(self.version) >= FOUNDERS_RULE):
            return float("inf")
        level = table(self.powers, "users").get(user, self.powers.get("users_default", 0))
        return level if isinstance(level, int | float) else 0

    def rank(self, user: str) -> Rank:
        """What somebody is here."""
        power = self.power(user)
        return Rank.OWNER if power >= OWNER else Rank.ADMIN if power >= ADMIN else Rank.MEMBER

    def apply(self, event: Raw) -> None:
        """Take in a state event."""
        content, kind, key = event["content"], event["type"], event.get("state_key")
        if kind == "m.room.member":
            self._member(event, content, str(key))
        elif kind == "m.space.child" and isinstance(key, str):
            self.children[key] = content
        elif key != "":
            return
        elif kind == "m.room.name":
            self.name = text(content, "name").strip()[:255]
        elif kind == "m.room.canonical_alias":
            self.alias = text(content, "alias")[:255]
        elif kind == "m.room.encryption":
            self.encryption = text(content, "algorithm") or self.encryption or "unknown"
        elif kind == "m.room.power_levels":
            self.powers = content
        elif kind == "m.room.join_rules":
            self.public = content.get("join_rule") == "public"
        elif kind == "m.room.tombstone":
            to = identifier(content, "replacement_room") or ""
            self.successor, self.moved_by = (to if to.startswith("!") else None), event["event_id"]
        elif kind == "m.room.create":
            self.kind, self.version = text(content, "type"), text(content, "room_version") or "1"
            self.founders = frozenset([event["sender"], *raw.words(content, "additional_creators")])

    def _member(self, event: Raw, content: Raw, user: str) -> None:
        membership = content.get("membership")
        self.invited.discard(user)
        if membership == "join":
            self.members[user] = text(content, "displayname").strip()[:255]
            return
        self.members.pop(user, None)
        if membership == "invite":
            self.invited.add(user)

    def summarise(self, summary: Raw) -> None:
        """Take in the counts that come when they change."""
        joined, invited = raw.number(summary, "m.joined_member_count"), raw.number(summary, "m.invited_member_count")
        if joined is not None:
            self.counted = joined + (invited or 0)
        self.heroes = raw.words(summary, "m.heroes") or self.heroes

    def everybody(self, events: Iterable[Raw]) -> None:
        """Take in the list of all members."""
        self.members.clear()
        self.invited.clear()
        for event in events:
            if event["type"] == "m.room.member":
                self.apply(event)
        self.complete = True


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

    def private_with(self, user: str) -> list[Room]:
        """Rooms that are private chats with somebody."""
        found = (self._rooms.get(room) for room, other in self.direct.items() if other == user)
        return [room for room in found if room is not None and self.chat(room).kind is ChatKind.DM]


def _version(version: str) -> int:
    return int(version) if version.isdecimal() and len(version) < 4 else 0


__all__ = ["Room", "Rooms"]
