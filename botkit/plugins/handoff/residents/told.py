"""What residents are told about a case: which text, who has it, and when to expect word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botkit.context import Context
from botkit.decision import Concern
from botkit.messages import Text, tr
from botkit.plugins.handoff.access import COMMANDER_ONLY
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import Case, CaseClock
from botkit.plugins.handoff.record import ref
from botkit.plugins.handoff.residents import unread
from botkit.plugins.handoff.residents.cases import Taken
from botkit.plugins.handoff.roster.roster import Duty, Roster, Tier
from botkit.plugins.handoff.states import Level, State


@dataclass(frozen=True, slots=True)
class Promise:
    """Who has a case and by when to expect word. ``when``: now, later (next shift) or nobody (no roster)."""

    duty: Duty | None
    expect: datetime
    when: str

    def holder(self, language: str) -> str | Text:
        """How residents hear of whoever has it."""
        return (self.duty and self.duty.title(language)) or tr("handoff.holder.station")


def promise(
    roster: Roster, moment: datetime, due: datetime, *, urgent: bool, commander: bool = False, area: str = ""
) -> Promise:
    """What can honestly be promised at this moment about a case whose first word is due at ``due``.

    Routine work waits for the next shift that does it; urgent cases go to whoever is on duty, at any hour.
    """
    if commander:
        duty = roster.on_duty(moment, Tier.COMMANDER, area=area)
        return Promise(duty, due, "now" if duty else "nobody")
    if urgent:
        duty = roster.on_duty(moment, area=area)
        return Promise(duty, due, "now" if duty else "nobody")
    if duty := roster.working(moment, area):
        return Promise(duty, due, "now")
    if duty := roster.next_start(moment, area):
        return Promise(duty, duty.start, "later")
    return Promise(None, due, "nobody")


async def promised(desk: Desk, case: Case) -> Promise:
    """The promise about a case, as things stand now. Once its clock ran out, ``expect`` is in the past."""
    response = await CaseClock.get(case_id=case.id, round=case.reopened, name="response")
    return promise(
        desk.roster,
        desk.clock.now(),
        response.due_at,
        urgent=Level(case.level).urgent,
        commander=case.topic in COMMANDER_ONLY,
        area=desk.area(case.chat_id),
    )


def holder(desk: Desk, case: Case, found: Promise, language: str) -> str | Text:
    """How the resident hears of who has the case: its holder's role, or who is going to have it."""
    if case.state == State.CLAIMED and case.holder_title:
        return desk.roster.translate(case.holder_title, language)
    return found.holder(language)


async def holder_of(desk: Desk, case: Case, language: str) -> str | Text:
    """The same, where the promise is not needed otherwise."""
    return holder(desk, case, await promised(desk, case), language)


async def taken(desk: Desk, result: Taken, context: Context, *, quiet: bool) -> dict[str, Any]:
    """The receipt of an escalation: what other plugins' texts may use, and the lines for the resident.

    ``quiet`` leaves the lines out: an officer holds the conversation. In a group danger, scams and people at risk
    add none: there the advice must stand alone.
    """
    case, language = result.case, context.language
    found = await promised(desk, case)
    args: dict[str, Any] = {
        "case": ref(case),
        "holder": holder(desk, case, found, language),
        "expect": found.expect,
    }
    urgent = Level(case.level).urgent
    lines: tuple[Text, ...] = ()
    if not quiet and (context.message.private or not (urgent or case.at_risk or _alarm(context))):
        lines = (_news(result, found, urgent, context, args),)
    # What is said once a human knows is said by whoever pages them, when the page is out.
    return {**args, "lines": lines, "paged": False}


def _alarm(context: Context) -> bool:
    """Whether the screen saw danger or a scam: in a group its one line stands alone."""
    return context.verdict is not None and context.verdict.concern in (Concern.EMERGENCY, Concern.FRAUD)


def _news(result: Taken, found: Promise, urgent: bool, context: Context, args: dict[str, Any]) -> Text:
    if not context.message.private:
        return tr("handoff.group.added" if result.how == "added" else "handoff.group.opened", **args)
    if result.how == "added":
        if unread.lost(context):
            return tr("handoff.added.lost", **args)
        claimed = result.case.state == State.CLAIMED
        return tr("handoff.added.claimed" if claimed else "handoff.added.queued", **args)
    if result.how == "reopened":
        return tr("handoff.reopened.later" if found.when == "later" else "handoff.reopened.now", **args)
    if urgent:
        return tr("handoff.opened.urgent", **args)
    if result.case.topic in COMMANDER_ONLY:
        return tr("handoff.opened.commander", **args)
    if found.when == "later":
        return tr("handoff.opened.night", **args)
    return tr("handoff.opened.nobody" if found.when == "nobody" else "handoff.opened.day", **args)


async def status(desk: Desk, case: Case, language: str) -> Text:
    """How a case stands, in one line: its number and state, never anything about a police matter."""
    found = await promised(desk, case)
    args = {"case": ref(case), "holder": holder(desk, case, found, language), "expect": found.expect}
    match case.state:
        case State.QUEUED:
            late = found.expect < desk.clock.now()
            return tr("handoff.status.late" if late else "handoff.status.queued", **args)
        case State.CLAIMED:
            return tr("handoff.status.claimed", **args)
        case State.RESOLVED:
            return tr("handoff.status.resolved", **args)
        case State.CANCELLED:
            return tr("handoff.status.cancelled", **args)
        case _:
            return tr("handoff.status.closed", **args)
