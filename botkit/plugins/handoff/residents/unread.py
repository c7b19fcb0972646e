"""What the bot can't read: what its sender is told of it, in full once, and shortly while it goes on."""

from __future__ import annotations

import json
from datetime import timedelta

from botkit.context import Context
from botkit.messages import MessageKind, Text, tr

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
LOST = {
    "unverified": "handoff.unreadable.unverified",
    "blocked": "handoff.unreadable.blocked",
    "broken": "handoff.unreadable.broken",
    "broken_file": "handoff.unreadable.broken_file",
    "large": "handoff.unreadable.large",
}
"""What nobody at the station can read: what the resident can do about it. Of what is locked for another reason it is
that the key did not come.
"""
_SINCE = """
    SELECT reason FROM inbox WHERE chat_id = ? AND identity_id = ? AND disposition = 'unreadable' AND received_at >= ?
"""


def lost(context: Context) -> str:
    """Why nobody at the station can read a message; empty where somebody may."""
    message = context.message
    if message.unreadable:
        return message.unreadable
    if broken := [file.kind for file in message.attachments if file.broken]:
        return "broken" if MessageKind.PHOTO in broken else "broken_file"
    return "large" if any(file.size > context.services.files.max_bytes for file in message.attachments) else ""


def is_so(context: Context) -> bool:
    """Whether there is something here that the bot can't read. A picture is no such thing, unless it is lost."""
    return bool(lost(context)) or context.message.kind not in (MessageKind.TEXT, MessageKind.PHOTO)


async def explained(context: Context) -> Text | None:
    """A kind line for what the bot can't read, or None where there is nothing to explain, or no more."""
    message, why = context.message, lost(context)
    if message.unreadable and await _said(context, why):
        return tr("handoff.unreadable.again")
    if why:
        return tr(LOST.get(why, "handoff.unreadable.keys"))
    if message.kind is MessageKind.PHOTO:
        return None if message.text.strip() else tr("handoff.photo")
    if message.kind is MessageKind.TEXT or await _said(context, message.kind.value):
        return None
    return tr(KINDS.get(message.kind, "handoff.unreadable.unknown"))


async def _said(context: Context, what: str) -> bool:
    """Whether this person was told the same here a moment ago, of a kind of message or of why one was lost."""
    since = context.clock.now() - AGAIN
    rows = await context.services.database.read(_SINCE, context.chat_id, context.identity_id, since)
    reasons = [json.loads(row["reason"] or "{}") for row in rows]
    return any(what == (reason.get("unreadable") or reason.get("kind")) for reason in reasons)
