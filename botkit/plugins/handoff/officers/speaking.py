"""Speaking to the resident: a reply waits a moment in which it can be taken back, then goes where it was meant to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from botkit.decision import FollowUp
from botkit.messages import ChatKind, Reply, Text, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Incomplete, Stale
from botkit.plugins.handoff.labels import RESULTS
from botkit.plugins.handoff.models import Case, CaseClock, Draft, Report
from botkit.plugins.handoff.officers import outcome, work
from botkit.plugins.handoff.officers.checks import check_text, has_happened, plain, refusal
from botkit.plugins.handoff.officers.work import Action
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import Level
from botkit.staff import Member
from botkit.storage import UnitOfWork


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a reply: it is out, or a draft (its id) until ``due``. ``chat`` is where it goes."""

    case: Case
    chat: int
    draft: int = 0
    due: datetime | None = None


async def reply(
    desk: Desk,
    unit: UnitOfWork,
    action: Action,
    text: str,
    *,
    progress: bool = False,
    chat: int | None = None,
    room: int | None = None,
) -> Said:
    """Say something to the resident in one place, signed by role; by default where the case was opened.

    It can be taken back for some seconds, unless the case is urgent. ``progress``: it says what happens next.
    ``room`` is where the officer hears what became of it. Raises ``NeedsConfirmation`` for a number that nobody
    vouches for, a place that many read or what it would tell them, ``Incomplete`` where there is no such place.
    """
    case, now = await work.find(desk, action), desk.clock.now()
    if not work.holds(case, action.officer) or case.epoch != action.epoch:
        raise await refusal(case.id, action.officer)
    where = await _place(desk, case, chat)
    facts = json.dumps({"key": action.key, "progress": progress, "chat": where})
    if await has_happened(action.key, text):
        return Said(case, where)
    if action.key and (twice := await Draft.get_or_none(case_id=case.id, facts=facts)) is not None:
        if twice.text != plain(text):
            raise Stale(tr("handoff.error.used"))
        return Said(case, where, twice.id, twice.due_at)
    words = await check_text(desk, case, text, action.confirmed, [where])
    wait = desk.settings.take_back
    if Level(case.level).urgent or not wait:
        await _speak(desk, unit, case, action.officer, words, progress, where, action.key, now)
        return Said(case, where)
    draft = await Draft.create(
        id=unit.new_id(), station_id=unit.database.station_id, case_id=case.id, staff_id=action.officer.id,
        epoch=case.epoch, what="reply", text=words, facts=facts, room_id=room,
        due_at=now + wait, created_at=now,
    )  # fmt: skip
    unit.follow_up(FollowUp("handoff", "draft", str(draft.id), now + wait, {"draft": draft.id}))
    unit.publish(record.TOPIC, {"event": "reply.drafted", "case": case.ref})
    await work.extend(desk, unit, case, action.officer, now)
    return Said(case, where, draft.id, now + wait)


async def _place(desk: Desk, case: Case, chat: int | None) -> int:
    places = await outcome.places_of(desk, case)
    where = case.chat_id if chat is None else chat
    if where not in places and where not in await private_of(desk, case):
        raise Incomplete(tr("handoff.error.place"))
    if case.at_risk and not desk.alone(where):
        raise Incomplete(tr("handoff.error.at_risk"))
    return where


async def private_of(desk: Desk, case: Case) -> list[int]:
    """Private chats of those who told of a case in a group, as far as they have written to the bot there."""
    found = []
    for report in await Report.filter(case_id=case.id):
        chat = desk.services.chats.by_id(report.chat_id).chat
        if chat.kind is ChatKind.GROUP and (row := desk.services.chats.private_of(report.identity_id)) is not None:
            found.append(row)
    return found


async def take_back(desk: Desk, unit: UnitOfWork, officer: Member, draft_id: int) -> Draft:
    """Take one's reply back before it goes out; returns it with its text. Raises ``Stale`` if it is out."""
    draft = await Draft.get_or_none(id=draft_id, staff_id=officer.id, due_at__isnull=False)
    if draft is None or not await Draft.filter(id=draft_id, staff_id=officer.id).delete():
        raise Stale(tr("handoff.error.said"))
    case = await Case.get(id=draft.case_id)
    unit.follow_up(FollowUp("handoff", "draft", str(draft_id), None))
    await record.happened(unit, case, "reply.taken_back", officer.actor, at=desk.clock.now())
    return draft


async def send(desk: Desk, unit: UnitOfWork, draft_id: int) -> None:
    """Send a reply that was not taken back, if its officer still holds the case as of the same epoch.

    Otherwise it stays with the case as a note, and the officer hears that it was not said.
    """
    draft = await Draft.get_or_none(id=draft_id)
    if draft is None or draft.due_at is None:
        return
    case = await Case.get(id=draft.case_id)
    officer = await desk.services.staff.get(draft.staff_id)
    await Draft.filter(id=draft.id).delete()
    facts, now = json.loads(draft.facts), desk.clock.now()
    if officer is None or not work.holds(case, officer) or case.epoch != draft.epoch:
        actor = f"staff:{draft.staff_id}"
        await record.happened(unit, case, "reply.dropped", actor, at=now, text=draft.text)
        await _hear(unit, draft, tr("handoff.reply.dropped", case=record.ref(case), text=draft.text))
        return
    await _speak(desk, unit, case, officer, draft.text, facts["progress"], facts["chat"], facts["key"], now)
    where = desk.where(facts["chat"])
    await _hear(unit, draft, tr("handoff.reply.sent", case=record.ref(case), where=where, text=draft.text))


async def _hear(unit: UnitOfWork, draft: Draft, line: Text) -> None:
    """Tell the officer what became of a reply, in place of the line that offered to take it back."""
    if draft.room_id is not None:
        said = Reply((line,), quote=False, officer=True, edits=draft_name(draft.id), silent=True)
        unit.say(said, chat=draft.room_id)


def draft_name(draft_id: int) -> str:
    """The name of the line that offers to take a reply back."""
    return f"handoff.draft.{draft_id}"


async def _speak(
    desk: Desk,
    unit: UnitOfWork,
    case: Case,
    officer: Member,
    words: str,
    progress: bool,
    chat: int,
    key: str,
    now: datetime,
) -> None:
    running = CaseClock.filter(case_id=case.id, round=case.reopened, met_at__isnull=True)
    first = await running.filter(name="response").exists()
    await Case.filter(id=case.id).update(spoke_at=now)
    await work.extend(desk, unit, case, officer, now)
    clocks = ("response", "feedback") if progress or not first else ("response",)
    await record.meet_clocks(case, clocks, now)
    await record.happened(
        unit, case, "officer.spoke", officer.actor, at=now, text=words, key=key or None, progress=progress, chat=chat
    )
    await case.refresh_from_db()
    latest = await Report.filter(case_id=case.id, chat_id=chat).order_by("-id").first()
    quoted = latest.platform_id if latest is not None and not desk.alone(chat) else None
    unit.say(replace(signed(desk, case, officer, words, key), reply_to=quoted), chat=chat)
    await cards.refresh(unit, case, now)


async def resolve(desk: Desk, unit: UnitOfWork, action: Action, result: str, text: str) -> Case:
    """End the work on a case: a result code, and a text that tells everybody who reported. Stops all clocks.

    Replies of the same officer that still wait go out before. Raises ``Incomplete`` without code or text, and
    ``NeedsConfirmation`` as ``reply`` does.
    """
    case, now = await work.find(desk, action), desk.clock.now()
    if await has_happened(action.key, text):
        return case
    if result not in RESULTS:
        raise Incomplete(tr("handoff.error.result"))
    if not work.holds(case, action.officer) or case.epoch != action.epoch:
        raise await refusal(case.id, action.officer)
    places = await outcome.places_of(desk, case)
    words = await check_text(desk, case, text, action.confirmed, _heard(desk, case, places))
    for draft in await work.drafts_of(case):
        unit.follow_up(FollowUp("handoff", "draft", str(draft.id), None))
        await send(desk, unit, draft.id)
    await case.refresh_from_db()
    done = await outcome.end(
        desk, unit, case, now, result=result, actor=action.officer.actor, officer=action.officer, text=words,
        key=action.key,
    )  # fmt: skip
    if not done:
        raise await refusal(case.id, action.officer)
    await outcome.keep_promises(case, now)
    await outcome.tell(desk, unit, case, signed(desk, case, action.officer, words))
    return case


def _heard(desk: Desk, case: Case, places: Iterable[int]) -> list[int]:
    """Where an outcome is really said."""
    return [chat for chat in places if desk.alone(chat) or not case.at_risk]


def signed(desk: Desk, case: Case, officer: Member, words: str, key: str = "") -> Reply:
    """An officer's words for the resident, signed by role."""
    title = desk.roster.translate(officer.title, case.language)
    once = f"handoff.{key}" if key else None
    return Reply((words,), officer=True, author=title, language=case.language, once=once)
