"""Reminding: once a week each keeper reads in chat which of their entries want to be verified."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from botkit.decision import Decision, Disposition, FollowUp
from botkit.messages import Reply, Text, say, tr
from botkit.services import Services
from botkit.staff import Member
from botkit.storage import UnitOfWork
from directory.curation import work
from directory.curation.work import Due
from directory.running import directory_of
from directory.values import Entry

WEEKDAY, HOUR = 0, time(9, 30)
"""Mondays, in the station's time."""
NAMED = 5
"""Entries named in one reminder; the rest are counted."""
TIMER = "remind"


@dataclass(frozen=True, slots=True)
class Reminded:
    """An effect: a reminder was due, and the next one is set."""

    count: int


async def plan(services: Services) -> None:
    """Set the next reminder, at the start of the bot."""

    async def job(unit: UnitOfWork) -> None:
        unit.follow_up(_next(services))

    await services.unit(job)


def _next(services: Services) -> FollowUp:
    zone = services.settings.station.zone
    local = services.clock.now().astimezone(zone)
    day = local.date() + timedelta(days=(WEEKDAY - local.weekday()) % 7)
    at = datetime.combine(day, HOUR, zone)
    if at <= local:
        at = datetime.combine(day + timedelta(days=7), HOUR, zone)
    return FollowUp("directory", TIMER, "weekly", at)


async def remind(data: Mapping[str, Any], services: Services) -> Decision:
    """The weekly timer: what is due, told to whoever keeps it, in each private chat that they named."""
    today = services.clock.now().astimezone(services.settings.station.zone).date()
    found = await work.due(services.database, directory_of(services).contents.guide, today)
    people = await services.staff.members("maintainer")
    theirs: defaultdict[int, list[Due]] = defaultdict(list)
    for each in found:
        for member in _keepers(each, people):
            theirs[member.id].append(each)
    replies: list[Reply] = []
    for staff_id, dues in theirs.items():
        for chat in await services.officers.posts(staff_id):
            replies.append(say(*_lines(dues), to=chat, officer=True, quote=False))
    effects = (Reminded(len(found)), _next(services))
    return Decision(Disposition.SYSTEM, tuple(replies), effects, reason={"rule": "directory.remind"})


def _keepers(due: Due, people: list[Member]) -> list[Member]:
    """Whoever the entry names as its keeper, by login or name; where that is nobody here, all maintainers."""
    named = due.subject.owner.strip().casefold()
    found = [each for each in people if named and named in (each.login.casefold(), each.name.casefold())]
    return found or people


def _lines(dues: list[Due]) -> list[Text | str]:
    shown = [
        tr("directory.remind.line", name=_name(due), state=tr(f"directory.desk.state.{due.state.value}"))
        for due in dues[:NAMED]
    ]
    rest = [tr("directory.remind.more", count=len(dues) - NAMED)] if len(dues) > NAMED else []
    return [tr("directory.remind", count=len(dues)), *shown, *rest]


def _name(due: Due) -> str:
    subject = due.subject
    return (subject.name if isinstance(subject, Entry) else subject.question).of("zh")


async def keep(effect: Reminded, unit: UnitOfWork) -> None:
    """Write down that keepers were reminded."""
    unit.audit("directory.reminded", actor="system", count=effect.count)
