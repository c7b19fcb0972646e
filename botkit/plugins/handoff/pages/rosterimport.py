"""Bringing a file into the rota: read first and shown, then stored as a whole, so that it can be undone as a whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from botkit.messages import tr
from botkit.plugins.handoff.access import ROLES
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.pages.rosterview import clock_span
from botkit.plugins.handoff.roster import ical, rostersheet
from botkit.plugins.handoff.roster.changes import Change
from botkit.plugins.handoff.roster.entering import settle, store_batch
from botkit.plugins.handoff.roster.imports import LARGEST, Imported, Problem, Wrong, names_of
from botkit.plugins.handoff.roster.roster import Roster
from botkit.staff import Member
from botkit.storage import UnitOfWork

AHEAD = timedelta(days=400)
"""Calendars repeat without an end: so far they are read."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would change: ``fresh`` duties; how many stand already, how many are over; what can't be used."""

    name: str
    fresh: tuple[Change, ...]
    known: int
    over: int
    problems: tuple[Problem, ...]
    names: dict[str, str]

    def lines(self, desk: Desk) -> list[tuple[str, str, Change, str]]:
        """The fresh duties as a table: day, span, the duty itself and its person's name."""
        return [
            (
                f"{desk.day(change.start):%Y-%m-%d}",
                clock_span(desk.day(change.start), desk.day(change.end)),
                change,
                self.names.get(change.who, change.who),
            )
            for change in self.fresh
        ]


async def preview(desk: Desk, name: str, content: bytes) -> Preview:
    """Read a file against the present rota. Never raises for the content."""
    now = desk.clock.now()
    people = await desk.services.staff.members(*sorted(ROLES))
    known = names_of((each.login, each.name) for each in people)
    if len(content) > LARGEST:
        wrong = Wrong("too_large")
        found = Imported((), (Problem(tr("handoff.roster.place.file", name=name), wrong.what, wrong.fix),))
    # Reading is work for seconds in the worst case: it must hold up nobody's emergency.
    elif content.lstrip()[:15].upper().startswith(b"BEGIN:VCALENDAR") or name.lower().endswith(".ics"):
        window = (now, now + AHEAD)
        found = await asyncio.to_thread(ical.read, name, content, desk.roster.zone, known, window)
    else:
        found = await asyncio.to_thread(rostersheet.read, name, content, desk.roster.zone, known)
    coming = [change for change in found.changes if change.end > now]
    fresh = tuple(change for change in coming if not _stands(desk.roster, change))
    over = len(found.changes) - len(coming)
    names = {each.login: each.name for each in people}
    return Preview(name, fresh, len(coming) - len(fresh), over, found.problems, names)


def _stands(roster: Roster, change: Change) -> bool:
    """Whether the rota has this very duty already."""
    wanted = (change.place, change.who, change.routine)
    return any(
        (d.place, d.who, d.routine) == wanted and (d.start, d.end) == (change.start, change.end)
        for d in roster.between(change.start, change.end)
    )


async def confirm(desk: Desk, unit: UnitOfWork, member: Member, shown: Preview) -> int:
    """Store what a preview shows as fresh: all of it or nothing. Returns how many duties."""
    count = len(shown.fresh)
    batch = await store_batch(desk, unit, shown.fresh, member)
    unit.audit("roster.imported", f"import:{batch}", actor=member.actor, count=count, problems=len(shown.problems))
    await settle(desk, unit)
    return count
