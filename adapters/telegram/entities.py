"""Entities: what Telegram marked in a text, and whether that speaks to the bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.telegram.account import Account

Entity = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Marks:
    """What the entities of a text say: ``ours``, a command for another bot (``elsewhere``), others' mentions."""

    ours: bool = False
    elsewhere: bool = False
    mentions: tuple[str, ...] = ()


NONE = Marks()


def read(text: str, entities: Sequence[Entity], account: Account, commands: frozenset[str]) -> Marks:
    """What is marked in a text. ``commands`` are ours: one without a bot's name counts only if it is among them."""
    ours = elsewhere = False
    others: list[str] = []
    name = account.username.lower()
    cut = _Cutter(text)
    for entity in entities:
        kind = entity["type"]
        if kind == "mention":
            who = cut(entity).removeprefix("@")
            if who.lower() == name:
                ours = True
            else:
                others.append(who)
        elif kind == "text_mention":
            user = entity["user"]["id"]
            if user == account.id:
                ours = True
            else:
                others.append(str(user))
        elif kind == "bot_command" and entity["offset"] == 0:
            command, _, bot = cut(entity).removeprefix("/").lower().partition("@")
            if bot:
                ours, elsewhere = ours or bot == name, bot != name
            elif command in commands:
                ours = True
    return Marks(ours and not elsewhere, elsewhere, tuple(others))


class _Cutter:
    """Cuts entities out of a text. They count as JavaScript does: a sign beyond the first plane is two."""

    __slots__ = ("_text", "_units")

    def __init__(self, text: str) -> None:
        self._text = text
        self._units = None if text.isascii() or max(text) <= "\uffff" else text.encode("utf-16-le", "surrogatepass")

    def __call__(self, entity: Entity) -> str:
        start, length = int(entity["offset"]), int(entity["length"])
        if self._units is None:
            return self._text[start : start + length]
        return self._units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace")


def units(text: str) -> int:
    """How long a text is as Telegram counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
