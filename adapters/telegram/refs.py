"""References: what the framework calls a message, and which message of Telegram that is.

Numbers begin anew when a group becomes a supergroup, and the framework's chat stays the same one: the messages of
groups that may still become one are ``g5``, so that number 5 of the supergroup is another message.
"""

from __future__ import annotations

TOPIC = "topic:"
"""Before the number of a forum topic: other threads are the message that they began with."""
EARLY = "g"
_WITHIN = ("press:", "sign:", "event:")
_SUPERGROUP = len("-1000000000001")


def name(chat: str | int, number: int) -> str:
    """A message."""
    return f"{EARLY}{number}" if _early(str(chat)) else str(number)


def press(message: str, query: str) -> str:
    """A press of a button under a message."""
    return f"press:{message}:{query}"


def reaction(message: str, update_id: int) -> str:
    """A reaction to a message."""
    return f"sign:{message}:{update_id}"


def event(update_id: int, what: str = "") -> str:
    """Something that is no message: it has no number of its own."""
    return f"event:0:{update_id}{what and '.'}{what}"


def moved(new: str) -> str:
    """That a chat has a new id, found out while sending: always the same, however often it is found."""
    return f"event:0:moved{new}"


def number(ref: str | None, chat: str | int) -> int | None:
    """The number that a reference stands for or belongs to in a chat; None where there is none, or not any more."""
    if ref is None:
        return None
    part = ref.split(":", 2)[1] if ref.startswith(_WITHIN) else ref
    early = part.startswith(EARLY)
    if early and not _early(str(chat)):
        return None
    part = part.removeprefix(EARLY)
    return int(part) or None if part.isdigit() else None


def topic(thread: str | None) -> int | None:
    """The number of a forum topic; None for other threads."""
    rest = thread.removeprefix(TOPIC) if thread and thread.startswith(TOPIC) else ""
    return int(rest) if rest.isdigit() else None


def _early(chat: str) -> bool:
    return chat.startswith("-") and len(chat) < _SUPERGROUP
