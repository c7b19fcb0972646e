"""Chats and people as the kernel knows them: platform ids to row ids, held in memory, stored when first seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from botkit.clock import Clock
from botkit.ids import Ids
from botkit.messages import Chat, ChatKind, Sender
from botkit.sql import Statement, Write, insert

if TYPE_CHECKING:
    from botkit.activity import Ask
    from botkit.storage import Database, UnitOfWork

INSERT_CHAT = insert("chat", "id station_id adapter_id platform_id kind title created_at")
INSERT_PERSON = insert("person", "id station_id created_at")
INSERT_IDENTITY = insert("identity", "id station_id adapter_id platform_id person_id name created_at")
KIND = Statement("UPDATE chat SET kind = ? WHERE id = ?")
MOVED = Statement("UPDATE chat SET platform_id = ? WHERE id = ?")
TITLE = Statement("UPDATE chat SET title = ? WHERE id = ?")
PRIVATE = Statement("UPDATE identity SET chat_id = ? WHERE id = ?")
WIDENED = Statement("UPDATE chat SET kind = 'group', title = ? WHERE id = ?")
NOT_PRIVATE = Statement("UPDATE identity SET chat_id = NULL WHERE chat_id = ?")
LANGUAGE = Statement("UPDATE chat SET language = ? WHERE id = ?")
"""One row after the other: a chat may change its language twice in a group, and the last must win."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How the bot behaves in one group. Whoever keeps the groups' settings sets them; these are the defaults.

    ``enabled`` False: nobody allowed it to speak yet. ``off``: an officer switched it off. ``muted`` are topics
    that it leaves alone. ``mentions_only``: only what the platform marks as said to the bot counts. ``dangers``
    and ``scams``: whether it speaks up in plain talk. ``greets``: who comes in is written to in private. ``quiet`` are
    its own quiet hours, ``lines`` its lines an hour, ``area`` the estate or block whose people it is of.
    """

    enabled: bool = True
    off: bool = False
    muted: frozenset[str] = frozenset()
    mentions_only: bool = False
    dangers: bool = True
    scams: bool = True
    greets: bool = False
    quiet: tuple[time, time] | None = None
    lines: int | None = None
    area: str = ""


USUAL = Ways()


@dataclass(slots=True)
class ChatRow:
    """A stored chat. ``id`` is its row id; ``chat`` what the adapter needs to write to it.

    ``human_at`` and ``officer_at`` are when somebody last spoke there, ``asks`` the questions that are watched:
    all kept by ``Activity``. ``ways`` and ``language_set``, the language that its owner chose, are
    set by whoever keeps the groups' settings.
    """

    id: int
    chat: Chat
    language: str | None = None
    human_at: datetime | None = None
    officer_at: datetime | None = None
    noted_at: datetime | None = None
    asks: dict[str, Ask] = field(default_factory=dict)
    ways: Ways = USUAL
    language_set: str | None = None


class Chats:
    """All known chats and identities by platform id and by row id."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self.station_id = 0
        self.newcomers = USUAL
        """How the bot behaves in groups that nobody has settled anything for."""
        self.watchers: list[Callable[[Chat], None]] = []
        """Asked with each chat that has become another kind, or has got another id."""
        self._chats: dict[tuple[str, str], ChatRow] = {}
        self._by_id: dict[int, ChatRow] = {}
        self._identities: dict[tuple[str, str], int] = {}
        self._private: dict[int, int] = {}

    def new_id(self) -> int:
        """A fresh row id."""
        return self._ids()

    async def load(self, database: Database) -> None:
        """Read what is stored."""
        self.station_id = database.station_id
        for row in await database.read("SELECT * FROM chat"):
            self._keep(
                ChatRow(
                    row["id"],
                    Chat(row["adapter_id"], row["platform_id"], ChatKind(row["kind"]), row["title"]),
                    row["language"],
                )
            )
        for row in await database.read("SELECT id, adapter_id, platform_id, chat_id FROM identity"):
            self._identities[row["adapter_id"], row["platform_id"]] = row["id"]
            if row["chat_id"] is not None:
                self._private[row["id"]] = row["chat_id"]

    def by_id(self, chat_id: int) -> ChatRow:
        """A chat by its row id. Raises ``KeyError`` for one that was never seen."""
        return self._by_id[chat_id]

    def find(self, chat: Chat) -> ChatRow | None:
        """A chat that was seen before."""
        return self._chats.get((chat.adapter, chat.id))

    def ways(self, chat: Chat) -> Ways:
        """How the bot behaves in a chat: one look-up, for the screen's hooks."""
        row = self._chats.get((chat.adapter, chat.id))
        return row.ways if row is not None else USUAL

    def enter(self, chat: Chat, writes: list[Write]) -> ChatRow:
        """The row of a chat; a new one is added to ``writes``."""
        row = self._chats.get((chat.adapter, chat.id))
        if row is None:
            row = ChatRow(self._ids(), chat)
            if chat.kind is ChatKind.GROUP:
                row.ways = self.newcomers
            now = self._clock.now()
            writes.append(
                Write(
                    INSERT_CHAT,
                    (row.id, self.station_id, chat.adapter, chat.id, chat.kind.value, chat.title[:255], now),
                )
            )
            self._keep(row)
        return row

    def enter_identity(self, adapter: str, sender: Sender, writes: list[Write]) -> int:
        """The row id of a person's identity; a new one, with its person, is added to ``writes``."""
        known = self._identities.get((adapter, sender.id))
        if known is None:
            person, known, now = self._ids(), self._ids(), self._clock.now()
            writes.append(Write(INSERT_PERSON, (person, self.station_id, now)))
            writes.append(
                Write(INSERT_IDENTITY, (known, self.station_id, adapter, sender.id, person, sender.name[:255], now))
            )
            self._identities[adapter, sender.id] = known
        return known

    def private_of(self, identity_id: int) -> int | None:
        """The private chat (row id) in which somebody has written to the bot."""
        return self._private.get(identity_id)

    def met(self, identity_id: int, chat_id: int, writes: list[Write]) -> None:
        """Somebody wrote in private: that is where they can be reached."""
        if self._private.get(identity_id) != chat_id:
            self._private[identity_id] = chat_id
            writes.append(Write(PRIVATE, (chat_id, identity_id)))

    def widen(self, row: ChatRow, chat: Chat, writes: list[Write]) -> None:
        """A private chat that others have come into is a group: nobody is reached there in private any more."""
        writes.append(Write(WIDENED, (chat.title[:255], row.id)))
        writes.append(Write(NOT_PRIVATE, (row.id,)))
        self._private = {identity: known for identity, known in self._private.items() if known != row.id}
        row.chat = replace(row.chat, kind=ChatKind.GROUP, title=chat.title[:255])
        row.ways = self.newcomers

    def spoke(self, row: ChatRow, language: str, writes: list[Write]) -> None:
        """Remember the language of a chat."""
        if row.language != language:
            row.language = language
            writes.append(Write(LANGUAGE, (language, row.id)))

    def become(self, unit: UnitOfWork, chat_id: int, kind: ChatKind) -> None:
        """Make a group a room of staff, or a group again. It is one from the commit on."""
        row = self._by_id[chat_id]
        unit.write(KIND, kind.value, chat_id)

        def done() -> None:
            self._renew(row, replace(row.chat, kind=kind))
            if kind is ChatKind.GROUP and row.ways is USUAL:
                row.ways = self.newcomers
            self._tell(row)

        unit.after_commit(done)

    def move(self, unit: UnitOfWork, chat_id: int, platform_id: str) -> None:
        """Give a chat another id of its platform: everything that is known of it goes along.

        Where that id is known already, what came in under it stays a chat of its own.
        """
        row = self._by_id[chat_id]
        moved = replace(row.chat, id=platform_id)
        if (moved.adapter, moved.id) not in self._chats:
            unit.write(MOVED, platform_id, chat_id)

            def done() -> None:
                self._renew(row, moved)
                self._tell(row)

            unit.after_commit(done)

    def rename(self, unit: UnitOfWork, chat_id: int, title: str) -> None:
        """Remember what a chat is called now."""
        row = self._by_id[chat_id]
        unit.write(TITLE, title[:255], chat_id)
        unit.after_commit(lambda: self._renew(row, replace(row.chat, title=title[:255])))

    def groups(self) -> list[ChatRow]:
        """All groups that residents share with the bot."""
        return [row for row in self._by_id.values() if row.chat.kind is ChatKind.GROUP]

    def rooms(self) -> list[ChatRow]:
        """All rooms of staff."""
        return [row for row in self._by_id.values() if row.chat.kind.staffed]

    def _renew(self, row: ChatRow, chat: Chat) -> None:
        self._chats.pop((row.chat.adapter, row.chat.id), None)
        row.chat = chat
        self._keep(row)

    def _tell(self, row: ChatRow) -> None:
        for watcher in self.watchers:
            watcher(row.chat)

    def forget(self, writes: list[Write]) -> None:
        """Take back what ``enter``, ``enter_identity``, ``widen`` and ``spoke`` did, because these writes failed."""
        for write in writes:
            if write.statement is INSERT_CHAT:
                self._chats.pop((write.row[2], write.row[3]), None)
                self._by_id.pop(write.row[0], None)
            elif write.statement is INSERT_IDENTITY:
                self._identities.pop((write.row[2], write.row[3]), None)
            elif write.statement is PRIVATE:
                self._private.pop(write.row[1], None)
            elif write.statement is WIDENED and write.row[1] in self._by_id:
                row = self._by_id[write.row[1]]
                row.chat = replace(row.chat, kind=ChatKind.DM)
            elif write.statement is LANGUAGE and write.row[1] in self._by_id:
                self._by_id[write.row[1]].language = None

    def _keep(self, row: ChatRow) -> None:
        self._chats[row.chat.adapter, row.chat.id] = row
        self._by_id[row.id] = row
