"""A platform for measuring, without a network: it gives messages, and keeps what was sent, to be checked.

``decode`` and ``Wire`` are Telegram's bytes in and out, for the measurements that include the wire format.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.measure import Sent
from benchmarks.updates import REPLY_BODY
from botkit.adapter import Adapter, Batch, Capabilities
from botkit.messages import Chat, ChatKind, Message, MessageKind, Outgoing, Sender

NAME = "telegram"
BATCH = 100
"""Updates that arrive together: what Telegram's getUpdates gives at most."""


def decode(raw: bytes) -> Message:
    """The message of an update. What is no text message is ``UNKNOWN``: the measurements have none."""
    message: dict[str, Any] = json.loads(raw)["message"]
    chat, sender = message["chat"], message["from"]
    text = message.get("text", "")
    entities = message.get("entities", ())
    return Message(
        Chat(
            NAME,
            str(chat["id"]),
            ChatKind.DM if chat["type"] == "private" else ChatKind.GROUP,
            chat.get("title", ""),
        ),
        Sender(str(sender["id"]), sender.get("first_name", ""), sender["is_bot"]),
        str(message["message_id"]),
        datetime.fromtimestamp(message["date"], UTC),
        text,
        MessageKind.TEXT if text else MessageKind.UNKNOWN,
        addressed=any(entity["type"] == "bot_command" and not entity["offset"] for entity in entities),
    )


class Platform(Adapter):
    """Delivers the messages it is given, each batch as soon as the last is committed; answers at once."""

    name = NAME

    def __init__(self, sent: Sent, *, idempotent: bool = True) -> None:
        self.capabilities = Capabilities(groups=True, sees_plain_group=True, idempotent_send=idempotent)
        self._sent = sent
        self._incoming: asyncio.Queue[tuple[Sequence[Message], asyncio.Future[None]]] = asyncio.Queue()
        self._room = asyncio.Event()

    async def deliver(self, messages: Sequence[Message]) -> None:
        """Let the bot receive messages; returns when the last of them is committed."""
        confirmed = asyncio.get_running_loop().create_future()
        await self._incoming.put((messages, confirmed))
        await confirmed

    async def receive(self) -> AsyncGenerator[Batch, None]:
        """Batches of what is put in, with the id of the last message as the cursor."""
        while True:
            messages, confirmed = await self._incoming.get()
            for start in range(0, len(messages), BATCH):
                events = messages[start : start + BATCH]
                yield Batch(events, events[-1].id)
            confirmed.set_result(None)

    async def send(self, out: Outgoing) -> str:
        """Keep what it says."""
        self._sent.append((int(out.chat.id), out.text))
        return "1"


class Wire(Platform):
    """The same with what an adapter does to a reply: encode the request, decode the platform's answer."""

    async def send(self, out: Outgoing) -> str:
        """Encode the request, keep what it says, decode the answer."""
        fields: dict[str, Any] = {"chat_id": int(out.chat.id), "text": out.text}
        if out.reply_to is not None:
            fields["reply_parameters"] = {"message_id": int(out.reply_to)}
        json.dumps(fields).encode()
        self._sent.append((fields["chat_id"], out.text))
        return str(json.loads(REPLY_BODY)["result"]["message_id"])
