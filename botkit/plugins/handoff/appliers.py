"""Applying effects: where a decision becomes rows of a case. Each runs in its message's savepoint."""

from __future__ import annotations

from typing import Any

from botkit.context import Context
from botkit.decision import Escalation
from botkit.errors import BotkitError
from botkit.messages import tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.effects import (
    CardDue,
    ClockDue,
    DraftDue,
    Expired,
    LeaseDue,
    OfferDue,
    Outcome,
    PageDue,
    Reminder,
    Revised,
    WaitDue,
    Withdrawn,
)
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.officers import clocks, handing, paging, speaking, timers
from botkit.plugins.handoff.residents import cases, told
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import HELD, State
from botkit.storage import UnitOfWork

TAKEOVER = "takeover"
"""The reason of an escalation by which an officer's conversation goes on: nothing is said automatically."""


async def escalate(effect: Escalation, unit: UnitOfWork) -> dict[str, Any]:
    """Give the message to a human. Receipt: ``case``, ``holder``, ``expect``, ``lines`` for the resident."""
    context = _context(unit)
    desk = desk_of(unit.database)
    result = await cases.take(desk, unit, effect, context)
    return await told.taken(desk, result, context, quiet=effect.reason == TAKEOVER)


async def withdraw(effect: Withdrawn, unit: UnitOfWork) -> dict[str, Any]:
    """Cancel a case, or tell its officer that the resident wants to."""
    context, desk = _context(unit), desk_of(unit.database)
    case = await Case.get(id=effect.case_id)
    done = await cases.withdraw(desk, unit, case, context)
    if case.at_risk and not context.message.private:
        return {}
    args = {"case": record.ref(case), "holder": await told.holder_of(desk, case, context.language)}
    return {"lines": (tr("handoff.cancelled" if done else "handoff.cancel.passed", **args),)}


async def outcome(effect: Outcome, unit: UnitOfWork) -> dict[str, Any]:
    """Keep what the resident says of the result; "not solved" reopens the case."""
    context, desk, now = _context(unit), desk_of(unit.database), unit.database.clock.now()
    case = await Case.get(id=effect.case_id)
    if case.state != State.RESOLVED:
        return {"lines": (await told.status(desk, case, context.language),)}
    if effect.helped:
        await record.happened(unit, case, "outcome.confirmed", f"identity:{context.identity_id}", at=now)
        return {"lines": (tr("handoff.helped", case=record.ref(case), days=desk.settings.reopen_days),)}
    await cases.reopen(desk, unit, case, context, now)
    paging.begin(unit, case, now)
    receipt = await told.taken(desk, cases.Taken(case, "reopened"), context, quiet=False)
    return receipt


async def expire(effect: Expired, unit: UnitOfWork) -> None:
    """Close a resolved case that nobody reopened."""
    case = await Case.get(id=effect.case_id)
    await cases.close(desk_of(unit.database), unit, case, effect.epoch)


async def revised(effect: Revised, unit: UnitOfWork) -> None:
    """Show on the cards what a resident changed or deleted."""
    now = unit.database.clock.now()
    told = await column(Report.filter(chat_id=effect.chat_id, platform_id=effect.platform_id), "case_id")
    what = "report.deleted" if effect.deleted else "report.revised"
    for case in await Case.filter(id__in=told or [0]):
        await record.happened(unit, case, what, "resident", at=now)
        await cards.refresh(unit, case, now)
        if case.state in HELD:
            key = "handoff.relay.deleted" if effect.deleted else "handoff.relay.revised"
            await cards.tell(unit, case, tr(key, case=record.ref(case)))


async def page(effect: PageDue, unit: UnitOfWork) -> None:
    """The next rung of a chain."""
    await paging.apply(desk_of(unit.database), unit, effect)


async def card(effect: CardDue, unit: UnitOfWork) -> None:
    """A case's cards are out of date."""
    await cards.apply(desk_of(unit.database), unit, effect)


async def clock(effect: ClockDue, unit: UnitOfWork) -> None:
    """A promise runs out."""
    await clocks.apply(desk_of(unit.database), unit, effect)


async def lease(effect: LeaseDue, unit: UnitOfWork) -> None:
    """A claim without an action."""
    await timers.apply_lease(desk_of(unit.database), unit, effect)


async def wait(effect: WaitDue, unit: UnitOfWork) -> None:
    """The end of a wait."""
    await timers.apply_wait(desk_of(unit.database), unit, effect)


async def offered(effect: OfferDue, unit: UnitOfWork) -> None:
    """A hand-over that nobody accepted."""
    await handing.overdue(desk_of(unit.database), unit, effect.case_id, effect.to)


async def draft(effect: DraftDue, unit: UnitOfWork) -> None:
    """A reply that was not taken back."""
    await speaking.send(desk_of(unit.database), unit, effect.draft_id)


async def reminder(effect: Reminder, unit: UnitOfWork) -> None:
    """A reminder that somebody wanted."""
    await timers.apply_reminder(desk_of(unit.database), unit, effect)


def _context(unit: UnitOfWork) -> Context:
    if unit.context is None or not unit.context.chat_id:
        raise BotkitError("an effect on a case needs the message it comes from; timers have none")
    return unit.context
