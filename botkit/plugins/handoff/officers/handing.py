"""Handing over: one officer asks another to take a case, with a note; it changes hands when the other accepts."""

from __future__ import annotations

from datetime import timedelta

from botkit.messages import Button, Lane, say, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.access import ROLES, involve, may_see
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Incomplete, Stale
from botkit.plugins.handoff.models import Card, Case
from botkit.plugins.handoff.officers import due, paging, work
from botkit.plugins.handoff.officers.checks import has_happened, plain, refusal
from botkit.plugins.handoff.officers.work import Action
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import HELD, Level, State, Step, sources
from botkit.staff import Member
from botkit.storage import UnitOfWork


async def offer(desk: Desk, unit: UnitOfWork, action: Action, to: Member | None, text: str) -> Case:
    """Ask a colleague to take one's case over. The note is for them; the case stays with its holder until they accept.

    One that was handed on before goes to the commander instead. Raises ``Incomplete`` without note or colleague.
    """
    case, now = await work.find(desk, action), desk.clock.now()
    if await has_happened(action.key, text):
        return case
    words = plain(text)
    if case.handed + 1 >= work.TWICE:
        return await work.release(desk, unit, action, words)
    if to is None or to.id == action.officer.id or not to.may(ROLES) or not may_see(case, to.roles):
        raise Incomplete(tr("handoff.error.colleague"))
    done = await Case.filter(
        id=case.id, epoch=action.epoch, state__in=[state.value for state in HELD], holder_id=action.officer.id
    ).update(offered_to=to.id)
    if not done:
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    await involve(unit, case, to.id)
    until = now + timedelta(minutes=desk.settings.offer_minutes)
    due.put(unit, case, due.OFFER, until, to=to.id)
    await record.happened(
        unit, case, "case.offered", action.officer.actor, at=now, text=words, key=action.key or None, to=to.id
    )
    buttons = (
        Button(tr("handoff.button.accept"), "handoff.accept", case.ref),
        Button(tr("handoff.button.decline"), "handoff.decline", case.ref),
    )
    lane = Lane.URGENT if Level(case.level).urgent else Lane.REPLY
    line = tr("handoff.offered", case=record.ref(case), officer=action.officer.name, colleague=to.name, text=words)
    posts = await desk.services.officers.posts(to.id)
    for chat in posts:
        await cards.show(desk, unit, case, chat, now)
        unit.say(say(line, buttons=buttons, officer=True, quote=False, lane=lane), chat=chat)
    if not posts:
        await cards.tell(unit, case, line, buttons=buttons)
    return case


async def accept(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """Take over a case that one was asked to. Raises ``Stale`` if one is not asked any more."""
    case, now, officer = await work.find(desk, action), desk.clock.now(), action.officer
    if work.holds(case, officer):
        return case
    before = case.holder_id
    done = await Case.filter(
        id=case.id, epoch=case.epoch, state__in=list(sources(Step.HAND_OVER)), offered_to=officer.id
    ).update(**work.held_by(desk, case, officer, now), handed=case.handed + 1)
    if not done:
        raise Stale(tr("handoff.error.offer"))
    await case.refresh_from_db()
    await record.happened(unit, case, "case.handed_over", officer.actor, at=now, before=before)
    await work.taken_over(desk, unit, case, now)
    return case


async def decline(desk: Desk, unit: UnitOfWork, action: Action, why: str = "") -> Case:
    """Say no to a case that one was asked to take: it stays with its holder, who hears of it."""
    case, now, officer = await work.find(desk, action), desk.clock.now(), action.officer
    if not await Case.filter(id=case.id, offered_to=officer.id).update(offered_to=None):
        raise Stale(tr("handoff.error.offer"))
    await case.refresh_from_db()
    due.drop(unit, case, due.OFFER)
    await record.happened(unit, case, "case.declined", officer.actor, at=now, text=plain(why) if why.strip() else None)
    await cards.tell(unit, case, tr("handoff.declined", case=record.ref(case), officer=officer.name))
    return case


async def overdue(desk: Desk, unit: UnitOfWork, case_id: int, to: int) -> None:
    """Nobody accepted in time: the case stays with its holder, who is told and reminded that it is theirs."""
    case = await Case.get(id=case_id)
    if case.offered_to != to or case.state not in HELD:
        return
    await Case.filter(id=case.id).update(offered_to=None)
    await case.refresh_from_db()
    await record.happened(unit, case, "case.offer_lapsed", "system", at=desk.clock.now())
    await cards.tell(unit, case, tr("handoff.offer.lapsed", case=record.ref(case)))


async def assign(desk: Desk, unit: UnitOfWork, action: Action, to: Member | None) -> Case:
    """As commander, give a case to somebody, held or not; they are told and may hand it back with a reason."""
    case, now = await work.find(desk, action), desk.clock.now()
    if to is None or not to.may(ROLES) or not may_see(case, to.roles):
        raise Incomplete(tr("handoff.error.colleague"))
    states = [State.QUEUED.value, *(state.value for state in HELD)]
    mine = Case.filter(id=case.id, epoch=action.epoch, state__in=states)
    if not action.officer.may(work.COMMANDER) or not await mine.update(**work.held_by(desk, case, to, now)):
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    await record.happened(unit, case, "case.assigned", action.officer.actor, at=now, to=to.id)
    await work.taken_over(desk, unit, case, now)
    line = tr("handoff.assigned", case=record.ref(case), officer=action.officer.name)
    await paging.tell_person(desk, unit, case, to.id, line, now)
    return case


async def pass_on(desk: Desk, unit: UnitOfWork, case: Case, gone: Member, to: Member) -> None:
    """Hand a case on without being asked: its holder is off duty now, and somebody else is there."""
    now = desk.clock.now()
    done = await Case.filter(id=case.id, epoch=case.epoch, holder_id=gone.id).update(
        **work.held_by(desk, case, to, now)
    )
    if not done:
        return
    await case.refresh_from_db()
    await record.happened(unit, case, "case.handed_over", "system", at=now, before=gone.id)
    await work.taken_over(desk, unit, case, now)
    line = tr("handoff.passed_on", case=record.ref(case), before=gone.name, colleague=to.name)
    quiet = paging.silent(desk, case, now)
    here = await column(Card.filter(case_id=case.id), "chat_id")
    await cards.tell(unit, case, line, silent=quiet)
    for member in (gone, to):
        await paging.tell_person(desk, unit, case, member.id, line, now, but=here)
    for chat in await desk.services.officers.posts(to.id):
        await cards.show(desk, unit, case, chat, now, silent=quiet)
