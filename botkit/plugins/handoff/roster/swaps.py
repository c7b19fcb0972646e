"""Swaps: somebody asks a colleague to take a duty; it changes hands with the other's yes, in chat or on the page."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from botkit.context import Context
from botkit.decision import Decision, Disposition
from botkit.messages import Button, Text, say, tr
from botkit.plugins.handoff.access import ROLES
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import RotaChange, SwapAnswer
from botkit.plugins.handoff.errors import Incomplete
from botkit.plugins.handoff.room import orders
from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.entering import settle, store
from botkit.plugins.handoff.roster.roster import Duty
from botkit.plugins.handoff.roster.wallclock import instant
from botkit.plugins.handoff.staffing import RosterChange
from botkit.staff import Member
from botkit.storage import UnitOfWork


async def wanted(desk: Desk, member: Member, context: Context) -> RotaChange:
    """The duty of this person that starts on the day, and who is asked to take it. Raises ``Incomplete``."""
    now, zone = context.clock.now(), desk.roster.zone
    day, rest = orders.moment(context.args.strip(), now, zone)
    if day is None:
        raise Incomplete(tr("handoff.rota.swap.how"))
    staff = await desk.services.staff.members(*ROLES)
    name = rest.strip().lstrip("@").lower()
    other = [each for each in staff if name and name in (each.login, each.name.lower())]
    if len(other) != 1:
        raise Incomplete(tr("handoff.ask.colleague.unknown", name=rest.strip()))
    if other[0].id == member.id:
        raise Incomplete(tr("handoff.rota.swap.self"))
    start = instant(datetime.combine(day.date(), time(0)), zone)
    mine = [
        d
        for d in desk.roster.between(start, start + timedelta(days=1))
        if d.who == member.login and d.start.astimezone(zone).date() == day.date() and d.end > now
    ]
    if not mine:
        raise Incomplete(_other_duties(desk, member, day, now))
    return RotaChange("swap", mine[0].start, mine[0].end, member.login, "", other[0].login, member.id, context.chat_id)


def _other_duties(desk: Desk, member: Member, day: datetime, now: datetime) -> Text:
    """That there is no duty on this day, and when the next one is."""
    ahead = desk.roster.between(now, now + timedelta(days=31))
    following = next((d for d in ahead if d.who == member.login and d.start > now), None)
    if following is None:
        return tr("handoff.rota.no_duty", date=f"{day:%m-%d}")
    return tr("handoff.rota.no_duty.next", date=f"{day:%m-%d}", next=following.start)


async def ask(desk: Desk, unit: UnitOfWork, change: Change, member: Member, room: int) -> None:
    """Ask a colleague to take a duty, in private or where they may be; asked again it is the same question."""
    other = await desk.services.staff.find(change.other)
    if other is None:
        return
    asked = RosterChange.filter(kind=Kind.SWAP.value, state="asked", who=change.who, other=change.other)
    row = await asked.get_or_none(starts_at=change.start, ends_at=change.end)
    if row is None:
        row = await store(desk, unit, change, member, state="asked")
    line = tr("handoff.rota.swap.ask", who=member.name, start=change.start, end=change.end)
    buttons = (
        Button(tr("handoff.button.swap_yes"), "handoff.swap_yes", str(row.id)),
        Button(tr("handoff.button.swap_no"), "handoff.swap_no", str(row.id)),
    )
    posts = await desk.services.officers.posts(other.id)
    # Whoever can't be reached in private may be in the room; the page has the question too.
    for chat in posts or [each.chat_id for each in desk.rooms.values() if each.kind == "officers"]:
        unit.say(say(line, buttons=buttons, officer=True, quote=False), chat=chat)
    unit.say(say(tr("handoff.rota.swap.asked", other=other.name), officer=True), chat=room)


async def answered(context: Context, accepted: bool) -> Decision:
    """The other's yes or no to a swap."""
    member = await context.services.officers.who(context.chat.adapter, context.sender.id)
    if member is None or not (context.payload.isascii() and context.payload.isdecimal() and len(context.payload) < 19):
        line = say(tr("handoff.order.stranger"), officer=True)
        return Decision(Disposition.SYSTEM, (line,), reason={"rule": "rota"})
    effect = SwapAnswer(int(context.payload), member.id, accepted, context.chat_id)
    return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "rota"})


async def apply_answer(effect: SwapAnswer, unit: UnitOfWork) -> None:
    """A swap takes effect with the other's yes, unless it was answered before, or the duty is over or gone."""
    desk = desk_of(unit.database)
    member = await desk.services.staff.get(effect.staff_id)
    row = await RosterChange.get_or_none(id=effect.change_id)
    if member is None or row is None or not await answer(desk, unit, row, member, effect.accepted):
        unit.say(say(tr("handoff.rota.swap.over"), officer=True), chat=effect.room)
        return
    await _tell(desk, unit, row, member, effect.accepted, {effect.room})


async def answer(desk: Desk, unit: UnitOfWork, row: RosterChange, member: Member, accepted: bool) -> bool:
    """Say yes or no to a swap that one is asked for; False where there is nothing to answer any more."""
    if row.kind != Kind.SWAP or row.state != "asked" or row.other != member.login or not _stands(desk, row):
        return False
    done = RosterChange.filter(id=row.id, state="asked")
    if not await done.update(state="active" if accepted else "withdrawn"):
        return False
    unit.audit("swap.accepted" if accepted else "swap.declined", f"change:{row.id}", actor=member.actor)
    if accepted:
        await settle(desk, unit)
    return True


async def answer_on_page(desk: Desk, unit: UnitOfWork, row: RosterChange, member: Member, accepted: bool) -> bool:
    """The same from the page; who asked is told in chat."""
    if not await answer(desk, unit, row, member, accepted):
        return False
    await _tell(desk, unit, row, member, accepted, set())
    return True


def _stands(desk: Desk, row: RosterChange) -> bool:
    """Whether the duty that a swap is about is still to come or runs, and is still the asker's."""

    def meant(duty: Duty) -> bool:
        return duty.who == row.who and row.starts_at <= duty.start < row.ends_at

    return row.ends_at > desk.clock.now() and any(map(meant, desk.roster.between(row.starts_at, row.ends_at)))


async def _tell(
    desk: Desk, unit: UnitOfWork, row: RosterChange, member: Member, accepted: bool, chats: set[int]
) -> None:
    line = tr("handoff.rota.swap.yes" if accepted else "handoff.rota.swap.no", start=row.starts_at, other=member.name)
    asker = await desk.services.staff.find(row.who)
    posts = await desk.services.officers.posts(asker.id) if asker is not None else []
    for chat in sorted({*chats, *posts}):
        unit.say(say(line, officer=True, quote=False), chat=chat)
