"""Duties as they happen: a shift begins with a digest, and those who held its place before hand on to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from botkit.decision import Decision, Disposition, FollowUp
from botkit.messages import Button, Text, say, tr
from botkit.plugins.handoff.access import Sight, visible
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import DutyDue, RosterDue
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.residents import retention
from botkit.plugins.handoff.room import roomviews
from botkit.plugins.handoff.roster import gapwatch, handover, presence
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier
from botkit.plugins.handoff.roster.wallclock import instant
from botkit.plugins.handoff.states import HELD, State
from botkit.services import Services
from botkit.staff import Member
from botkit.storage import UnitOfWork

AHEAD = timedelta(hours=30)
"""Shifts of this time are set to begin; the roster is looked through every day."""
HOUR = 9
"""The station's hour at which the commander hears of gaps."""
ROOM = frozenset({"officer"})
"""A room sees what an officer may see, whoever reads it."""


async def roster_due(data: Mapping[str, Any]) -> Decision:
    """The daily look at the roster."""
    return _decided(RosterDue())


async def duty_due(data: Mapping[str, Any]) -> Decision:
    """A shift begins, or its person has not said that they are there."""
    start, before = datetime.fromisoformat(data["start"]), tuple(data.get("before", ()))
    return _decided(DutyDue(data["source"], data["who"], start, data["tap"], before))


def _decided(effect: Any) -> Decision:
    return Decision(Disposition.SYSTEM, (), (effect,))


async def plan(desk: Desk, unit: UnitOfWork, roster: Roster) -> None:
    """Set the shifts of the next day and a bit to begin, and the next daily look. Asked again it changes nothing."""
    now = desk.clock.now()
    for duty in roster.between(now, now + AHEAD):
        if duty.start > now:
            set_to_begin(unit, duty, duty.start)
    local = desk.day(now)
    look = local.replace(hour=HOUR, minute=0, second=0, microsecond=0, tzinfo=None)
    if instant(look, roster.zone) <= now:
        look += timedelta(days=1)
    unit.follow_up(FollowUp("handoff", "roster", "daily", instant(look, roster.zone)))


def set_to_begin(unit: UnitOfWork, duty: Duty, at: datetime, before: Iterable[str] = ()) -> None:
    """Let a duty begin at a moment. ``before`` are those who hand on what they hold, where the roster can't tell."""
    data = {"source": duty.source, "who": duty.who, "start": duty.start.isoformat(), "tap": False}
    key = f"{duty.source}/{duty.who}/{int(duty.start.timestamp())}"
    unit.follow_up(FollowUp("handoff", "duty", key, at, {**data, "before": sorted(before)}))


async def look(effect: RosterDue, unit: UnitOfWork) -> None:
    """Warn of gaps in the next seven days, and plan the next shifts."""
    desk = desk_of(unit.database)
    await gapwatch.warn(desk, unit, desk.roster)
    await plan(desk, unit, desk.roster)


async def begin(effect: DutyDue, unit: UnitOfWork) -> None:
    """A shift begins: its digest, and the question whether its person is there. Without an answer: the backup."""
    desk, now = desk_of(unit.database), unit.database.clock.now()
    running = [d for d in desk.roster.at(now) if (d.source, d.who) == (effect.source, effect.who)]
    if effect.tap:
        if running:
            await presence.missing(desk, unit, running[0])
        return
    duty = next((d for d in running if d.start == effect.start), None)
    if duty is None:
        return
    resumed = _goes_on(desk.roster, duty)
    if resumed and not duty.routine:
        # The bot begins to cover within a shift: its person has nothing to do about that.
        return
    member = await desk.services.staff.find(duty.who) if duty.who else None
    posts = await desk.services.officers.posts(member.id) if member is not None else []
    asked = False
    if member is not None and not resumed:
        await handover.take_over(desk, unit, duty, member, effect.before)
        asked = bool(posts) and await presence.ask(desk, unit, duty)
    buttons = (Button(tr("handoff.button.arrived"), "handoff.arrived", duty.source),) if asked else ()
    lines = await digest(desk, duty, member if posts else None)
    for chat in posts or (presence.rooms(desk) if duty.tier in (Tier.PRIMARY, Tier.BACKUP) else []):
        unit.say(say(*lines, buttons=buttons, officer=True, quote=False, silent=desk.keeps_quiet(now)), chat=chat)
    unit.audit("shift.began", f"duty:{duty.source}"[:96], who=duty.who)


def _goes_on(roster: Roster, duty: Duty) -> bool:
    """Whether this is the rest of a duty that ran until now, cut where the bot begins or ends to cover."""
    last = roster.at(duty.start - timedelta(microseconds=1))
    return any((d.source, d.who) == (duty.source, duty.who) for d in last)


async def digest(desk: Desk, duty: Duty, member: Member | None) -> list[Text | str]:
    """What waits at the start of a shift: the queue, what came in overnight, and what its person holds.

    Without a member it is for a room. What waits is what the roster asks this duty about, by area.
    """
    shown = Case.filter(visible(Sight(member.roles if member is not None else ROOM)))
    waiting = shown.filter(_asks(desk, duty), state=State.QUEUED.value)
    held = shown.filter(state__in=[state.value for state in HELD])
    if member is not None:
        held = held.filter(holder_id=member.id)
    title = duty.title(desk.services.settings.station.language)
    head = tr("handoff.digest", title=title, queued=await waiting.count(), held=await held.count())
    return [head, *await roomviews.lines(desk, await waiting.order_by("level", "id").limit(roomviews.MOST))]


def _asks(desk: Desk, duty: Duty) -> Q:
    """The cases about which a running duty is asked: those of its areas, where others have the rest."""
    beyond = desk.groups_beyond(lambda area: desk.asks(duty, area))
    if desk.asks(duty, ""):
        return ~Q(chat_id__in=sorted(beyond)) if beyond else Q()
    theirs = [group.id for group in desk.services.chats.groups() if group.ways.area and group.id not in beyond]
    return Q(chat_id__in=theirs or [0])


async def start(services: Services) -> None:
    """Plan the shifts that begin soon, and the nightly sweep, at the start of the bot."""
    desk = desk_of(services.database)

    async def job(unit: UnitOfWork) -> None:
        await plan(desk, unit, desk.roster)
        retention.plan(desk, unit)

    await services.unit(job)
