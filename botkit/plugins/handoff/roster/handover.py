"""What moves on when people go: cases of whoever is off duty now, to a colleague or back into the queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from botkit.messages import Text, say, tr
from botkit.plugins.handoff.access import STATION, may_see
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import AwayDue
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import handing, work
from botkit.plugins.handoff.roster.areas import nearest
from botkit.plugins.handoff.roster.roster import Duty, Tier
from botkit.plugins.handoff.staffing import RosterChange
from botkit.plugins.handoff.states import HELD
from botkit.staff import Member
from botkit.storage import UnitOfWork

_A_MINUTE = timedelta(minutes=1)


async def take_over(desk: Desk, unit: UnitOfWork, duty: Duty, member: Member, before: Iterable[str]) -> None:
    """Cases of those who had this duty's place before and are off duty now are handed on to whoever comes.

    ``before`` names them; empty, they are those who were on duty in the same place just before it began.
    """
    there = {each.who for each in desk.roster.at(desk.clock.now())}
    # From the duty's start, not from now: after a pause of the bot it begins late.
    last = desk.roster.between(duty.start - _A_MINUTE, duty.start)
    gone = set(before) or {d.who for d in last if d.who and d.place == duty.place}
    for login in sorted(gone - there):
        who = await desk.services.staff.find(login)
        if who is not None:
            await hand_on(desk, unit, who, lambda case: _next(desk, case, member))


async def _next(desk: Desk, case: Case, member: Member) -> Member | None:
    """Whoever comes, for the cases about which they are asked; of other areas, those who are asked about these."""
    area = desk.area(case.chat_id)
    running = [duty for duty in desk.roster.at(desk.clock.now()) if duty.who == member.login]
    if any(desk.asks(duty, area) for duty in running):
        return member
    return await _instead(desk, member, area) or member


async def hand_on(
    desk: Desk, unit: UnitOfWork, gone: Member, choose: Callable[[Case], Awaitable[Member | None]]
) -> int:
    """Hand on what somebody holds who is off duty: to a colleague who may know of it, or back into the queue.

    Returns how many were.
    """
    held = await Case.filter(holder_id=gone.id, state__in=[state.value for state in HELD]).order_by("id")
    for case in held:
        to = await choose(case)
        if to is not None and to.id != gone.id and may_see(case, to.roles):
            await handing.pass_on(desk, unit, case, gone, to)
        else:
            await work.put_back(desk, unit, case, "system", "case.released")
    return len(held)


async def apply_away(effect: AwayDue, unit: UnitOfWork) -> None:
    """Whoever is away now holds nothing any more: it goes to who is on duty, or back into the queue."""
    desk, now = desk_of(unit.database), unit.database.clock.now()
    row = await RosterChange.get_or_none(id=effect.change_id, state="active")
    if row is None or row.ends_at <= now:
        # Withdrawn, or over before the bot came to it: they are back.
        return
    gone = await desk.services.staff.find(row.who)
    if gone is None:
        return
    count = await hand_on(desk, unit, gone, lambda case: _instead(desk, gone, desk.area(case.chat_id)))
    if not count:
        return
    chats = [room.chat_id for room in desk.rooms.values() if room.kind == "officers"]
    line: Text = tr("handoff.away", who=gone.name, count=count)
    if await _instead(desk, gone, "") is None:
        line = tr("handoff.rota.away.queue", who=gone.name, count=count)
        chats += await desk.services.officers.posts(gone.id)
    for chat in dict.fromkeys(chats):
        unit.say(say(line, officer=True, quote=False, silent=desk.keeps_quiet(now)), chat=chat)


async def _instead(desk: Desk, gone: Member, area: str) -> Member | None:
    """Who is on duty for an area and there; the commander is no stand-in for what the queue can hold."""
    there = [duty for duty in desk.roster.at(desk.clock.now()) if duty.who not in ("", gone.login)]
    for tier in (Tier.PRIMARY, Tier.BACKUP):
        for duty in nearest((duty for duty in there if duty.tier is tier and not desk.missing(duty)), area):
            member = await desk.services.staff.find(duty.who)
            if member is not None and member.may(STATION):
                return member
    return None
