"""What the page of people shows: who there is, with roles and linked accounts, and the rooms. No word of any case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from botkit.plugins.handoff import labels
from botkit.plugins.handoff.desk import Desk
from botkit.staff import Member
from botkit.storage.models import AuditEntry, Identity, Staff


@dataclass(frozen=True, slots=True)
class Account:
    """A linked account. ``since`` is when it was linked."""

    id: int
    platform: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the station."""

    member: Member
    active: bool
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room of staff: what it is for, what it is called here and on its platform."""

    chat_id: int
    kind: str
    name: str
    title: str
    platform: str
    since: datetime


async def people(desk: Desk) -> list[Person]:
    """Everybody, those who may work first, by login."""
    linked: dict[int, datetime] = {}
    for entry in await AuditEntry.filter(event="identity.enrolled").order_by("seq"):
        linked[json.loads(entry.facts)["identity"]] = entry.at
    persons = {row.id: row.person_id for row in await Staff.all()}
    accounts: dict[int, list[Account]] = {}
    for row in await Identity.filter(person_id__in=list(persons.values()) or [0]).order_by("id"):
        account = Account(row.id, row.adapter_id, row.name or row.platform_id, linked.get(row.id, row.created_at))
        accounts.setdefault(row.person_id, []).append(account)
    found = [
        Person(member, active, tuple(accounts.get(persons[member.id], ())))
        for member, active in await desk.services.staff.everybody()
    ]
    return sorted(found, key=lambda person: (not person.active, person.member.login))


def rooms(desk: Desk) -> list[RoomLine]:
    """The rooms of staff, by kind and name."""
    found = []
    for room in desk.rooms.values():
        chat = desk.services.chats.by_id(room.chat_id).chat
        kind = labels.ROOMS[room.kind]
        found.append(RoomLine(room.chat_id, kind, room.name, chat.title or chat.id, chat.adapter, room.created_at))
    return sorted(found, key=lambda line: (line.kind, line.name))
