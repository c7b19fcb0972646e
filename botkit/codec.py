"""Messages as JSON, for the inbox: what was not given is not written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from botkit.messages import Attachment, Chat, Message, MessageKind, Sender

_encode = msgspec.json.Encoder().encode


def encode(value: Any) -> str:
    """A JSON value as text."""
    return _encode(value).decode()


def clean(message: Message) -> Message:
    """The message without what no database keeps, wherever a platform lets it through.

    Lone surrogates become ``?``, NUL is dropped, ``data`` is JSON. An ordinary message is returned as it is.
    """
    chat, sender = message.chat, message.sender
    probe = f"{message.text}{sender.name}{message.id}{sender.id}{chat.id}{chat.title}{message.reply_to}{message.thread}"
    if _sound(probe) and not (message.attachments or message.mentions or message.data):
        return message
    return replace(
        message,
        chat=replace(chat, id=_kept(chat.id), title=_kept(chat.title)),
        sender=replace(sender, id=_kept(sender.id), name=_kept(sender.name)),
        id=_kept(message.id),
        text=_kept(message.text),
        attachments=tuple(
            replace(a, id=_kept(a.id), name=_kept(a.name), mime=_kept(a.mime)) for a in message.attachments
        ),
        mentions=tuple(_kept(name) for name in message.mentions),
        reply_to=_kept(message.reply_to),
        data={_kept(str(name)): _kept(value) for name, value in message.data.items()},
        thread=_kept(message.thread),
    )


def _sound(text: str) -> bool:
    if text.isascii():
        return "\x00" not in text
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return value if _sound(value) else value.encode("utf-8", "replace").decode().replace("\x00", "")
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 1 << 63):
        return value
    if isinstance(value, Mapping):
        return {_kept(str(name)): _kept(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_kept(part) for part in value]
    return _kept(str(value))


def dump(message: Message) -> str:
    """A clean message as JSON, without its chat, which the row names."""
    out: dict[str, Any] = {"from": message.sender.id, "at": message.at.isoformat()}
    if message.text:
        out["text"] = message.text
    if message.sender.name:
        out["name"] = message.sender.name
    if message.sender.is_bot:
        out["bot"] = True
    if message.kind is not MessageKind.TEXT:
        out["kind"] = message.kind.value
    if message.attachments:
        out["files"] = [
            {"kind": a.kind.value, "id": a.id, "name": a.name, "mime": a.mime, "size": a.size, "broken": a.broken}
            for a in message.attachments
        ]
    if message.addressed:
        out["addressed"] = True
    if message.mentions:
        out["mentions"] = message.mentions
    if message.reply_to is not None:
        out["reply_to"] = message.reply_to
    if message.language is not None:
        out["language"] = message.language
    if message.data:
        out["data"] = dict(message.data)
    if message.thread is not None:
        out["thread"] = message.thread
    return encode(out)


def load(payload: str, chat: Chat, platform_id: str, revision: int) -> Message:
    """The message of an inbox row."""
    raw = msgspec.json.decode(payload)
    return Message(
        chat,
        Sender(raw["from"], raw.get("name", ""), raw.get("bot", False)),
        platform_id,
        datetime.fromisoformat(raw["at"]),
        raw.get("text", ""),
        MessageKind(raw.get("kind", "text")),
        revision,
        tuple(
            Attachment(MessageKind(a["kind"]), a["id"], a["name"], a["mime"], a["size"], a["broken"])
            for a in raw.get("files", ())
        ),
        raw.get("addressed", False),
        tuple(raw.get("mentions", ())),
        raw.get("reply_to"),
        raw.get("language"),
        raw.get("data", {}),
        raw.get("thread"),
    )
