"""Duties as they happen: a shift begins with a digest, and with a tap by which its person says that they are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, FollowUp
from botkit.messages import Button, Text, say, tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.access import visible
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Arrived, DutyDue, RosterDue
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.residents import privacy
from botkit.plugins.handoff.room import roomviews
from botkit.plugins.handoff.roster import gapwatch, handover
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier
from botkit.plugins.handoff.roster.wallclock import instant
from botkit.plugins.handoff.staffing import ShiftStart
from botkit.plugins.handoff.states import HELD, State
from botkit.services import Services
from botkit.staff import Member
from botkit.storage import UnitOfWork

AHEAD = timedelta(hours=30)
"""Shifts of this time are set to begin; the roster is looked through every day."""
LONGEST = timedelta(days=3)
"""The parts of one duty are looked for within this time."""
HOUR = 9
"""The station's hour at which the commander hears of gaps."""
ROOM = ("officer",)
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


async def arrived(context: Context) -> Decision:
    """The button 到岗. Who presses is looked up anew."""
    member = await context.services.officers.who(context.chat.adapter, context.sender.id)
    if member is None:
        return Decision(Disposition.SYSTEM, (say(tr("handoff.order.stranger")),), reason={"rule": "stranger"})
    return _decided(Arrived(context.payload, member.id))


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
            await _missing(desk, unit, running[0])
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
        asked = bool(posts) and await _ask(desk, unit, duty)
    buttons = (Button(tr("handoff.button.arrived"), "handoff.arrived", duty.source),) if asked else ()
    lines = await digest(desk, duty, member if posts else None)
    for chat in posts or (_rooms(desk) if duty.tier in (Tier.PRIMARY, Tier.BACKUP) else []):
        unit.say(say(*lines, buttons=buttons, officer=True, quote=False, silent=desk.keeps_quiet(now)), chat=chat)
    unit.audit("shift.began", f"duty:{duty.source}"[:96], who=duty.who)


def _goes_on(roster: Roster, duty: Duty) -> bool:
    """Whether this is the rest of a duty that ran until now, cut where the bot begins or ends to cover."""
    last = roster.at(duty.start - timedelta(microseconds=1))
    return any((d.source, d.who) == (duty.source, duty.who) for d in last)


def _rooms(desk: Desk) -> list[int]:
    return [room.chat_id for room in desk.rooms.values() if room.kind == "officers"]


def _end(roster: Roster, duty: Duty) -> datetime:
    """When the last part of a duty ends."""
    parts = roster.between(duty.start, duty.start + LONGEST)
    return max((d.end for d in parts if (d.source, d.who) == (duty.source, duty.who)), default=duty.end)


async def _ask(desk: Desk, unit: UnitOfWork, duty: Duty) -> bool:
    """Wait for the word that its person is there, anew after a time away; False where that was asked before."""
    row = await ShiftStart.get_or_none(source=duty.source, who=duty.who)
    if row is not None and row.starts_at == duty.start:
        return False
    if row is None:
        await _note(unit, desk, duty, "asked")
    else:
        await ShiftStart.filter(id=row.id).update(starts_at=duty.start, ends_at=_end(desk.roster, duty), state="asked")
        unit.after_commit(lambda: desk.came(duty.source, duty.who))
    until = desk.clock.now() + timedelta(minutes=desk.settings.tap_minutes)
    data = {"source": duty.source, "who": duty.who, "start": duty.start.isoformat(), "tap": True}
    unit.follow_up(FollowUp("handoff", "duty", f"{duty.source}/{duty.who}/tap", until, data))
    return True


async def _note(unit: UnitOfWork, desk: Desk, duty: Duty, state: str) -> None:
    await ShiftStart.create(
        id=unit.new_id(), station_id=unit.database.station_id, source=duty.source, who=duty.who,
        starts_at=duty.start, ends_at=_end(desk.roster, duty), state=state,
    )  # fmt: skip


async def digest(desk: Desk, duty: Duty, member: Member | None) -> list[Text | str]:
    """What waits at the start of a shift: the queue, what came in overnight, and what its person holds.

    Without a member it is for a room.
    """
    shown = Case.filter(visible(member.roles if member is not None else ROOM))
    waiting = shown.filter(state=State.QUEUED.value)
    held = shown.filter(state__in=[state.value for state in HELD])
    if member is not None:
        held = held.filter(holder_id=member.id)
    title = duty.title(desk.services.settings.station.language)
    head = tr("handoff.digest", title=title, queued=await waiting.count(), held=await held.count())
    return [head, *await roomviews.lines(desk, await waiting.order_by("level", "id").limit(roomviews.MOST))]


async def apply_arrived(effect: Arrived, unit: UnitOfWork) -> None:
    """They are there, in time or late: from now on they are asked. Others, and those of yesterday, are told."""
    desk = desk_of(unit.database)
    member = await desk.services.staff.get(effect.staff_id)
    if member is None or unit.context is None:
        return
    running = desk.roster.at(desk.clock.now())
    duty = next((d for d in running if d.source == effect.source and d.who == member.login), None)
    if duty is not None:
        await be_there(desk, unit, duty, member)
    line = tr("handoff.arrived") if duty is not None else tr("handoff.duty.not_running")
    unit.say(say(line, officer=True), chat=unit.context.chat_id)


async def be_there(desk: Desk, unit: UnitOfWork, duty: Duty, member: Member) -> None:
    """Keep that somebody is there for their running duty; colleagues hear of it where they were missed."""
    row = await ShiftStart.get_or_none(source=duty.source, who=duty.who)
    if row is not None and row.state == "there":
        return
    if row is None:
        await _note(unit, desk, duty, "there")
    else:
        await ShiftStart.filter(id=row.id).update(state="there")
    unit.after_commit(lambda: desk.came(duty.source, duty.who))
    unit.audit("shift.arrived", f"duty:{duty.source}"[:96], actor=member.actor)
    if row is not None and row.state == "missing":
        await _tell_missing(desk, unit, duty, tr("handoff.duty.late", who=member.name))


async def _missing(desk: Desk, unit: UnitOfWork, duty: Duty) -> None:
    """Nobody said that they are there: the backup is asked from now on, and hears so."""
    if not await ShiftStart.filter(source=duty.source, who=duty.who, state="asked").update(state="missing"):
        return
    unit.after_commit(lambda: desk.stayed_away(duty.source, duty.who))
    unit.audit("shift.missing", f"duty:{duty.source}"[:96], who=duty.who)
    member = await desk.services.staff.find(duty.who)
    name, minutes = member.name if member is not None else duty.who, desk.settings.tap_minutes
    if duty.tier is Tier.PRIMARY:
        line = tr("handoff.missing", who=name, minutes=minutes)
    else:
        line = tr("handoff.duty.missing", who=name, minutes=minutes, tier=tr(labels.TIERS[duty.tier]))
    await _tell_missing(desk, unit, duty, line)


async def _tell_missing(desk: Desk, unit: UnitOfWork, duty: Duty, line: Text) -> None:
    """Tell the officers' room, and whoever is asked instead: the backup, without one the commander."""
    now, staff = desk.clock.now(), desk.services.staff
    backup = [
        member
        for d in desk.roster.at(now)
        if d.tier is Tier.BACKUP and d.who not in ("", duty.who) and not desk.missing(d)
        if (member := await staff.find(d.who)) is not None
    ]
    chats = _rooms(desk)
    for each in backup or await staff.members("commander"):
        chats += await desk.services.officers.posts(each.id)
    for chat in dict.fromkeys(chats):
        unit.say(say(line, officer=True, quote=False, silent=desk.keeps_quiet(now)), chat=chat)


async def start(services: Services) -> None:
    """Plan the shifts that begin soon, and the nightly sweep, at the start of the bot."""
    desk = desk_of(services.database)

    async def job(unit: UnitOfWork) -> None:
        await plan(desk, unit, desk.roster)
        privacy.plan(desk, unit)

    await services.unit(job)
