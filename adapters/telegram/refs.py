"""References: what the framework calls a message, and which message of Telegram that is."""

from __future__ import annotations

TOPIC = "topic:"
"""Before the number of a forum topic: other threads are the message that they began with."""


def press(message_id: int, query: str) -> str:
    """A press of a button under a message."""
    return f"press:{message_id}:{query}"


def reaction(message_id: int, update_id: int) -> str:
    """A reaction to a message."""
    return f"sign:{message_id}:{update_id}"


def event(update_id: int, name: str = "") -> str:
    """Something that is no message: it has no number of its own."""
    return f"event:0:{update_id}{name and '.'}{name}"


def number(ref: str | None) -> int | None:
    """The number of the message that a reference stands for or belongs to; None where there is none."""
    if ref is None:
        return None
    part = ref.split(":", 2)[1] if ref.startswith(("press:", "sign:", "event:")) else ref
    return int(part) or None if part.isdigit() else None


def topic(thread: str | None) -> int | None:
    """The number of a forum topic; None for other threads."""
    rest = thread.removeprefix(TOPIC) if thread and thread.startswith(TOPIC) else ""
    return int(rest) if rest.isdigit() else None


def moved(new: str) -> str:
    """That a chat has a new id, found out while sending: always the same, however often it is found."""
    return f"event:0:moved{new}"
