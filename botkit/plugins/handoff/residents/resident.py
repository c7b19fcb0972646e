"""What residents can say about a case: that they want a person, how it stands, enough of it, it helped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, answer
from botkit.messages import Text, tr
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.effects import Expired, Outcome, Withdrawn
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import outcome
from botkit.plugins.handoff.residents import cases, linking, told, words
from botkit.plugins.handoff.states import OPEN, State

ASKED = Decision(
    Disposition.ESCALATED, (), (Escalation("human_request", "routine", "asked"),), reason={"rule": "human"}
)
SHOWN = 3
"""Cases listed at once, the newest first."""


async def human(context: Context) -> Decision | None:
    """A person, at the first ask. Where an officer holds the conversation, the words are for the officer."""
    return None if await _claimed(context) else ASKED


async def human_asked(segment: str) -> Decision | None:
    """The same by words, in any part of a message: what the directory can answer is answered beside it."""
    return ASKED if words.asks_human(segment) else None


async def cancel(context: Context) -> Decision | None:
    """Withdraw the open case of this person and place."""
    if not words.withdraws(context.message.text):
        return None
    return await withdraw(context)


async def cancel_command(context: Context) -> Decision:
    """The same by command, which always has an answer."""
    return await withdraw(context) or answer(tr("handoff.status.none"), rule="cancel")


async def withdraw(context: Context) -> Decision | None:
    """The decision to withdraw the newest open case, or None where there is none."""
    if context.chat_id not in desk_of(context.services.database).chats:
        return None
    mine = await cases.of_resident(context.chat_id, context.identity_id)
    case = next((case for case in mine if case.state in OPEN), None)
    if case is None:
        return None
    return Decision(Disposition.ANSWERED, (), (Withdrawn(case.id),), reason={"rule": "cancel", "case": case.number})


async def status(context: Context) -> Decision | None:
    """How this person's cases with us stand, where there are any."""
    if not words.asks_status(context.message.text):
        return None
    lines = await _standing(context)
    return answer(*lines, rule="status") if lines else None


async def status_command(context: Context) -> Decision:
    """``/case``: how this person's cases stand, or one by its number."""
    lines = await _standing(context, context.args.lstrip("#"))
    return answer(*(lines or [tr("handoff.status.none")]), rule="status")


async def by_number(context: Context) -> Decision | None:
    """A message that names one of the person's case numbers and asks no more than how it stands."""
    found = words.case_number(context.message.text)
    if found is None or not found[1]:
        return None
    lines = await _standing(context, found[0])
    return answer(*lines, rule="status") if lines else None


async def _standing(context: Context, number: str = "") -> list[Text]:
    """The lines about a person's cases, in this chat only: no group hears of what was said in private."""
    desk = desk_of(context.services.database)
    mine = await cases.told_of(context.chat_id, context.identity_id)
    found = [case for case in mine if not number or case.number == number][:SHOWN]
    live = [case for case in found if case.state in OPEN] or found[:1]
    if live and not context.message.private:
        return [tr("handoff.status.group")]
    return [await told.status(desk, case, context.language) for case in live]


async def helped(context: Context) -> Decision | None:
    """The button 有帮助 under an outcome."""
    return await _outcome(context, True)


async def unsolved(context: Context) -> Decision | None:
    """The button 还没解决 under an outcome: the same case goes on, or a new one where that is over."""
    return await _outcome(context, False)


async def _outcome(context: Context, helped: bool) -> Decision | None:
    year, _, number = context.payload.partition("/")
    case = await Case.get_or_none(
        year=int(year) if year.isdecimal() and len(year) < 6 else 0, number=number
    )  # fmt: skip
    if case is None or not await outcome.tells_of(case, context.chat_id, context.identity_id):
        return None
    reason = {"rule": "helped" if helped else "unsolved", "case": case.number}
    if not helped and case.state == State.CLOSED:
        return Decision(
            Disposition.ESCALATED,
            (),
            (Escalation(case.topic, "routine", f"{linking.AFTER}{case.number}"),),
            reason=reason,
        )
    disposition = Disposition.ANSWERED if helped else Disposition.ESCALATED
    return Decision(disposition, (), (Outcome(case.id, helped),), reason=reason)


async def close(data: Mapping[str, Any]) -> Decision:
    """The timer at the end of the days in which a resolved case can be reopened."""
    return Decision(Disposition.SYSTEM, (), (Expired(data["case"], data["epoch"]),))


async def _claimed(context: Context) -> bool:
    if context.chat_id not in desk_of(context.services.database).chats or not context.message.private:
        return False
    mine = await cases.of_resident(context.chat_id, context.identity_id)
    return any(case.state == State.CLAIMED for case in mine)
