"""The rota in chat: leave, training, swaps that both accept, and spans that the bot covers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, FollowUp
from botkit.messages import Button, Text, say, tr
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import AwayDue, RotaChange, SwapAnswer
from botkit.plugins.handoff.errors import HandoffError, Incomplete
from botkit.plugins.handoff.room import orders
from botkit.plugins.handoff.roster import duties
from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.staffing import RosterChange
from botkit.staff import Member
from botkit.storage import UnitOfWork

NAMES: Mapping[str, tuple[str, str]] = {
    "leave": ("absence", "leave"), "请假": ("absence", "leave"), "休假": ("absence", "leave"),
    "training": ("absence", "training"), "培训": ("absence", "training"),
    "sick": ("absence", "sick"), "病假": ("absence", "sick"),
    "swap": ("swap", ""), "换班": ("swap", ""),
    "cover": ("cover", ""), "托底": ("cover", ""),
}  # fmt: skip
"""Commands about the rota: what each changes, and why."""


async def command(context: Context) -> Decision:
    """``/leave 12-01 [12-03]``, ``/training 12-01 09:00 12-01 17:00``, ``/swap 12-01 li``, ``/cover …`` (commander)."""
    desk = desk_of(context.services.database)
    member = await context.services.officers.who(context.chat.adapter, context.sender.id)
    kind, reason = NAMES[context.message.text.split()[0].lstrip("/").partition("@")[0].lower()]
    if member is None or not member.may({"officer", "backup", "commander", "anti_fraud"}):
        return _said(tr("handoff.order.stranger"))
    try:
        if kind == "swap":
            return _decided(await _swap(desk, member, context))
        if kind == "cover" and not member.may({"commander"}):
            return _said(tr("handoff.rota.commander"))
        start, end = span(context.args, context.clock.now(), desk)
        change = RotaChange(kind, start, end, "" if kind == "cover" else member.login, reason, "", member.id,
                            context.chat_id)  # fmt: skip
        return _decided(change)
    except HandoffError as problem:
        return _said(problem.told)


def span(text: str, now: datetime, desk: Desk) -> tuple[datetime, datetime]:
    """A span of days or moments: ``12-01``, ``12-01 12-03``, ``12-01 14:00-17:00``, ``12-01 22:00 12-02 06:00``.

    Days are whole and inclusive. Raises ``Incomplete`` for a text without a date, or with an end that is over.
    """
    zone = desk.roster.zone
    first = orders.when(text, now, zone)
    if first is None:
        raise Incomplete(tr("handoff.rota.date"))
    day, begins, rest = first
    rest = rest.lstrip("-~—至到 ")
    last = orders.when(rest, now, zone)
    until, ends = (last[0], last[1]) if last is not None else (day, orders.clock(rest)[0])
    start = datetime.combine(day, begins or time(0), zone)
    end = datetime.combine(until, ends, zone) if ends else datetime.combine(until + timedelta(days=1), time(0), zone)
    if end <= start or end <= now:
        raise Incomplete(tr("handoff.rota.end"))
    return start, end


async def _swap(desk: Desk, member: Member, context: Context) -> RotaChange:
    """The duty of this person that starts on the day, and who is asked to take it."""
    now, zone = context.clock.now(), desk.roster.zone
    day, rest = orders.moment(context.args.strip(), now, zone)
    if day is None:
        raise Incomplete(tr("handoff.rota.date"))
    staff = await desk.services.staff.members("officer", "backup", "commander", "anti_fraud")
    name = rest.strip().lower()
    other = [each for each in staff if name and name in (each.login, each.name.lower())]
    if len(other) != 1 or other[0].id == member.id:
        raise Incomplete(tr("handoff.ask.colleague.unknown", name=rest.strip()))
    start = datetime.combine(day.date(), time(0), zone)
    mine = [
        d for d in desk.roster.between(start, start + timedelta(days=1)) if d.who == member.login and d.start >= start
    ]
    if not mine:
        raise Incomplete(tr("handoff.rota.no_duty", date=day))
    return RotaChange("swap", mine[0].start, mine[0].end, member.login, "", other[0].login, member.id, context.chat_id)


async def answered(context: Context, accepted: bool) -> Decision:
    """The other's yes or no to a swap."""
    member = await context.services.officers.who(context.chat.adapter, context.sender.id)
    if member is None or not context.payload.isdecimal():
        return _said(tr("handoff.order.stranger"))
    return _decided(SwapAnswer(int(context.payload), member.id, accepted, context.chat_id))


async def away_due(data: Mapping[str, Any]) -> Decision:
    """Somebody's absence begins."""
    return _decided(AwayDue(data["change"]))


async def apply(effect: RotaChange, unit: UnitOfWork) -> None:
    """Write a change; a swap waits for the other. Absences hand on what the person holds when they begin."""
    desk, now = desk_of(unit.database), unit.database.clock.now()
    Change(0, Kind(effect.kind), effect.start, effect.end, effect.who, effect.other, reason=effect.reason)
    row = await RosterChange.create(
        id=unit.new_id(), station_id=unit.database.station_id, kind=effect.kind,
        starts_at=effect.start, ends_at=effect.end, who=effect.who,
        other=effect.other, reason=effect.reason, state="asked" if effect.other else "active",
        made_by=f"staff:{effect.staff_id}", created_at=now, titles=json.dumps({}),
    )  # fmt: skip
    unit.audit(
        "roster.changed", f"change:{row.id}", actor=f"staff:{effect.staff_id}", kind=effect.kind, reason=effect.reason
    )
    if effect.other:
        await _ask(desk, unit, effect, row)
        return
    await settle(desk, unit, row)
    unit.say(say(tr(f"handoff.rota.{effect.kind}", start=effect.start, end=effect.end), officer=True), chat=effect.room)


async def _ask(desk: Desk, unit: UnitOfWork, effect: RotaChange, row: RosterChange) -> None:
    asker, other = await desk.services.staff.find(effect.who), await desk.services.staff.find(effect.other)
    name = asker.name if asker is not None else effect.who
    line = tr("handoff.rota.swap.ask", who=name, start=effect.start, end=effect.end)
    buttons = (
        Button(tr("handoff.button.swap_yes"), "handoff.swap_yes", str(row.id)),
        Button(tr("handoff.button.swap_no"), "handoff.swap_no", str(row.id)),
    )
    posts = await desk.services.officers.posts(other.id) if other is not None else []
    for chat in posts or [effect.room]:
        unit.say(say(line, buttons=buttons, officer=True, quote=False), chat=chat)
    unit.say(
        say(tr("handoff.rota.swap.asked", other=other.name if other else effect.other), officer=True), chat=effect.room
    )


async def apply_answer(effect: SwapAnswer, unit: UnitOfWork) -> None:
    """A swap takes effect with the other's yes, unless it was answered before."""
    desk = desk_of(unit.database)
    member = await desk.services.staff.get(effect.staff_id)
    row = await RosterChange.get_or_none(id=effect.change_id, state="asked")
    if member is None or row is None or row.other != member.login:
        unit.say(say(tr("handoff.rota.swap.over"), officer=True), chat=effect.room)
        return
    await RosterChange.filter(id=row.id).update(state="active" if effect.accepted else "withdrawn")
    unit.audit("swap.accepted" if effect.accepted else "swap.declined", f"change:{row.id}", actor=member.actor)
    if effect.accepted:
        await row.refresh_from_db()
        await settle(desk, unit, row)
    line = tr(
        "handoff.rota.swap.yes" if effect.accepted else "handoff.rota.swap.no", start=row.starts_at, other=member.name
    )
    asker = await desk.services.staff.find(row.who)
    chats = {effect.room, *(await desk.services.officers.posts(asker.id) if asker is not None else [])}
    for chat in sorted(chats):
        unit.say(say(line, officer=True, quote=False), chat=chat)


async def settle(desk: Desk, unit: UnitOfWork, *rows: RosterChange) -> None:
    """Changes take effect: the roster is computed anew, shifts are planned, gaps are looked for, absences begin."""
    roster = await desk.roster_now()
    unit.after_commit(lambda: setattr(desk, "roster", roster))
    for row in rows:
        if row.kind == Kind.ABSENCE:
            begins = max(row.starts_at, desk.clock.now())
            unit.follow_up(FollowUp("handoff", "away", str(row.id), begins, {"change": row.id}))
    await duties.plan(desk, unit, roster)
    await duties.warn(desk, unit, roster)


async def apply_away(effect: AwayDue, unit: UnitOfWork) -> None:
    """Whoever is away now holds nothing any more: it goes to who is on duty, or back into the queue."""
    desk = desk_of(unit.database)
    row = await RosterChange.get_or_none(id=effect.change_id, state="active")
    gone = await desk.services.staff.find(row.who) if row is not None else None
    if gone is None:
        return
    now = desk.clock.now()
    there = [duty.who for duty in desk.roster.at(now) if duty.who and duty.who != gone.login and not desk.missing(duty)]
    to = await desk.services.staff.find(there[0]) if there else None
    count = await duties.hand_on(desk, unit, gone, to)
    if count:
        line: Text = tr("handoff.away", who=gone.name, count=count)
        for room in desk.rooms.values():
            if room.kind == "officers":
                unit.say(say(line, officer=True, quote=False), chat=room.chat_id)


def _decided(effect: Any) -> Decision:
    return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "rota"})


def _said(line: Text) -> Decision:
    return Decision(Disposition.SYSTEM, (say(line, officer=True),), reason={"rule": "rota"})
