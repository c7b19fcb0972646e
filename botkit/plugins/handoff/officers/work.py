"""What officers do with a case: taking it, putting it back, waiting, raising it. Each is one conditional update.

Every action names the epoch that its page or card was read at. It changes something only if the case still stands
there and the officer may do it; otherwise it raises an error that tells what happened meanwhile. An action
that is submitted twice (same ``key``) happens once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botkit.messages import say, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.access import involve, may_see, sees
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Incomplete, NoSuchCase
from botkit.plugins.handoff.models import Case, Draft, Report
from botkit.plugins.handoff.officers import due, paging
from botkit.plugins.handoff.officers.checks import has_happened, plain, refusal
from botkit.plugins.handoff.residents import cases
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.routing import Team
from botkit.plugins.handoff.states import HELD, Level, State, Step, sources, target
from botkit.staff import Member
from botkit.storage import UnitOfWork

COMMANDER = frozenset({"commander"})
TWICE = 2
"""A case handed on this often goes to the commander."""


@dataclass(frozen=True, slots=True)
class Action:
    """Who does what to which case as of which epoch.

    ``key`` comes with the form, ``confirmed`` with a second yes. ``here``: it is done in a room of staff, where the
    case stands for everybody.
    """

    officer: Member
    case_id: int
    epoch: int
    key: str = ""
    confirmed: frozenset[str] = frozenset()
    here: bool = False


async def claim(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """Take a case from the queue. Of many at once exactly one holds it; the others get ``Taken``."""
    case, now = await find(desk, action), desk.clock.now()
    if holds(case, action.officer):
        return case
    won = await Case.filter(
        id=case.id, epoch=action.epoch, state__in=list(sources(Step.CLAIM)), holder_id__isnull=True
    ).update(**held_by(desk, case, action.officer, now))
    if not won:
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    await record.happened(unit, case, "case.claimed", action.officer.actor, at=now, epoch=case.epoch)
    await taken_over(desk, unit, case, now)
    return case


def held_by(desk: Desk, case: Case, officer: Member, now: datetime) -> dict[str, Any]:
    return {
        "state": State.CLAIMED, "holder_id": officer.id, "holder_title": officer.title, "epoch": case.epoch + 1,
        "claimed_at": now, "lease_until": now + lease(desk, case), "offered_to": None, "wait_until": None, "nudges": 0,
        "beside": None,
    }  # fmt: skip


async def taken_over(desk: Desk, unit: UnitOfWork, case: Case, now: datetime) -> None:
    """What follows when somebody has a case now: its timers, its cards, its thread, and the resident hears who."""
    if case.holder_id is not None:
        await involve(unit, case, case.holder_id)
    due.arm(unit, case)
    due.drop(unit, case, due.OFFER)
    await see(unit, case, now)
    await cards.refresh(unit, case, now)
    await cards.open_thread(unit, case)
    tell(desk, unit, case, "handoff.claimed")


async def release(desk: Desk, unit: UnitOfWork, action: Action, why: str = "") -> Case:
    """Put a held case back into the queue: one's own, or as commander anybody's.

    With a reason it is handed back; a case that was handed on twice goes to the commander.
    """
    case, now = await find(desk, action), desk.clock.now()
    if await has_happened(action.key, why):
        return case
    mine = Case.filter(id=case.id, epoch=action.epoch, state__in=list(sources(Step.RELEASE)))
    if not action.officer.may(COMMANDER):
        mine = mine.filter(holder_id=action.officer.id)
    text = plain(why) if why.strip() else None
    if not await mine.update(**_queued(case, handed=text is not None)):
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    await record.happened(unit, case, "case.released", action.officer.actor, at=now, text=text, key=action.key or None)
    await _queue_again(desk, unit, case, now)
    tell(desk, unit, case, "handoff.released")
    return case


def _queued(case: Case, *, handed: bool = False) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "state": State.QUEUED, "holder_id": None, "holder_title": "", "epoch": case.epoch + 1, "claimed_at": None,
        "lease_until": None, "offered_to": None, "wait_until": None, "nudges": 0, "handed": case.handed + handed,
    }  # fmt: skip
    if handed and case.handed + 1 >= TWICE:
        changes["team"] = Team.COMMANDER
    return changes


async def _queue_again(desk: Desk, unit: UnitOfWork, case: Case, now: datetime) -> None:
    due.arm(unit, case)
    due.drop(unit, case, due.OFFER)
    paging.begin(unit, case, now)
    await cards.refresh(unit, case, now)


async def put_back(desk: Desk, unit: UnitOfWork, case: Case, actor: str, what: str) -> None:
    """Put a held case back into the queue, for everybody: its holder's time ran out, or they are no longer there."""
    held = [state.value for state in HELD]
    if await Case.filter(id=case.id, epoch=case.epoch, state__in=held).update(**_queued(case)):
        now = desk.clock.now()
        await case.refresh_from_db()
        await record.happened(unit, case, what, actor, at=now)
        await _queue_again(desk, unit, case, now)


async def keep(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """Say that the work goes on: the lease begins anew, and what was waited for is no longer."""
    case, now = await find(desk, action), desk.clock.now()
    if case.state in (State.WAITING_RESIDENT, State.WAITING_AGENCY):
        if not holds(case, action.officer) or not await cases.resume(desk, unit, case, action.officer.actor, now):
            raise await refusal(case.id, action.officer)
        await cards.refresh(unit, case, now)
        return case
    done = await Case.filter(id=case.id, epoch=action.epoch, state=State.CLAIMED, holder_id=action.officer.id).update(
        lease_until=now + lease(desk, case)
    )
    if not done:
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    due.arm(unit, case)
    await record.happened(unit, case, "case.kept", action.officer.actor, at=now)
    return case


async def await_resident(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """Wait for the resident's answer: two reminders, then the case ends for want of one."""
    until = desk.clock.now() + timedelta(hours=desk.settings.nudge_hours)
    return await _wait(desk, unit, action, Step.AWAIT_RESIDENT, until, "case.awaits_resident")


async def await_agency(desk: Desk, unit: UnitOfWork, action: Action, until: datetime, whom: str) -> Case:
    """Wait for another agency until a date. Raises ``Incomplete`` for a date that is over or far away."""
    now = desk.clock.now()
    if not now < until < now + timedelta(days=366):
        raise Incomplete(tr("handoff.error.date"))
    return await _wait(desk, unit, action, Step.AWAIT_AGENCY, until, "case.awaits_agency", plain(whom))


async def _wait(
    desk: Desk, unit: UnitOfWork, action: Action, step: Step, until: datetime, what: str, text: str | None = None
) -> Case:
    case, now = await find(desk, action), desk.clock.now()
    done = await Case.filter(
        id=case.id, epoch=action.epoch, state__in=list(sources(step)), holder_id=action.officer.id
    ).update(state=target(step), wait_until=until, nudges=0)
    if not done:
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    due.arm(unit, case)
    await record.happened(unit, case, what, action.officer.actor, at=now, text=text, until=until.isoformat())
    await cards.refresh(unit, case, now)
    return case


async def urgent(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """Raise a routine case to an emergency: everybody of the chain is asked at once, whatever the hour."""
    case, now = await find(desk, action), desk.clock.now()
    raised = Case.filter(id=case.id, epoch=action.epoch, level=Level.ROUTINE, state__in=[State.QUEUED, *HELD])
    if not await raised.update(level=Level.EMERGENCY):
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    await record.happened(unit, case, "case.raised", action.officer.actor, at=now)
    if case.state == State.QUEUED:
        paging.begin(unit, case, now)
    else:
        await Case.filter(id=case.id).update(lease_until=now + lease(desk, case))
        await case.refresh_from_db()
        due.arm(unit, case)
    await cards.refresh(unit, case, now)
    return case


async def note(desk: Desk, unit: UnitOfWork, action: Action, text: str) -> Case:
    """Write something down for colleagues. The resident never sees it."""
    case, now = await find(desk, action), desk.clock.now()
    if await has_happened(action.key, text):
        return case
    words = plain(text)
    await extend(desk, unit, case, action.officer, now)
    await record.happened(unit, case, "case.noted", action.officer.actor, at=now, text=words, key=action.key or None)
    return case


async def extend(desk: Desk, unit: UnitOfWork, case: Case, officer: Member, now: datetime) -> None:
    """The holder did something: the lease begins anew."""
    if await Case.filter(id=case.id, state=State.CLAIMED, holder_id=officer.id).update(
        lease_until=now + lease(desk, case)
    ):
        await case.refresh_from_db()
        due.arm(unit, case)


async def see(unit: UnitOfWork, case: Case, now: datetime) -> None:
    """Let the resident know which of their messages a human has seen, where the platform shows that."""
    if case.at_risk:
        return
    for report in await Report.filter(case_id=case.id, seen_at__isnull=True):
        await Report.filter(id=report.id).update(seen_at=now)
        unit.seen(chat=report.chat_id, message=report.platform_id)


async def find(desk: Desk, action: Action) -> Case:
    """The case of an action. Raises ``NoSuchCase`` where this officer may not know of it."""
    case = await Case.get_or_none(id=action.case_id)
    if case is None or not await knows(desk, action, case):
        raise NoSuchCase
    return case


async def knows(desk: Desk, action: Action, case: Case) -> bool:
    """Whether an action's officer may know of a case there."""
    if action.here:
        return may_see(case, action.officer.roles)
    return await sees(case, desk.sight(action.officer))


def holds(case: Case, officer: Member) -> bool:
    """Whether this officer has the case."""
    return case.state in HELD and case.holder_id == officer.id


def lease(desk: Desk, case: Case) -> timedelta:
    """How long a claim of this case lasts without an action."""
    return desk.settings.lease(Level(case.level).urgent)


def tell(desk: Desk, unit: UnitOfWork, case: Case, key: str) -> None:
    """Tell the resident about the case, in private only, and never somebody at risk, who did not ask."""
    if desk.private(case) and not case.at_risk:
        title = desk.roster.translate(case.holder_title, case.language)
        line = tr(key, case=record.ref(case), holder=title or tr("handoff.holder.station"))
        unit.say(say(line, language=case.language), chat=case.chat_id)


async def drafts_of(case: Case) -> list[Draft]:
    """Words for the resident that still wait, in order."""
    return await Draft.filter(case_id=case.id, due_at__isnull=False).order_by("id")


async def follow(desk: Desk, unit: UnitOfWork, action: Action, at: datetime | None) -> Case:
    """Be reminded of a case on a date, whatever has become of it. Raises ``Incomplete`` for a date that is over."""
    case, now = await find(desk, action), desk.clock.now()
    if at is None or not now < at < now + timedelta(days=366):
        raise Incomplete(tr("handoff.error.date"))
    due.remind(unit, case, action.officer.id, at, snoozed=False)
    await record.happened(unit, case, "case.follow_up_set", action.officer.actor, at=now, until=at.isoformat())
    return case
