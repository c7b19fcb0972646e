"""Legal hold: the commander keeps the words of a case from being erased, whatever its age and its resident's wish."""

from __future__ import annotations

from botkit.messages import tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Incomplete
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import work
from botkit.plugins.handoff.officers.work import Action
from botkit.storage import UnitOfWork


async def hold(desk: Desk, unit: UnitOfWork, action: Action, *, on: bool) -> Case:
    """Keep a case's words, or let them go again. Raises ``Incomplete`` for others than the commander, and too late."""
    case, now = await work.find(desk, action), desk.clock.now()
    if not action.officer.may(work.COMMANDER):
        raise Incomplete(tr("handoff.error.hold"))
    if case.erased_at is not None:
        raise Incomplete(tr("handoff.error.erased"))
    if await Case.filter(id=case.id, hold=not on).update(hold=on):
        await case.refresh_from_db()
        await record.happened(unit, case, "hold.set" if on else "hold.lifted", action.officer.actor, at=now)
    return case
