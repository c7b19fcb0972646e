"""Waiting: who is to be greeted, and who was. Rows that are taken back, moved along with their group, and forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from botkit import codec
from botkit.decision import FollowUp
from botkit.plugins.groups.models import GroupGreeting
from botkit.storage import UnitOfWork
from botkit.storage.models import Outbox

GREET = "greet"
"""The timer of one greeting; its key is the row's id."""

NEW = timedelta(days=1)
"""So long somebody counts as new: who could not be greeted within that time is not."""
PARTS = 8
"""More messages than any card takes."""


def timer(greeting: int, due: datetime, until: str) -> FollowUp:
    """The promise to greet somebody at ``due``; ``until``, a moment in ISO's form, they count as new."""
    return FollowUp("groups", GREET, str(greeting), due, {"greeting": greeting, "until": until})


def once(greeting: GroupGreeting) -> str:
    """The name of a card, by which it is said once, and found where it has not left yet or is to be forgotten."""
    return f"{_said_in(greeting.chat_id)}{greeting.identity_id}"


def _said_in(chat_id: int) -> str:
    return f"groups.greeting.{chat_id}."


async def drop(unit: UnitOfWork, rows: Iterable[GroupGreeting]) -> None:
    """Know nothing of these any more: neither who was greeted, nor for which group."""
    for row in rows:
        if row.greeted_at is None:
            unit.follow_up(FollowUp("groups", GREET, str(row.id), None))
        else:
            await _untell(once(row))
        await row.delete()


async def _untell(name: str) -> None:
    """Leave of a card what counts, as of everything that is erased: that something was said in that chat."""
    # Where the platform takes only short texts it was said in parts.
    parts = [name, *(f"{name}/{part}" for part in range(1, PARTS))]
    for row in await Outbox.filter(once__in=parts, done_at__not_isnull=True):
        payload = {**json.loads(row.payload), "text": ""}
        await Outbox.filter(id=row.id).update(once=None, payload=codec.encode(payload))


async def withdraw(unit: UnitOfWork, chat_id: int) -> None:
    """Nobody of a group is greeted any more: those who wait for it, and cards that have not left yet."""
    await drop(unit, await GroupGreeting.filter(chat_id=chat_id, greeted_at=None))
    unsent: Any = Outbox.filter(done_at=None, lane="bulk", status="pending", once__startswith=_said_in(chat_id))
    await unsent.delete()


async def forget(unit: UnitOfWork, chat_id: int) -> None:
    """Who was greeted in a group is no longer known."""
    await drop(unit, await GroupGreeting.filter(chat_id=chat_id))


async def erase(identity_id: int, unit: UnitOfWork) -> None:
    """Somebody asked to be forgotten."""
    await drop(unit, await GroupGreeting.filter(identity_id=identity_id))


async def move(unit: UnitOfWork, chat_id: int, to: int) -> None:
    """A group is another chat now: who was greeted here was greeted there."""
    known = {row.identity_id for row in await GroupGreeting.filter(chat_id=to)}
    for row in await GroupGreeting.filter(chat_id=chat_id):
        if row.identity_id in known:
            await drop(unit, [row])
        else:
            await GroupGreeting.filter(id=row.id).update(chat_id=to)
