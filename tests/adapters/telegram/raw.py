"""Updates as Telegram sends them, made by hand for the tests of decoding."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapters.telegram.account import Account
from adapters.telegram.decode import Decoder
from adapters.telegram.threads import Threads
from botkit.messages import Message

ME = Account(4242, "desk_bot", sees_all=True)
BOT = {"id": 4242, "is_bot": True, "first_name": "desk", "username": "desk_bot"}
LI = {"id": 7, "is_bot": False, "first_name": "秀英", "last_name": "李", "language_code": "zh-hans"}
GROUP = {"id": -1001000000001, "type": "supergroup", "title": "3号楼"}
DM = {"id": 7, "type": "private", "first_name": "秀英"}
AT = 1_790_000_000
NOW = datetime.fromtimestamp(AT + 60, UTC)
COMMANDS = frozenset({"rules", "case"})


def decoder(account: Account = ME) -> Decoder:
    return Decoder("telegram", account, COMMANDS, lambda: NOW, Threads().continued)


def message(text: str | None = "你好", *, chat: Any = GROUP, number: int = 5, **fields: Any) -> dict[str, Any]:
    """A message; ``from_`` is its sender."""
    body: dict[str, Any] = {"message_id": number, "from": fields.pop("from_", LI), "chat": chat, "date": AT}
    if text is not None:
        body["text"] = text
    return body | fields


def read(kind: str, body: Any, update_id: int = 100) -> tuple[Message, ...]:
    return decoder()({"update_id": update_id, kind: body})


def one(*given: Any, **fields: Any) -> Message:
    """The one event of a message."""
    [event] = read("message", message(*given, **fields))
    return event


def entity(kind: str, text: str, part: str, **more: Any) -> dict[str, Any]:
    """An entity on a part of a text, counted as Telegram does."""
    before = text[: text.index(part)]
    units = [len(each.encode("utf-16-le")) // 2 for each in (before, part)]
    return {"type": kind, "offset": units[0], "length": units[1], **more}
