"""What the bot can't read: what its sender is told of it, in full once, and shortly while it goes on."""

from __future__ import annotations

import json
from datetime import timedelta

from botkit.context import Context
from botkit.messages import Message, MessageKind, Text, tr

AGAIN = timedelta(minutes=30)
"""For how long the same needs not be explained again to the same person."""
KINDS = {
    MessageKind.VOICE: "handoff.unreadable.voice",
    MessageKind.VIDEO: "handoff.unreadable.video",
    MessageKind.DOCUMENT: "handoff.unreadable.document",
    MessageKind.LOCATION: "handoff.unreadable.location",
    MessageKind.CONTACT: "handoff.unreadable.contact",
}
"""What a human can read: what the resident is told."""
LOCKED = {"unverified": "handoff.unreadable.unverified", "blocked": "handoff.unreadable.blocked"}
"""What nobody at the station can read: what the resident can do about it, where their app says why."""
_SINCE = """
    SELECT reason FROM inbox WHERE chat_id = ? AND identity_id = ? AND disposition = 'unreadable' AND received_at >= ?
"""


def why(message: Message) -> str:
    """Why nobody can read a message; empty where somebody may."""
    return str(message.data.get("unreadable", ""))


def is_so(message: Message) -> bool:
    """Whether there is something here that the bot can't read. A picture is no such thing, unless it is broken."""
    return bool(why(message)) or _broken(message) or message.kind not in (MessageKind.TEXT, MessageKind.PHOTO)


async def explained(context: Context) -> Text | None:
    """A kind line for what the bot can't read, or None where there is nothing to explain, or no more."""
    message = context.message
    kind, reason = message.kind, why(message)
    if reason:
        again = await _said(context, reason)
        return tr("handoff.unreadable.again" if again else LOCKED.get(reason, "handoff.unreadable.keys"))
    if _broken(message):
        return tr("handoff.unreadable.broken")
    if kind is MessageKind.PHOTO:
        return None if message.text.strip() else tr("handoff.photo")
    if kind is MessageKind.TEXT or await _said(context, kind.value):
        return None
    return tr(KINDS.get(kind, "handoff.unreadable.unknown"))


async def _said(context: Context, what: str) -> bool:
    """Whether this person was told the same here a moment ago, of a kind of message or of why one was locked."""
    since = context.clock.now() - AGAIN
    rows = await context.services.database.read(_SINCE, context.chat_id, context.identity_id, since)
    reasons = [json.loads(row["reason"] or "{}") for row in rows]
    return any(what == (reason.get("unreadable") or reason.get("kind")) for reason in reasons)


def _broken(message: Message) -> bool:
    return any(file.broken for file in message.attachments)
