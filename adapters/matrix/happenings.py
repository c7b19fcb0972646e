"""Happenings: what changes of a room's state mean to the framework."""

from __future__ import annotations

from typing import Any

from adapters.matrix.raw import NOTHING, Raw, table, text

IN = "join"
_OUT = frozenset({"leave", "ban"})


def read(event: Raw, me: str) -> dict[str, Any] | None:
    """The event that a change of state is, with its data; None for changes that nobody needs."""
    kind, content = event["type"], event["content"]
    if kind == "m.room.member":
        return _membership(event, content, me)
    if event["state_key"] != "":
        return None
    if kind == "m.room.name":
        name = text(content, "name").strip()
        return {"event": "chat.renamed", "title": name[:255]} if name and name != _before(event, "name") else None
    return None


def _membership(event: Raw, content: Raw, me: str) -> dict[str, Any] | None:
    now, before = text(content, "membership"), _before(event, "membership")
    if now == before:
        # A new name or picture.
        return None
    who = "bot" if event["state_key"] == me else "member"
    if now == IN:
        return {"event": "bot.added" if who == "bot" else "member.joined"}
    if now in _OUT and before == IN:
        return {"event": "bot.removed" if who == "bot" else "member.left"}
    return None


def joins(event: Raw, me: str) -> bool:
    """Whether it is the bot's own coming in."""
    found = _membership(event, event["content"], me) if event["type"] == "m.room.member" else None
    return event.get("state_key") == me and found is not None and found["event"] == "bot.added"


def name_of(event: Raw) -> str:
    """What somebody is called whose membership this is, or was."""
    return text(event["content"], "displayname") or _before(event, "displayname")


def _before(event: Raw, name: str) -> str:
    content = table(event, "unsigned", "prev_content") or table(event, "prev_content") or NOTHING
    return text(content, name)
