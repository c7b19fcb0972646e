"""The bot's messages as people see them at the moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.telegram.chats import Chat, Stored


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot. ``buttons`` are the labels, row by row; ``kind`` is what it carries."""

    id: int
    text: str
    kind: str
    buttons: tuple[tuple[str, ...], ...]
    thread: int | None
    silent: bool
    reply_to: int | None
    pinned: bool
    edited: bool
    signs: tuple[str, ...]
    entities: tuple[tuple[str, int, int], ...]
    files: tuple[str, ...]
    """Ids of the files in it."""

    @property
    def labels(self) -> tuple[str, ...]:
        """All buttons in one row."""
        return tuple(label for row in self.buttons for label in row)


def shown(chat: Chat) -> list[Shown]:
    """The bot's messages in a chat that are not deleted, oldest first; service messages are left out."""
    return [_shown(stored) for stored in chat.by_bot() if _kind(stored.payload)]


def _kind(payload: dict[str, Any]) -> str:
    return next((kind for kind in ("text", "photo", "document") if kind in payload), "")


def _shown(stored: Stored) -> Shown:
    payload = stored.payload
    kind = _kind(payload)
    rows = payload.get("reply_markup", {}).get("inline_keyboard", [])
    marked = payload.get("entities", payload.get("caption_entities", []))
    reply = payload.get("reply_to_message", {})
    media = payload[kind][-1:] if kind == "photo" else [payload[kind]] if kind == "document" else []
    return Shown(
        id=stored.id,
        text=stored.text,
        kind=kind,
        buttons=tuple(tuple(button["text"] for button in row) for row in rows),
        thread=stored.thread,
        silent=stored.silent,
        reply_to=None if "forum_topic_created" in reply else reply.get("message_id"),
        pinned=stored.id in stored.chat.pinned,
        edited="edit_date" in payload,
        signs=tuple(sign["emoji"] for signs in stored.reactions.values() for sign in signs),
        entities=tuple((one["type"], one["offset"], one["length"]) for one in marked),
        files=tuple(item["file_id"] for item in media),
    )
