"""The account: who the bot is on Telegram, as decoding and links need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    """What getMe tells. ``sees_all``: privacy mode is off, so that plain talk of groups arrives."""

    id: int
    username: str = ""
    sees_all: bool = False
    may_join: bool = True

    @classmethod
    def of(cls, user: Mapping[str, Any]) -> Account:
        """The account of a ``User`` as it came. Raises ``KeyError`` for what is none."""
        return cls(
            int(user["id"]),
            str(user.get("username", "")),
            bool(user.get("can_read_all_group_messages")),
            bool(user.get("can_join_groups", True)),
        )
