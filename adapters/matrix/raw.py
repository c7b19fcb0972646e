"""Reading raw JSON: whatever a remote server sends, a value of the wrong type is as good as none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Raw = Mapping[str, Any]

NOTHING: Raw = {}
LONGEST_ID = 255
"""Characters of an id; the protocol allows no more bytes."""


def table(raw: Any, *names: str) -> Raw:
    """The object at a path of names, or an empty one."""
    for name in names:
        raw = raw.get(name) if isinstance(raw, Mapping) else None
    return raw if isinstance(raw, Mapping) else NOTHING


def text(raw: Raw, name: str) -> str:
    """A string, or an empty one."""
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def number(raw: Raw, name: str) -> int | None:
    """A whole number that a database can keep, or None."""
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) < 1 << 53 else None


def rows(raw: Raw, name: str) -> Sequence[Any]:
    """A list, or an empty one."""
    value = raw.get(name)
    return value if isinstance(value, list) else ()


def words(raw: Raw, name: str, most: int = 50) -> list[str]:
    """The strings of a list, as many as are plausible."""
    return [
        each
        for each in rows(raw, name)[:most]
        if isinstance(each, str) and len(each) <= LONGEST_ID and each.isprintable()
    ]


def identifier(raw: Raw, name: str) -> str | None:
    """An id of the protocol, or None."""
    value = text(raw, name)
    return value if value and _plausible(value) else None


def _plausible(value: str) -> bool:
    return len(value) <= LONGEST_ID and value.isprintable()


def server_of(user: str) -> str:
    """The server that a user's account is on."""
    return user.partition(":")[2]


def events(raw: Raw, *path: str) -> list[Raw]:
    """The events of a list that have what each event must: an id, a kind, a sender and content."""
    return [event for event in rows(table(raw, *path[:-1]), path[-1]) if sound(event)]


def sound(event: Any) -> bool:
    """Whether something is an event at all."""
    return (
        isinstance(event, Mapping)
        and identifier(event, "event_id") is not None
        and identifier(event, "sender") is not None
        and bool(text(event, "type"))
        and isinstance(event.get("content"), Mapping)
    )
