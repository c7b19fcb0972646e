"""What happens when something of a case comes due: leases, waits, offers, drafts, reminders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from botkit.decision import Decision, Disposition
from botkit.messages import Button, say, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import DraftDue, LeaseDue, OfferDue, Reminder, WaitDue
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import clocks, due, outcome, paging, work
from botkit.plugins.handoff.residents import cases
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import State
from botkit.services import Services
from botkit.storage import UnitOfWork

NUDGES = 2
"""Reminders to a resident who is waited for, before the case ends without an answer."""


async def lease(data: Mapping[str, Any]) -> Decision:
    """A lease ran out."""
    return _due(LeaseDue(data["case"], data["epoch"], data.get("asked", False)))


async def wait(data: Mapping[str, Any]) -> Decision:
    """A wait is over."""
    return _due(WaitDue(data["case"], data["epoch"]))


async def offered(data: Mapping[str, Any]) -> Decision:
    """A hand-over was not accepted."""
    return _due(OfferDue(data["case"], data["to"]))


async def draft(data: Mapping[str, Any]) -> Decision:
    """A reply can't be taken back any more."""
    return _due(DraftDue(data["draft"]))


async def reminder(data: Mapping[str, Any]) -> Decision:
    """Somebody wanted to be reminded."""
    return _due(Reminder(data["case"], data["staff"], data["snoozed"]))


def _due(effect: Any) -> Decision:
    return Decision(Disposition.SYSTEM, (), (effect,))


async def start(services: Services) -> None:
    """Give every open case that has no due row one, at the start of the bot: none waits for nothing."""
    desk, lost = desk_of(services.database), await due.forgotten(services.database)

    async def job(unit: UnitOfWork) -> None:
        now = desk.clock.now()
        for case in await Case.filter(id__in=lost):
            if case.state == State.QUEUED:
                paging.begin(unit, case, now)
            elif case.state == State.CLAIMED and case.lease_until is None:
                await Case.filter(id=case.id).update(lease_until=now + work.lease(desk, case))
                await case.refresh_from_db()
            due.arm(unit, case)
            clocks.watch(unit, case, case.opened_at + desk.settings.clock, now)
            unit.audit("case.rearmed", record.subject(case))

    if lost:
        await services.unit(job)


async def apply_lease(desk: Desk, unit: UnitOfWork, effect: LeaseDue) -> None:
    """Ask the holder whether it goes on; the second time, put the case back into the queue."""
    case = await Case.get(id=effect.case_id)
    if case.state != State.CLAIMED or case.epoch != effect.epoch or case.lease_until is None:
        return
    now = desk.clock.now()
    if case.lease_until > now:
        due.put(unit, case, due.LEASE, case.lease_until)
        return
    if effect.asked:
        holder = case.holder_id
        await work.put_back(desk, unit, case, "system", "case.lapsed")
        line = tr("handoff.lapsed", case=record.ref(case))
        await cards.tell(unit, case, line)
        if holder is not None:
            await paging.tell_person(desk, unit, case, holder, line, now)
        return
    due.put(unit, case, due.LEASE, now + desk.settings.prompt, asked=True)
    line = tr("handoff.lease.ask", case=record.ref(case), minutes=desk.settings.prompt_minutes)
    buttons = (
        Button(tr("handoff.button.keep"), "handoff.keep", case.ref),
        Button(tr("handoff.button.release"), "handoff.release", case.ref),
    )
    await cards.tell(unit, case, line, buttons=buttons, silent=paging.silent(desk, case, now))
    if case.holder_id is not None:
        await paging.tell_person(desk, unit, case, case.holder_id, line, now, buttons)
    await record.happened(unit, case, "case.prompted", "system", at=now)


async def apply_wait(desk: Desk, unit: UnitOfWork, effect: WaitDue) -> None:
    """Remind the resident twice, then end the case for want of an answer; an agency's date goes to the holder."""
    case = await Case.get(id=effect.case_id)
    now = desk.clock.now()
    if case.epoch != effect.epoch:
        return
    if case.state == State.WAITING_AGENCY:
        holder = case.holder_id
        if await cases.resume(desk, unit, case, "system", now):
            line = tr("handoff.wait.agency", case=record.ref(case))
            await cards.tell(unit, case, line)
            if holder is not None:
                await paging.tell_person(desk, unit, case, holder, line, now)
            await cards.refresh(unit, case, now)
        return
    if case.state != State.WAITING_RESIDENT:
        return
    if case.nudges >= NUDGES:
        await outcome.no_reply(desk, unit, case, now)
        return
    until = now + timedelta(hours=desk.settings.nudge_hours)
    await Case.filter(id=case.id).update(nudges=case.nudges + 1, wait_until=until)
    await case.refresh_from_db()
    due.arm(unit, case)
    await record.happened(unit, case, "resident.reminded", "system", at=now, time=case.nudges)
    if not case.at_risk:
        said = say(tr("handoff.nudge", case=record.ref(case)), language=case.language, quote=False)
        for chat in await outcome.places_of(desk, case):
            unit.say(said, chat=chat)


async def apply_reminder(desk: Desk, unit: UnitOfWork, effect: Reminder) -> None:
    """Remind somebody of a case that they put off, if it is still open, or that they wanted to look at again."""
    case = await Case.get_or_none(id=effect.case_id)
    now = desk.clock.now()
    if case is None or (effect.snoozed and case.state != State.QUEUED):
        return
    line = tr("handoff.snoozed" if effect.snoozed else "handoff.follow", case=record.ref(case))
    buttons = (Button(tr("handoff.button.claim"), "handoff.claim", case.ref),) if effect.snoozed else ()
    if not await desk.services.officers.posts(effect.staff_id):
        await cards.tell(unit, case, line, buttons=buttons)
    await paging.tell_person(desk, unit, case, effect.staff_id, line, now, buttons)
    if not effect.snoozed:
        await record.happened(unit, case, "case.follow_up_due", "system", at=now)
