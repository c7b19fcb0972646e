"""Cards: a case as one message in a staff room, edited in place, with what can be done to it as buttons."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from botkit import codec
from botkit.decision import Decision, Disposition, FollowUp
from botkit.messages import Attachment, Button, Lane, MessageKind, Reply, Text, tr
from botkit.plugins.handoff import labels, places, record
from botkit.plugins.handoff.access import Sight, may_see, visible
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.effects import CardDue
from botkit.plugins.handoff.models import ERASED, Card, Case, Report
from botkit.plugins.handoff.pages import queueview
from botkit.plugins.handoff.routing import Team
from botkit.plugins.handoff.states import HELD, OPEN, Level, State
from botkit.storage import UnitOfWork
from botkit.storage.models import Identity, Inbox, Outbox, Staff

WORDS = 400
"""Characters of a resident's message on a card; the desk shows all of it."""
ROOM = ("officer",)
FRAUD_ROOM = ("anti_fraud",)
"""A room sees what an officer may see, whoever reads it; a card that stands with the anti-fraud team what they may."""
PHOTOS = 4
"""Pictures sent along with a card; the desk shows all of them."""
SHOWN = 3
"""Reports on a card: the first ones and the latest."""


async def post(desk: Desk, unit: UnitOfWork, case: Case, now: datetime, *, silent: bool = False) -> list[str]:
    """Put a case into the rooms that work on it, once; returns the names of the new messages."""
    went = []
    for chat in desk.rooms_for(case):
        went += await show(desk, unit, case, chat, now, silent=silent)
    return went


async def show(
    desk: Desk, unit: UnitOfWork, case: Case, chat: int, now: datetime, *, silent: bool = False
) -> list[str]:
    """Put a case into one chat of staff; nothing where it stands already."""
    if await Card.exists(case_id=case.id, chat_id=chat):
        return []
    once = f"handoff.card.{case.id}.{chat}"
    await Card.create(
        id=unit.new_id(), station_id=unit.database.station_id, case_id=case.id, chat_id=chat, once=once, created_at=now
    )
    lines, buttons = await face(desk, case, now)
    lane = Lane.URGENT if Level(case.level).urgent else Lane.REPLY
    unit.say(Reply(lines, buttons, lane=lane, silent=silent, quote=False, once=once, officer=True), chat=chat)
    reports = await Report.filter(case_id=case.id).order_by("id").limit(SHOWN)
    files = [file for report in reports for file in await _photos(desk, report)][:PHOTOS]
    if files and desk.takes_files(chat):
        line = tr("handoff.card.photo", case=record.ref(case))
        unit.say(Reply((line,), silent=True, quote=False, officer=True, files=tuple(files)), chat=chat)
    return [once]


async def _photos(desk: Desk, report: Report) -> list[Attachment]:
    """The pictures of a report that can be shown."""
    row = await Inbox.get_or_none(id=report.inbox_id)
    if row is None:
        return []
    message = codec.load(row.payload, desk.services.chats.by_id(row.chat_id).chat, row.platform_id, row.revision)
    return pictures(message.attachments)


def pictures(attachments: Iterable[Attachment]) -> list[Attachment]:
    """Those of a message's files that are stored pictures."""
    return [file for file in labels.kept(attachments) if file.kind is MessageKind.PHOTO]


async def refresh(unit: UnitOfWork, case: Case, now: datetime) -> None:
    """Bring all cards of a case up to date: soon, once for everything that happens now, and in a unit of its own."""
    if await Card.exists(case_id=case.id):
        unit.follow_up(FollowUp("handoff", "card", str(case.id), now, {"case": case.id}))


async def card_due(data: Mapping[str, Any]) -> Decision:
    """The timer that brings a case's cards up to date."""
    return Decision(Disposition.SYSTEM, (), (CardDue(data["case"]),))


async def apply(desk: Desk, unit: UnitOfWork, effect: CardDue) -> None:
    """Edit every card of a case to what it is now."""
    case = await Case.get_or_none(id=effect.case_id)
    if case is None:
        return
    lines, buttons = await face(desk, case, desk.clock.now())
    for card in await Card.filter(case_id=case.id):
        unit.say(
            Reply(lines, buttons, quote=False, edits=card.once, optional=True, officer=True, silent=True),
            chat=card.chat_id,
        )


async def open_thread(unit: UnitOfWork, case: Case) -> None:
    """Open the thread of a claimed case on its card in each room."""
    for card in await Card.filter(case_id=case.id):
        unit.thread(thread_of(card), chat=card.chat_id, title=f"#{case.number}", on=card.once)


def thread_of(card: Card) -> str:
    """The name of the thread that belongs to a card."""
    return f"handoff.thread.{card.case_id}.{card.chat_id}"


async def first(case_id: int) -> Card | None:
    """The first card of a case."""
    return await Card.filter(case_id=case_id).order_by("id").first()


async def tell(unit: UnitOfWork, case: Case, *lines: Text | str, buttons: tuple[Button, ...] = (), once: str = "",
               silent: bool = False, files: Iterable[Attachment] = ()) -> None:  # fmt: skip
    """Say something about a case in the rooms where it stands, in its thread where there are threads."""
    lane = Lane.URGENT if Level(case.level).urgent else Lane.REPLY
    for card in await Card.filter(case_id=case.id):
        name = f"{once}.{card.chat_id}" if once else None
        said = Reply(
            lines, buttons, lane=lane, silent=silent, quote=False, officer=True, once=name, thread=thread_of(card),
            files=tuple(files),
        )  # fmt: skip
        unit.say(said, chat=card.chat_id)


async def face(desk: Desk, case: Case, now: datetime) -> tuple[tuple[Text | str, ...], tuple[Button, ...]]:
    reports = await Report.filter(case_id=case.id).order_by("id")
    head = tr(
        "handoff.card.head.team" if case.team else "handoff.card.head", level=tr(labels.LEVELS[case.level]),
        case=record.ref(case), topic=labels.topic(case.topic), team=tr(labels.TEAMS[case.team or Team.GENERAL]),
    )  # fmt: skip
    lines: list[Text | str] = [head, _where(desk, case, reports)]
    if case.at_risk:
        lines.append(tr("handoff.card.at_risk"))
    lines += await _words(desk, reports)
    lines += await _said(reports)
    lines.append(await _before(case))
    lines.append(await _clocks(case, now))
    lines.append(await _state(case))
    return tuple(lines), buttons_of(desk, case)


def _where(desk: Desk, case: Case, reports: list[Report]) -> Text:
    parts = places.shown(case.place)
    place: Text | str = tr("handoff.place.unknown") if not parts else labels.joined(parts)
    groups = len({report.chat_id for report in reports})
    people = len({report.identity_id for report in reports})
    if people > 1:
        return tr("handoff.card.where.many", place=place, people=people, groups=groups)
    return tr("handoff.card.where", place=place, chat=queueview.place(desk, case))


async def _words(desk: Desk, reports: list[Report]) -> list[Text | str]:
    """The residents' words as written, each message in its latest version."""
    chosen = reports if len(reports) <= SHOWN else [*reports[: SHOWN - 1], reports[-1]]
    lines: list[Text | str] = []
    for report in chosen:
        rows = await Inbox.filter(chat_id=report.chat_id, platform_id=report.platform_id).order_by("revision")
        if not rows:
            continue
        identity = await Identity.get_or_none(id=report.identity_id)
        chat = desk.services.chats.by_id(report.chat_id).chat
        message = codec.load(rows[-1].payload, chat, rows[-1].platform_id, rows[-1].revision)
        name = identity.name if identity else ""
        if rows[-1].concern == ERASED:
            lines.append(tr("handoff.card.erased"))
            continue
        if message.kind is MessageKind.DELETED:
            lines.append(tr("handoff.card.deleted", name=name))
            continue
        text = message.text if len(message.text) <= WORDS else f"{message.text[:WORDS]}…"
        photos = sum(1 for file in message.attachments if file.kind is MessageKind.PHOTO)
        if text:
            edited = "handoff.card.edited" if len(rows) > 1 else "handoff.card.words"
            lines.append(tr(edited, name=name, text=text))
        if photos:
            lines.append(tr("handoff.card.photos", count=photos))
        if labels.beside(message) is not None or not (text or photos):
            lines.append(tr("handoff.card.kind", name=name, kind=labels.wordless(message)))
    if len(reports) > len(chosen):
        lines.append(tr("handoff.card.more", count=len(reports) - len(chosen)))
    return lines


async def _said(reports: list[Report]) -> list[Text | str]:
    if not reports:
        return []
    said = await Outbox.filter(inbox_id=reports[0].inbox_id, kind="text").order_by("id").first()
    text = json.loads(said.payload).get("text", "").partition("\n")[0] if said else ""
    return [tr("handoff.card.said", text=text[:120])] if text else [tr("handoff.card.said.nothing")]


async def _before(case: Case) -> Text:
    identity = await Identity.get_or_none(id=case.identity_id)
    ids = await column(Identity.filter(person_id=identity.person_id), "id") if identity else []
    # One card stands in all rooms: it tells what each of them may know.
    roles = FRAUD_ROOM if may_see(case, FRAUD_ROOM) else ROOM
    mine = Case.filter(visible(Sight(frozenset(roles))), identity_id__in=list(ids) or [0], id__lt=case.id)
    earlier = await mine.order_by("-id").limit(3)
    if not earlier:
        return tr("handoff.card.before.none")
    numbers = ", ".join(f"#{one.number}" for one in earlier)
    return tr("handoff.card.before", cases=numbers)


async def _clocks(case: Case, now: datetime) -> Text:
    clock = (await queueview.running([case])).get(case.id)
    return queueview.left(clock, now) if clock is not None else tr("handoff.card.clocks.met")


async def _state(case: Case) -> Text:
    state = tr(labels.STATES[case.state])
    holder = await Staff.get_or_none(id=case.holder_id) if case.holder_id else None
    if holder is not None:
        return tr("handoff.card.state.held", state=state, holder=holder.name)
    return tr("handoff.card.state", state=state)


def buttons_of(desk: Desk, case: Case) -> tuple[Button, ...]:
    """What can be done to a case as it stands now, the likeliest first."""
    state = State(case.state)
    if state not in OPEN:
        return ()
    names: Iterable[str]
    if state in HELD:
        names = ("resolve", "offer", "await", "release")
    else:
        names = ("claim", "snooze") if Level(case.level).urgent else ("claim", "snooze", "urgent")
    if not desk.private(case) and Level(case.level).urgent:
        names = (*names, "false")
    if case.beside is not None:
        names = (*names, "merge")
    return tuple(Button(tr(f"handoff.button.{name}"), f"handoff.{name}", case.ref) for name in names)
