"""Duties as they happen: a shift begins with a digest and a tap that somebody is there; what was held moves on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2s
from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, FollowUp
from botkit.messages import Button, Text, say, tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.access import visible
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Arrived, DutyDue, RosterDue
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import handing, work
from botkit.plugins.handoff.residents import retention
from botkit.plugins.handoff.room import roomviews
from botkit.plugins.handoff.roster.gaps import Gap, gaps
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier
from botkit.plugins.handoff.staffing import ShiftStart
from botkit.plugins.handoff.states import HELD, State
from botkit.services import Services
from botkit.staff import Member
from botkit.storage import UnitOfWork

AHEAD = timedelta(hours=30)
"""Shifts of this time are set to begin; the roster is looked through every day."""
WARNED = timedelta(days=7)
HOUR = 9
"""The station's hour at which the commander hears of gaps."""


async def roster_due(data: Mapping[str, Any]) -> Decision:
    """The daily look at the roster."""
    return _decided(RosterDue())


async def duty_due(data: Mapping[str, Any]) -> Decision:
    """A shift begins, or its person has not said that they are there."""
    return _decided(DutyDue(data["source"], data["who"], data["tap"]))


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
            data = {"source": duty.source, "who": duty.who, "tap": False}
            unit.follow_up(FollowUp("handoff", "duty", _key(duty), duty.start, data))
    local = desk.day(now)
    look = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    unit.follow_up(FollowUp("handoff", "roster", "daily", look if look > local else look + timedelta(days=1)))


def _key(duty: Duty) -> str:
    return f"{duty.source}/{duty.who}/{int(duty.start.timestamp())}"[:128]


async def look(effect: RosterDue, unit: UnitOfWork) -> None:
    """Warn the commander of gaps in the next seven days, and plan the next shifts."""
    desk = desk_of(unit.database)
    await warn(desk, unit, desk.roster)
    await plan(desk, unit, desk.roster)


async def warn(desk: Desk, unit: UnitOfWork, roster: Roster) -> list[Gap]:
    """Tell commanders and the officers' room where nobody is on duty in the next seven days, once for the same gaps."""
    now = desk.clock.now()
    found = gaps(roster, now, now + WARNED)
    if not found:
        return []
    lines: list[Text | str] = [tr("handoff.gaps", count=len(found))]
    for gap in found[:10]:
        key = "handoff.gaps.absent" if gap.absent else "handoff.gaps.line"
        lines.append(tr(key, tier=tr(labels.TIERS[gap.tier]), start=gap.start, end=gap.end, who=", ".join(gap.absent)))
    mark = blake2s(repr([(gap.tier, gap.start, gap.end) for gap in found]).encode(), digest_size=8).hexdigest()
    chats = [room.chat_id for room in desk.rooms.values() if room.kind == "officers"]
    for member in await desk.services.staff.members("commander"):
        chats += await desk.services.officers.posts(member.id)
    for chat in chats:
        unit.say(say(*lines, officer=True, quote=False, once=f"handoff.gaps.{mark}.{chat}"), chat=chat)
    unit.audit("roster.gaps", count=len(found))
    return found


async def begin(effect: DutyDue, unit: UnitOfWork) -> None:
    """A shift begins: its digest, and the question whether its person is there. Without an answer: the backup."""
    desk, now = desk_of(unit.database), unit.database.clock.now()
    duty = next((d for d in desk.roster.at(now) if d.source == effect.source and d.who == effect.who), None)
    if duty is None:
        return
    if effect.tap:
        await _missing(desk, unit, duty)
        return
    member = await desk.services.staff.find(duty.who) if duty.who else None
    posts = await desk.services.officers.posts(member.id) if member is not None else []
    rooms = [room.chat_id for room in desk.rooms.values() if room.kind == "officers"]
    lines = await digest(desk, duty, member)
    buttons: tuple[Button, ...] = ()
    if member is not None and posts:
        await _ask(desk, unit, duty)
        buttons = (Button(tr("handoff.button.arrived"), "handoff.arrived", duty.source),)
        await _take_over(desk, unit, duty, member)
    for chat in posts or rooms:
        unit.say(say(*lines, buttons=buttons, officer=True, quote=False), chat=chat)
    unit.audit("shift.began", f"duty:{duty.source}"[:96], who=duty.who)


async def _ask(desk: Desk, unit: UnitOfWork, duty: Duty) -> None:
    if not await ShiftStart.exists(source=duty.source, who=duty.who):
        await ShiftStart.create(
            id=unit.new_id(), station_id=unit.database.station_id, source=duty.source, who=duty.who,
            starts_at=duty.start, ends_at=duty.end, state="asked",
        )  # fmt: skip
    until = desk.clock.now() + timedelta(minutes=desk.settings.tap_minutes)
    unit.follow_up(
        FollowUp(
            "handoff", "duty", f"{_key(duty)[:120]}/tap", until, {"source": duty.source, "who": duty.who, "tap": True}
        )
    )


async def digest(desk: Desk, duty: Duty, member: Member | None) -> list[Text | str]:
    """What waits at the start of a shift: the queue, what came in overnight, and what its person holds."""
    roles = member.roles if member is not None else frozenset({"officer"})
    shown = Case.filter(visible(roles))
    queued = await shown.filter(state=State.QUEUED.value).order_by("level", "id")
    held = await shown.filter(state__in=[state.value for state in HELD]).count()
    head = tr(
        "handoff.digest", title=duty.title(desk.services.settings.station.language), queued=len(queued), held=held
    )
    return [head, *await roomviews.lines(desk, queued[: roomviews.MOST])]


async def apply_arrived(effect: Arrived, unit: UnitOfWork) -> None:
    """They are there, in time or late: from now on they are asked."""
    desk = desk_of(unit.database)
    member = await desk.services.staff.get(effect.staff_id)
    context = unit.context
    if member is None or context is None:
        return
    if await ShiftStart.filter(source=effect.source, who=member.login).update(state="there"):
        unit.after_commit(lambda: desk.came(effect.source, member.login))
        unit.audit("shift.arrived", f"duty:{effect.source}"[:96], actor=member.actor)
        unit.say(say(tr("handoff.arrived"), officer=True), chat=context.chat_id)


async def _missing(desk: Desk, unit: UnitOfWork, duty: Duty) -> None:
    """Nobody said that they are there: the backup is asked from now on, and hears so."""
    if not await ShiftStart.filter(source=duty.source, who=duty.who, state="asked").update(state="missing"):
        return
    unit.after_commit(lambda: desk.stayed_away(duty.source, duty.who))
    unit.audit("shift.missing", f"duty:{duty.source}"[:96], who=duty.who)
    line = tr("handoff.missing", who=duty.who, minutes=desk.settings.tap_minutes)
    chats = [room.chat_id for room in desk.rooms.values() if room.kind == "officers"]
    backup = desk.roster.on_duty(desk.clock.now(), Tier.BACKUP)
    member = await desk.services.staff.find(backup.who) if backup is not None and backup.who else None
    if member is not None:
        chats += await desk.services.officers.posts(member.id)
    for chat in dict.fromkeys(chats):
        unit.say(say(line, officer=True, quote=False), chat=chat)


async def _take_over(desk: Desk, unit: UnitOfWork, duty: Duty, member: Member) -> None:
    """Cases of those who had this tier before and are off duty now are handed on to whoever comes."""
    now = desk.clock.now()
    there = {each.who for each in desk.roster.at(now) if each.who}
    before = {d.who for d in desk.roster.between(now - timedelta(minutes=1), now) if d.tier is duty.tier and d.who}
    for login in sorted(before - there):
        gone = await desk.services.staff.find(login)
        if gone is not None:
            await hand_on(desk, unit, gone, member)


async def hand_on(desk: Desk, unit: UnitOfWork, gone: Member, to: Member | None) -> int:
    """Hand on what somebody holds who is off duty: to a colleague, or back into the queue. Returns how many."""
    held = await Case.filter(holder_id=gone.id, state__in=[state.value for state in HELD]).order_by("id")
    for case in held:
        if to is not None and to.id != gone.id:
            await handing.pass_on(desk, unit, case, gone, to)
        else:
            await work.put_back(desk, unit, case, "system", "case.released")
    return len(held)


async def start(services: Services) -> None:
    """Plan the shifts that begin soon, and the nightly sweep, at the start of the bot."""
    desk = desk_of(services.database)

    async def job(unit: UnitOfWork) -> None:
        await plan(desk, unit, desk.roster)
        retention.plan(desk, unit)

    await services.unit(job)
