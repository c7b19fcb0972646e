"""Erasing: words out of rows. The rows stay as tombstones, so that counts still add up and the audit log still fits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tortoise.expressions import Q

from botkit import codec
from botkit.messages import Reply, Sender
from botkit.plugins.handoff import record
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import ERASED, Card, Case, CaseEvent, Draft, Report
from botkit.plugins.handoff.residents import cases
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.states import State
from botkit.storage import UnitOfWork
from botkit.storage.models import Inbox, Outbox

NOBODY = Sender("erased")
BEFORE = timedelta(hours=1)
"""What was said in private this long before a case belongs to it."""
YEAR = timedelta(days=364)
"""Case numbers come again after this."""
DELETABLE = timedelta(hours=47)
"""Older messages can't be taken away on the platforms that we know."""


async def case(desk: Desk, unit: UnitOfWork, erased: Case, actor: str, *, only: int | None = None) -> None:
    """Erase the words of a case: what was reported, said and noted. With ``only`` those of one reporter, if others
    reported it too.

    Its row, events and clocks stay: number, kind, times and result, which are all that figures need. Its cards in the
    rooms lose the words too. Cases that were merged into it go with it.
    """
    now, reports = desk.clock.now(), Report.filter(case_id=erased.id)
    others = only is not None and await reports.exclude(identity_id=only).exists()
    mine = await (reports.filter(identity_id=only) if only is not None else reports)
    told = await Inbox.filter(id__in=[report.inbox_id for report in mine] or [0])
    ids = {(row.chat_id, row.platform_id) for row in told}
    versions = await Inbox.filter(platform_id__in=[row.platform_id for row in told] or [""])
    versions = [row for row in versions if (row.chat_id, row.platform_id) in ids]
    await messages(desk, unit, versions)
    if only is not None and not others:
        # With time these have gone before their case.
        await messages(desk, unit, await _orders(desk, erased, now))
    await _cards(unit, erased, [row.id for row in versions], now, whole=not others)
    if not others:
        await _rest(desk, unit, erased, now)
        unit.audit("case.erased", record.subject(erased), actor=actor)
        for part in await Case.filter(merged_into=erased.id, state=State.MERGED.value, erased_at=None):
            await case(desk, unit, part, actor, only=only)
    await cards.refresh(unit, erased, now)


async def _rest(desk: Desk, unit: UnitOfWork, erased: Case, now: datetime) -> None:
    """What was said of a case, and its own words."""
    start, end = erased.opened_at - BEFORE, erased.ended_at or now
    words = set(await column(CaseEvent.filter(case_id=erased.id, text__not_isnull=True), "text"))
    for chat in {*await column(Report.filter(case_id=erased.id), "chat_id"), erased.chat_id}:
        there = Outbox.filter(chat_id=chat, created_at__gte=start, created_at__lte=end)
        if desk.alone(chat):
            await said(there)
            await elsewhere(desk, unit, chat, await _until(erased, chat, end))
        else:
            # In a group only the officers' own words are told apart from what was said of other matters.
            spoken = [row.id for row in await there if json.loads(row.payload).get("text") in words]
            await said(Outbox.filter(id__in=spoken or [0]))
    await Draft.filter(case_id=erased.id).delete()
    await CaseEvent.filter(case_id=erased.id).update(text=None)
    await Case.filter(id=erased.id).update(place="", erased_at=now)
    if erased.state == State.RESOLVED:
        await cases.close(desk, unit, erased, erased.epoch)


async def _orders(desk: Desk, erased: Case, now: datetime) -> list[Inbox]:
    """What staff typed about a case: with its number, in its threads, or in answer to what was said of it."""
    chats = sorted(await column(Card.filter(case_id=erased.id), "chat_id")) or [0]
    about = Q(payload__contains=f"#{erased.number}") | Q(once__startswith=f"handoff.card.{erased.id}.")
    about |= Q(once__startswith=f"handoff.thread.{erased.id}.") | Q(payload__contains=f"handoff.thread.{erased.id}.")
    span = Outbox.filter(chat_id__in=chats, created_at__gte=erased.opened_at, created_at__lt=erased.opened_at + YEAR)
    ids = set(await column(span.filter(about), "platform_id")) - {None}
    found = []
    for row in await Inbox.filter(chat_id__in=chats, received_at__gte=erased.opened_at, received_at__lte=now):
        message = codec.load(row.payload, desk.services.chats.by_id(row.chat_id).chat, row.platform_id, row.revision)
        if row.done_at and (erased.number in message.text or {message.reply_to, message.thread} & ids):
            found.append(row)
    return found


async def _until(erased: Case, chat: int, end: datetime) -> datetime:
    """Until when a private chat's words are this case's, and not those of another that keeps its own."""
    told = await column(Report.filter(chat_id=chat).exclude(case_id=erased.id), "case_id")
    kept = Case.filter(id__in=list(set(told)) or [0], erased_at=None)
    return min([end, *(other.opened_at - BEFORE for other in await kept)])


async def messages(desk: Desk, unit: UnitOfWork, rows: Iterable[Inbox]) -> None:
    """Take the words out of messages, and what was answered to them; files that nothing else has go with them."""
    for row in rows:
        chat = desk.services.chats.by_id(row.chat_id).chat
        message = codec.load(row.payload, chat, row.platform_id, row.revision)
        empty = replace(message, sender=NOBODY, text="", attachments=(), mentions=(), data={}, reply_to=None)
        await Inbox.filter(id=row.id).update(payload=codec.dump(empty), concern=ERASED)
        await said(Outbox.filter(inbox_id=row.id))
        for file in message.attachments:
            if not await Inbox.filter(payload__contains=file.id).exists():
                unit.after_commit(_remover(desk, file.id))


def _remover(desk: Desk, file_id: str) -> Callable[[], None]:
    return partial(desk.services.files.remove, file_id)


async def said(rows: Any) -> None:
    """Take the words out of what the bot said. What is still on its way keeps them until it has arrived."""
    for row in await rows.exclude(status__in=["pending", "sending"]):
        payload = {key: value for key, value in json.loads(row.payload).items() if key not in ("buttons", "author")}
        await Outbox.filter(id=row.id).update(payload=codec.encode({**payload, "text": ""}), choices=None)


async def elsewhere(desk: Desk, unit: UnitOfWork, chat: int, before: datetime) -> None:
    """What the platform's adapter itself stored of a private chat."""
    place = desk.services.chats.by_id(chat).chat
    adapter = desk.services.adapters.get(place.adapter)
    if adapter is not None:
        await adapter.erase(unit, place, before)


async def _cards(unit: UnitOfWork, erased: Case, told: Iterable[int], now: datetime, *, whole: bool) -> None:
    """What stands of a case in rooms of staff: its cards, what was passed on to its holder, and what was said of it."""
    found = await Card.filter(case_id=erased.id)
    chats = {card.chat_id for card in found} | ({erased.partner_chat} if erased.partner_chat else set())
    passed = [f"handoff.relay.{inbox_id}.{chat}" for inbox_id in told for chat in chats]
    of_card = [Q(once=card.once) | Q(payload__contains=f'"{card.once}"') for card in found]
    named = Q(payload__contains=f"#{erased.number}") | Q(payload__contains=f"handoff.thread.{erased.id}.")
    wanted = [Q(once__in=passed), *of_card, *([named] if whole else [])]
    there = Outbox.filter(chat_id__in=sorted(chats) or [0], created_at__gte=erased.opened_at)
    there = there.filter(Q(*wanted, join_type="OR"), created_at__lt=erased.opened_at + YEAR)
    for relay in await there.filter(once__in=passed or [""], platform_id__not_isnull=True):
        if now - relay.created_at < DELETABLE:
            taken = Reply(("",), target=relay.platform_id, deletes=True, quote=False, officer=True, optional=True)
            unit.say(taken, chat=relay.chat_id)
    await said(there)
