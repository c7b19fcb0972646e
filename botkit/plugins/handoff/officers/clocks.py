"""Clocks: reminding whoever holds a case of the promises that run out, and writing down those that broke."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botkit.decision import Decision, Disposition
from botkit.messages import Text, tr
from botkit.plugins.handoff import labels, record
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.effects import ClockDue
from botkit.plugins.handoff.models import Case, CaseClock
from botkit.plugins.handoff.officers import due, paging, people
from botkit.plugins.handoff.officers.chain import Who
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import HELD, OPEN
from botkit.storage import UnitOfWork

STEPS = (timedelta(hours=12), timedelta(hours=4), timedelta(0))
"""How long before a promise runs out its holder is reminded; the last is when it breaks."""


def watch(unit: UnitOfWork, case: Case, due_at: datetime, now: datetime) -> None:
    """Watch the clocks of a case's present round, which run out at ``due_at``."""
    ahead = (step for step, before in enumerate(STEPS) if due_at - before > now)
    _next(unit, case, due_at, next(ahead, len(STEPS) - 1))


def _next(unit: UnitOfWork, case: Case, due_at: datetime, step: int) -> None:
    data = {"round": case.reopened, "due": due_at.timestamp(), "step": step}
    due.put(unit, case, due.CLOCK, due_at - STEPS[step], **data)


async def clock_due(data: Mapping[str, Any]) -> Decision:
    """The timer of a reminder, or of a promise that breaks."""
    return Decision(Disposition.SYSTEM, (), (ClockDue(data["case"], data["round"], data["due"], data["step"]),))


async def apply(desk: Desk, unit: UnitOfWork, effect: ClockDue) -> None:
    """Remind, or write down what broke; nothing where all promises of the round are kept."""
    case = await Case.get(id=effect.case_id)
    running = CaseClock.filter(case_id=case.id, round=effect.round, met_at__isnull=True)
    names = sorted(await column(running, "name"), key=record.CLOCKS.index)
    if case.state not in OPEN or case.reopened != effect.round or not names:
        return
    now = desk.clock.now()
    what = labels.joined([tr(labels.CLOCKS[name]) for name in names])
    if effect.step + 1 < len(STEPS):
        due_at = datetime.fromtimestamp(effect.due, UTC)
        if case.state in HELD:
            left = labels.span(due_at - now)
            await _remind(desk, unit, case, tr("handoff.clock.remind", case=record.ref(case), what=what, left=left))
        _next(unit, case, due_at, effect.step + 1)
        return
    await record.happened(unit, case, "clock.breached", "system", at=now, clocks=",".join(names))
    line = tr("handoff.clock.breached", case=record.ref(case), what=what)
    await cards.tell(unit, case, line, silent=paging.silent(desk, case, now))
    if case.state in HELD:
        # Where nobody has it, the chain of pages asks the commander now.
        for member in await people.meant(desk, case, (Who.COMMANDER,), now):
            await paging.tell_person(desk, unit, case, member.id, line, now)


async def _remind(desk: Desk, unit: UnitOfWork, case: Case, line: Text) -> None:
    now = desk.clock.now()
    await cards.tell(unit, case, line, silent=paging.silent(desk, case, now))
    if case.holder_id is not None:
        await paging.tell_person(desk, unit, case, case.holder_id, line, now)
