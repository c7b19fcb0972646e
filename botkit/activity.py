"""Activity: who spoke when in each group, without a word of what was said; and which asks got an answer.

The screen sees every line of a group, plain talk included. All that stays of it is here: two moments a chat, in
memory and, where an officer or an open ask makes them matter, in a row; and for questions put to the bot, whether
somebody answered before it did. An ask costs a little memory for a while, a line of talk nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botkit.messages import Chat, Message, MessageKind
from botkit.sql import Write, insert, moment

if TYPE_CHECKING:
    from botkit.chats import ChatRow, Chats
    from botkit.clock import Clock
    from botkit.officers import Officers
    from botkit.storage import Database

KEEP = insert(
    "chat_activity",
    "id station_id chat_id human_spoke_at officer_spoke_at",
    "ON CONFLICT (chat_id) DO UPDATE SET human_spoke_at = excluded.human_spoke_at,"
    " officer_spoke_at = excluded.officer_spoke_at",
)
PAUSE = timedelta(minutes=1)
"""Between two rows of one chat."""
OPEN = timedelta(hours=1)
"""So long an ask is watched for answers of others."""
WATCHED = 32
"""Asks of one chat that are watched at most, the newest."""
_TEXT = MessageKind.TEXT
_MUTE = frozenset(
    {MessageKind.SYSTEM, MessageKind.DELETED, MessageKind.REACTION, MessageKind.BUTTON, MessageKind.STICKER}
)


@dataclass(slots=True)
class Ask:
    """A question to the bot. ``called`` says that any officer of the chat was meant too, not the bot alone."""

    sender: str
    at: datetime
    called: bool
    answered: str = ""


class Activity:
    """Watches the groups of one bot. Everything takes constant time but an officer's line, which takes an ask each."""

    def __init__(self, clock: Clock, chats: Chats, officers: Officers) -> None:
        self._clock = clock
        self._chats = chats
        self._officers = officers
        self._muted: dict[tuple[str, str, str, str], datetime] = {}
        self.awaiting: dict[tuple[str, str, str], datetime] = {}
        """By adapter, chat and person: whose next line is an ask, and until when."""

    async def load(self, database: Database) -> None:
        """Read when people last spoke. Asks under way are not restored: at worst both answer."""
        for row in await database.read(
            "SELECT chat_id, human_spoke_at, officer_spoke_at FROM chat_activity WHERE chat_id IN (SELECT id FROM chat)"
        ):
            chat = self._chats.by_id(row["chat_id"])
            chat.human_at = moment(row["human_spoke_at"]) if row["human_spoke_at"] else None
            chat.officer_at = moment(row["officer_spoke_at"]) if row["officer_spoke_at"] else None

    def spoke(self, chat: ChatRow, message: Message, now: datetime, writes: list[Write]) -> None:
        """Note a line in a group. Adds a row to ``writes`` at most once a minute, where it matters."""
        sender = message.sender
        if sender.is_bot or message.revision or (message.kind is not _TEXT and message.kind in _MUTE):
            return
        chat.human_at = now
        accounts = self._officers.accounts
        officer = accounts and (chat.chat.adapter, sender.id) in accounts
        if officer or chat.asks:
            self._matters(chat, message, now, writes, bool(officer))

    def _matters(self, chat: ChatRow, message: Message, now: datetime, writes: list[Write], officer: bool) -> None:
        for ask in chat.asks.values() if officer else ():
            if ask.called and ask.sender != message.sender.id:
                ask.answered = ask.answered or "spoke"
        if message.reply_to is not None:
            answered = chat.asks.get(message.reply_to)
            if answered is not None and answered.sender != message.sender.id and answered.answered != "officer":
                answered.answered = "officer" if officer else "reply"
        if officer:
            chat.officer_at = now
        elif now - next(reversed(chat.asks.values())).at > OPEN:
            chat.asks.clear()
            return
        if chat.noted_at is None or now - chat.noted_at >= PAUSE:
            chat.noted_at = now
            row = (self._chats.new_id(), self._chats.station_id, chat.id, chat.human_at, chat.officer_at)
            writes.append(Write(KEEP, row))

    def asked(self, chat: ChatRow, message: Message, now: datetime) -> None:
        """Watch a question that was put to the bot in a group."""
        if message.id in chat.asks or message.sender.is_bot:
            return
        called = message.reply_to is None and not message.text.startswith("/")
        chat.asks[message.id] = Ask(message.sender.id, now, called)
        if len(chat.asks) > WATCHED:
            del chat.asks[next(iter(chat.asks))]

    def answered(self, chat: ChatRow, message_id: str, since: datetime | None = None) -> str:
        """Who answered a question before the bot, or empty.

        ``officer`` or ``reply``: an officer or somebody else, in reply to it; ``spoke``: an officer said something
        after a call that meant any officer. After a restart only an officer's word after ``since`` is known.
        """
        ask = chat.asks.get(message_id)
        if ask is not None:
            return ask.answered
        return "spoke" if since and chat.officer_at and chat.officer_at > since else ""

    def officer_spoke(self, chat: Chat, within: timedelta) -> bool:
        """Whether an officer spoke in a chat that recently."""
        row = self._chats.find(chat)
        return row is not None and row.officer_at is not None and self._clock.now() - row.officer_at < within

    # who was wrongly taken for in danger ------------------------------------------------------------------

    def mute(self, chat: Chat, sender: str, kind: str, until: datetime) -> None:
        """Say nothing in public about this kind of danger in this person's talk for a while: it was a false alarm."""
        now = self._clock.now()
        self._muted = {key: end for key, end in self._muted.items() if end > now}
        self._muted[chat.adapter, chat.id, sender, kind] = until

    def muted(self, message: Message, kind: str) -> bool:
        """Whether that holds for a message."""
        if not self._muted:
            return False
        until = self._muted.get((message.chat.adapter, message.chat.id, message.sender.id, kind))
        return until is not None and self._clock.now() < until

    # somebody who called without saying what for ----------------------------------------------------------

    def awaits(self, message: Message, span: timedelta) -> bool:
        """Take this person's next line here for an ask. False where it is awaited already. Lost with the process."""
        key, now = (message.chat.adapter, message.chat.id, message.sender.id), self._clock.now()
        if key in self.awaiting and self.awaiting[key] > now:
            return False
        self.awaiting = {each: until for each, until in self.awaiting.items() if until > now}
        self.awaiting[key] = now + span
        return True

    def awaited(self, message: Message) -> bool:
        """Whether this is the line that was awaited; asked once, it is not awaited any more."""
        until = self.awaiting.pop((message.chat.adapter, message.chat.id, message.sender.id), None)
        return until is not None and self._clock.now() <= until
