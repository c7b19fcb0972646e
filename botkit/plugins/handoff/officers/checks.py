"""What is asked before an officer's action: was it done already, may its text go, and if not, why not."""

from __future__ import annotations

from collections.abc import Iterable

from botkit.messages import tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import HandoffError, Incomplete, NeedsConfirmation, Stale, Taken
from botkit.plugins.handoff.models import Case, CaseEvent
from botkit.plugins.handoff.officers import outcome, redaction
from botkit.plugins.handoff.states import HELD, State
from botkit.staff import Member
from botkit.storage.models import Identity, Staff

LONGEST = 2000
"""Characters of an officer's text at most."""

NUMBERS = "numbers"
PUBLIC = "public"
DETAILS = "details"
"""What an officer confirms explicitly: unknown numbers in a text, a whole group that reads it, and what it would
tell that group of persons."""

STANDING = {
    State.QUEUED: "handoff.stale.queued",
    State.CLAIMED: "handoff.stale.claimed",
    State.WAITING_RESIDENT: "handoff.stale.claimed",
    State.WAITING_AGENCY: "handoff.stale.claimed",
    State.RESOLVED: "handoff.stale.resolved",
    State.CLOSED: "handoff.stale.closed",
    State.CANCELLED: "handoff.stale.cancelled",
    State.MERGED: "handoff.stale.merged",
}
"""What a page that is out of date is told."""


async def has_happened(key: str, text: str | None = None) -> bool:
    """Whether an action with this key was done: the same form, submitted twice.

    Raises ``Stale`` for the same form with another text, which must not be taken for said.
    """
    event = await CaseEvent.get_or_none(key=key) if key else None
    if event is not None and (event.text or "") != (text or "").replace("\r\n", "\n").strip():
        raise Stale(tr("handoff.error.used"))
    return event is not None


def plain(text: str) -> str:
    """An officer's text, trimmed. Raises ``Incomplete`` for an empty or too long one."""
    words = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not words:
        raise Incomplete(tr("handoff.error.empty"))
    if len(words) > LONGEST:
        raise Incomplete(tr("handoff.error.long", longest=LONGEST))
    return words


async def check_text(
    desk: Desk, case: Case, text: str, confirmed: frozenset[str], chats: Iterable[int] | None = None
) -> str:
    """An officer's text, ready to be said in these chats; by default where the case was reported.

    Raises ``Incomplete`` for an empty or too long one, ``NeedsConfirmation`` for numbers that stand neither
    in the directory nor on the emergency list, for a group that reads along, and for what it would tell that group
    of names, numbers, rooms and health.
    """
    words = plain(text)
    if NUMBERS not in confirmed and (unknown := desk.services.numbers.unknown(words)):
        raise NeedsConfirmation(tr("handoff.confirm.numbers", numbers="、".join(unknown)), NUMBERS)
    chosen = [case.chat_id] if chats is None else chats
    groups = [chat for chat in chosen if not desk.alone(chat)]

    def vouched(number: str) -> bool:
        return not desk.services.numbers.unknown(number)

    if groups and DETAILS not in confirmed and (told := redaction.found(words, await names_of(case), vouched)):
        raise NeedsConfirmation(tr("handoff.confirm.details", what=labels.joined(told)), DETAILS)
    if groups and PUBLIC not in confirmed:
        raise NeedsConfirmation(tr("handoff.confirm.public", chat=desk.title(groups[0])), PUBLIC)
    return words


async def names_of(case: Case) -> list[str]:
    """What those who told of a case are called on their platforms."""
    people = {report.identity_id for report in await outcome.reports_of(case)}
    return await column(Identity.filter(id__in=sorted(people) or [0]), "name")


async def refusal(case_id: int, officer: Member) -> HandoffError:
    """Why an action on this case failed: somebody else has it, or it has moved on. Says who and when."""
    case = await Case.get(id=case_id)
    who = await Staff.get_or_none(id=case.holder_id) if case.holder_id else None
    name = f"{who.name} ({who.title})" if who and who.title else who.name if who else ""
    if case.state in HELD and case.holder_id != officer.id:
        return Taken(tr("handoff.error.taken", holder=name, at=case.claimed_at))
    at = case.ended_at or case.resolved_at or case.claimed_at or case.opened_at
    return Stale(tr(STANDING[State(case.state)], holder=name, at=at))
