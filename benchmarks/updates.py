"""The messages that every framework gets, as Telegram update bytes, and the reply that each must bring."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CHATS = 500
BOT_ID = 7000000001
TOKEN = f"{BOT_ID}:benchmark-token-that-opens-nothing"
STARTED = 1_790_000_000
WORKLOADS = ("hits", "chatter", "mix")
MIX_EVERY = 10
"""In the mix, one message of so many is a command."""

ARGUMENTS = (
    "三号楼的电梯又停了",
    "快递柜在哪里",
    "when does the office open",
    "周六办身份证吗",
    "water is off in building 7",
    "楼下停车",
)
CHATTER = (
    "今天食堂的红烧肉不错",
    "谁家的猫跑到我们楼道里来了，橘色的",
    "anyone going to the market later?",
    "哈哈哈哈哈",
    "周末一起去爬山吧，早上八点小区门口集合，记得带水",
    "thanks, that was lovely 😊",
    "明天好像要下雨，阳台上的衣服记得收",
    "the lift smells of paint again",
    "收到",
    "老王你家孩子考得怎么样",
)

REPLY_BODY = json.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 1,
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "desk", "username": "desk_bot"},
            "chat": {"id": -1001000000000, "title": "group", "type": "supergroup"},
            "date": STARTED,
            "text": "sent",
        },
    }
)
"""What the platform answers to every message that is sent."""

ME_BODY = json.dumps(
    {"ok": True, "result": {"id": BOT_ID, "is_bot": True, "first_name": "desk", "username": "desk_bot"}}
)
"""What the platform answers when a bot asks who it is."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One update as it comes off the wire, and the (chat id, text) that must be sent for it, if anything."""

    raw: bytes
    reply: tuple[int, str] | None


def command_name(number: int) -> str:
    """A command without digits: a reply that repeats them could look like a phone number."""
    letters = ""
    while True:
        number, rest = divmod(number, 26)
        letters = chr(ord("a") + rest) + letters
        if not number:
            return f"cmd_{letters}"


def reply_to(command: str, args: str) -> str:
    """What a command's handler says: all frameworks say the same."""
    return f"{command}: {args}"


def samples(workload: str, commands: int, seed: int = 1) -> Iterator[Sample]:
    """Updates without end from ``CHATS`` groups: ``hits`` (commands), ``chatter``, or a ``mix`` of both.

    The same arguments give the same updates.
    """
    chance = random.Random(seed)
    number = 0
    while True:
        number += 1
        hit = workload == "hits" or (workload == "mix" and number % MIX_EVERY == 0)
        chat = -1001000000000 - chance.randrange(CHATS)
        if hit:
            command = command_name(chance.randrange(commands))
            args = chance.choice(ARGUMENTS)
            raw = update(number, chat, f"/{command} {args}", len(command) + 1)
            yield Sample(raw, (chat, reply_to(command, args)))
        else:
            yield Sample(update(number, chat, chance.choice(CHATTER)), None)


def update(number: int, chat: int, text: str, command: int = 0) -> bytes:
    """One update as Telegram sends it. A positive chat is private; ``command`` is a command's length."""
    person = chat if chat > 0 else 100000 + number % 5000
    place: dict[str, Any] = {"id": chat, "title": f"和平小区 {-chat % 1000} 号楼", "type": "supergroup"}
    if chat > 0:
        place = {
            "id": chat,
            "first_name": f"居民{person}",
            "username": f"resident_{person}",
            "type": "private",
        }
    message: dict[str, Any] = {
        "message_id": number,
        "from": {
            "id": person,
            "is_bot": False,
            "first_name": f"居民{person}",
            "username": f"resident_{person}",
            "language_code": "zh-hans",
        },
        "chat": place,
        "date": STARTED + number,
        "text": text,
    }
    if command:
        message["entities"] = [{"offset": 0, "length": command, "type": "bot_command"}]
    return json.dumps({"update_id": number, "message": message}, ensure_ascii=False).encode()
