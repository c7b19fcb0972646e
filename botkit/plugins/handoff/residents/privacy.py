"""Privacy: what is kept and how long, and being forgotten: /privacy, /delete, and the daily sweep of what is too old.

Words are erased, rows stay as tombstones: so that the counts still add up, and the audit log still fits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from botkit import codec
from botkit.context import Context
from botkit.decision import Decision, Disposition, FollowUp, answer
from botkit.messages import Button, Sender, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.access import COMMANDER_ONLY
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Erased, SweepDue
from botkit.plugins.handoff.models import Case, CaseEvent, Report
from botkit.plugins.handoff.officers import outcome
from botkit.plugins.handoff.residents import cases
from botkit.plugins.handoff.states import OPEN, Level, State
from botkit.storage import UnitOfWork
from botkit.storage.models import Identity, Inbox, Outbox

NOBODY = Sender("erased")
BEFORE = timedelta(hours=1)
"""What was said in private this long before a case belongs to it."""
BATCH = 200
"""Rows erased in one go, so that nobody has to wait for a sweep."""
AGAIN = timedelta(seconds=30)
HOUR = 4
"""The station's hour of the sweep."""


async def privacy(context: Context) -> Decision:
    """``/privacy``: what is kept and how long."""
    settings = desk_of(context.services.database).settings
    lines = (
        tr("handoff.privacy.talk"),
        tr("handoff.privacy.kept", days=settings.keep_days, urgent=settings.keep_urgent_days,
           answers=settings.keep_answers_days),
        tr("handoff.privacy.who"),
        tr("handoff.privacy.delete"),
    )  # fmt: skip
    return answer(*lines, rule="privacy")


async def delete(context: Context) -> Decision:
    """``/delete``: asked once more, in private; a group is no place for it."""
    if not context.message.private:
        return answer(tr("handoff.delete.private"), rule="delete")
    return answer(
        tr("handoff.delete.sure"), buttons=(Button(tr("handoff.button.delete"), "handoff.delete"),), rule="delete"
    )


async def confirmed(context: Context) -> Decision:
    """The second yes."""
    return Decision(Disposition.ANSWERED, (), (Erased(context.identity_id),), reason={"rule": "delete"})


async def apply(effect: Erased, unit: UnitOfWork) -> dict[str, Any]:
    """Erase what a resident wrote, but for cases that must stay; the receipt says which and why."""
    desk, now = desk_of(unit.database), unit.database.clock.now()
    told = await column(Report.filter(identity_id=effect.identity_id), "case_id")
    mine = await Case.filter(id__in=told or [0]).order_by("id")
    kept = [case for case in mine if stays(case)]
    since = min((case.opened_at for case in kept), default=now) - (BEFORE if kept else timedelta(0))
    reports = await column(Report.filter(case_id__in=[case.id for case in kept] or [0]), "inbox_id")
    rows = await Inbox.filter(identity_id=effect.identity_id, id__not_in=list(reports) or [0])
    # The message that asks for it is erased too; its row ends with this very unit.
    await _erase(desk, unit, [row for row in rows if row.received_at < since or not kept])
    chat = desk.services.chats.private_of(effect.identity_id)
    if chat is not None:
        await _erase_said(unit, Outbox.filter(chat_id=chat, created_at__lt=since))
        await _erase_elsewhere(desk, unit, chat, since)
    for case in mine:
        if not stays(case):
            await forget(desk, unit, case, f"identity:{effect.identity_id}", only=effect.identity_id)
    await Identity.filter(id=effect.identity_id).update(name="")
    unit.audit("resident.erased", f"identity:{effect.identity_id}", actor=f"identity:{effect.identity_id}",
               kept=len(kept))  # fmt: skip
    lines = [tr("handoff.delete.done")]
    lines += [
        tr("handoff.delete.stays", case=record.ref(case), why=tr(f"handoff.delete.why.{_why(case)}")) for case in kept
    ]
    return {"lines": tuple(lines)}


def stays(case: Case) -> bool:
    """Whether a case outlives its resident's wish: it is open, about danger, fraud or an officer, or held by law."""
    return bool(_why(case))


def _why(case: Case) -> str:
    if case.hold:
        return "hold"
    if case.state in OPEN:
        return "open"
    return "class" if Level(case.level).urgent or case.topic in COMMANDER_ONLY else ""


# retention --------------------------------------------------------------------------------------------------


def plan(desk: Desk, unit: UnitOfWork) -> None:
    """Set the next sweep, at night."""
    local = desk.day(desk.clock.now())
    next_one = (local + timedelta(days=1)).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    unit.follow_up(FollowUp("handoff", "sweep", "daily", next_one.astimezone(desk.clock.now().tzinfo)))


async def sweep_due(data: Mapping[str, Any]) -> Decision:
    """The timer of the sweep."""
    return Decision(Disposition.SYSTEM, (), (SweepDue(),))


async def sweep(effect: SweepDue, unit: UnitOfWork) -> None:
    """Erase what is past its time, a batch at a time; what is left over comes soon after."""
    desk, now = desk_of(unit.database), unit.database.clock.now()
    days = desk.settings
    ended = Case.filter(ended_at__not_isnull=True, erased_at=None, hold=False)
    plain = ended.filter(level=Level.ROUTINE.value, topic__not_in=sorted(COMMANDER_ONLY))
    routine = await plain.filter(ended_at__lt=now - timedelta(days=days.keep_days)).limit(BATCH)
    grave = await ended.filter(ended_at__lt=now - timedelta(days=days.keep_urgent_days)).limit(BATCH)
    over = list({case.id: case for case in (*routine, *grave)}.values())
    for case in over:
        await forget(desk, unit, case, "system")
    old = now - timedelta(days=days.keep_answers_days)
    answered = Inbox.filter(received_at__lt=old, done_at__not_isnull=True, concern__not="erased")
    oldest = await answered.order_by("id").limit(BATCH)
    in_cases = set(await column(Report.filter(inbox_id__in=[row.id for row in oldest] or [0]), "inbox_id"))
    rows = [row for row in oldest if row.id not in in_cases]
    await _erase(desk, unit, rows)
    if len(over) >= BATCH or len(rows) >= BATCH:
        unit.follow_up(FollowUp("handoff", "sweep", "daily", now + AGAIN))
    else:
        plan(desk, unit)
    if over or rows:
        unit.audit("retention.swept", cases=len(over), messages=len(rows))


async def forget(desk: Desk, unit: UnitOfWork, case: Case, actor: str, *, only: int | None = None) -> None:
    """Erase the words of a case: what was reported, said and noted. With ``only`` those of one reporter.

    Its row, events and clocks stay: number, kind, times and result, which are all that figures need.
    """
    now, reports = desk.clock.now(), Report.filter(case_id=case.id)
    others = only is not None and await reports.exclude(identity_id=only).exists()
    mine = await (reports.filter(identity_id=only) if only is not None else reports)
    messages = await Inbox.filter(id__in=[report.inbox_id for report in mine] or [0])
    ids = {(row.chat_id, row.platform_id) for row in messages}
    edits = await Inbox.filter(platform_id__in=[row.platform_id for row in messages] or [""])
    await _erase(desk, unit, [row for row in edits if (row.chat_id, row.platform_id) in ids])
    if others:
        return
    for chat in await outcome.places_of(desk, case):
        if desk.alone(chat):
            until = case.ended_at or now
            said = Outbox.filter(chat_id=chat, created_at__gte=case.opened_at - BEFORE, created_at__lte=until)
            await _erase_said(unit, said)
            await _erase_elsewhere(desk, unit, chat, until)
    cards = Outbox.filter(once__startswith=f"handoff.card.{case.id}.")
    await _erase_said(unit, cards)
    await CaseEvent.filter(case_id=case.id).update(text=None)
    await Case.filter(id=case.id).update(place="", erased_at=now)
    if case.state == State.RESOLVED:
        await cases.close(desk, unit, case, case.epoch)
    unit.audit("case.erased", record.subject(case), actor=actor)


async def _erase(desk: Desk, unit: UnitOfWork, rows: Iterable[Inbox]) -> None:
    """Take the words out of messages, and what was answered to them; files that nothing else has go with them."""
    for row in rows:
        chat = desk.services.chats.by_id(row.chat_id).chat
        message = codec.load(row.payload, chat, row.platform_id, row.revision)
        empty = replace(message, sender=NOBODY, text="", attachments=(), mentions=(), data={}, reply_to=None)
        await Inbox.filter(id=row.id).update(payload=codec.dump(empty), concern="erased")
        await _erase_said(unit, Outbox.filter(inbox_id=row.id))
        for file in message.attachments:
            if not await Inbox.filter(payload__contains=file.id).exists():
                unit.after_commit(_remover(desk, file.id))


def _remover(desk: Desk, file_id: str) -> Any:
    return lambda: desk.services.files.remove(file_id)


async def _erase_said(unit: UnitOfWork, said: Any) -> None:
    for row in await said.exclude(status__in=["pending", "sending"]):
        payload = {key: value for key, value in json.loads(row.payload).items() if key not in ("buttons", "author")}
        await Outbox.filter(id=row.id).update(payload=codec.encode({**payload, "text": ""}), choices=None)


async def _erase_elsewhere(desk: Desk, unit: UnitOfWork, chat: int, before: datetime) -> None:
    """What the platform's adapter itself stored of a private chat."""
    place = desk.services.chats.by_id(chat).chat
    adapter = desk.services.adapters.get(place.adapter)
    if adapter is not None:
        await adapter.erase(unit, place, before)
