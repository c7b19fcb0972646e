"""Cases as residents make them: opening, adding to, withdrawing, reopening. Runs in units of work only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from botkit.context import Context
from botkit.decision import Escalation
from botkit.messages import Button, Message, Text, tr
from botkit.plugins.handoff import labels, places, record
from botkit.plugins.handoff.access import COMMANDER_ONLY
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Stale
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.officers import clocks, due, outcome, paging, partnercard
from botkit.plugins.handoff.residents import linking, words
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.routing import AT_RISK, team_of
from botkit.plugins.handoff.states import HELD, LIVE, OPEN, Level, State, Step, sources, target
from botkit.storage import UnitOfWork
from botkit.storage.models import Inbox


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an escalation: its case, and how it came there (opened, joined, added or reopened)."""

    case: Case
    how: str


def known_level(level: str) -> Level:
    """A level by name. One that nobody knows is taken for the most urgent: doubt goes to a human, quickly."""
    try:
        return Level(level)
    except ValueError:
        return Level.EMERGENCY


async def of_resident(chat_id: int, identity_id: int) -> list[Case]:
    """The live cases that a person has told of in a chat: open ones first, then the newest.

    Of a case that was merged it is the one that it became part of.
    """
    told = await column(Report.filter(identity_id=identity_id, chat_id=chat_id), "case_id")
    found = {case.id: case for case in await Case.filter(id__in=told or [0], state__in=[*LIVE, State.MERGED])}
    for case in [case for case in found.values() if case.state == State.MERGED]:
        del found[case.id]
        survivor = await linking.survivor_of(case)
        if survivor.state in LIVE:
            found[survivor.id] = survivor
    return sorted(found.values(), key=lambda case: (case.state not in OPEN, -case.id))


async def told_of(chat_id: int, identity_id: int) -> list[Case]:
    """All cases that a person has told of in a chat, the newest first; of a merged one what it became part of."""
    told = await column(Report.filter(identity_id=identity_id, chat_id=chat_id), "case_id")
    found = [await linking.survivor_of(case) for case in await Case.filter(id__in=told or [0]).order_by("-id")]
    return list({case.id: case for case in found}.values())


async def told_by(case: Case, chat_id: int, identity_id: int) -> bool:
    """Whether this person told of a case in this chat."""
    return await Report.exists(case_id=case.id, chat_id=chat_id, identity_id=identity_id)


async def take(desk: Desk, unit: UnitOfWork, effect: Escalation, context: Context) -> Taken:
    """Give an escalation to a human: add it to an open case, join one of others, reopen a resolved one, or open one."""
    now = desk.clock.now()
    place = places.told(desk, context.message.text, context.chat_id)
    case = await _belongs(desk, effect, context, now)
    how = "added"
    if case is None:
        case = await _incident(desk, effect, place, now)
        how = "joined"
    if case is None:
        case = await _create(desk, unit, effect, context, place, now)
        how = "opened"
        await linking.link(desk, unit, case, effect, context, now)
    elif case.state == State.RESOLVED:
        if not await reopen(desk, unit, case, context, now):
            raise Stale(tr("handoff.error.moved"))
        how = "reopened"
    if effect.about:
        await _earlier(unit, case, effect.about, context)
    await _report(unit, case, context, now, quiet=how not in ("added", "joined"))
    if how in ("opened", "reopened"):
        paging.begin(unit, case, now, _told(desk, effect, context))
    else:
        if how == "joined":
            unit.after_commit(lambda: desk.opened(context.chat_id))
        await _heard(desk, unit, case, context, place, now)
        if (card := await cards.first(case.id)) is not None:
            paging.tell(unit, _told(desk, effect, context), card.once)
    return Taken(case, how)


def _told(desk: Desk, effect: Escalation, context: Context) -> dict[str, Any] | None:
    """What is to be said once the page is out, as the timer of the page keeps it."""
    if effect.told is None:
        return None
    render = desk.services.catalogues.render
    lines = [line if isinstance(line, str) else render(line, context.language) for line in effect.told.lines]
    return {"text": "\n".join(lines), "edits": effect.told.edits, "chat": context.chat_id}


async def _belongs(desk: Desk, effect: Escalation, context: Context, now: datetime) -> Case | None:
    mine = await of_resident(context.chat_id, context.identity_id)
    # A word to the officer who holds one case belongs to that case, whatever else is open.
    for case in sorted(mine, key=lambda case: (case.state not in OPEN, case.topic != effect.topic)):
        # A complaint about an officer must not land where that officer reads it.
        if effect.topic in COMMANDER_ONLY and case.topic != effect.topic:
            continue
        # Somebody at risk never stands in an ordinary case; and in a group nothing is told to go on with theirs.
        apart = (effect.topic in AT_RISK) != case.at_risk
        if apart and (effect.topic in AT_RISK or not context.message.private):
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


async def _incident(desk: Desk, effect: Escalation, place: str, now: datetime) -> Case | None:
    """The open case of the same kind and resolved place from the last minutes. Never that of somebody at risk."""
    if not place or effect.topic in AT_RISK or effect.topic in COMMANDER_ONLY:
        return None
    since = now - timedelta(minutes=desk.settings.join_minutes)
    level = known_level(effect.level)
    recent = Case.filter(topic=effect.topic[:64], level=level.value, state__in=list(OPEN), opened_at__gte=since)
    for case in await recent.exclude(place="").order_by("id").limit(100):
        if not case.at_risk and places.meets(case.place, place):
            return case
    return None


async def _create(
    desk: Desk, unit: UnitOfWork, effect: Escalation, context: Context, place: str, now: datetime
) -> Case:
    day = desk.day(now).date()
    level, topic = known_level(effect.level), effect.topic[:64]
    case = Case(
        id=unit.new_id(), station_id=unit.database.station_id, number=await record.next_number(unit, day),
        year=day.year, state=State.QUEUED, level=level, topic=topic, chat_id=context.chat_id,
        identity_id=context.identity_id, language=context.language, opened_at=now, place=place,
        team=team_of(topic), at_risk=topic in AT_RISK,
    )  # fmt: skip
    lead = await paging.beside(desk, case, now)
    case.beside = lead.id if lead is not None else None
    await case.save(force_create=True)
    await record.start_clocks(unit, case, now, desk.settings.clock)
    clocks.watch(unit, case, now + desk.settings.clock, now)
    due.arm(unit, case)
    facts = {"level": level.value, "topic": topic, "reason": effect.reason[:64]}
    await record.happened(unit, case, "case.opened", _resident(context), at=now, **facts)
    unit.after_commit(lambda: desk.opened(case.chat_id))
    return case


async def _heard(desk: Desk, unit: UnitOfWork, case: Case, context: Context, place: str, now: datetime) -> None:
    """More was told of a case: whoever holds it reads it, and somebody who was waited for has answered."""
    if place and (not case.place or places.meets(case.place, place)):
        case.place = places.more(case.place, place)
        await Case.filter(id=case.id).update(place=case.place)
    if case.state == State.WAITING_RESIDENT and await told_by(case, context.chat_id, context.identity_id):
        await resume(desk, unit, case, _resident(context), now)
    if case.state in HELD:
        message = context.message
        line = tr("handoff.relay", case=record.ref(case), name=message.sender.name, text=_relayed(message))
        photos = cards.pictures(message.attachments)
        await cards.tell(unit, case, line, once=f"handoff.relay.{context.inbox_id}", files=photos)
    await cards.refresh(unit, case, now)


def _relayed(message: Message) -> Text | str:
    """What somebody has said, for whoever holds the case: words, and what came beside them."""
    what = labels.beside(message)
    parts = [message.text, tr("handoff.relay.beside", what=what) if what is not None else ""]
    return labels.joined([part for part in parts if part] or [tr("handoff.relay.wordless")])


async def resume(desk: Desk, unit: UnitOfWork, case: Case, actor: str, now: datetime) -> bool:
    """What was waited for has come: its holder goes on. False if the case moved on meanwhile."""
    lease = now + desk.settings.lease(Level(case.level).urgent)
    done = await Case.filter(id=case.id, epoch=case.epoch, state__in=list(sources(Step.RESUME))).update(
        state=target(Step.RESUME), wait_until=None, nudges=0, lease_until=lease
    )
    if done:
        await case.refresh_from_db()
        due.arm(unit, case)
        await record.happened(unit, case, "case.resumed", actor, at=now)
    return bool(done)


async def _report(unit: UnitOfWork, case: Case, context: Context, now: datetime, *, quiet: bool) -> None:
    if not context.inbox_id:
        return
    await Report.create(
        id=unit.new_id(), station_id=unit.database.station_id, case_id=case.id, inbox_id=context.inbox_id,
        chat_id=context.chat_id, identity_id=context.identity_id, platform_id=context.message.id,
        at=context.message.at, via=await _through(case, context),
    )  # fmt: skip
    if not quiet:
        await record.happened(unit, case, "report.added", _resident(context), at=now)


async def _through(case: Case, context: Context) -> int | None:
    """The merged case of this person and chat through which a message reaches its survivor."""
    told = await column(Report.filter(identity_id=context.identity_id, chat_id=context.chat_id), "case_id")
    for merged in await Case.filter(id__in=told or [0], state=State.MERGED.value).order_by("-id"):
        if (await linking.survivor_of(merged)).id == case.id:
            return int(merged.id)
    return None


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
    """Cancel a routine case that nobody has claimed and nobody else told of. False where a human decides."""
    now = desk.clock.now()
    others = any(report.identity_id != context.identity_id for report in await outcome.reports_of(case))
    done = not others and await Case.filter(
        id=case.id, epoch=case.epoch, state__in=list(sources(Step.CANCEL)), level=Level.ROUTINE
    ).update(state=target(Step.CANCEL), epoch=case.epoch + 1, ended_at=now)
    if not done:
        await _report(unit, case, context, now, quiet=False)
        await cards.tell(unit, case, tr("handoff.withdraw.asked", case=record.ref(case)))
        return False
    await case.refresh_from_db()
    due.arm(unit, case)
    await record.happened(unit, case, "case.cancelled", _resident(context), at=now)
    await partnercard.end(desk, unit, case, now, partnercard.CANCELLED)
    await cards.refresh(unit, case, now)
    await quiet_again(desk, unit, case)
    return True


async def reopen(desk: Desk, unit: UnitOfWork, case: Case, context: Context, now: datetime) -> bool:
    """Put a resolved case back into the queue, with new clocks. False if it was no longer resolved."""
    done = await Case.filter(id=case.id, epoch=case.epoch, state__in=list(sources(Step.REOPEN))).update(
        state=target(Step.REOPEN), epoch=case.epoch + 1, holder_id=None, holder_title="", claimed_at=None,
        resolved_at=None, result=None, reopened=case.reopened + 1, handed=0, beside=None, lease_until=None,
    )  # fmt: skip
    if not done:
        return False
    await case.refresh_from_db()
    await record.start_clocks(unit, case, now, desk.settings.clock)
    clocks.watch(unit, case, now + desk.settings.clock, now)
    await record.happened(unit, case, "case.reopened", _resident(context), at=now, times=case.reopened)
    await partnercard.again(desk, unit, case, now)
    due.arm(unit, case)
    await cards.refresh(unit, case, now)
    button = Button(tr("handoff.button.claim"), "handoff.claim", case.ref)
    quiet = paging.silent(desk, case, now)
    await cards.tell(unit, case, tr("handoff.reopened.desk", case=record.ref(case)), buttons=(button,), silent=quiet)
    return True


async def close(desk: Desk, unit: UnitOfWork, case: Case, epoch: int) -> bool:
    """End a resolved case whose days for reopening are over. False if it moved on meanwhile."""
    now = desk.clock.now()
    done = await Case.filter(id=case.id, epoch=epoch, state__in=list(sources(Step.CLOSE))).update(
        state=target(Step.CLOSE), epoch=epoch + 1, ended_at=now
    )
    if done:
        await case.refresh_from_db()
        due.arm(unit, case)
        await record.happened(unit, case, "case.closed", "system", at=now)
        await quiet_again(desk, unit, case)
    return bool(done)


async def quiet_again(desk: Desk, unit: UnitOfWork, case: Case) -> None:
    """After a case has ended: its chats need no look at the database any more, unless another case lives there."""
    parts = [case.id, *await column(Case.filter(merged_into=case.id), "id")]
    chats = set(await column(Report.filter(case_id__in=parts), "chat_id")) | {case.chat_id}
    for chat in chats:
        there = await column(Report.filter(chat_id=chat).exclude(case_id__in=parts), "case_id")
        if not await Case.filter(id__in=list(set(there)), state__in=[*LIVE, State.MERGED]).exists():
            unit.after_commit(partial(desk.ended, chat))


def _resident(context: Context) -> str:
    return f"identity:{context.identity_id}"
