"""One errand: a room to go to, or to decline, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

FIRST = 2.0
"""Seconds between the first two attempts."""


class Why(StrEnum):
    """Why the bot goes to a room."""

    INVITED = "invited"
    MOVED = "moved"
    LISTED = "listed"
    ASKS = "asks"
    """A list has it, and it lets in who has asked."""


@dataclass(slots=True)
class Errand:
    """One room to go to, or to decline. ``by`` invites the bot, or moved the room; ``via`` are servers in it.

    ``note`` is the id of the note that keeps it.
    """

    why: Why
    by: str
    via: tuple[str, ...]
    direct: bool
    at: datetime
    due: datetime
    note: int = 0
    pause: float = FIRST

    @classmethod
    def kept(cls, note: int, payload: Mapping[str, Any], at: datetime) -> Errand:
        """The errand that a note keeps since ``at``, to be begun at once."""
        return cls(Why(payload["why"]), payload["by"], tuple(payload["via"]), payload["direct"], at, at, note)

    @property
    def unasked(self) -> bool:
        """Whether the bot goes by itself, to a room that a list has."""
        return self.why in (Why.LISTED, Why.ASKS)

    def payload(self) -> dict[str, Any]:
        """What a note keeps of it."""
        return {"why": self.why, "by": self.by, "via": self.via, "direct": self.direct}
