"""What chats are made of: messages, people, chats and replies, as immutable, platform-neutral values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ChatKind(StrEnum):
    """What a chat is to the bot. Staff rooms are groups that an enrolled person made one: platforms know none."""

    DM = "dm"
    GROUP = "group"
    OFFICERS = "officers"
    PARTNER = "partner"

    @property
    def staffed(self) -> bool:
        """Whether those who write there work on cases, rather than report them."""
        return self in (ChatKind.OFFICERS, ChatKind.PARTNER)


class MessageKind(StrEnum):
    """What a platform event carries. A platform's own kinds that are not here arrive as ``UNKNOWN``."""

    TEXT = "text"
    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    CONTACT = "contact"
    POLL = "poll"
    STICKER = "sticker"
    BUTTON = "button"
    REACTION = "reaction"
    DELETED = "deleted"
    SYSTEM = "system"
    UNKNOWN = "unknown"


EVENTS: Mapping[str, str] = {
    "bot.added": "the bot came into a group, or got to know that it is in one",
    "bot.removed": "the bot is no longer in a group",
    "bot.blinded": "the bot sees no plain talk here; ``why``: ``encrypted`` (nothing at all) or another of ``UNREAD``",
    "bot.unheard": "what the bot has said in the chat since ``since`` (ISO 8601) may not have been shown to everybody",
    "bot.sighted": "the bot sees plain talk here again",
    "chat.moved": "the chat has another id now, ``to``",
    "chat.renamed": "the chat has another ``title``",
    "member.joined": "somebody came in: the sender, unless ``count`` tells how many did",
    "member.left": "somebody is gone: the sender",
}
"""What a message of kind ``SYSTEM`` may tell as its ``event``, and with which other data."""


UNREAD: Mapping[str, str] = {
    "encrypted": "the bot has no encryption here",
    "keys": "its key has not come",
    "unverified": "the sender's app gives keys only to devices that somebody has verified",
    "blocked": "the sender's app gives the bot no keys",
    "withheld": "the sender's app does not give this key, for another reason",
}
"""Why a platform's message could not be opened: ``unreadable`` in the data of one of kind ``UNKNOWN``."""


class Lane(StrEnum):
    """Which queue a reply leaves by. Urgent overtakes reply, reply overtakes bulk."""

    URGENT = "urgent"
    REPLY = "reply"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Chat:
    """A place on a platform. ``id`` is the platform's own id; ``(adapter, id)`` is unique."""

    adapter: str
    id: str
    kind: ChatKind = ChatKind.DM
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote. ``id`` is the platform's own id; names are for display only and prove nothing."""

    id: str
    name: str = ""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message. ``id`` fetches it through ``Adapter.fetch``; ``size`` is in bytes."""

    kind: MessageKind
    id: str
    name: str = ""
    mime: str = ""
    size: int = 0
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One event of a chat, at one revision.

    ``(adapter, chat, id, revision)`` is unique: an edit is a further revision, a deletion a tombstone of
    kind ``DELETED``. ``addressed`` says that the platform marked the bot itself: a mention, a reply to the
    bot, a command. ``mentions`` are the others whom the platform marked as mentioned: their ids, or names where
    it tells no more. ``at`` is the platform's time of the message, aware, in UTC. ``data`` holds what other
    kinds carry (a button's ``value``, a reaction's sign, a system event's ``event``, a place's ``lat`` and ``lon`` in
    degrees, the ``name`` and ``phone`` of a card), JSON values only;
    ``forwarded`` is ``"channel"`` where the text is a channel's, not the sender's, ``reply_author`` the platform's id
    of whoever wrote what this one answers, where it tells, ``elsewhere`` marks a command for another bot. ``thread``
    is the platform's id of the thread or topic that it stands in.
    """

    chat: Chat
    sender: Sender
    id: str
    at: datetime
    text: str = ""
    kind: MessageKind = MessageKind.TEXT
    revision: int = 0
    attachments: tuple[Attachment, ...] = ()
    addressed: bool = False
    mentions: tuple[str, ...] = ()
    reply_to: str | None = None
    language: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    thread: str | None = None

    @property
    def private(self) -> bool:
        """Whether only this person and the bot see the chat."""
        return self.chat.kind is ChatKind.DM

    @property
    def unreadable(self) -> str:
        """Why the platform's message could not be opened, one of ``UNREAD``; empty where it was."""
        return str(self.data.get("unreadable", ""))

    @property
    def membership(self) -> bool:
        """Whether it says that somebody came in or is gone."""
        return self.kind is MessageKind.SYSTEM and str(self.data.get("event", "")).startswith("member.")


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference number of ours inside a text, such as a case number. Never taken for a phone number."""

    value: str

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Text:
    """A catalogue text: a symbolic key and its arguments, rendered in the reader's language.

    Arguments are strings, numbers, aware datetimes, ``Ref`` or further ``Text``. Arguments that are missing
    are taken from the receipts of the decision's effects, which exist only after these were applied.
    """

    key: str
    args: Mapping[str, Any] = field(default_factory=dict)


def tr(key: str, /, **args: Any) -> Text:
    """A catalogue text, briefly: ``tr("echo.said", name="Li")``."""
    return Text(key, args)


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a reply. A press comes back to the plugin's ``@button(action)`` handler with ``payload``.

    On a platform without buttons it becomes a numbered line, recognised when the number is typed.
    """

    label: Text | str
    action: str
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say. ``lines`` are joined by line breaks; a ``str`` is said as it is.

    ``to`` names another chat by its row id (default: the chat of the message). ``once`` makes the reply
    unique: a second reply with the same key is not sent. ``officer`` marks words of a human: the guard on
    numbers, which refuses automatic texts, does not apply to them. ``edits`` replaces an earlier reply,
    named by its ``once`` key, where the platform can edit; elsewhere it is a new message, or with ``optional``
    nothing. ``target`` does the same to a message of ours named by its platform id, and
    with ``deletes`` takes it away where the platform can. ``after`` holds it back until what was said with that
    ``once`` key has arrived, and drops it if that never does; in a lane where nothing waits behind it. ``thread``
    puts it into the thread that ``UnitOfWork.thread`` opened under this name, where the platform has threads.
    ``reply_to`` quotes another message of the chat, by its platform id, instead of the one answered. ``files`` are
    stored files that go along where the platform takes them.
    ``reaction`` is a sign set on the message, and no line at all; left out where the platform has none.
    """

    lines: tuple[Text | str, ...]
    buttons: tuple[Button, ...] = ()
    to: int | None = None
    lane: Lane = Lane.REPLY
    silent: bool = False
    quote: bool = True
    once: str | None = None
    edits: str | None = None
    officer: bool = False
    author: str = ""
    language: str | None = None
    reply_to: str | None = None
    reaction: str | None = None
    optional: bool = False
    target: str | None = None
    deletes: bool = False
    after: str | None = None
    thread: str | None = None
    files: tuple[Attachment, ...] = ()


def say(*lines: Text | str, **options: Any) -> Reply:
    """A reply of the given lines: ``say(tr("echo.said"), buttons=(…,))``."""
    return Reply(lines, **options)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A rendered reply on its way to one chat, as an adapter sees it.

    ``key`` is unique and stable over retries: the idempotency key where the platform has one. ``kind`` is
    ``text``, ``edit`` (``target`` is the platform's message id), ``delete`` (of ``target``), ``seen`` (``target``
    was read by a human), ``react`` (``text`` is the sign to set on ``target``), ``pin`` (of ``target``) or ``thread``
    (``text`` is the title of a thread to open, on ``target`` where threads grow from a message). ``thread`` is the
    platform's id of the thread to write in. ``files`` are
    stored files to send along, with ``media_out``: ``services.files.display`` gives an image without what cameras hide.
    ``buttons`` are (label, value) pairs; a press comes back as a message of kind ``BUTTON`` with
    ``data={"value": value}``.
    """

    key: str
    chat: Chat
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    kind: str = "text"
    target: str | None = None
    reply_to: str | None = None
    lane: Lane = Lane.REPLY
    silent: bool = False
    author: str = ""
    at: datetime | None = None
    thread: str | None = None
    files: tuple[Attachment, ...] = ()
