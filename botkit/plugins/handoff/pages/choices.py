"""Choices: what an officer can do to a case as it stands, and whom or what they may choose for it, for the page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from botkit.messages import Text
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.access import ROLES, may_see, visible
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.models import Case, Draft, Report
from botkit.plugins.handoff.officers import canned, outcome, partners, speaking, work
from botkit.plugins.handoff.pages import queueview
from botkit.plugins.handoff.states import HELD, OPEN, Level, State
from botkit.staff import Member
from botkit.storage.models import Identity

LISTED = 30
NEAR = timedelta(hours=24)
"""Cases opened this long before or after may be the same incident."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One's own reply that can still be taken back."""

    id: int
    text: str
    where: Text
    seconds: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What the page offers. ``can`` are the actions by name; the rest is what their forms choose from."""

    can: frozenset[str]
    waiting: tuple[Waiting, ...]
    places: tuple[tuple[int, Text], ...]
    colleagues: tuple[tuple[int, str], ...]
    rooms: tuple[tuple[int, str], ...]
    alike: tuple[tuple[Case, Text | str, Text], ...]
    reporters: tuple[tuple[int, str, Text], ...]
    offered_by: str
    answers: tuple[str, ...]


async def choices(desk: Desk, case: Case, officer: Member) -> Choices:
    """Everything that this officer may do now."""
    can = _can(desk, case, officer)
    people = await desk.services.staff.members(*ROLES)
    others = [each for each in people if each.id != officer.id and may_see(case, each.roles)]
    asking = next((each.name for each in people if each.id == case.holder_id), "")
    places = [*await outcome.places_of(desk, case), *await speaking.private_of(desk, case)]
    fits = [chat for chat in dict.fromkeys(places) if desk.alone(chat) or not case.at_risk]
    return Choices(
        can,
        await _waiting(desk, case, officer),
        tuple((chat, desk.where(chat)) for chat in fits),
        tuple((each.id, f"{each.name} ({each.title})" if each.title else each.name) for each in others[:LISTED]),
        tuple((room.chat_id, room.name) for room in desk.rooms.values() if room.kind == "partner"),
        await _alike(desk, case, officer) if "merge" in can else (),
        await _reporters(desk, case) if "merge" in can else (),
        asking if case.offered_to == officer.id else "",
        tuple(row.slug for row in await canned.fitting(case)) if "reply" in can else (),
    )


def _can(desk: Desk, case: Case, officer: Member) -> frozenset[str]:
    state = State(case.state)
    commander, mine = officer.may(work.COMMANDER), work.holds(case, officer)
    can = {"note"}
    if state is State.QUEUED:
        can |= {"claim"}
    if state in OPEN and case.level == Level.ROUTINE:
        can |= {"urgent"}
    if mine:
        can |= {"reply", "resolve", "offer", "release", "keep", "follow"}
        can |= {"await", "agency"} if state is State.CLAIMED else set()
        can |= {"partner"} if partners.may_be_given(case) else set()
    if state in HELD and commander:
        can |= {"release"}
    if state in OPEN and commander:
        can |= {"assign"}
    if state in OPEN and (mine or state is State.QUEUED or commander):
        can |= {"merge"}
    if state is State.MERGED:
        can |= {"unmerge"}
    if state in (State.QUEUED, State.CLAIMED) and Level(case.level).urgent and not desk.private(case):
        can |= {"false"} if mine or state is State.QUEUED else set()
    if commander and case.erased_at is None:
        can |= {"unhold" if case.hold else "hold"}
    if case.offered_to == officer.id:
        can |= {"accept", "decline"}
    return frozenset(can)


async def _waiting(desk: Desk, case: Case, officer: Member) -> tuple[Waiting, ...]:
    found, now = [], desk.clock.now()
    for draft in await Draft.filter(case_id=case.id, staff_id=officer.id, due_at__not_isnull=True).order_by("id"):
        left = (draft.due_at - now).total_seconds() if draft.due_at else 0
        found.append(Waiting(draft.id, draft.text, desk.where(json.loads(draft.facts)["chat"]), max(0, round(left))))
    return tuple(found)


async def _reporters(desk: Desk, case: Case) -> tuple[tuple[int, str, Text], ...]:
    """Those who told of a case, where they did first: any of them may be parted from the others."""
    told: dict[int, int] = {}
    for report in await Report.filter(case_id=case.id).order_by("id"):
        told.setdefault(report.identity_id, report.chat_id)
    people = {row.id: row.name for row in await Identity.filter(id__in=list(told) or [0])}
    return tuple((who, people.get(who, ""), desk.where(chat)) for who, chat in told.items()) if len(told) > 1 else ()


async def _alike(desk: Desk, case: Case, officer: Member) -> tuple[tuple[Case, Text | str, Text], ...]:
    """Open cases of the same topic from about the same time: what this one may be part of."""
    near = Case.filter(
        visible(desk.sight(officer)), topic=case.topic, at_risk=case.at_risk, state__in=[state.value for state in OPEN],
        opened_at__gte=case.opened_at - NEAR, opened_at__lte=case.opened_at + NEAR,
    )  # fmt: skip
    found = await near.exclude(id=case.id).order_by("-id").limit(LISTED)
    return tuple((other, labels.topic(other.topic), queueview.place(desk, other)) for other in found)
