"""What officers do with a case. Each action is one conditional update and what follows from it, in one unit.

Every action names the epoch that its page was read at. It changes something only if the case still stands
there and the officer may do it; otherwise it raises an error that tells what happened meanwhile. An action
that is submitted twice (same ``key``) happens once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from botkit.decision import FollowUp
from botkit.messages import Button, Reply, say, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.access import may_see
from botkit.plugins.handoff.checks import check_text, has_happened, plain, refusal
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Incomplete, NoSuchCase
from botkit.plugins.handoff.labels import RESULTS
from botkit.plugins.handoff.models import Case, CaseClock, Report
from botkit.plugins.handoff.states import Level, State, Step, sources, target
from botkit.staff import Member
from botkit.storage import UnitOfWork


@dataclass(frozen=True, slots=True)
class Action:
    """Who does what to which case as of which epoch.

    ``key`` comes with the form, ``confirmed`` with a second yes.
    """

    officer: Member
    case_id: int
    epoch: int
    key: str = ""
    confirmed: frozenset[str] = frozenset()


async def claim(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """Take a case from the queue. Of many at once exactly one holds it; the others get ``Taken``."""
    case, now = await _case(action), desk.clock.now()
    if _holds(case, action.officer):
        return case
    won = await Case.filter(
        id=case.id, epoch=action.epoch, state__in=list(sources(Step.CLAIM)), holder_id__isnull=True
    ).update(
        state=target(Step.CLAIM), holder_id=action.officer.id, holder_title=action.officer.title,
        epoch=action.epoch + 1, claimed_at=now, lease_until=now + _lease(desk, case),
    )  # fmt: skip
    if not won:
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    await record.happened(unit, case, "case.claimed", action.officer.actor, at=now, epoch=case.epoch)
    await see(unit, case, now)
    _tell(desk, unit, case, "handoff.claimed")
    return case


async def release(desk: Desk, unit: UnitOfWork, action: Action) -> Case:
    """Put a held case back into the queue: one's own, or as commander anybody's."""
    case, now = await _case(action), desk.clock.now()
    if await has_happened(action.key):
        return case
    mine = Case.filter(id=case.id, epoch=action.epoch, state__in=list(sources(Step.RELEASE)))
    if not action.officer.may({"commander"}):
        mine = mine.filter(holder_id=action.officer.id)
    done = await mine.update(
        state=target(Step.RELEASE), holder_id=None, holder_title="", epoch=action.epoch + 1, claimed_at=None,
        lease_until=None,
    )  # fmt: skip
    if not done:
        raise await refusal(case.id, action.officer)
    await case.refresh_from_db()
    await record.happened(unit, case, "case.released", action.officer.actor, at=now, key=action.key or None)
    _tell(desk, unit, case, "handoff.released")
    return case


async def reply(desk: Desk, unit: UnitOfWork, action: Action, text: str, *, progress: bool = False) -> Case:
    """Say something to the resident, in the place of the report and signed by role.

    Stops the response clock; ``progress`` (it says what happens next), or a further reply, stops the feedback
    clock too.
    Raises ``NeedsConfirmation`` for a number that nobody vouches for, or a place that many read.
    """
    case, now = await _case(action), desk.clock.now()
    if await has_happened(action.key, text):
        return case
    first = await CaseClock.filter(case_id=case.id, round=case.reopened, name="response", met_at__isnull=True).exists()
    done = await Case.filter(id=case.id, epoch=action.epoch, state=State.CLAIMED, holder_id=action.officer.id).update(
        spoke_at=now, lease_until=now + _lease(desk, case)
    )
    if not done:
        raise await refusal(case.id, action.officer)
    words = check_text(desk, case, text, action.confirmed)
    clocks = ("response", "feedback") if progress or not first else ("response",)
    await record.meet_clocks(case, clocks, now)
    await record.happened(
        unit, case, "officer.spoke", action.officer.actor, at=now, text=words, key=action.key or None,
        progress=progress,
    )  # fmt: skip
    unit.say(_signed(desk, case, action, words), chat=case.chat_id)
    return case


async def note(desk: Desk, unit: UnitOfWork, action: Action, text: str) -> Case:
    """Write something down for colleagues. The resident never sees it."""
    case, now = await _case(action), desk.clock.now()
    if await has_happened(action.key, text):
        return case
    words = plain(text)
    await Case.filter(id=case.id, state=State.CLAIMED, holder_id=action.officer.id).update(
        lease_until=now + _lease(desk, case)
    )
    await record.happened(unit, case, "case.noted", action.officer.actor, at=now, text=words, key=action.key or None)
    return case


async def resolve(desk: Desk, unit: UnitOfWork, action: Action, result: str, text: str) -> Case:
    """End the work on a case: a result code, and a text that tells the resident. Stops all clocks.

    In private the resident is asked whether it helped. Raises ``Incomplete`` without code or text.
    """
    case, now = await _case(action), desk.clock.now()
    if await has_happened(action.key, text):
        return case
    if result not in RESULTS:
        raise Incomplete(tr("handoff.error.result"))
    done = await Case.filter(
        id=case.id, epoch=action.epoch, state__in=list(sources(Step.RESOLVE)), holder_id=action.officer.id
    ).update(
        state=target(Step.RESOLVE), epoch=action.epoch + 1, resolved_at=now, spoke_at=now, result=result,
        lease_until=None,
    )  # fmt: skip
    if not done:
        raise await refusal(case.id, action.officer)
    words = check_text(desk, case, text, action.confirmed)
    await case.refresh_from_db()
    await record.meet_clocks(case, record.CLOCKS, now)
    await record.happened(
        unit,
        case,
        "case.resolved",
        action.officer.actor,
        at=now,
        text=words,
        key=action.key or None,
        result=result,
    )
    unit.say(_signed(desk, case, action, words), chat=case.chat_id)
    if desk.private(case):
        buttons = (
            Button(tr("handoff.button.helped"), "handoff.helped", case.ref),
            Button(tr("handoff.button.unsolved"), "handoff.unsolved", case.ref),
        )
        asked = say(tr("handoff.resolved.ask", case=record.ref(case)), buttons=buttons, language=case.language)
        unit.say(asked, chat=case.chat_id)
    unit.follow_up(
        FollowUp(
            "handoff",
            "close",
            str(case.id),
            now + desk.settings.reopen,
            {"case": case.id, "epoch": case.epoch},
        )
    )
    return case


async def see(unit: UnitOfWork, case: Case, now: datetime) -> None:
    """Let the resident know which of their messages a human has seen, where the platform shows that."""
    for report in await Report.filter(case_id=case.id, seen_at__isnull=True):
        await Report.filter(id=report.id).update(seen_at=now)
        unit.seen(chat=report.chat_id, message=report.platform_id)


async def _case(action: Action) -> Case:
    case = await Case.get_or_none(id=action.case_id)
    if case is None or not may_see(case.topic, action.officer.roles):
        raise NoSuchCase
    return case


def _holds(case: Case, officer: Member) -> bool:
    return case.state == State.CLAIMED and case.holder_id == officer.id


def _lease(desk: Desk, case: Case) -> timedelta:
    return desk.settings.lease(Level(case.level).urgent)


def _signed(desk: Desk, case: Case, action: Action, words: str) -> Reply:
    title = desk.roster.translate(action.officer.title, case.language)
    once = f"handoff.{action.key}" if action.key else None
    return Reply((words,), officer=True, author=title, language=case.language, once=once)


def _tell(desk: Desk, unit: UnitOfWork, case: Case, key: str) -> None:
    """Tell the resident about the case, in private only: a group needn't hear who works on what."""
    if desk.private(case):
        title = desk.roster.translate(case.holder_title, case.language)
        line = tr(key, case=record.ref(case), holder=title or tr("handoff.holder.station"))
        unit.say(say(line, language=case.language), chat=case.chat_id)
