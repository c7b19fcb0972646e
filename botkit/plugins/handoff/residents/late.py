"""Late messages: after an outage nothing old is answered in public, and no old cry as if it were new (E21, R15)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, Manner
from botkit.messages import MessageKind, Reply, say, tr
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.effects import Late
from botkit.plugins.handoff.routing import AT_RISK
from botkit.storage import UnitOfWork

WINDOW = 1800
"""Seconds in which the officers hear once that there was a gap."""
_SPOKEN = frozenset(
    {
        Disposition.ANSWERED,
        Disposition.ESCALATED,
        Disposition.EMERGENCY,
        Disposition.FRAUD,
        Disposition.UNREADABLE,
    }
)


async def middleware(context: Context, call_next: Callable[[Context], Awaitable[Decision | None]]) -> Decision | None:
    """Decide, then mind how old the message is."""
    message = context.message
    age = context.clock.now() - message.at
    limit = timedelta(minutes=desk_of(context.services.database).settings.backlog_minutes)
    decision = await call_next(context)
    if age <= limit or decision is None or message.chat.kind.staffed or message.kind is MessageKind.BUTTON:
        return decision
    if decision.disposition not in _SPOKEN:
        return replace(decision, replies=())
    if decision.disposition is Disposition.EMERGENCY:
        return await _danger(context, decision)
    late = tr("handoff.late.private", at=message.at)
    if message.private:
        replies = _first(decision.replies, Reply((late,)))
        return replace(decision, replies=replies, effects=(*decision.effects, Late(message.at)))
    return await _elsewhere(context, decision)


async def _danger(context: Context, decision: Decision) -> Decision:
    """The page goes out, with its time on the card; the resident reads that this comes late, and whom to call now."""
    line = tr("handoff.late.danger", at=context.message.at)
    effects = tuple(replace(e, told=None, reason="late") if isinstance(e, Escalation) else e for e in decision.effects)
    effects = (*effects, Late(context.message.at))
    reason = {**decision.reason, "late": True}
    if context.verdict is not None and context.verdict.quiet:
        # Too doubtful to be spoken of, then as now.
        return replace(decision, effects=effects, reason=reason)
    if context.message.private:
        return Decision(decision.disposition, (say(line),), effects, reason=reason)
    # Whoever may be in danger from somebody near is not called up unasked.
    chat = None if _at_risk(decision) else await context.services.private_chat(context.message)
    replies = (say(line, to=chat, language=context.language, quote=False),) if chat is not None else ()
    return Decision(decision.disposition, replies, effects, reason=reason, manner=Manner(receipts=False))


async def _elsewhere(context: Context, decision: Decision) -> Decision:
    """What was asked in a group long ago: in private where that can be, else an officer tells them."""
    reason = {**decision.reason, "late": True}
    chat = None if _at_risk(decision) else await context.services.private_chat(context.message)
    effects = (*decision.effects, Late(context.message.at))
    if chat is not None:
        here = _first(
            tuple(r for r in decision.replies if r.to is None),
            Reply((tr("handoff.late.private", at=context.message.at),)),
        )
        moved = tuple(replace(reply, to=chat, language=context.language, quote=False) for reply in here)
        others = tuple(reply for reply in decision.replies if reply.to is not None)
        return replace(decision, replies=(*moved, *others), effects=effects, reason=reason, manner=Manner(to=chat))
    if not any(isinstance(effect, Escalation) for effect in effects):
        effects = (Escalation("other", "routine", "late"), *effects)
    return Decision(Disposition.ESCALATED, (), effects, reason=reason, manner=Manner(receipts=False))


def _at_risk(decision: Decision) -> bool:
    return any(isinstance(effect, Escalation) and effect.topic in AT_RISK for effect in decision.effects)


def _first(replies: tuple[Reply, ...], line: Reply) -> tuple[Reply, ...]:
    """The replies with a line before everything else."""
    if not replies:
        return (line,)
    return (replace(replies[0], lines=(*line.lines, *replies[0].lines)), *replies[1:])


async def apply(effect: Late, unit: UnitOfWork) -> None:
    """Tell the officers' rooms, once for an outage, that messages came late."""
    desk = desk_of(unit.database)
    window = int(unit.database.clock.now().timestamp()) // WINDOW
    line = tr("handoff.late.room", at=effect.at)
    for room in desk.rooms.values():
        if room.kind == "officers":
            unit.say(
                say(line, officer=True, quote=False, once=f"handoff.late.{window}.{room.chat_id}"), chat=room.chat_id
            )
    unit.audit("message.late", actor="system")
