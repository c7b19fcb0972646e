"""What the queue page shows: open cases, the most urgent first, with their clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from botkit.messages import Text, tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.access import Sight, visible
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import Case, CaseClock
from botkit.plugins.handoff.record import CLOCKS
from botkit.plugins.handoff.states import OPEN, Level
from botkit.staff import Member
from botkit.storage.models import Staff

SHOWN = 50
"""Cases on the page; more than that are counted."""


_COLUMNS = ("id", "year", "number", "state", "level", "topic", "chat_id", "holder_id", "reopened", "opened_at")
"""What a line of the queue needs: reading all columns of fifty cases takes as long as drawing the page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the queue."""

    case: Case
    level: str
    state: str
    topic: Text | str
    place: Text
    age: Text
    clock: Text | None
    over: bool
    holder: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue as one person may see it. ``newest`` is the id up to which it is complete."""

    lines: tuple[Line, ...]
    count: int
    newest: int
    fresh: Case | None
    duty: str


async def queue(desk: Desk, officer: Member, language: str, known: int = 0) -> Queue:
    """The open cases for this person.

    ``known`` is the newest id that the page had; ``fresh`` the most urgent case since then.
    """
    now = desk.clock.now()
    sight = desk.sight(officer)
    count = await Case.filter(visible(sight), state__in=list(OPEN)).count()
    cases = await urgent_first(sight, sorted(OPEN), SHOWN)
    clocks = await running(cases)
    names = await holders(cases)
    newest = max((case.id for case in cases), default=known)
    fresh = next((case for case in cases if known and case.id > known), None)
    duty = desk.roster.on_duty(now)
    return Queue(
        tuple(_line(desk, case, clocks.get(case.id), names, officer, now) for case in cases),
        count,
        max(newest, known),
        fresh,
        duty.title(language) if duty else "",
    )


async def urgent_first(sight: Sight, states: Iterable[str], most: int) -> list[Case]:
    """The open cases that somebody sees, the most urgent first and of these the newest: so many at most.

    A read for each state and level follows an index to its end, which one read of all could not: a queue of
    fifty thousand opens as fast as one of fifty.
    """
    found: list[Case] = []
    for level in sorted(Level, key=lambda level: list(Level).index(level), reverse=True):
        same: list[Case] = []
        for state in states:
            shown = Case.filter(visible(sight), state=str(state), level=level.value)
            same += await shown.order_by("-id").limit(most - len(found)).only(*_COLUMNS)
        found += sorted(same, key=lambda case: -case.id)[: most - len(found)]
        if len(found) >= most:
            break
    return found


def _line(
    desk: Desk, case: Case, clock: CaseClock | None, names: Mapping[int, str], officer: Member, now: datetime
) -> Line:
    mine = case.holder_id is not None and case.holder_id == officer.id
    return Line(
        case, labels.LEVELS[case.level], labels.STATES[case.state], labels.topic(case.topic),
        place(desk, case),
        labels.span(now - case.opened_at), left(clock, now) if clock else None,
        clock is not None and clock.due_at < now, names.get(case.holder_id or 0, ""), mine,
    )  # fmt: skip


def place(desk: Desk, case: Case) -> Text:
    """Where a case was reported."""
    return desk.where(case.chat_id)


def left(clock: CaseClock, now: datetime) -> Text:
    """A clock in words: met, so much left, or so much over."""
    name = tr(labels.CLOCKS[clock.name])
    if clock.met_at is not None:
        return tr("handoff.clock.met", clock=name, at=clock.met_at)
    key = "handoff.clock.over" if clock.due_at < now else "handoff.clock.left"
    return tr(key, clock=name, span=labels.span(clock.due_at - now))


async def running(cases: Iterable[Case]) -> dict[int, CaseClock]:
    """The first clock of each case that still runs: response, then feedback, then result."""
    rounds = {case.id: case.reopened for case in cases}
    if not rounds:
        return {}
    found: dict[int, CaseClock] = {}
    # Asked for those that run, the database would walk the index of all running clocks, not that of the cases.
    theirs = CaseClock.filter(case_id__in=list(rounds))
    for clock in await theirs.only("id", "case_id", "name", "round", "due_at", "met_at"):
        if clock.met_at is not None or clock.round != rounds[clock.case_id]:
            continue
        best = found.get(clock.case_id)
        if best is None or CLOCKS.index(clock.name) < CLOCKS.index(best.name):
            found[clock.case_id] = clock
    return found


async def holders(cases: Iterable[Case]) -> dict[int, str]:
    """The names of those who hold these cases, for colleagues."""
    ids = {case.holder_id for case in cases if case.holder_id is not None}
    if not ids:
        return {}
    return {who.id: who.name for who in await Staff.filter(id__in=list(ids))}
