"""A room as somebody sees it: edits applied, what was redacted gone, signs where they belong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import nio

LOCKED = "🔒"
"""Shown for a message whose key is not there."""


@dataclass
class Line:
    """One message as it is shown."""

    id: str
    sender: str
    text: str
    content: dict[str, Any]
    reactions: list[tuple[str, str]] = field(default_factory=list)
    """(sender, sign)"""
    edited: int = 0

    @property
    def silent(self) -> bool:
        """Whether it is a notice, which makes no sound."""
        return self.content.get("msgtype") == "m.notice"

    @property
    def html(self) -> str:
        """The formatted text, if any."""
        return str(self.content.get("formatted_body", ""))

    @property
    def thread(self) -> str | None:
        """The message that its thread hangs on."""
        relation = self.content.get("m.relates_to") or {}
        return relation.get("event_id") if relation.get("rel_type") == "m.thread" else None

    @property
    def reply_to(self) -> str | None:
        """The message that it answers; not the fallback that threads carry for old clients."""
        relation = self.content.get("m.relates_to") or {}
        answers = relation.get("m.in_reply_to", {}).get("event_id")
        return None if relation.get("is_falling_back") else answers


class Timeline:
    """All lines of one room, oldest first."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._signs: dict[str, tuple[str, tuple[str, str]]] = {}
        self.locked: dict[str, nio.MegolmEvent] = {}

    def __iter__(self) -> Any:
        return iter(list(self._lines.values()))

    def __contains__(self, event: str) -> bool:
        return event in self._lines

    def __getitem__(self, event: str) -> Line:
        return self._lines[event]

    def add(self, event: Any) -> None:
        """Fold in an event, decrypted where that was possible."""
        source, sender = event.source, event.sender
        content, kind = source.get("content") or {}, source.get("type")
        if kind == "m.room.redaction":
            self._redact(source.get("redacts") or content.get("redacts"))
        elif isinstance(event, nio.MegolmEvent):
            self.locked[event.event_id] = event
            self._lines.setdefault(event.event_id, Line(event.event_id, sender, LOCKED, content))
        elif kind == "m.reaction" and content:
            about = content["m.relates_to"]
            self._signs[event.event_id] = (about["event_id"], (sender, about["key"]))
            if about["event_id"] in self._lines:
                self._lines[about["event_id"]].reactions.append((sender, about["key"]))
        elif kind in ("m.room.message", "m.sticker") and content:
            self.locked.pop(event.event_id, None)
            self._message(event.event_id, sender, content)

    def _message(self, event: str, sender: str, content: dict[str, Any]) -> None:
        relation = content.get("m.relates_to")
        relation = relation if isinstance(relation, dict) else {}
        if relation.get("rel_type") == "m.replace" and isinstance(content.get("m.new_content"), dict):
            self._lines.pop(event, None)
            line = self._lines.get(str(relation.get("event_id")))
            if line and line.sender == sender:
                new = content["m.new_content"]
                # An edit can't move a message: what it relates to stays.
                line.content = {**new, "m.relates_to": line.content.get("m.relates_to")}
                line.text, line.edited = str(new.get("body", "")), line.edited + 1
            return
        shown = Line(event, sender, str(content.get("body", "")), content)
        if event in self._lines:
            shown.reactions = self._lines[event].reactions
        self._lines[event] = shown

    def _redact(self, event: str | None) -> None:
        if event is None:
            return
        self._lines.pop(event, None)
        self.locked.pop(event, None)
        if event in self._signs:
            about, sign = self._signs.pop(event)
            if about in self._lines:
                self._lines[about].reactions.remove(sign)
