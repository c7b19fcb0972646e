"""Privacy: what is kept and how long (/privacy), and being forgotten (/delete), but for what must stay, with why."""

from __future__ import annotations

from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, answer
from botkit.messages import Button, Text, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.access import COMMANDER_ONLY
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Erased
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.residents import erasing, linking
from botkit.plugins.handoff.states import OPEN, Level
from botkit.services import Services
from botkit.storage import UnitOfWork
from botkit.storage.models import Identity, Inbox, Outbox


async def privacy(context: Context) -> Decision:
    """``/privacy``: what is kept and how long."""
    settings = desk_of(context.services.database).settings
    lines = (
        tr("handoff.privacy.talk"),
        tr("handoff.privacy.kept", days=settings.keep_days, urgent=settings.keep_urgent_days,
           answers=settings.keep_answers_days),
        *await _besides(context.services),
        tr("handoff.privacy.who"),
        tr("handoff.privacy.delete"),
    )  # fmt: skip
    return answer(*lines, rule="privacy")


async def _besides(services: Services) -> list[Text]:
    """What other plugins keep of people besides what they say."""
    return [line for plugin in services.plugins for keeper in plugin.keepers for line in await keeper(services)]


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
    desk, me = desk_of(unit.database), effect.identity_id
    told = await column(Report.filter(identity_id=me), "case_id")
    why = {case: await _why(case) for case in await Case.filter(id__in=told or [0], erased_at=None).order_by("id")}
    kept = [case for case in why if why[case]]
    own = unit.context.inbox_id if unit.context is not None else 0
    # The message that asks for it is erased too; its row ends with this very unit. What still waits is not decided yet.
    rows = [row for row in await Inbox.filter(identity_id=me) if row.done_at is not None or row.id == own]
    staying = await _belonging(desk, kept)
    await erasing.messages(desk, unit, [row for row in rows if row.id not in staying])
    chat = desk.services.chats.private_of(me)
    if chat is not None:
        await _private(desk, unit, chat, kept)
    for plugin in desk.services.plugins:
        for erase in plugin.erasers:
            await erase(me, unit)
    for case in why:
        if case not in kept:
            await erasing.case(desk, unit, case, f"identity:{me}", only=me)
    if not kept:
        await Identity.filter(id=me).update(name="")
        if chat is not None and desk.alone(chat):
            desk.services.chats.rename(unit, chat, "")
    unit.audit("resident.erased", f"identity:{me}", actor=f"identity:{me}", kept=len(kept))
    stays = [tr("handoff.delete.stays", case=record.ref(case), why=tr(f"handoff.delete.why.{why[case]}"))
             for case in kept]  # fmt: skip
    return {"lines": (tr("handoff.delete.some" if kept else "handoff.delete.done"), *stays)}


async def _why(case: Case) -> str:
    """Why a case outlives its resident's wish, or empty: open, about danger, fraud or an officer, or held by law."""
    now_of = await linking.survivor_of(case)
    if case.hold or now_of.hold:
        return "hold"
    if now_of.state in OPEN:
        return "open"
    grave = any(Level(each.level).urgent or each.topic in COMMANDER_ONLY for each in (case, now_of))
    return "class" if grave else ""


async def _belonging(desk: Desk, kept: list[Case]) -> set[int]:
    """The messages that stay with these cases: what was reported, each version of it, and what led to it in private."""
    found: set[int] = set()
    for case in kept:
        for report in await Report.filter(case_id=case.id):
            found |= set(await column(Inbox.filter(chat_id=report.chat_id, platform_id=report.platform_id), "id"))
        if desk.alone(case.chat_id):
            during = Inbox.filter(chat_id=case.chat_id, received_at__gte=case.opened_at - erasing.BEFORE)
            if case.ended_at is not None:
                during = during.filter(received_at__lte=case.ended_at)
            found |= set(await column(during, "id"))
    return found


async def _private(desk: Desk, unit: UnitOfWork, chat: int, kept: list[Case]) -> None:
    """What was said in a private chat, but for what belongs to cases that stay."""
    now = desk.clock.now()
    spans = [(case.opened_at - erasing.BEFORE, case.ended_at or now) for case in kept if case.chat_id == chat]
    rows = [row for row in await Outbox.filter(chat_id=chat, created_at__lte=now)
            if not any(start <= row.created_at <= end for start, end in spans)]  # fmt: skip
    await erasing.said(Outbox.filter(id__in=[row.id for row in rows] or [0]))
    await erasing.elsewhere(desk, unit, chat, min([now, *(start for start, _ in spans)]))
