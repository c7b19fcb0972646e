"""What Telegram keeps: people, chats, who is what in them, and their messages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aiogram.types import ChatMemberAdministrator, ChatMemberRestricted

_LEADING = ("can_manage_chat", "can_delete_messages", "can_restrict_members", "can_change_info", "can_invite_users",
            "can_pin_messages", "can_manage_video_chats", "can_manage_topics")  # fmt: skip
HERE = frozenset({"creator", "administrator", "member", "restricted"})


@dataclass(eq=False)
class User:
    """An account. ``started`` says that it has written to the bot at least once."""

    id: int
    first_name: str
    username: str | None = None
    language: str | None = None
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def json(self) -> dict[str, Any]:
        """The account as others see it."""
        shown: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            shown["username"] = self.username
        if self.language:
            shown["language_code"] = self.language
        return shown


ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
CHANNEL_BOT = User(136817688, "Channel", "Channel_Bot", is_bot=True)
SERVICE = User(777000, "Telegram")


@dataclass
class Member:
    """What somebody is in a chat. ``sees_all`` is the privacy mode that a bot came in with."""

    user: User
    status: str = "member"
    rights: frozenset[str] = frozenset()
    anonymous: bool = False
    title: str = ""
    until: int = 0
    sees_all: bool = False

    @property
    def here(self) -> bool:
        return self.status in HERE

    def may(self, right: str) -> bool:
        """Whether an administrator's right is there."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"status": self.status, "user": self.user.json()}
        if self.status == "creator":
            shown["is_anonymous"] = self.anonymous
        elif self.status == "administrator":
            shown |= {
                name: name in self.rights
                for name in (*_flags(ChatMemberAdministrator), "can_pin_messages", "can_manage_topics")
            }
            shown |= {"is_anonymous": self.anonymous, "can_be_edited": False}
        elif self.status == "restricted":
            shown |= {name: name in self.rights for name in _flags(ChatMemberRestricted)}
            shown |= {"is_member": True, "until_date": self.until}
        elif self.status == "kicked":
            shown["until_date"] = self.until
        if self.title:
            shown["custom_title"] = self.title
        return shown


@cache
def _flags(model: type[Any]) -> tuple[str, ...]:
    model.model_rebuild()
    return tuple(name for name, field in model.model_fields.items() if field.is_required() and "can_" in name)


LEADING = frozenset(_LEADING)
"""The rights of an administrator who was given no others."""


@dataclass
class Topic:
    """A topic of a forum. ``thread`` is the id of the message that opened it."""

    thread: int
    name: str
    by_bot: bool
    closed: bool = False


@dataclass(eq=False)
class Stored:
    """A message as it stands now, in the JSON of the Bot API."""

    chat: Chat
    payload: dict[str, Any]
    author: User
    silent: bool = False
    deleted: bool = False
    by_bot: bool = False
    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def id(self) -> int:
        number: int = self.payload["message_id"]
        return number

    @property
    def text(self) -> str:
        text: str = self.payload.get("text", self.payload.get("caption", ""))
        return text

    @property
    def thread(self) -> int | None:
        """The forum topic that it stands in."""
        return self.payload.get("message_thread_id") if self.payload.get("is_topic_message") else None

    def quoted(self) -> dict[str, Any]:
        """It, inside of a reply to it."""
        left_out = ("reply_to_message", "pinned_message")
        return {name: value for name, value in self.payload.items() if name not in left_out}


@dataclass(eq=False)
class Chat:
    """A private chat, a group, a supergroup (perhaps a forum) or a channel."""

    id: int
    type: str
    title: str = ""
    username: str | None = None
    forum: bool = False
    person: User | None = None
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(2))
    """The ids of the messages to come; 1 told that the group came to be."""
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Stored] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    moved_to: int | None = None
    linked: Chat | None = None

    @property
    def private(self) -> bool:
        return self.type == "private"

    @property
    def noun(self) -> str:
        """How Telegram's error texts call it."""
        return {"channel": "channel chat", "supergroup": "supergroup chat"}.get(self.type, "group chat")

    def json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.person:
            shown["first_name"] = self.person.first_name
            if self.person.username:
                shown["username"] = self.person.username
            return shown
        shown["title"] = self.title
        if self.username:
            shown["username"] = self.username
        if self.forum:
            shown["is_forum"] = True
        return shown

    def member(self, user: User) -> Member:
        """What somebody is here; who never was here has left."""
        return self.members.get(user.id) or Member(user, "left")

    def find(self, message_id: int) -> Stored | None:
        """A message that is still there."""
        stored = self.messages.get(message_id)
        return None if stored is None or stored.deleted else stored

    def by_bot(self) -> list[Stored]:
        """The bot's messages that are still there, oldest first."""
        return [stored for stored in self.messages.values() if stored.by_bot and not stored.deleted]
