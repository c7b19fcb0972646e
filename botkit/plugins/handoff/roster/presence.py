"""Presence: with a tap somebody says that they are there for their shift; without it others are asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from botkit.context import Context
from botkit.decision import Decision, Disposition, FollowUp
from botkit.messages import Text, say, tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Arrived
from botkit.plugins.handoff.roster.areas import nearest
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier
from botkit.plugins.handoff.staffing import ShiftStart
from botkit.staff import Member
from botkit.storage import UnitOfWork

LONGEST = timedelta(days=3)
"""The parts of one duty are looked for within this time."""


def rooms(desk: Desk) -> list[int]:
    """The officers' rooms."""
    return [room.chat_id for room in desk.rooms.values() if room.kind == "officers"]


def _end(roster: Roster, duty: Duty) -> datetime:
    """When the last part of a duty ends."""
    parts = roster.between(duty.start, duty.start + LONGEST)
    return max((d.end for d in parts if (d.source, d.who) == (duty.source, duty.who)), default=duty.end)


async def ask(desk: Desk, unit: UnitOfWork, duty: Duty) -> bool:
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


async def arrived(context: Context) -> Decision:
    """The button 到岗. Who presses is looked up anew."""
    member = await context.services.officers.who(context.chat.adapter, context.sender.id)
    if member is None:
        return Decision(Disposition.SYSTEM, (say(tr("handoff.order.stranger")),), reason={"rule": "stranger"})
    return Decision(Disposition.SYSTEM, (), (Arrived(context.payload, member.id),))


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


async def missing(desk: Desk, unit: UnitOfWork, duty: Duty) -> None:
    """Nobody said that they are there: the backup is asked from now on, and hears so."""
    if not await ShiftStart.filter(source=duty.source, who=duty.who, state="asked").update(state="missing"):
        return
    unit.after_commit(lambda: desk.stayed_away(duty.source, duty.who))
    unit.audit("shift.missing", f"duty:{duty.source}"[:96], who=duty.who)
    member = await desk.services.staff.find(duty.who)
    name, minutes = member.name if member is not None else duty.who, desk.settings.tap_minutes
    others = [each for each in _instead(desk, duty) if each.tier is Tier.PRIMARY]
    if others:
        line = tr("handoff.missing.others", who=name, minutes=minutes, others=await _named(desk, others))
    elif duty.tier is Tier.PRIMARY:
        line = tr("handoff.missing", who=name, minutes=minutes)
    else:
        line = tr("handoff.duty.missing", who=name, minutes=minutes, tier=tr(labels.TIERS[duty.tier]))
    await _tell_missing(desk, unit, duty, line)


async def _tell_missing(desk: Desk, unit: UnitOfWork, duty: Duty, line: Text) -> None:
    """Tell the officers' room, and whoever is asked instead; without anybody the commander."""
    now, staff = desk.clock.now(), desk.services.staff
    found = [await staff.find(each.who) for each in _instead(desk, duty)]
    chats = rooms(desk)
    for each in [member for member in found if member is not None] or await staff.members("commander"):
        chats += await desk.services.officers.posts(each.id)
    for chat in dict.fromkeys(chats):
        unit.say(say(line, officer=True, quote=False, silent=desk.keeps_quiet(now)), chat=chat)


def _instead(desk: Desk, duty: Duty) -> list[Duty]:
    """The named duties that are asked while nobody is there for this one: of its tier and areas, else the backup."""
    there = [
        each
        for each in desk.roster.at(desk.clock.now())
        if each.who not in ("", duty.who) and each.tier in (Tier.PRIMARY, Tier.BACKUP) and not desk.missing(each)
    ]
    for tier in dict.fromkeys((duty.tier, Tier.BACKUP)):
        same = [each for each in there if each.tier is tier]
        near = {each: None for area in duty.areas or ("",) for each in nearest(same, area)}
        if near:
            return list(near)
    return []


async def _named(desk: Desk, duties: list[Duty]) -> str:
    found = [await desk.services.staff.find(each.who) for each in duties]
    return "、".join(
        member.name if member is not None else each.who for member, each in zip(found, duties, strict=True)
    )
