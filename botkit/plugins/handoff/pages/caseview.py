"""What the case page shows: the resident's words as written, what was said to them, what happened since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botkit import codec
from botkit.messages import Attachment, Message, MessageKind, Text, tr
from botkit.plugins.handoff import labels, places
from botkit.plugins.handoff.access import may_see, sees, visible
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import ERASED, Case, CaseClock, CaseEvent, Report
from botkit.plugins.handoff.pages import queueview
from botkit.plugins.handoff.record import CLOCKS
from botkit.staff import Member
from botkit.storage.models import Identity, Inbox, Outbox, Staff
from botkit.web.filepages import Kept

BEFORE = timedelta(hours=1)
"""How far back a private conversation is shown: what the bot said that did not help."""
MOST = 300
"""Messages shown of one conversation."""

STATUS = {
    "pending": "handoff.talk.waiting",
    "sending": "handoff.talk.waiting",
    "unknown": "handoff.talk.unknown",
    "dead": "handoff.talk.dead",
}
EVENTS = {
    "case.opened": "handoff.event.opened",
    "case.claimed": "handoff.event.claimed",
    "case.released": "handoff.event.released",
    "case.resolved": "handoff.event.resolved",
    "case.reopened": "handoff.event.reopened",
    "case.linked": "handoff.event.linked",
    "case.cancelled": "handoff.event.cancelled",
    "case.closed": "handoff.event.closed",
    "outcome.confirmed": "handoff.event.confirmed",
    "case.paged": "handoff.event.paged",
    "case.lapsed": "handoff.event.lapsed",
    "case.orphaned": "handoff.event.orphaned",
    "case.offered": "handoff.event.offered",
    "case.handed_over": "handoff.event.handed_over",
    "case.declined": "handoff.event.declined",
    "case.assigned": "handoff.event.assigned",
    "case.awaits_resident": "handoff.event.awaits_resident",
    "case.awaits_agency": "handoff.event.awaits_agency",
    "case.resumed": "handoff.event.resumed",
    "resident.reminded": "handoff.event.reminded",
    "case.raised": "handoff.event.raised",
    "case.merged": "handoff.event.merged",
    "case.absorbed": "handoff.event.absorbed",
    "case.parted": "handoff.event.parted",
    "clock.breached": "handoff.event.breached",
    "partner.asked": "handoff.event.partner_asked",
    "partner.taken": "handoff.event.partner_taken",
    "partner.done": "handoff.event.partner_done",
    "partner.added": "handoff.event.partner_added",
    "alarm.false": "handoff.event.false_alarm",
    "alarm.disputed": "handoff.event.disputed",
    "reply.dropped": "handoff.event.dropped",
    "reply.taken_back": "handoff.event.taken_back",
    "report.deleted": "handoff.event.report_deleted",
    "hold.set": "handoff.event.hold_set",
    "hold.lifted": "handoff.event.hold_lifted",
}
SPOKEN = frozenset({"officer.spoke", "case.resolved"})
"""Events whose text the resident reads; any other text is for colleagues."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Words of somebody, or an event. ``kind`` is resident, bot, officer, note or event.

    ``row`` is the id of its row: ids are in the order in which things reached us.
    """

    row: int
    at: datetime
    kind: str
    head: Text
    text: str = ""
    before: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    remarks: tuple[Text, ...] = ()
    files: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything that the case page shows. ``version`` changes when any of it does, time aside."""

    case: Case
    who: str
    place: Text
    level: str
    state: str
    topic: Text | str
    result: str
    holder: str
    mine: bool
    clocks: tuple[Text, ...]
    entries: tuple[Entry, ...]
    earlier: tuple[tuple[Case, str], ...]
    spot: Text | str | None
    reporters: int
    survivor: Case | None
    parts: tuple[Case, ...]
    before: Case | None
    version: str


@dataclass(slots=True)
class _Found:
    """The rows that the page is made of."""

    reports: list[Report] = field(default_factory=list)
    inbox: list[Inbox] = field(default_factory=list)
    outbox: list[Outbox] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    sent: dict[int, list[Attachment]] = field(default_factory=dict)


async def case_page(desk: Desk, case: Case, officer: Member) -> CasePage:
    """Read a case for somebody who may see it."""
    now, found, shown = desk.clock.now(), await _find(desk, case, officer), visible(desk.sight(officer))
    clocks = await CaseClock.filter(case_id=case.id, round=case.reopened)
    identity = await Identity.get_or_none(id=case.identity_id)
    names = await _names(case, found.events)
    entries = [*_resident(desk, found, case), *_bot(found), *_events(found, names)]
    delivery = [f"{row.id}{row.status}" for row in found.outbox]
    marks = [case.epoch, case.level, *(row.id for row in (*found.inbox, *found.events)), *delivery]
    return CasePage(
        case=case,
        who=identity.name if identity else "",
        place=queueview.place(desk, case),
        level=labels.LEVELS[case.level],
        state=labels.STATES[case.state],
        topic=labels.topic(case.topic),
        result=labels.OUTCOMES.get(case.result or "", ""),
        holder=names.get(case.holder_id or 0, ""),
        mine=case.holder_id == officer.id,
        clocks=tuple(
            queueview.left(clock, now) for clock in sorted(clocks, key=lambda clock: CLOCKS.index(clock.name))
        ),
        entries=tuple(sorted(entries, key=lambda entry: entry.row)),
        earlier=await _earlier(desk, case, identity, officer),
        spot=labels.joined(parts) if (parts := places.shown(case.place)) else None,
        reporters=len({report.identity_id for report in found.reports}),
        survivor=await Case.filter(shown, id=case.merged_into or 0).first(),
        parts=tuple(await Case.filter(shown, merged_into=case.id, state="merged").order_by("id")),
        before=await _linked(desk, found.events, officer),
        version=hashlib.sha256(repr(marks).encode()).hexdigest()[:16],
    )


async def _find(desk: Desk, case: Case, officer: Member) -> _Found:
    found = _Found(await Report.filter(case_id=case.id).order_by("id").limit(MOST))
    found.events = await CaseEvent.filter(case_id=case.id).order_by("id")
    for event in found.events:
        if event.what.startswith("partner.") and (inbox := json.loads(event.facts).get("inbox")):
            found.sent[inbox] = await _sent(desk, inbox)
    ids = {report.platform_id for report in found.reports}
    chats = {report.chat_id for report in found.reports}
    rows = await Inbox.filter(chat_id__in=list(chats), platform_id__in=list(ids)) if ids else []
    said = Outbox.filter(chat_id=case.chat_id).exclude(kind="seen")
    if desk.private(case):
        since, until = case.opened_at - BEFORE, case.ended_at or desk.clock.now()
        rows += (
            await Inbox.filter(chat_id=case.chat_id, received_at__gte=since, received_at__lte=until)
            .order_by("-id")
            .limit(MOST)
        )
        said = said.filter(created_at__gte=since, created_at__lte=until)
    else:
        said = said.filter(inbox_id__in=[report.inbox_id for report in found.reports] or [0])
    found.inbox = sorted({row.id: row for row in rows}.values(), key=lambda row: row.id)
    found.outbox = sorted(await said.order_by("-id").limit(MOST), key=lambda row: row.id)
    there = await Case.filter(chat_id=case.chat_id)
    if hidden := [other for other in there if not may_see(other, officer.roles)]:
        await _without(found, hidden)
    return found


async def _sent(desk: Desk, inbox_id: int) -> list[Attachment]:
    """The files of a message that a partner sent."""
    row = await Inbox.get_or_none(id=inbox_id)
    if row is None:
        return []
    message = codec.load(row.payload, desk.services.chats.by_id(row.chat_id).chat, row.platform_id, row.revision)
    return labels.kept(message.attachments)


async def _without(found: _Found, hidden: list[Case]) -> None:
    """Leave out what belongs to cases of the same chat that this officer may not know of."""
    theirs = await Report.filter(case_id__in=[case.id for case in hidden])
    messages = {(report.chat_id, report.platform_id) for report in theirs}
    answers = {row.id for row in found.inbox if (row.chat_id, row.platform_id) in messages}
    numbers = [f"#{case.number}" for case in hidden]
    found.inbox = [row for row in found.inbox if row.id not in answers]
    found.outbox = [
        row
        for row in found.outbox
        if row.inbox_id not in answers and not any(number in row.payload for number in numbers)
    ]


def _resident(desk: Desk, found: _Found, case: Case) -> Iterable[Entry]:
    """The resident's messages, each once, with what it said before it was edited."""
    reported = {(report.chat_id, report.platform_id) for report in found.reports}
    offered = {value: label for row in found.outbox for label, value in json.loads(row.choices or "[]")}
    revisions: dict[tuple[int, str], list[tuple[Inbox, Message]]] = {}
    for row in found.inbox:
        chat = desk.services.chats.by_id(row.chat_id).chat
        message = codec.load(row.payload, chat, row.platform_id, row.revision)
        revisions.setdefault((row.chat_id, row.platform_id), []).append((row, message))
    for key, versions in revisions.items():
        versions.sort(key=lambda version: version[0].revision)
        first, latest = versions[0][1], versions[-1][1]
        if latest.kind in (MessageKind.SYSTEM, MessageKind.REACTION):
            continue
        erased = versions[-1][0].concern == ERASED
        remarks = [tr("handoff.talk.erased")] if erased else []
        earlier = [message.text for _, message in versions[:-1] if message.text]
        text = latest.text or offered.get(str(latest.data.get("value", "")), "")
        if latest.kind is MessageKind.DELETED:
            remarks, text = [tr("handoff.talk.deleted")], ""
        # What was withdrawn is there still, as it was before.
        files = [file for _, message in versions for file in labels.kept(message.attachments)]
        if any(file.broken and file.kind is MessageKind.PHOTO for file in latest.attachments):
            remarks.append(tr("handoff.talk.broken"))
        whole = next((message for _, message in reversed(versions) if message.kind is not MessageKind.DELETED), latest)
        what = labels.beside(whole) if not _files(files) else None
        if latest.kind is MessageKind.BUTTON or not (text or files or remarks or earlier):
            what = labels.wordless(latest)
        if what is not None and not erased:
            remarks.append(what)
        beside = "handoff.talk.before" if versions[0][0].received_at < case.opened_at else "handoff.talk.besides"
        head = tr("handoff.talk.resident" if key in reported else beside)
        yield Entry(
            versions[0][0].id, first.at, "resident", head, text, tuple(earlier), _photos(files), tuple(remarks),
            _files(files),
        )  # fmt: skip


def _bot(found: _Found) -> Iterable[Entry]:
    """What the bot said. Officers' words come from the case's own events."""
    for row in found.outbox:
        payload = json.loads(row.payload)
        if not payload.get("author"):
            said = payload.get("text", "")
            yield Entry(row.id, row.created_at, "bot", tr("handoff.talk.bot"), said, remarks=_delivery(row))


def _events(found: _Found, names: dict[int, str]) -> Iterable[Entry]:
    said = {row.once: row for row in found.outbox if row.once}
    for event in found.events:
        name = names.get(_staff_id(event.actor), "")
        facts: dict[str, Any] = json.loads(event.facts)
        row = said.get(f"handoff.{event.key}")
        if event.what in EVENTS:
            result = tr(labels.OUTCOMES[facts["result"]]) if event.what == "case.resolved" else ""
            yield Entry(event.id, event.at, "event", tr(EVENTS[event.what], name=name, result=result))
        sent = found.sent.get(facts.get("inbox", 0), [])
        if (event.text or sent) and event.what not in SPOKEN:
            head = tr("handoff.talk.note", name=name)
            text, photos, files = event.text or "", _photos(sent), _files(sent)
            yield Entry(event.id, event.at, "note", head, text, photos=photos, files=files)
        elif event.text:
            remarks = _delivery(row) if row else ()
            head = tr("handoff.talk.officer", name=name)
            yield Entry(event.id, event.at, "officer", head, event.text, remarks=remarks)


def _photos(kept: Iterable[Attachment]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(file.id for file in kept if file.kind is MessageKind.PHOTO))


def _files(kept: Iterable[Attachment]) -> tuple[Kept, ...]:
    return tuple(dict.fromkeys(Kept.of(file) for file in kept if file.kind is not MessageKind.PHOTO))


def _delivery(row: Outbox) -> tuple[Text, ...]:
    return (tr(STATUS[row.status]),) if row.status in STATUS else ()


def _staff_id(actor: str) -> int:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "staff" and number.isdigit() else 0


async def _names(case: Case, events: Iterable[CaseEvent]) -> dict[int, str]:
    ids = {_staff_id(event.actor) for event in events} | {case.holder_id or 0}
    return {who.id: who.name for who in await Staff.filter(id__in=list(ids))}


async def _linked(desk: Desk, events: Iterable[CaseEvent], officer: Member) -> Case | None:
    """The closed case that this one goes on with, if this officer may know of it."""
    ids = [json.loads(event.facts)["earlier"] for event in events if event.what == "case.linked"]
    earlier = await Case.get_or_none(id=ids[0]) if ids else None
    return earlier if earlier is not None and await sees(earlier, desk.sight(officer)) else None


async def _earlier(desk: Desk, case: Case, identity: Identity | None, officer: Member) -> tuple[tuple[Case, str], ...]:
    """The same person's earlier cases that this officer may see, newest first, with their state."""
    if identity is None:
        return ()
    ids = await column(Identity.filter(person_id=identity.person_id), "id")
    mine = Case.filter(visible(desk.sight(officer)), identity_id__in=ids, id__lt=case.id)
    cases = await mine.order_by("-id").limit(10)
    return tuple((earlier, labels.STATES[earlier.state]) for earlier in cases)
