"""The rules of the platform: who sees what, where the bot may write, how a message comes to be."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botkit.testing import PATIENCE
from tests.telegram.chats import Chat, Member, Stored, User
from tests.telegram.entities import piece
from tests.telegram.errors import bad, forbidden
from tests.telegram.limits import Limits
from tests.telegram.updates import Updates


@dataclass(eq=False)
class Account(User):
    """The bot. With ``reads_all`` its privacy mode is off; that counts for groups it is added to afterwards."""

    token: str = "424242:AAE-emulator-token-of-the-tests_0123456"
    reads_all: bool = False


@dataclass(frozen=True, slots=True)
class Blob:
    """A file on Telegram's servers."""

    id: str
    unique: str
    path: str
    name: str
    mime: str
    size: int
    data: bytes


@dataclass
class Query:
    """A pressed button, until the bot answers it."""

    id: str
    message: Stored
    at: float
    answer: dict[str, Any] | None = None


@dataclass(eq=False)
class World:
    """Everything that exists, with the bot in the middle."""

    clock: Callable[[], float]
    bot: Account
    violations: list[str] = field(default_factory=list)
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, Blob] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    query_lifetime: float = 60

    def __post_init__(self) -> None:
        self.updates = Updates(self.clock, self.violations)
        self.limits = Limits(self.clock)
        self.numbers = itertools.count(1)  # private chats and small groups count their messages together
        self.names = itertools.count(1)
        self.users[self.bot.id] = self.bot
        self.origins: dict[tuple[int, int], dict[str, Any]] = {}
        self._change = self.updates.told

    # what is seen ------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Something is different: whoever waits for a condition looks again."""
        self._change.fire()

    async def until(self, condition: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Wait until a condition holds in this world; returns its value."""
        async with asyncio.timeout(patience):
            while not (value := condition()):
                await self._change.wait()
        return value

    def now(self) -> int:
        return int(self.clock())

    def bot_sees(self, stored: Stored) -> bool:
        """Whether the bot is told of a message: privacy mode, blocked, not a member."""
        chat, message = stored.chat, stored.payload
        if chat.person:
            return not chat.person.blocked
        me = chat.member(self.bot)
        if not me.here or (stored.author.is_bot and "sender_chat" not in message):
            return False
        if chat.type == "channel" or me.status == "administrator" or me.sees_all:
            return True
        return _is_service(message) or self._meant_for_bot(stored)

    def _meant_for_bot(self, stored: Stored) -> bool:
        message = stored.payload
        answered = message.get("reply_to_message", {}).get("from", {}).get("id")
        if answered == self.bot.id:
            return True
        text = stored.text
        for entity in message.get("entities", message.get("caption_entities", [])):
            word = piece(text, entity).lower()
            if entity["type"] == "mention" and word == f"@{self.bot.username}".lower():
                return True
            if entity["type"] == "text_mention" and entity["user"]["id"] == self.bot.id:
                return True
            if entity["type"] == "bot_command":
                to = word.partition("@")[2]
                if not to or to == str(self.bot.username).lower():
                    return True
        return False

    # messages ----------------------------------------------------------------------------------------------

    def post(
        self, chat: Chat, author: User, content: dict[str, Any], *, reply_to: Stored | None = None,
        quote: dict[str, Any] | None = None, thread: int | None = None, sender_chat: Chat | None = None,
        silent: bool = False,
    ) -> Stored:  # fmt: skip
        """A new message in a chat."""
        payload: dict[str, Any] = {"message_id": next(chat.numbers), "date": self.now(), "chat": chat.json()}
        if chat.type == "channel":
            payload["sender_chat"] = chat.json()
        else:
            payload["from"] = author.json()
            if sender_chat:
                payload["sender_chat"] = sender_chat.json()
        if chat.forum and thread is None and reply_to:
            thread = reply_to.thread
        if thread is not None:
            payload |= {"message_thread_id": thread, "is_topic_message": True}
            # A message in a topic that answers nothing answers the message that opened the topic.
            reply_to = reply_to or chat.messages.get(thread)
        if reply_to:
            payload["reply_to_message"] = reply_to.quoted()
            if chat.type == "supergroup" and not chat.forum:
                # Telegram gives answers the thread of what they answer, where there are no topics either.
                payload["message_thread_id"] = reply_to.payload.get("message_thread_id", reply_to.id)
        if quote:
            payload["quote"] = quote
        payload |= content
        stored = Stored(chat, payload, author, silent=silent, by_bot=author is self.bot)
        chat.messages[stored.id] = stored
        self.changed()
        return stored

    def announce(self, stored: Stored, *, edited: bool = False) -> None:
        """Tell the bot of somebody else's message, if it may see it."""
        if not self.bot_sees(stored):
            return
        kind = "channel_post" if stored.chat.type == "channel" else "message"
        update = self.updates.add(f"edited_{kind}" if edited else kind, stored.payload)
        if update:
            self.origins[stored.chat.id, stored.id] = update

    def service(self, chat: Chat, author: User, content: dict[str, Any], **options: Any) -> Stored:
        """A message of Telegram's own: somebody joined, something was pinned."""
        stored = self.post(chat, author, content, **options)
        self.tell_service(stored)
        return stored

    def tell_service(self, stored: Stored) -> None:
        """Bots are told of service messages that they caused themselves, too."""
        chat = stored.chat
        if chat.private or chat.member(self.bot).here:
            self.updates.add("channel_post" if chat.type == "channel" else "message", stored.payload)

    def set_member(self, chat: Chat, by: User, member: Member) -> None:
        """Somebody is something else in a chat now; the bot is told about itself always."""
        before = chat.member(member.user)
        chat.members[member.user.id] = member
        change = {
            "chat": chat.json(), "from": by.json(), "date": self.now(),
            "old_chat_member": before.json(), "new_chat_member": member.json(),
        }  # fmt: skip
        if member.user is self.bot:
            self.updates.add("my_chat_member", change)
        elif chat.member(self.bot).status == "administrator":
            self.updates.add("chat_member", change)
        self.changed()

    # where the bot may write -------------------------------------------------------------------------------

    def chat(self, chat_id: Any) -> Chat:
        """A chat that the bot knows. Raises what Telegram answers otherwise."""
        chat = self._find(chat_id)
        if chat is None:
            raise bad("chat not found")
        if chat.moved_to:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to)
        if chat.person:
            return chat
        status = chat.member(self.bot).status
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.noun}")
        if status == "left":
            raise forbidden(f"bot is not a member of the {chat.noun}")
        return chat

    def _find(self, chat_id: Any) -> Chat | None:
        if isinstance(chat_id, str) and chat_id.startswith("@"):
            names = (chat for chat in self.chats.values() if not chat.person and chat.username)
            return next((chat for chat in names if f"@{chat.username}".lower() == chat_id.lower()), None)
        try:
            return self.chats.get(int(chat_id))
        except ValueError:
            return None

    def writable(self, chat_id: Any) -> Chat:
        """A chat that the bot may write to now."""
        chat = self.chat(chat_id)
        if chat.person:
            if chat.person.is_bot:
                raise forbidden("bot can't send messages to bots")
            if chat.person.deactivated:
                raise forbidden("user is deactivated")
            if chat.person.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.person.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        me = chat.member(self.bot)
        if chat.type == "channel" and not me.may("can_post_messages"):
            raise (
                forbidden("bot is not a member of the channel chat")
                if not me.here
                else bad("need administrator rights in the channel chat")
            )
        if me.status == "restricted" and "can_send_messages" not in me.rights:
            raise bad("not enough rights to send text messages to the chat")
        return chat

    def thread(self, chat: Chat, thread: int | None, reply_to: Stored | None) -> int | None:
        """The topic that a message of the bot goes to. Raises where there is none, or none that is open."""
        if thread is None:
            thread = reply_to.thread if reply_to else None
        if thread is None:
            return None
        topic = chat.topics.get(int(thread))
        if topic is None:
            raise bad("message thread not found")
        if topic.closed and not chat.member(self.bot).may("can_manage_topics"):
            raise bad("TOPIC_CLOSED")
        return topic.thread

    # files -------------------------------------------------------------------------------------------------

    def store(self, data: bytes, name: str, mime: str, folder: str, size: int | None = None) -> Blob:
        """Keep a file. ``size`` is what it claims, for files that are too large to make."""
        number = next(self.names)
        unique = f"AQ{hashlib.sha256(data + name.encode()).hexdigest()[:14]}"
        ending = name.rpartition(".")[2] or "bin"
        blob = Blob(f"AgACAgUAA{number:08}-{unique}", unique, f"{folder}/file_{number}.{ending}", name, mime,
                    len(data) if size is None else size, data)  # fmt: skip
        self.files[blob.id] = blob
        return blob


def _is_service(message: dict[str, Any]) -> bool:
    return not any(name in message for name in _CONTENT)


_CONTENT = ("text", "photo", "document", "voice", "video", "audio", "animation", "sticker", "location", "contact",
            "poll", "venue", "dice", "video_note", "story")  # fmt: skip
