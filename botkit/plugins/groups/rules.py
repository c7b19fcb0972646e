"""Rules: a group's own rules, 群公约, shown to whoever asks (G4). They are its owner's words."""

from __future__ import annotations

import re

from botkit.context import Context
from botkit.decision import Decision, Disposition, answer
from botkit.messages import ChatKind, say, tr
from botkit.plugins.groups import keeping, saying
from botkit.plugins.groups.authority import authority
from botkit.plugins.groups.effects import Settled

LONGEST = 1000
_EVERYBODY = re.compile(r"[@＠]\s*(?:all|everyone|everybody|here|room|channel|所有人|全体|大家)", re.IGNORECASE)
"""What some platforms take for a call to the whole group: the bot never calls it, in nobody's name (E19)."""
_SET = frozenset({"set", "设置", "设为"})


async def command(context: Context) -> Decision:
    """``/rules`` shows them; ``/rules set …`` changes them, with nothing after it back to the usual ones."""
    if context.chat.kind is not ChatKind.GROUP:
        return answer(tr("groups.rules.usual"), rule="groups.rules")
    word, *rest = context.args.split(None, 1) or [""]
    if word.lower() in _SET:
        return await _set(context, rest[0] if rest else "")
    return await _told(context.chat_id)


async def pressed(context: Context, payload: str) -> Decision | None:
    """The button of a newcomer's card: the rules of the group they came into, told in private."""
    if not payload.isdecimal():
        return None
    return await _told(int(payload))


async def _told(chat_id: int) -> Decision:
    row = await keeping.stored(chat_id)
    if row.rules is None:
        return answer(tr("groups.rules.usual"), rule="groups.rules")
    said = say(tr("groups.rules.title"), row.rules, officer=True)
    return Decision(Disposition.ANSWERED, (said,), reason={"rule": "groups.rules"})


async def _set(context: Context, text: str) -> Decision:
    who = await authority(context)
    if not who.owns:
        return saying.refused("groups.refused.own")
    if len(text) > LONGEST:
        return answer(tr("groups.rules.long", most=LONGEST), rule="groups.rules.long")
    if _EVERYBODY.search(text):
        return answer(tr("groups.rules.everybody"), rule="groups.rules.everybody")
    if context.services.numbers.unknown(text):
        # The bot repeats them to everybody who asks, for as long as they stand.
        return answer(tr("groups.rules.number"), rule="groups.rules.number")
    effect = Settled(context.chat_id, "group.rules_set", who.actor, {"rules": text or None}, {"length": len(text)})
    line = tr("groups.rules.set" if text else "groups.rules.reset")
    return saying.settled(line, effects=(effect,), rule="groups.rules.set")
