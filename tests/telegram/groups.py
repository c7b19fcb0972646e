"""Groups and channels of the emulator: what happens to them as a whole."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from tests.telegram.chats import SERVICE, Chat, Stored
from tests.telegram.entities import found
from tests.telegram.methods.topics import open_topic
from tests.telegram.shown import Shown, shown
from tests.telegram.world import World

if TYPE_CHECKING:
    from tests.telegram.people import Person

SUPERGROUPS = itertools.count(1_900_000_001)
GROUPS = itertools.count(4_000_001)


def supergroup_id() -> int:
    """An id as supergroups and channels have them."""
    return -1_000_000_000_000 - next(SUPERGROUPS)


class Group:
    """A group, supergroup, forum or channel. ``chat`` is another one after the migration."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat

    @property
    def id(self) -> int:
        return self.chat.id

    def shown(self, topic: int | None = None) -> list[Shown]:
        """The bot's messages here as they stand now; of one topic, if given."""
        return [one for one in shown(self.chat) if topic is None or one.thread == topic]

    async def renamed(self, by: Person, title: str) -> None:
        """Somebody gives it another title."""
        self.chat.title = title
        self._world.service(self.chat, by.user, {"new_chat_title": title})

    async def migrates(self, by: Person) -> None:
        """It becomes a supergroup, with another id; what was written stays behind."""
        old = self.chat
        new = Chat(supergroup_id(), "supergroup", old.title, members=dict(old.members))
        self._world.chats[new.id] = new
        self._world.service(old, by.user, {"migrate_to_chat_id": new.id})
        self._world.service(new, by.user, {"migrate_from_chat_id": old.id})
        old.moved_to = new.id
        self.chat = new

    async def topic(self, by: Person, name: str) -> int:
        """Somebody opens a topic; its id."""
        return open_topic(self._world, self.chat, by.user, name)

    async def topic_closed(self, by: Person, topic: int) -> None:
        self.chat.topics[topic].closed = True
        self._world.service(self.chat, by.user, {"forum_topic_closed": {}}, thread=topic)

    async def topic_deleted(self, topic: int) -> None:
        """A topic vanishes with all that stood in it: bots are not told."""
        del self.chat.topics[topic]
        for stored in self.chat.messages.values():
            stored.deleted = stored.deleted or stored.thread == topic

    async def pinned(self, by: Person, message: Stored) -> None:
        self.chat.pinned.append(message.id)
        self._world.service(self.chat, by.user, {"pinned_message": message.quoted()})

    async def posts(self, text: str) -> Stored:
        """A post of a channel; a group linked to it gets it by itself."""
        content: dict[str, Any] = {"text": text}
        if marked := found(text):
            content["entities"] = marked
        stored = self._world.post(self.chat, SERVICE, content)
        self._world.announce(stored)
        if self.chat.linked:
            origin = {"type": "channel", "chat": self.chat.json(), "message_id": stored.id,
                      "date": stored.payload["date"]}  # fmt: skip
            passed = content | {"forward_origin": origin, "is_automatic_forward": True}
            self._world.announce(self._world.post(self.chat.linked, SERVICE, passed, sender_chat=self.chat))
        return stored
