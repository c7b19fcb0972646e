"""Leaving: what somebody holds who may no longer work on it goes back into the queue, in the same commit."""

from __future__ import annotations

from functools import partial

from botkit.messages import Button, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.access import may_see
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import work
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import HELD
from botkit.services import Services
from botkit.storage import UnitOfWork
from botkit.storage.models import RoleGrant, Staff


async def start(services: Services) -> None:
    """Hear of everybody from whom rights are taken, for as long as the bot runs."""
    desk = desk_of(services.database)
    services.staff.on_change.append(partial(changed, desk))


async def changed(desk: Desk, unit: UnitOfWork, staff_id: int, actor: str) -> None:
    """Put back the cases that this person may not work on any more: suspended, or without the roles for them."""
    person = await Staff.get(id=staff_id)
    grants = await RoleGrant.filter(staff_id=staff_id)
    roles = {grant.role for grant in grants} if person.active else set()
    held = await Case.filter(holder_id=staff_id, state__in=[state.value for state in HELD]).order_by("id")
    for case in held:
        if may_see(case, roles):
            continue
        await work.put_back(desk, unit, case, actor, "case.orphaned")
        button = Button(tr("handoff.button.claim"), "handoff.claim", case.ref)
        await cards.tell(unit, case, tr("handoff.orphaned", case=record.ref(case)), buttons=(button,))
    await Case.filter(offered_to=staff_id).update(offered_to=None)
