"""Which case another one belongs to: the end of a chain of mergers, and what a new case goes on with."""

from __future__ import annotations

from datetime import datetime

from botkit.context import Context
from botkit.decision import Escalation
from botkit.plugins.handoff import record
from botkit.plugins.handoff.access import COMMANDER_ONLY
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.residents import words
from botkit.plugins.handoff.states import State
from botkit.storage import UnitOfWork

AFTER = "after "
"""How the reason of an escalation begins that goes on after a closed case, before its number."""


async def survivor_of(case: Case) -> Case:
    """The case that a merged one became part of in the end; any other case itself."""
    while case.state == State.MERGED and case.merged_into is not None:
        case = await Case.get(id=case.merged_into)
    return case


async def link(desk: Desk, unit: UnitOfWork, case: Case, effect: Escalation, context: Context, now: datetime) -> None:
    """Tie a new case to the one that it goes on with, whose days for reopening are over."""
    told = await column(Report.filter(identity_id=context.identity_id, chat_id=context.chat_id), "case_id")
    for before in await Case.filter(id__in=told or [0], id__lt=case.id).order_by("-id"):
        earlier = await survivor_of(before)
        over = earlier.state == State.CLOSED or (
            earlier.state == State.RESOLVED
            and earlier.resolved_at is not None
            and now - earlier.resolved_at >= desk.settings.reopen
        )
        # A complaint must not be named where others read.
        if not over or (earlier.topic in COMMANDER_ONLY) != (case.topic in COMMANDER_ONLY):
            continue
        if effect.reason == f"{AFTER}{earlier.number}" or words.goes_on(context.message.text, earlier.number):
            await record.happened(
                unit, case, "case.linked", f"identity:{context.identity_id}", at=now, earlier=earlier.id
            )
            return
