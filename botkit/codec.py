"""Messages as JSON, for the inbox: what was not given is not written."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from botkit.messages import Attachment, Chat, Message, MessageKind, Sender


encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def dump(message: Message) -> str:
    """A message as JSON, without its chat, which the row names."""
    out: dict[str, Any] = {"from": message.sender.id, "at": message.at.isoformat()}
    if message.text:
        # A lone surrogate is no text that a database could keep.
        out["text"] = message.text.encode("utf-8", "replace").decode() if _broken(message.text) else message.text
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
    return encode(out)


def load(payload: str, chat: Chat, platform_id: str, revision: int) -> Message:
    """The message of an inbox row."""
    raw = json.loads(payload)
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
    )


def _broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return "\x00" in text
