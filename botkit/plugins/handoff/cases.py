"""Cases as residents make them: opening, adding to, withdrawing, reopening. Runs in units of work only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from botkit.context import Context
from botkit.decision import Escalation, FollowUp
from botkit.messages import tr
from botkit.plugins.handoff import record, words
from botkit.plugins.handoff.access import COMMANDER_ONLY
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Stale
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.states import LIVE, OPEN, Level, State, Step, sources, target
from botkit.storage import UnitOfWork
from botkit.storage.models import Inbox


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an escalation: its case, and how it came there (opened, added or reopened)."""

    case: Case
    how: str


def known_level(level: str) -> Level:
    """A level by name. One that nobody knows is taken for the most urgent: doubt goes to a human, quickly."""
    try:
        return Level(level)
    except ValueError:
        return Level.EMERGENCY


async def of_resident(chat_id: int, identity_id: int) -> list[Case]:
    """The live cases of a person in a chat: open ones first, then the newest. One indexed read."""
    cases = await Case.filter(chat_id=chat_id, identity_id=identity_id, state__in=list(LIVE)).order_by("-id")
    return sorted(cases, key=lambda case: case.state not in OPEN)


async def take(desk: Desk, unit: UnitOfWork, effect: Escalation, context: Context) -> Taken:
    """Give an escalation to a human: add it to an open case, reopen a resolved one, or open a new one."""
    now = desk.clock.now()
    case = await _belongs(desk, effect, context, now)
    if case is None:
        case = await _open(desk, unit, effect, context, now)
        how = "opened"
    elif case.state == State.RESOLVED:
        if not await reopen(desk, unit, case, context, now):
            raise Stale(tr("handoff.error.moved"))
        how = "reopened"
    else:
        how = "added"
    if effect.about:
        await _earlier(unit, case, effect.about, context)
    await _report(unit, case, context, now, quiet=how != "added")
    return Taken(case, how)


async def _belongs(desk: Desk, effect: Escalation, context: Context, now: datetime) -> Case | None:
    mine = await of_resident(context.chat_id, context.identity_id)
    # A word to the officer who holds one case belongs to that case, whatever else is open.
    for case in sorted(mine, key=lambda case: (case.state not in OPEN, case.topic != effect.topic)):
        # A complaint about an officer must not land where that officer reads it.
        if effect.topic in COMMANDER_ONLY and case.topic != effect.topic:
            continue
        # Danger never hides in an ordinary case, nor in the case of another danger.
        if effect.level != Level.ROUTINE and (case.level, case.topic) != (effect.level, effect.topic):
            continue
        if case.state in OPEN:
            return case
        if effect.level != Level.ROUTINE or case.resolved_at is None:
            continue
        if now - case.resolved_at < desk.settings.reopen and words.goes_on(context.message.text, case.number):
            return case
    return None


async def _open(desk: Desk, unit: UnitOfWork, effect: Escalation, context: Context, now: datetime) -> Case:
    day = desk.day(now).date()
    level = known_level(effect.level)
    case = await Case.create(
        id=unit.new_id(), station_id=unit.database.station_id, number=await record.next_number(unit, day),
        year=day.year, state=State.QUEUED, level=level, topic=effect.topic[:64], chat_id=context.chat_id,
        identity_id=context.identity_id, language=context.language, opened_at=now,
    )  # fmt: skip
    await record.start_clocks(unit, case, now, desk.settings.clock)
    facts = {"level": level.value, "topic": case.topic, "reason": effect.reason[:64]}
    await record.happened(unit, case, "case.opened", _resident(context), at=now, **facts)
    unit.after_commit(lambda: desk.opened(case.chat_id))
    return case


async def _report(unit: UnitOfWork, case: Case, context: Context, now: datetime, *, quiet: bool) -> None:
    if not context.inbox_id:
        return
    await Report.create(
        id=unit.new_id(), station_id=unit.database.station_id, case_id=case.id, inbox_id=context.inbox_id,
        chat_id=context.chat_id, identity_id=context.identity_id, platform_id=context.message.id,
        at=context.message.at,
    )  # fmt: skip
    if not quiet:
        await record.happened(unit, case, "report.added", _resident(context), at=now)


async def _earlier(unit: UnitOfWork, case: Case, platform_id: str, context: Context) -> None:
    """Put the message that an escalation is about into its case: the button that was pressed says nothing."""
    found = await Inbox.filter(chat_id=context.chat_id, platform_id=platform_id).order_by("-revision").first()
    if found is None or await Report.filter(case_id=case.id, inbox_id=found.id).exists():
        return
    await Report.create(
        id=unit.new_id(), station_id=unit.database.station_id, case_id=case.id, inbox_id=found.id,
        chat_id=context.chat_id, identity_id=found.identity_id, platform_id=platform_id, at=found.received_at,
    )  # fmt: skip


async def withdraw(desk: Desk, unit: UnitOfWork, case: Case, context: Context) -> bool:
    """Cancel a routine case that nobody has claimed. False where a human decides: then it's a report."""
    now = desk.clock.now()
    done = await Case.filter(
        id=case.id, epoch=case.epoch, state__in=list(sources(Step.CANCEL)), level=Level.ROUTINE
    ).update(state=target(Step.CANCEL), epoch=case.epoch + 1, ended_at=now)
    if not done:
        await _report(unit, case, context, now, quiet=False)
        return False
    await record.happened(unit, case, "case.cancelled", _resident(context), at=now)
    unit.after_commit(lambda: desk.ended(case.chat_id))
    return True


async def reopen(desk: Desk, unit: UnitOfWork, case: Case, context: Context, now: datetime) -> bool:
    """Put a resolved case back into the queue, with new clocks. False if it was no longer resolved."""
    done = await Case.filter(id=case.id, epoch=case.epoch, state__in=list(sources(Step.REOPEN))).update(
        state=target(Step.REOPEN), epoch=case.epoch + 1, holder_id=None, holder_title="", claimed_at=None,
        resolved_at=None, result=None, reopened=case.reopened + 1,
    )  # fmt: skip
    if not done:
        return False
    await case.refresh_from_db()
    await record.start_clocks(unit, case, now, desk.settings.clock)
    await record.happened(unit, case, "case.reopened", _resident(context), at=now, times=case.reopened)
    unit.follow_up(FollowUp("handoff", "close", str(case.id), None))
    return True


async def close(desk: Desk, unit: UnitOfWork, case: Case, epoch: int) -> bool:
    """End a resolved case whose days for reopening are over. False if it moved on meanwhile."""
    now = desk.clock.now()
    done = await Case.filter(id=case.id, epoch=epoch, state__in=list(sources(Step.CLOSE))).update(
        state=target(Step.CLOSE), epoch=epoch + 1, ended_at=now
    )
    if done:
        await record.happened(unit, case, "case.closed", "system", at=now)
        unit.after_commit(lambda: desk.ended(case.chat_id))
    return bool(done)


def _resident(context: Context) -> str:
    return f"identity:{context.identity_id}"
