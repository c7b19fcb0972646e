"""Merging: reports of one incident become one case by an officer's tap, and are parted again by another."""

from __future__ import annotations

from datetime import datetime

from botkit.messages import tr
from botkit.plugins.handoff import places, record
from botkit.plugins.handoff.access import COMMANDER_ONLY, involve
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Incomplete
from botkit.plugins.handoff.models import Case, CaseClock, CaseEvent, Involved, Report
from botkit.plugins.handoff.officers import clocks, due, outcome, paging, partnercard, work
from botkit.plugins.handoff.officers.checks import refusal
from botkit.plugins.handoff.officers.work import Action
from botkit.plugins.handoff.residents import linking
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import OPEN, State, Step, sources, target
from botkit.storage import UnitOfWork


async def merge(desk: Desk, unit: UnitOfWork, action: Action, into: Case | None) -> Case:
    """Make a case part of another open one. Its reports stay its own; later words reach the survivor.

    Raises ``Incomplete`` where they can't be one: complaints, people at risk with anything of another kind.
    """
    case, now = await work.find(desk, action), desk.clock.now()
    if into is not None:
        into = await linking.survivor_of(into)
    if (
        into is None
        or into.id == case.id
        or not await work.knows(desk, action, into)
        or into.state not in OPEN
        or (case.topic in COMMANDER_ONLY) != (into.topic in COMMANDER_ONLY)
        or case.at_risk != into.at_risk
    ):
        raise Incomplete(tr("handoff.error.merge"))
    held_by_other = case.holder_id is not None and case.holder_id != action.officer.id
    done = False
    if not held_by_other or action.officer.may(work.COMMANDER):
        done = bool(
            await Case.filter(id=case.id, epoch=action.epoch, state__in=list(sources(Step.MERGE))).update(
                state=target(Step.MERGE), merged_into=into.id, epoch=case.epoch + 1, holder_id=None, holder_title="",
                lease_until=None, wait_until=None, offered_to=None, beside=None,
            )
        )  # fmt: skip
    if not done:
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    due.arm(unit, case)
    if case.place and (not into.place or places.meets(into.place, case.place)):
        await Case.filter(id=into.id).update(place=places.more(into.place, case.place))
        await into.refresh_from_db()
    await Case.filter(beside=case.id, state=State.QUEUED.value).update(beside=into.id)
    await record.happened(unit, case, "case.merged", action.officer.actor, at=now, into=into.id)
    await record.happened(unit, into, "case.absorbed", action.officer.actor, at=now, other=case.id)
    await partnercard.end(desk, unit, case, now, partnercard.MERGED)
    await involve(unit, into, *await column(Involved.filter(case_id=case.id), "staff_id"))
    line = tr("handoff.merged.desk", case=record.ref(into), other=record.ref(case), officer=action.officer.name)
    await cards.tell(unit, into, line, silent=paging.silent(desk, into, now))
    await cards.refresh(unit, case, now)
    await cards.refresh(unit, into, now)
    return into


async def unmerge(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """Part a merged case again: it is queued and paged anew, with what its resident said meanwhile."""
    case, now = await work.find(desk, action), desk.clock.now()
    before = case.merged_into
    done = await Case.filter(id=case.id, epoch=action.epoch, state__in=list(sources(Step.UNMERGE))).update(
        state=target(Step.UNMERGE), merged_into=None, epoch=case.epoch + 1
    )
    if not done:
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    await Report.filter(via=case.id).update(case_id=case.id, via=None)
    # What came through cases that are part of this one goes along with it.
    others = [part for part in await outcome.parts_of(case) if part != case.id]
    await Report.filter(via__in=others or [0]).update(case_id=case.id)
    due.arm(unit, case)
    await _promise_again(desk, unit, case, now)
    await record.happened(unit, case, "case.parted", action.officer.actor, at=now, before=before)
    await partnercard.again(desk, unit, case, now)
    paging.begin(unit, case, now)
    if before is not None and (survivor := await Case.get_or_none(id=before)) is not None:
        await cards.refresh(unit, survivor, now)
    await cards.refresh(unit, case, now)
    return case


async def _promise_again(desk: Desk, unit: UnitOfWork, case: Case, now: datetime) -> None:
    """Its clocks run on from the report; where the outcome of the other was told meanwhile, new ones begin."""
    clock = await CaseClock.filter(case_id=case.id, round=case.reopened, met_at__isnull=True).first()
    if clock is None:
        await Case.filter(id=case.id).update(reopened=case.reopened + 1)
        await case.refresh_from_db()
        await record.start_clocks(unit, case, now, desk.settings.clock)
    clocks.watch(unit, case, clock.due_at if clock is not None else now + desk.settings.clock, now)


async def split(desk: Desk, unit: UnitOfWork, action: Action, identity_id: int) -> Case:
    """Part one reporter's messages from a case that they had joined by themselves: a case of their own.

    Raises ``Incomplete`` for somebody who reported nothing here, or who is the only one.
    """
    case, now = await work.find(desk, action), desk.clock.now()
    if action.key and (before := await CaseEvent.get_or_none(key=action.key)) is not None:
        return await Case.get(id=before.case_id)
    held_by_other = case.holder_id is not None and case.holder_id != action.officer.id
    if case.epoch != action.epoch or (held_by_other and not action.officer.may(work.COMMANDER)):
        raise await refusal(case.id, action.officer)
    theirs = await Report.filter(case_id=case.id, identity_id=identity_id).order_by("id")
    left = await Report.filter(case_id=case.id).exclude(identity_id=identity_id).order_by("id").first()
    if not theirs or left is None or case.state not in OPEN:
        raise Incomplete(tr("handoff.error.split"))
    day = desk.day(now).date()
    own = await Case.create(
        id=unit.new_id(), station_id=case.station_id, number=await record.next_number(unit, day), year=day.year,
        state=State.QUEUED, level=case.level, topic=case.topic, chat_id=theirs[0].chat_id, identity_id=identity_id,
        language=case.language, opened_at=theirs[0].at, place="", team=case.team, at_risk=case.at_risk,
    )  # fmt: skip
    await Report.filter(id__in=[report.id for report in theirs]).update(case_id=own.id)
    if case.identity_id == identity_id:
        # Whoever told of it first is gone: answers go to the first of those who are left.
        await Case.filter(id=case.id).update(identity_id=left.identity_id, chat_id=left.chat_id)
        await case.refresh_from_db()
    await record.start_clocks(unit, own, theirs[0].at, desk.settings.clock)
    clocks.watch(unit, own, theirs[0].at + desk.settings.clock, now)
    due.arm(unit, own)
    await record.happened(unit, own, "case.opened", action.officer.actor, at=now, level=own.level, topic=own.topic,
                          key=action.key or None, reason="split", before=case.id)  # fmt: skip
    paging.begin(unit, own, now)
    await cards.refresh(unit, case, now)
    return own
