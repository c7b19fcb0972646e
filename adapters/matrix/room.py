"""One room: what is known of it, kept in step with the sync stream; nothing of it is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from adapters.matrix import acl, raw
from adapters.matrix.raw import Raw, identifier, server_of, table, text
from botkit.adapter import Rank

OWNER, ADMIN = 100, 50
"""Power levels from which on somebody is an owner, an administrator."""
FOUNDERS_RULE = 12
"""The room version since which those who made a room stand above all power levels."""

_WRITTEN = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")


@dataclass(slots=True)
class Room:
    """One room that the bot is in.

    ``members`` are the names of those who are known to be in it; they are everybody only if ``complete``: of a large
    room the homeserver tells just those who speak. ``successor`` is the room that took its place, ``predecessor`` the
    one whose place it took, ``were`` who had been there, once that was asked; ``notices`` says that the homeserver's
    own notices come here; ``acl`` is the list of servers that may take part, where there is one.
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
    counted: int | None = None
    complete: bool = False
    successor: str | None = None
    own_event: str = ""
    notices: bool = False
    moved_by: str = ""
    predecessor: str | None = None
    were: frozenset[str] | None = None
    acl: Raw | None = None

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
    def is_chat(self) -> bool:
        """Whether people talk here: a list of rooms and the homeserver's own notices are no chats."""
        return not self.space and not self.notices

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

    def keeps_out(self, user: str) -> bool:
        """Whether what somebody says here is refused by all other servers."""
        return self.acl is not None and acl.keeps_out(self.acl, server_of(user))

    def power(self, user: str) -> float:
        """Somebody's power level."""
        if user in self.founders and (not self.powers or _version(self.version) >= FOUNDERS_RULE):
            return float("inf")
        level = table(self.powers, "users").get(user, self.powers.get("users_default", 0))
        return _level(level)

    def needs(self, kind: str, *, state: bool = False) -> float:
        """The power level that it takes to send events of a kind here; ``state``: they change the room."""
        usual = self.powers.get("state_default", ADMIN) if state else self.powers.get("events_default", 0)
        return _level(table(self.powers, "events").get(kind, usual))

    def rank(self, user: str) -> Rank:
        """What somebody is here."""
        power = self.power(user)
        return Rank.OWNER if power >= OWNER else Rank.ADMIN if power >= ADMIN else Rank.MEMBER

    def apply(self, event: Raw) -> None:
        """Take in a state event."""
        content, kind, key = event["content"], event["type"], event.get("state_key")
        if kind == "m.room.member":
            self._member(event, content, str(key))
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
        elif kind == acl.KIND:
            self.acl = content
        elif kind == "m.room.tombstone":
            to = identifier(content, "replacement_room") or ""
            self.successor, self.moved_by = (to if to.startswith("!") else None), event["event_id"]
        elif kind == "m.room.create":
            self.kind, self.version = text(content, "type"), text(content, "room_version") or "1"
            self.predecessor = identifier(table(content, "predecessor"), "room_id")
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

    def everybody(self, events: Iterable[Raw]) -> None:
        """Take in the list of all members."""
        self.members.clear()
        self.invited.clear()
        for event in events:
            if event["type"] == "m.room.member":
                self.apply(event)
        self.complete = True


def _version(version: str) -> int:
    return int(version) if version.isdecimal() and len(version) < 4 else 0


def _level(told: Any) -> float:
    """A power level, which rooms of old versions may write as a text."""
    if isinstance(told, str) and _WRITTEN.fullmatch(told):
        return int(told)
    return told if isinstance(told, int | float) else 0
