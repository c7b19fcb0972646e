"""Paging: asking people to take a case, rung by rung, until a human does. Every page is an event and a due row."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from botkit.decision import Decision, Disposition
from botkit.messages import Button, Lane, Reply, Text, say, tr
from botkit.plugins.handoff import places, record
from botkit.plugins.handoff.access import COMMANDER_ONLY, involve
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.effects import PageDue
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import due, people
from botkit.plugins.handoff.officers.chain import Chain, Rung
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.roster.spelling import plain
from botkit.plugins.handoff.states import OPEN, Level, State
from botkit.storage import UnitOfWork

_LOOKED_AT = 20
DESK = "desk:"
"""Begins the name of a page that somebody sees who has the desk's pages open."""


def chain_of(desk: Desk, case: Case) -> Chain:
    """The chain that a case climbs."""
    return desk.settings.chains.of(Level(case.level), complaint=case.topic in COMMANDER_ONLY)


def begin(unit: UnitOfWork, case: Case, now: datetime, told: Mapping[str, Any] | None = None) -> None:
    """Start the chain of a queued case: its first page is due now, in a unit of its own.

    So nothing that goes wrong with a page can undo the case. ``told`` is said to the resident once the page is out.
    """
    due.put(unit, case, due.PAGE, now, began=now.timestamp(), rung=0, **({"told": dict(told)} if told else {}))


async def page_due(data: Mapping[str, Any]) -> Decision:
    """The timer of the next rung."""
    began = datetime.fromtimestamp(data["began"], tz=UTC)
    effect = PageDue(data["case"], data["epoch"], began, data["rung"], data.get("told"))
    return Decision(Disposition.SYSTEM, (), (effect,))


async def apply(desk: Desk, unit: UnitOfWork, effect: PageDue) -> None:
    """Page the rungs that are due, unless somebody has taken the case meanwhile.

    One that looks like an open case of its kind shares that one's page, so that forty reports ring once.
    """
    case = await Case.get(id=effect.case_id)
    if case.state != State.QUEUED or case.epoch != effect.epoch:
        return
    now = desk.clock.now()
    lead = await Case.get_or_none(id=case.beside) if case.beside is not None else None
    if lead is not None and lead.state == State.QUEUED:
        # Its page is still being climbed, for both.
        await cards.post(desk, unit, case, now, silent=True)
        due.put(unit, case, due.PAGE, now + desk.settings.lease(True), began=now.timestamp(), rung=0)
        card = await cards.first(lead.id)
        tell(unit, effect.told, card.once if card is not None else "")
        return
    if case.beside is not None:
        # The page that several shared was answered for one of them: the rest share the next, behind this one.
        others = Case.filter(beside=case.beside, state=State.QUEUED.value).exclude(id=case.id)
        await others.update(beside=case.id)
        await Case.filter(id=case.id).update(beside=None)
        case.beside = None
    began, rung = (now, 0) if lead is not None else (effect.began, effect.rung)
    tell(unit, effect.told, await climb(desk, unit, case, began, now, rung))


def tell(unit: UnitOfWork, told: Mapping[str, Any] | None, page: str) -> None:
    """Say that an officer knows, once the page has really arrived; nothing where nobody could be paged."""
    if told is not None and page:
        after = None if page.startswith(DESK) else page
        said = Reply((told["text"],), edits=told.get("edits"), optional=True, quote=False, lane=Lane.BULK, after=after)
        unit.say(said, chat=told["chat"])


async def climb(desk: Desk, unit: UnitOfWork, case: Case, began: datetime, now: datetime, number: int) -> str:
    """Page the rungs that are due from a number on, and set the timer of the next.

    Where a rung finds nobody at all, the next is asked at once. Returns the ``once`` of a page that is on its way.
    """
    chain = chain_of(desk, case)
    rungs, ahead = chain.reached(began, now, number)
    asked: list[Rung] = list(rungs)
    went = await _page(desk, unit, case, asked, now, first=number == 0)
    lap = len(chain.rungs)
    while not went and Level(case.level).urgent and ahead % lap and len(asked) < lap:
        # Nobody can be reached by this rung: waiting for the next would help nobody.
        asked.append(chain.rung(ahead))
        ahead += 1
        went = await _page(desk, unit, case, asked[-1:], now, first=False)
    rounds, rung = divmod(ahead - 1, lap)
    who = ",".join(_whos(asked))
    await record.happened(
        unit, case, "case.paged", "system", at=now, reached=bool(went), rung=rung, round=rounds, who=who
    )
    due.put(unit, case, due.PAGE, chain.due(began, ahead), began=began.timestamp(), rung=ahead)
    return went


def _whos(rungs: list[Rung]) -> list[str]:
    return list(dict.fromkeys(who.value for rung in rungs for who in rung.who))


async def _page(desk: Desk, unit: UnitOfWork, case: Case, rungs: list[Rung], now: datetime, *, first: bool) -> str:
    """Put the case before those people; returns the ``once`` of the first message, empty for nobody."""
    quiet = silent(desk, case, now)
    went: list[str] = []
    if any(rung.channel != "private" for rung in rungs):
        went += await cards.post(desk, unit, case, now, silent=quiet)
    asked = [who for rung in rungs if rung.channel != "room" for who in rung.who]
    for member in await people.meant(desk, case, asked, now):
        await involve(unit, case, member.id)
        for chat in await desk.services.officers.posts(member.id):
            if quiet:
                continue
            shown = await cards.show(desk, unit, case, chat, now)
            went += shown or [_ring(desk, unit, case, chat, now, rungs)]
    if not first and not quiet:
        _again(desk, unit, case, now, rungs)
    if not went and desk.watched():
        # Somebody has the desk's pages open: the queue rings there.
        went.append(f"{DESK}{case.id}")
    return went[0] if went else ""


def _ring(desk: Desk, unit: UnitOfWork, case: Case, chat: int, now: datetime, rungs: list[Rung]) -> str:
    """Ask somebody again who has the card already; returns the name of the message."""
    once = f"handoff.page.{unit.new_id()}"
    unit.say(replace(_call(desk, case, now, rungs), once=once), chat=chat)
    return once


def _call(desk: Desk, case: Case, now: datetime, rungs: list[Rung]) -> Reply:
    waited = int((now - case.opened_at).total_seconds() // 60)
    lane = Lane.URGENT if Level(case.level).urgent else Lane.REPLY
    line = tr("handoff.page.again", case=record.ref(case), minutes=waited, who=desk.whos(_whos(rungs)))
    button = Button(tr("handoff.button.claim"), "handoff.claim", case.ref)
    return say(line, buttons=(button,), lane=lane, officer=True, quote=False)


def _again(desk: Desk, unit: UnitOfWork, case: Case, now: datetime, rungs: list[Rung]) -> None:
    """Say in the rooms, aloud, that nobody has taken the case yet. The card above it stays where it is."""
    for chat in desk.rooms_for(case):
        unit.say(_call(desk, case, now, rungs), chat=chat)


def silent(desk: Desk, case: Case, now: datetime) -> bool:
    """Whether what is said about a case makes no sound at this hour."""
    return not Level(case.level).urgent and desk.keeps_quiet(now)


async def tell_person(
    desk: Desk,
    unit: UnitOfWork,
    case: Case,
    staff_id: int,
    line: Text,
    now: datetime,
    buttons: tuple[Button, ...] = (),
    but: Container[int] = (),
) -> None:
    """Say something about a case to somebody of the station, in each private chat that they named; not in ``but``."""
    lane = Lane.URGENT if Level(case.level).urgent else Lane.REPLY
    told = say(line, buttons=buttons, officer=True, quote=False, silent=silent(desk, case, now), lane=lane)
    for chat in await desk.services.officers.posts(staff_id):
        if chat not in but:
            unit.say(told, chat=chat)


async def beside(desk: Desk, case: Case, now: datetime) -> Case | None:
    """An open, unanswered case of the same urgent kind from the last minutes, which a new one may share a page with."""
    if not Level(case.level).urgent or case.at_risk:
        return None
    since = now - timedelta(minutes=desk.settings.join_minutes)
    alike = Case.filter(
        topic=case.topic, level=case.level, opened_at__gte=since, state__in=[state.value for state in OPEN],
        beside=None, at_risk=False, id__lt=case.id,
    )  # fmt: skip
    for other in await alike.order_by("-id").limit(_LOOKED_AT):
        here, there = desk.area(case.chat_id), desk.area(other.chat_id)
        # Another area is another officer's, who must hear of it.
        if not places.apart(case, other) and (plain(here) == plain(there) or "" in (here, there)):
            return other
    return None
