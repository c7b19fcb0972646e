"""Outgoing: replies rendered for their readers and their platform, as rows of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botkit.adapter import Capabilities
from botkit.codec import encode
from botkit.errors import BotkitError
from botkit.messages import Button, Lane, Message, Reply, Text
from botkit.sql import Write, insert

if TYPE_CHECKING:
    from botkit.chats import ChatRow, Chats
    from botkit.clock import Clock
    from botkit.i18n import Catalogues
    from botkit.ids import Ids
    from botkit.numbers import NumberGuard
    from botkit.storage import UnitOfWork

INSERT = insert(
    "outbox",
    "id station_id adapter_id chat_id inbox_id lane kind once payload choices status attempts due_at created_at",
)
PLAIN = Capabilities()


class Withheld(BotkitError):
    """An automatic text carried a phone number that nobody vouches for. It must not be said."""


@dataclass(slots=True)
class OutRow:
    """A row of the outbox. ``payload`` is what an adapter needs: text, buttons, reply_to, silent, author, target."""

    id: int
    adapter_id: str
    chat_id: int
    inbox_id: int | None
    lane: Lane
    kind: str
    once: str | None
    payload: dict[str, Any]
    due_at: datetime
    created_at: datetime
    attempts: int = 0
    status: str = "pending"
    problem: str = ""
    platform_id: str = ""
    """What the platform called it, where it was sent before and is sent again."""

    @property
    def key(self) -> str:
        """Its idempotency key: what was taken once, and is to be said again all the same, is another message."""
        return f"{self.id}.{self.platform_id}" if self.platform_id else str(self.id)

    def write(self, station_id: int) -> Write:
        """The insertion of this row."""
        buttons = self.payload.get("buttons")
        return Write(
            INSERT,
            (
                self.id, station_id, self.adapter_id, self.chat_id, self.inbox_id, self.lane.value, self.kind,
                self.once, encode(self.payload), encode(buttons) if buttons else None, self.status,
                self.attempts, self.due_at, self.created_at,
            ),
        )  # fmt: skip


class Outgoing:
    """Renders replies. The one place where words leave: language, degradation and the guard on numbers."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        chats: Chats,
        catalogues: Catalogues,
        numbers: NumberGuard,
        capabilities: Callable[[str], Capabilities | None],
        language: str,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._chats = chats
        self._catalogues = catalogues
        self._numbers = numbers
        self._capabilities = capabilities
        self._language = language
        self.offer: Callable[[list[OutRow]], None] = lambda rows: None
        self.station_id = 0

    def rows(
        self,
        reply: Reply,
        chat_id: int,
        *,
        language: str | None = None,
        facts: Mapping[str, Any] | None = None,
        inbox_id: int | None = None,
        message: Message | None = None,
        lane: Lane | None = None,
        ask: str = "",
    ) -> list[OutRow]:
        """The rows that say a reply in a chat: one, or several where it is longer than the platform takes.

        ``ask`` is the message whose answer by somebody else makes these superfluous.

        Raises ``Withheld`` for an unknown number and ``MissingText`` for a text that can't be rendered.
        """
        row = self._chats.by_id(reply.to if reply.to is not None else chat_id)
        if reply.reaction is not None:
            return self._reaction(reply.reaction, row, inbox_id, message)
        speaks = reply.language or (language if reply.to is None else None) or row.language or self._language
        can = self._capabilities(row.chat.adapter) or PLAIN
        if reply.optional and (reply.edits or reply.target) and not (can.delete if reply.deletes else can.edit):
            return []
        text = self._text(reply, reply.lines, speaks, facts)
        if reply.buttons:
            # Labels are read too, and a number in one would be dialled like any other.
            self._text(reply, tuple(button.label for button in reply.buttons), speaks, facts)
        buttons = [self._button(button, speaks, facts) for button in reply.buttons]
        if buttons and len(buttons) > (can.max_buttons if can.buttons else 0):
            numbered = "\n".join(f"{n}. {label}" for n, (label, _) in enumerate(buttons, 1))
            hint = self._catalogues.text(speaks, "kernel.choices.hint")
            text = f"{text}\n{numbered}\n{hint}"
        parts = split(text, can.max_text, utf16=can.utf16)
        now = self._clock.now()
        rows = []
        for number, part in enumerate(parts):
            payload: dict[str, Any] = {"text": part}
            if number == len(parts) - 1 and buttons:
                payload["buttons"] = buttons
            if number == 0 and reply.reply_to:
                payload["reply_to"] = reply.reply_to
            elif number == 0 and reply.quote and message is not None and message.id and reply.to is None:
                payload["reply_to"] = message.id
            if ask and reply.to is None:
                payload["ask"] = ask
            if reply.silent:
                payload["silent"] = True
            if reply.author:
                payload["author"] = reply.author
            first = number == 0  # the rest of a long text is new
            edits, target = (reply.edits, reply.target) if first else (None, None)
            if edits:
                payload["edits"] = edits
            if target:
                payload["target"] = target
            if (edits or target) and reply.optional:
                payload["optional"] = True
            if reply.thread:
                payload["thread"] = reply.thread
            if reply.after:
                payload["after"] = reply.after
            if reply.files and can.media_out and first:
                payload["files"] = [[file.kind.value, file.id, file.name, file.mime, file.size] for file in reply.files]
            kind = "text" if not (edits or target) else "delete" if reply.deletes else "edit"
            once = reply.once if number == 0 or reply.once is None else f"{reply.once}/{number}"
            rows.append(
                OutRow(
                    self._ids(), row.chat.adapter, row.id, inbox_id, lane or reply.lane, kind, once, payload, now, now,
                )
            )  # fmt: skip
        return rows

    def queue(self, unit: UnitOfWork, reply: Reply, chat: int, facts: Mapping[str, Any]) -> int:
        """Queue a reply inside a unit of work; returns the id of its (first) row, or 0."""
        context = unit.context
        here = context is not None and context.chat_id == chat
        rows = self.rows(
            reply,
            chat,
            facts=facts,
            language=context.language if context and here else None,
            inbox_id=context.inbox_id if context and here else None,
            message=context.message if context and here else None,
        )
        self.add(unit, rows)
        return rows[0].id if rows else 0

    def _reaction(self, sign: str, row: ChatRow, inbox_id: int | None, message: Message | None) -> list[OutRow]:
        """The row that sets a sign on a message, or none where the platform has no reactions."""
        can = self._capabilities(row.chat.adapter)
        if can is None or not can.reactions or message is None or not message.id:
            return []
        now = self._clock.now()
        payload = {"text": sign, "target": message.id}
        adapter = row.chat.adapter
        return [OutRow(self._ids(), adapter, row.id, inbox_id, Lane.REPLY, "react", None, payload, now, now)]

    def queue_seen(self, unit: UnitOfWork, chat: int, message: str) -> None:
        """Queue a read receipt, where the platform shows them."""
        row = self._chats.by_id(chat)
        can = self._capabilities(row.chat.adapter)
        if can is None or not can.read_receipts:
            return
        now = self._clock.now()
        payload = {"text": "", "target": message}
        self.add(
            unit,
            [
                OutRow(
                    self._ids(), row.chat.adapter, chat, None, Lane.REPLY, "seen",
                    f"seen:{chat}:{message}"[:96], payload, now, now,
                )
            ],
        )  # fmt: skip

    def queue_pin(self, unit: UnitOfWork, chat: int, once: str) -> None:
        """Queue the pinning of what was said with this ``once`` key, where the platform can pin."""
        row = self._chats.by_id(chat)
        can = self._capabilities(row.chat.adapter)
        if can is None or not can.pin:
            return
        now = self._clock.now()
        payload = {"text": "", "edits": once}
        adapter = row.chat.adapter
        self.add(unit, [OutRow(self._ids(), adapter, chat, None, Lane.REPLY, "pin", None, payload, now, now)])

    def queue_thread(self, unit: UnitOfWork, name: str, chat: int, title: str, on: str | None) -> None:
        """Queue the opening of a thread, where the platform has threads."""
        row = self._chats.by_id(chat)
        can = self._capabilities(row.chat.adapter)
        if can is None or not can.threads:
            return
        now = self._clock.now()
        payload = {"text": title, "edits": on} if on else {"text": title}
        adapter = row.chat.adapter
        self.add(unit, [OutRow(self._ids(), adapter, chat, None, Lane.REPLY, "thread", name, payload, now, now)])

    def add(self, unit: UnitOfWork, rows: list[OutRow]) -> None:
        """Write rows with a unit, and hand them to delivery once they are committed."""
        for row in rows:
            write = row.write(self.station_id)
            unit.write(write.statement, *write.row)
        unit.after_commit(lambda: self.offer(rows))

    def _text(self, reply: Reply, lines: tuple[Text | str, ...], language: str, facts: Mapping[str, Any] | None) -> str:
        text = "\n".join(
            [line if isinstance(line, str) else self._catalogues.render(line, language, facts) for line in lines]
        )
        if reply.officer or not self._numbers.unknown(text):
            return text
        masked = "\n".join(
            line if isinstance(line, str) else self._catalogues.render(line, language, facts, masked=True)
            for line in lines
        )
        if unknown := self._numbers.unknown(masked):
            raise Withheld(f"an automatic text carries {len(unknown)} number(s) that nobody vouches for")
        return text

    def _button(self, button: Button, language: str, facts: Mapping[str, Any] | None) -> tuple[str, str]:
        return self._catalogues.render(button.label, language, facts), f"{button.action}|{button.payload}"


def split(text: str, limit: int, *, utf16: bool = False) -> list[str]:
    """A text in parts of at most ``limit`` characters (``utf16``: UTF-16 units), cut at line breaks, then at spaces."""
    parts = []
    while (most := _fitting(text, limit) if utf16 else limit) < len(text):
        cut = text.rfind("\n", 1, most + 1)
        if cut <= 0:
            cut = text.rfind(" ", 1, most + 1)
        if cut <= 0:
            cut = max(1, most)
        parts.append(text[:cut])
        text = text[cut:].lstrip("\n ")
    return [*parts, text] if text or not parts else parts


def _fitting(text: str, units: int) -> int:
    """How many characters of a text have at most so many UTF-16 units together."""
    if len(text) * 2 <= units or text.isascii():
        return units
    # Half a pair at the cut is left out.
    start = text[:units].encode("utf-16-le", "replace")[: 2 * units]
    return len(start.decode("utf-16-le", "ignore"))
