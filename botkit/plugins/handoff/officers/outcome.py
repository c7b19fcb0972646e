"""The outcome: what became of a case, told in the place of every report; and the end for want of an answer."""

from __future__ import annotations

from datetime import datetime

from botkit.messages import Button, ChatKind, Lane, Reply, Text, say, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.officers import due, partnercard
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import State, Step, sources, target
from botkit.staff import Member
from botkit.storage import UnitOfWork


async def parts_of(case: Case) -> list[int]:
    """The case (id) and all that were merged into it, at any depth."""
    parts, new = {case.id}, [case.id]
    while new:
        new = [
            other
            for other in await column(Case.filter(merged_into__in=new, state=State.MERGED.value), "id")
            if other not in parts
        ]
        parts.update(new)
    return sorted(parts)


async def reports_of(case: Case) -> list[Report]:
    """All reports that belong to a case, those of cases that were merged into it too."""
    return await Report.filter(case_id__in=await parts_of(case)).order_by("id")


async def tells_of(case: Case, chat_id: int, identity_id: int) -> bool:
    """Whether this person told of a case in this chat, or of one that was merged into it."""
    parts = await parts_of(case)
    return await Report.exists(case_id__in=parts, chat_id=chat_id, identity_id=identity_id)


async def keep_promises(case: Case, now: datetime) -> None:
    """Residents hear the outcome: all clocks stop, those of merged cases too, whose reporters hear the same."""
    for part in await Case.filter(id__in=await parts_of(case)):
        await record.meet_clocks(part, record.CLOCKS, now)


async def reaches(desk: Desk, case: Case) -> bool:
    """Whether anybody hears the outcome: of people at risk only those who told of it in private."""
    return not case.at_risk or any(desk.alone(chat) for chat in await places_of(desk, case))


async def places_of(desk: Desk, case: Case) -> list[int]:
    """The chats in which a case was told of, each once, in the order of the reports."""
    chats = dict.fromkeys(report.chat_id for report in await reports_of(case))
    return list(chats) or [case.chat_id]


async def tell(desk: Desk, unit: UnitOfWork, case: Case, said: Reply) -> int:
    """Say an outcome in the place of every report; returns in how many. Of people at risk no group ever hears.

    In private each is asked whether it helped.
    """
    told = 0
    for chat in await places_of(desk, case):
        private = desk.services.chats.by_id(chat).chat.kind is ChatKind.DM
        if case.at_risk and not private:
            continue
        told += 1
        unit.say(said, chat=chat)
        if private:
            unit.say(asks(case), chat=chat)
    return told


def asks(case: Case) -> Reply:
    """The question whether a result helped."""
    buttons = (
        Button(tr("handoff.button.helped"), "handoff.helped", case.ref),
        Button(tr("handoff.button.unsolved"), "handoff.unsolved", case.ref),
    )
    return say(tr("handoff.resolved.ask", case=record.ref(case)), buttons=buttons, language=case.language)


async def end(
    desk: Desk,
    unit: UnitOfWork,
    case: Case,
    now: datetime,
    *,
    result: str,
    actor: str,
    officer: Member | None,
    text: str | None,
    key: str = "",
) -> bool:
    """Resolve a held case with a result, if it still stands where it was read. The caller tells the residents."""
    mine = Case.filter(id=case.id, epoch=case.epoch, state__in=list(sources(Step.RESOLVE)))
    if officer is not None:
        mine = mine.filter(holder_id=officer.id)
    spoke = {"spoke_at": now} if officer is not None else {}
    done = await mine.update(
        state=target(Step.RESOLVE), epoch=case.epoch + 1, resolved_at=now, result=result, lease_until=None,
        wait_until=None, offered_to=None, **spoke,
    )  # fmt: skip
    if not done:
        return False
    await case.refresh_from_db()
    due.arm(unit, case, reopen_until=now + desk.settings.reopen)
    await record.happened(unit, case, "case.resolved", actor, at=now, text=text, key=key or None, result=result)
    await partnercard.end(desk, unit, case, now, partnercard.RESOLVED)
    await cards.refresh(unit, case, now)
    return True


async def no_reply(desk: Desk, unit: UnitOfWork, case: Case, now: datetime) -> None:
    """The resident did not answer after two reminders: the case ends, and says how it goes on.

    No clock stops by it: only a human's words do that.
    """
    if await end(desk, unit, case, now, result="no_reply", actor="system", officer=None, text=None):
        if not case.at_risk:
            line: Text = tr("handoff.no_reply", case=record.ref(case), days=desk.settings.reopen_days)
            for chat in await places_of(desk, case):
                unit.say(say(line, language=case.language, quote=False, lane=Lane.REPLY), chat=chat)
        await cards.tell(unit, case, tr("handoff.no_reply.desk", case=record.ref(case)))
