"""A platform in memory, with whatever capabilities a test wants, and faults on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass

from botkit.adapter import Adapter, Batch, Capabilities, Rank, Refused
from botkit.messages import Attachment, Chat, Message, Outgoing, Sender

FULL = Capabilities(
    groups=True, sees_plain_group=True, can_start_dm=True, officers_room=True, buttons=True, max_buttons=8,
    threads=True, reactions=True, edit=True, delete=True, pin=True, typing=True, read_receipts=True, silent_send=True,
    media_in=True, media_out=True, idempotent_send=True,
)  # fmt: skip


@dataclass(slots=True)
class Sent:
    """A message that reached the platform. ``seen`` says that a read receipt names it or what it answers."""

    out: Outgoing
    id: str

    @property
    def text(self) -> str:
        return self.out.text


class FakeAdapter(Adapter):
    """Receives what a test puts in, keeps what the bot sends.

    ``faults`` are raised by the next sends and edits, one each; an ``Exception`` marked with ``after_effect`` is raised
    after the message has arrived, as a platform does whose answer is lost. ``reactions`` are (message, sign);
    ``pinned`` the messages that were pinned; ``typed`` the chats that were shown that an answer is coming;
    ``link`` is what opens a private chat, for platforms where the bot can't write first; ``ranks`` what people are
    in a group, by chat and person; ``absent`` who is in none of it any more, by the same.
    """

    def __init__(self, name: str = "fake", capabilities: Capabilities = FULL) -> None:
        self.name = name
        self.capabilities = capabilities
        self.sent: list[Sent] = []
        self.receipts: list[str] = []
        self.reactions: list[tuple[str, str]] = []
        self.pinned: list[str] = []
        self.typed: list[str] = []
        self.link = ""
        self.threads: dict[str, str] = {}
        self.ranks: dict[tuple[str, str], Rank] = {}
        self.absent: set[tuple[str, str]] = set()
        self.faults: list[Exception | None] = []
        self.after_effect = False
        self._waiting: list[Message] = []
        self._wake = asyncio.Event()
        self._confirmed = 0
        self._keys: dict[str, str] = {}

    def put(self, messages: Iterable[Message]) -> None:
        """The platform has these messages for the bot."""
        self._waiting.extend(messages)
        self._wake.set()

    @property
    def confirmed(self) -> bool:
        """Whether the bot has confirmed everything."""
        return not self._waiting

    async def receive(self) -> AsyncGenerator[Batch, None]:
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            batch = tuple(self._waiting)
            yield Batch(batch, cursor=str(self._confirmed + len(batch)))
            self._confirmed += len(batch)
            del self._waiting[: len(batch)]

    async def send(self, out: Outgoing) -> str:
        return self._arrive(out)

    async def edit(self, out: Outgoing) -> str:
        if self.faults and not self.after_effect and (fault := self.faults.pop(0)):
            raise fault
        known = next((sent for sent in self.sent if sent.id == out.target), None)
        if known is None:
            raise Refused("no such message")
        known.out = out
        return known.id

    async def seen(self, out: Outgoing) -> None:
        self.receipts.append(out.target or "")

    async def delete(self, out: Outgoing) -> str | None:
        self.sent = [sent for sent in self.sent if sent.id != out.target]
        return out.target

    async def open_thread(self, out: Outgoing) -> str:
        return self.threads.setdefault(out.key, f"thread-{len(self.threads) + 1}")

    async def rank(self, chat: Chat, sender: Sender) -> Rank:
        return self.ranks.get((chat.id, sender.id), Rank.MEMBER)

    async def present(self, chat: Chat, sender: Sender) -> bool:
        return (chat.id, sender.id) not in self.absent

    async def react(self, out: Outgoing) -> None:
        self.reactions.append((out.target or "", out.text))

    async def pin(self, out: Outgoing) -> str | None:
        self.pinned.append(out.target or "")
        return out.target

    async def typing(self, chat: Chat) -> None:
        self.typed.append(chat.id)

    async def private_chat(self, sender: Sender) -> Chat | None:
        return Chat(self.name, f"dm-{sender.id}")

    def private_link(self, token: str) -> str | None:
        return f"{self.link}{token}" if self.link else None

    async def fetch(self, attachment: Attachment) -> bytes:
        return attachment.id.encode()

    def _arrive(self, out: Outgoing) -> str:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not self.after_effect:
            raise fault
        if self.capabilities.idempotent_send and out.key in self._keys:
            known = self._keys[out.key]
        else:
            known = self._keys[out.key] = f"out-{len(self.sent) + 1}"
            self.sent.append(Sent(out, known))
        if fault is not None:
            raise fault
        return known
