"""Consent: /enable and /disable. Before the one nothing is read or said in a group, after the other no longer (G1)."""

from __future__ import annotations

from botkit.context import Context
from botkit.decision import Decision, answer
from botkit.messages import ChatKind, tr
from botkit.plugins.groups import keeping, saying
from botkit.plugins.groups.authority import authority
from botkit.plugins.groups.effects import Settled


async def enable(context: Context) -> Decision:
    """``/enable``: the bot may work here. It says what it reads and keeps, and when it speaks."""
    if context.chat.kind is not ChatKind.GROUP:
        return saying.only_in_group()
    who = await authority(context)
    if not who.settles:
        return saying.refused("groups.refused.settle")
    row = await keeping.stored(context.chat_id)
    if row.enabled is not False and context.services.chats.ways(context.chat).enabled:
        return answer(tr("groups.enabled.already"), rule="groups.enabled")
    changes = {"enabled": True, "enabled_by": who.actor, "enabled_at": context.clock.now(), "removed_at": None}
    lines = [tr(f"groups.enabled.{line}") for line in ("reads", "keeps", "speaks")]
    if keeping.sees_nothing(context.services, context.chat.adapter, row):
        lines.append(tr("groups.blind"))
    if keeping.greets(context.services, context.chat.adapter, row):
        lines.append(saying.greets(context.services))
    effect = Settled(context.chat_id, "group.enabled", who.actor, changes)
    return saying.settled(*lines, effects=(effect,), rule="groups.enabled")


async def disable(context: Context) -> Decision:
    """``/disable``: back to silence."""
    if context.chat.kind is not ChatKind.GROUP:
        return saying.only_in_group()
    who = await authority(context)
    if not who.settles:
        return saying.refused("groups.refused.settle")
    if not context.services.chats.ways(context.chat).enabled:
        return answer(tr("groups.disabled.already"), rule="groups.disabled")
    effect = Settled(context.chat_id, "group.disabled", who.actor, {"enabled": False})
    return saying.settled(tr("groups.disabled"), effects=(effect,), rule="groups.disabled")
