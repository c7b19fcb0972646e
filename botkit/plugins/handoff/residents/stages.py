"""The stages: the bot keeps quiet while an officer speaks, and what nobody decided goes to a human."""

from __future__ import annotations

import json

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, Manner
from botkit.messages import MessageKind, Reply, say, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.appliers import TAKEOVER
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.residents import cases, unread
from botkit.plugins.handoff.states import HELD, State

SILENT = Manner(receipts=False)
_ANSWERED = """
    SELECT payload FROM outbox WHERE chat_id = ? AND platform_id = ? AND kind = 'text' ORDER BY id DESC LIMIT 1
"""


async def takeover(context: Context) -> Decision | None:
    """Pass a message on to the officer who holds this conversation, without chatter."""
    desk = desk_of(context.services.database)
    if context.chat_id not in desk.chats:
        return None
    if not context.message.private:
        return await _in_thread(context)
    held = await cases.of_resident(context.chat_id, context.identity_id)
    case = next((case for case in held if case.state == State.CLAIMED), None)
    if case is None:
        return None
    effects = (Escalation(case.topic, case.level, TAKEOVER),)
    reason = {"rule": TAKEOVER, "case": case.number}
    if why := unread.lost(context):
        # Each of the two would believe that the other has read it.
        first = await unread.explained(context)
        replies = (say(first),) if first is not None else ()
        return Decision(Disposition.UNREADABLE, replies, effects, reason={**reason, "unreadable": why})
    return Decision(Disposition.ESCALATED, _quiet_word(desk, case, context), effects, reason=reason)


async def _in_thread(context: Context) -> Decision | None:
    """In a group: an answer to what an officer or the bot said about a held case goes to its holder, silently (E14)."""
    if context.message.reply_to is None:
        return None
    rows = await context.services.database.read(_ANSWERED, context.chat_id, context.message.reply_to)
    said = json.loads(rows[0]["payload"]) if rows else {}
    held = await cases.of_resident(context.chat_id, context.identity_id)
    case = next((case for case in held if case.state in HELD), None)
    if case is None or not said.get("author"):
        return None
    effect = Escalation(case.topic, case.level, TAKEOVER)
    return Decision(Disposition.ESCALATED, (), (effect,), reason={"rule": TAKEOVER, "case": case.number}, manner=SILENT)


def _quiet_word(desk: Desk, case: Case, context: Context) -> tuple[Reply, ...]:
    """One quiet confirmation in a while, unless the officer has just spoken or just taken over."""
    now, pause = context.clock.now(), desk.settings.quiet_minutes * 60
    last = case.spoke_at or case.claimed_at
    if last is not None and (now - last).total_seconds() < pause:
        return ()
    window = int(now.timestamp() // pause)
    title = desk.roster.translate(case.holder_title, context.language)
    line = tr("handoff.passed", case=record.ref(case), holder=title or tr("handoff.holder.station"))
    return (say(line, silent=True, quote=False, once=f"handoff.passed.{case.id}.{window}"),)


async def everything_else(context: Context) -> Decision | None:
    """Give what nothing else decided to a human. What is said stands in the escalation's receipt."""
    message = context.message
    why = unread.lost(context)
    first = await unread.explained(context)
    topic = "unreadable" if unread.is_so(context) else "photo" if message.kind is MessageKind.PHOTO else "other"
    return Decision(
        Disposition.UNREADABLE if topic == "unreadable" else Disposition.ESCALATED,
        (say(first),) if first is not None else (),
        (Escalation(topic, "routine", why or message.kind.value),),
        reason={"rule": "nobody_else", "kind": message.kind.value, **({"unreadable": why} if why else {})},
    )
