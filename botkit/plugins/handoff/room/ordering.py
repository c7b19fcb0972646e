"""Applying orders given in chat: done within a savepoint, answered in the room where they were given."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from botkit.messages import Button, Reply, Text, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Ordered
from botkit.plugins.handoff.errors import HandoffError, Incomplete, NeedsConfirmation, NoSuchCase, Stale
from botkit.plugins.handoff.models import Card, Case, Draft
from botkit.plugins.handoff.officers import alarms, canned, due, handing, merging, outcome, partners, speaking, work
from botkit.plugins.handoff.officers.checks import DETAILS, NUMBERS, PUBLIC
from botkit.plugins.handoff.officers.work import Action
from botkit.plugins.handoff.states import Level
from botkit.storage import UnitOfWork

ALL = frozenset({NUMBERS, PUBLIC, DETAILS})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the officer hears. ``once`` names the message, so that it can be replaced."""

    lines: tuple[Text | str, ...]
    buttons: tuple[Button, ...] = ()
    once: str | None = None


Do = Callable[[Desk, UnitOfWork, Action, Ordered], Awaitable[Answer]]


async def apply(effect: Ordered, unit: UnitOfWork) -> None:
    """Do what was ordered, if the officer may and the case still stands so; say what became of it."""
    desk = desk_of(unit.database)
    member = await desk.services.staff.get(effect.officer_id)
    context = unit.context
    if member is None:
        return
    case = await Case.get_or_none(id=effect.case_id)
    key = f"chat.{context.inbox_id}" if context is not None else ""
    action = Action(
        member, effect.case_id, case.epoch if case is not None else 0, key, effect.confirmed, effect.room in desk.rooms
    )
    try:
        async with unit.savepoint():
            if effect.draft:
                answer = await _of_draft(desk, unit, action, effect)
            else:
                answer = await DO[effect.verb](desk, unit, action, effect)
    except NeedsConfirmation as problem:
        answer = await _hold_back(desk, unit, action, effect, problem)
    except NoSuchCase:
        answer = Answer((tr("handoff.order.stranger"),))
    except HandoffError as problem:
        answer = Answer((problem.told,))
    if answer.lines:
        await _say(unit, effect, answer)


async def _say(unit: UnitOfWork, effect: Ordered, answer: Answer) -> None:
    card = await Card.get_or_none(case_id=effect.case_id, chat_id=effect.room) if effect.case_id else None
    thread = f"handoff.thread.{effect.case_id}.{effect.room}" if card is not None else None
    context = unit.context
    quoted = context.message.id if context is not None and context.message.id else None
    said = Reply(answer.lines, answer.buttons, officer=True, once=answer.once, thread=thread, reply_to=quoted)
    unit.say(said, chat=effect.room)


async def _claim(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.claim(desk, unit, action)
    others = await Case.filter(beside=case.id, state="queued").order_by("id")
    lines: list[Text | str] = [tr("handoff.order.claimed", case=record.ref(case), officer=action.officer.name)]
    if others:
        numbers = ", ".join(f"#{other.number}" for other in others[:5])
        lines.append(tr("handoff.order.alike", count=len(others), cases=numbers, case=record.ref(case)))
    return Answer(tuple(lines))


async def _release(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.release(desk, unit, action, order.text)
    return Answer((tr("handoff.order.released", case=record.ref(case), officer=action.officer.name),))


async def _keep(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.keep(desk, unit, action)
    return Answer((tr("handoff.order.kept", case=record.ref(case), until=case.lease_until),))


async def _offer(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    to = await desk.services.staff.get(order.to)
    case = await handing.offer(desk, unit, action, to, order.text)
    if case.offered_to is None:
        return Answer((tr("handoff.order.raised_to_commander", case=record.ref(case)),))
    return Answer((tr("handoff.order.offered", case=record.ref(case), colleague=to.name if to else ""),))


async def _accept(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await handing.accept(desk, unit, action)
    return Answer((tr("handoff.order.claimed", case=record.ref(case), officer=action.officer.name),))


async def _decline(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await handing.decline(desk, unit, action, order.text)
    return Answer((tr("handoff.order.declined", case=record.ref(case)),))


async def _assign(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    to = await desk.services.staff.get(order.to)
    case = await handing.assign(desk, unit, action, to)
    return Answer((tr("handoff.order.claimed", case=record.ref(case), officer=to.name if to else ""),))


async def _snooze(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.find(desk, action)
    span = desk.settings.snooze(Level(case.level).urgent)
    at = desk.clock.now() + span
    due.remind(unit, case, action.officer.id, at, snoozed=True)
    await record.happened(unit, case, "case.snoozed", action.officer.actor, at=desk.clock.now())
    return Answer((tr("handoff.order.snoozed", case=record.ref(case), at=at),))


async def _urgent(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.urgent(desk, unit, action)
    return Answer((tr("handoff.order.raised", case=record.ref(case)),))


async def _await(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.await_resident(desk, unit, action)
    return Answer((tr("handoff.order.awaits", case=record.ref(case), hours=desk.settings.nudge_hours),))


async def _agency(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    if order.until is None:
        raise Incomplete(tr("handoff.error.date"))
    case = await work.await_agency(desk, unit, action, order.until, order.text)
    return Answer((tr("handoff.order.agency", case=record.ref(case), whom=order.text, until=order.until),))


async def _follow(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.follow(desk, unit, action, order.until)
    return Answer((tr("handoff.order.follow", case=record.ref(case), at=order.until),))


async def _note(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.note(desk, unit, action, order.text)
    card = await Card.exists(case_id=case.id, chat_id=order.room)
    # In the case's own place a note needs no answer: it stands there.
    return Answer(()) if card else Answer((tr("handoff.order.noted", case=record.ref(case)),))


async def _reply(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    said = await speaking.reply(desk, unit, action, order.text, chat=order.chat, room=order.room)
    where, text = desk.where(said.chat), order.text.strip()
    if not said.draft:
        return Answer((tr("handoff.reply.sent", case=record.ref(said.case), where=where, text=text),))
    seconds = desk.settings.take_back_seconds
    line = tr("handoff.reply.waits", case=record.ref(said.case), where=where, text=text, seconds=seconds)
    return Answer((line,), (_draft_button("back", said.draft),), speaking.draft_name(said.draft))


async def _canned(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.find(desk, action)
    text = await canned.filled(desk, case, order.text.strip())
    if text is None:
        return Answer(await canned.listed(case))
    said = replace(order, verb="reply", text=text)
    try:
        return await _reply(desk, unit, action, said)
    except NeedsConfirmation as problem:
        # What is asked about is the words as they were filled in, not the name of the answer.
        return await _hold_back(desk, unit, action, said, problem)


async def _resolve(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await speaking.resolve(desk, unit, action, order.result, order.text)
    lines = [tr("handoff.order.resolved", case=record.ref(case), officer=action.officer.name)]
    if not await outcome.reaches(desk, case):
        lines.append(tr("handoff.order.resolved.silent"))
    return Answer(tuple(lines))


async def _merge(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await work.find(desk, action)
    into = await merging.merge(desk, unit, action, await Case.get_or_none(id=order.other))
    undo = Button(tr("handoff.button.unmerge"), "handoff.unmerge", case.ref)
    return Answer((tr("handoff.order.merged", case=record.ref(case), into=record.ref(into)),), (undo,))


async def _unmerge(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await merging.unmerge(desk, unit, action)
    return Answer((tr("handoff.order.unmerged", case=record.ref(case)),))


async def _split(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    own = await merging.split(desk, unit, action, order.other)
    return Answer((tr("handoff.order.split", case=record.ref(own)),))


async def _false(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    case = await alarms.false(desk, unit, action)
    return Answer((tr("handoff.order.false", case=record.ref(case)),))


async def _partner(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    room = desk.rooms.get(order.chat or 0)
    if room is None:
        raise Incomplete(tr("handoff.error.partner"))
    case = await partners.hand(desk, unit, action, room, order.text)
    return Answer((tr("handoff.order.partner", case=record.ref(case), name=room.name),))


DO: dict[str, Do] = {
    "claim": _claim, "release": _release, "keep": _keep, "offer": _offer, "accept": _accept, "decline": _decline,
    "assign": _assign, "snooze": _snooze, "urgent": _urgent, "await": _await, "agency": _agency, "follow": _follow,
    "note": _note, "reply": _reply, "canned": _canned, "resolve": _resolve, "merge": _merge, "unmerge": _unmerge,
    "split": _split, "false": _false, "partner": _partner,
}  # fmt: skip


# words that wait --------------------------------------------------------------------------------------------


def _draft_button(name: str, draft: int) -> Button:
    return Button(tr(f"handoff.button.{name}"), f"handoff.{name}", str(draft))


async def _hold_back(
    desk: Desk, unit: UnitOfWork, action: Action, order: Ordered, problem: NeedsConfirmation
) -> Answer:
    """Keep words that need a second yes, and ask for it, with the other ways that there are."""
    case, now = await work.find(desk, action), desk.clock.now()
    draft = await Draft.create(
        id=unit.new_id(), station_id=unit.database.station_id, case_id=case.id, staff_id=action.officer.id,
        epoch=case.epoch, what=order.verb, text=order.text, room_id=order.room, created_at=now,
        facts=json.dumps({"chat": order.chat, "result": order.result}),
    )  # fmt: skip
    names = ["send", "discard"]
    if problem.concern != NUMBERS and order.verb == "reply" and await speaking.private_of(desk, case):
        names.insert(1, "private")
    where = desk.where(order.chat or case.chat_id)
    lines = (problem.told, tr("handoff.reply.held", where=where, text=order.text.strip()))
    return Answer(lines, tuple(_draft_button(name, draft.id) for name in names), speaking.draft_name(draft.id))


async def _of_draft(desk: Desk, unit: UnitOfWork, action: Action, order: Ordered) -> Answer:
    """A button under words that wait: take back, send all the same, in private instead, or not at all."""
    if order.verb == "back":
        taken = await speaking.take_back(desk, unit, action.officer, order.draft)
        return Answer((tr("handoff.reply.taken_back", text=taken.text),))
    draft = await Draft.get_or_none(id=order.draft, staff_id=action.officer.id, due_at__isnull=True)
    if draft is None:
        raise Stale(tr("handoff.error.said"))
    await Draft.filter(id=draft.id).delete()
    if order.verb == "discard":
        return Answer((tr("handoff.reply.discarded", text=draft.text),))
    case, facts = await Case.get(id=draft.case_id), json.loads(draft.facts)
    chat = facts["chat"]
    if order.verb == "private":
        alone = await speaking.private_of(desk, case)
        if len(set(alone)) != 1:
            raise Incomplete(tr("handoff.error.private"))
        chat = alone[0]
    again = Ordered(draft.what, action.officer.id, order.room, case.id, draft.text, chat=chat, result=facts["result"])
    confirmed = replace(action, case_id=case.id, epoch=draft.epoch, confirmed=ALL)
    return await DO[draft.what](desk, unit, confirmed, again)
