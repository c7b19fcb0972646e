"""People: whom a page means. The roster says who is on duty; enrolment says how they are reached."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from botkit.plugins.handoff.access import may_see
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers.chain import Who
from botkit.plugins.handoff.roster.areas import nearest
from botkit.plugins.handoff.roster.roster import Duty, Tier
from botkit.plugins.handoff.routing import Team
from botkit.staff import CASE_ROLES, Member

ROLE = {Who.BACKUP: "backup", Who.COMMANDER: "commander", Who.ANTI_FRAUD: "anti_fraud"}
"""Who is meant where the roster names nobody."""


async def meant(desk: Desk, case: Case, asked: Iterable[Who], now: datetime) -> list[Member]:
    """Everybody whom these rungs ask about this case, each once: active, and allowed to know of it."""
    found: dict[int, Member] = {}
    for who in asked:
        for member in await _one(desk, case, who, now):
            if may_see(case, member.roles):
                found[member.id] = member
    return list(found.values())


async def _one(desk: Desk, case: Case, who: Who, now: datetime) -> list[Member]:
    staff = desk.services.staff
    if who is Who.EVERYBODY:
        return await staff.members(*CASE_ROLES)
    if who is Who.PRIMARY and case.team == Team.COMMANDER:
        who = Who.COMMANDER
    named = [duty.who for duty in _duties(desk, case, who, now) if duty.who]
    members = [member for login in named if (member := await staff.find(login)) is not None]
    if members or who is Who.PRIMARY:
        return members
    return await staff.members(ROLE[who])


def _duties(desk: Desk, case: Case, who: Who, now: datetime) -> list[Duty]:
    area = desk.area(case.chat_id)
    running = [duty for duty in desk.roster.at(now) if not desk.missing(duty)]
    if who is Who.PRIMARY:
        # The officer of the area, and whoever knows the subject; without the one, the next who is there.
        first = nearest((duty for duty in running if duty.tier is Tier.PRIMARY), area)
        team = nearest((duty for duty in running if duty.team and duty.team == case.team), area)
        backup = nearest((duty for duty in running if duty.tier is Tier.BACKUP), area)
        return [*(first or backup[:1]), *team]
    tier = Tier(who.value)
    duties = nearest((duty for duty in running if duty.tier is tier), area)
    of_team = [duty for duty in duties if duty.team == case.team]
    return of_team or duties
