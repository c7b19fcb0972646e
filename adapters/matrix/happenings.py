"""Happenings: what changes of a room's state mean to the framework."""

from __future__ import annotations

from typing import Any

from adapters.matrix.raw import NOTHING, Raw, table, text
from adapters.matrix.room import Room

IN = "join"
_OUT = frozenset({"leave", "ban"})


def read(room: Room, event: Raw, me: str) -> dict[str, Any] | None:
    """The event that a change of state is, with its data; None for changes that nobody needs."""
    kind, content = event["type"], event["content"]
    if kind == "m.room.member":
        return _membership(event, content, me)
    if event["state_key"] != "":
        return None
    if kind == "m.room.name":
        name = text(content, "name").strip()
        return _renamed(name or room.alias, _before(event, "name").strip() or room.alias)
    if kind == "m.room.canonical_alias" and not room.name:
        # What has no name is called by its address.
        return _renamed(text(content, "alias"), _before(event, "alias"))
    return None


def _renamed(title: str, before: str) -> dict[str, Any] | None:
    return {"event": "chat.renamed", "title": title[:255]} if title and title != before else None


def _membership(event: Raw, content: Raw, me: str) -> dict[str, Any] | None:
    now, before = text(content, "membership"), _before(event, "membership")
    if now == before:
        # A new name or picture.
        return None
    who = "bot" if event["state_key"] == me else "member"
    if who == "member" and not before and text(table(event, "unsigned"), "replaces_state"):
        # What it was before is not told: a new name must not look like somebody new.
        return None
    if now == IN:
        return {"event": "bot.added" if who == "bot" else "member.joined"}
    if now in _OUT and before == IN:
        return {"event": "bot.removed" if who == "bot" else "member.left"}
    return None


def joins(event: Raw, me: str) -> bool:
    """Whether it is the bot's own coming in."""
    found = _membership(event, event["content"], me) if event["type"] == "m.room.member" else None
    return event.get("state_key") == me and found is not None and found["event"] == "bot.added"


def comes(event: Raw, me: str) -> bool:
    """Whether it is somebody else's coming in."""
    found = _membership(event, event["content"], me) if event["type"] == "m.room.member" else None
    return found is not None and found["event"] == "member.joined"


def name_of(event: Raw) -> str:
    """What somebody is called whose membership this is, or was."""
    return text(event["content"], "displayname") or _before(event, "displayname")


def _before(event: Raw, name: str) -> str:
    content = table(event, "unsigned", "prev_content") or table(event, "prev_content") or NOTHING
    return text(content, name)
