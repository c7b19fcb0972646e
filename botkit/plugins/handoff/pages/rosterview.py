"""What the rota's page shows: two weeks of duties, gaps, changes, and what its reader may do about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from botkit.messages import Text, tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.access import ROLES
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.officers.work import COMMANDER
from botkit.plugins.handoff.roster.areas import names as has
from botkit.plugins.handoff.roster.areas import tidied
from botkit.plugins.handoff.roster.changes import Kind
from botkit.plugins.handoff.roster.gaps import Gap, gaps
from botkit.plugins.handoff.roster.gapwatch import WARNED
from botkit.plugins.handoff.roster.roster import Duty
from botkit.plugins.handoff.roster.wallclock import instant
from botkit.plugins.handoff.staffing import CalendarAddress, RosterChange, ShiftStart
from botkit.staff import Member

DAYS = 14
SHOWN = 50
"""Changes on the page, the next first; more are counted. Imported files are one line each."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A duty on the page. ``state`` is there, missing, asked, or empty where nobody was asked."""

    tier: Text
    areas: str
    name: str
    title: str
    span: str
    routine: bool
    running: bool
    state: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the two weeks, with the duties that start on it."""

    day: date
    weekday: Text
    today: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A change that still stands: what it is in words, and whether its reader may take it back or answer it."""

    row: RosterChange
    what: Text
    withdraw: bool
    answer: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """An imported file, with how many of its duties still stand."""

    id: int
    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """The rota as one person may see it. ``strange`` are the areas that it names and that no group has."""

    days: tuple[Day, ...]
    gaps: list[Gap]
    changes: tuple[Made, ...]
    more: int
    batches: tuple[Batch, ...]
    arrive: str
    people: list[Member]
    areas: tuple[str, ...]
    strange: str
    commander: bool
    address: bool


async def page(desk: Desk, member: Member, language: str) -> Page:
    """What still runs and two weeks from today, and what can be changed."""
    now, zone = desk.clock.now(), desk.roster.zone
    today = now.astimezone(zone).date()
    people = await desk.services.staff.members(*sorted(ROLES))
    names = {each.login: each.name for each in people}
    since, until = (instant(datetime.combine(today + n * _DAY, time()), zone) for n in (0, DAYS))
    starts = {(row.source, row.who): row.state for row in await ShiftStart.filter(ends_at__gt=now)}
    lines: dict[date, list[Line]] = {today + n * _DAY: [] for n in range(DAYS)}
    for duty in desk.roster.between(since, until):
        day = duty.start.astimezone(zone).date()
        if day >= today or duty.end > now:
            lines.setdefault(day, []).append(_line(desk, duty, names, starts, language, now))
    days = tuple(
        Day(day, tr(f"handoff.roster.weekday.{day.weekday()}"), day == today, tuple(found))
        for day, found in sorted(lines.items())
    )
    single = RosterChange.filter(state__in=["active", "asked"], ends_at__gt=now, batch__isnull=True)
    changes = [_made(row, names, member) for row in await single.order_by("starts_at", "id").limit(SHOWN)]
    local = desk.areas()
    soon = [gap for gap in gaps(desk.roster, now, now + 2 * WARNED, areas=local) if gap.start < now + WARNED]
    return Page(
        days, soon, tuple(changes),
        max(0, await single.count() - SHOWN), await _batches(now), await _arrive(desk, member, starts, now),
        people, tidied((*local, *desk.roster.areas)),
        "、".join(area for area in desk.roster.areas if not has(local, area)),
        member.may(COMMANDER), await CalendarAddress.exists(staff_id=member.id),
    )  # fmt: skip


def clock_span(start: datetime, end: datetime) -> str:
    """A span as the wall clock shows it, with ``+1`` for the next day; a whole day ends at 24:00."""
    days = (end.date() - start.date()).days
    if days == 1 and start.time() == end.time() == time():
        return "00:00–24:00"
    return f"{start:%H:%M}–{end:%H:%M}{f' (+{days})' if days else ''}"


def _line(
    desk: Desk, duty: Duty, names: Mapping[str, str], starts: Mapping[tuple[str, str], str], language: str,
    now: datetime,
) -> Line:  # fmt: skip
    running = duty.start <= now < duty.end
    return Line(
        tr(labels.TIERS[duty.tier]), "、".join(duty.areas), names.get(duty.who, duty.who), duty.title(language),
        clock_span(desk.day(duty.start), desk.day(duty.end)), duty.routine, running,
        starts.get((duty.source, duty.who), "") if running else "",
    )  # fmt: skip


def may_withdraw(row: RosterChange, member: Member) -> bool:
    """Whether somebody may take a change back: the commander any, others their own leave and what they asked for."""
    own = row.who == member.login and (row.kind == Kind.ABSENCE or row.state == "asked")
    return member.may(COMMANDER) or own


def _made(row: RosterChange, names: Mapping[str, str], member: Member) -> Made:
    who, other = names.get(row.who, row.who), names.get(row.other, row.other)
    args = {"who": who or tr("handoff.duty.unnamed"), "start": row.starts_at, "end": row.ends_at}
    match row.kind:
        case Kind.ABSENCE:
            reason = tr(f"handoff.roster.reason.{row.reason}") if row.reason else tr("handoff.roster.reason.away")
            what = tr("handoff.roster.change.absence", reason=reason, **args)
        case Kind.SWAP:
            key = "handoff.roster.change.asked" if row.state == "asked" else "handoff.roster.change.swap"
            what = tr(key, other=other, **args)
        case Kind.COVER:
            what = tr("handoff.roster.change.cover", start=row.starts_at, end=row.ends_at)
        case _:
            areas = "、".join(json.loads(row.areas))
            key = "handoff.roster.change.duty.areas" if areas else "handoff.roster.change.duty"
            what = tr(key, tier=tr(labels.TIERS[row.tier]), areas=areas, **args)
    return Made(row, what, may_withdraw(row, member), row.state == "asked" and row.other == member.login)


async def _batches(now: datetime) -> tuple[Batch, ...]:
    """Imported files of which something is still to come."""
    found: dict[int, list[RosterChange]] = {}
    for row in await RosterChange.filter(state="active", ends_at__gt=now, batch__isnull=False).order_by("-batch"):
        found.setdefault(row.batch or 0, []).append(row)
    return tuple(Batch(number, len(rows), rows[0].created_at) for number, rows in found.items())


async def _arrive(desk: Desk, member: Member, starts: Mapping[tuple[str, str], str], now: datetime) -> str:
    """The running duty for which its reader can't tap in chat and has not said that they are there."""
    duty = desk.roster.duty_of(member.login, now)
    if duty is None or starts.get((duty.source, duty.who)) == "there":
        return ""
    return "" if await desk.services.officers.posts(member.id) else duty.source
