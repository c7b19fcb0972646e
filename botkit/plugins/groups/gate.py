"""The gate: in a group that did not enable the bot, or where it is off or a topic is muted, nothing is said.

A middleware. Where nobody enabled the bot nothing is decided at all. Where officers switched it off, or muted a topic,
only the words are left out: what people ask still reaches a human, and danger is still answered, unless the
group has switched that off too (C4).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, Manner, silent
from botkit.handlers import parse_command
from botkit.messages import ChatKind, Message, MessageKind
from botkit.plugins.groups.keeping import settings_of
from botkit.services import Services

_NEWS = frozenset({MessageKind.SYSTEM, MessageKind.DELETED})
_WORDLESS = Manner(receipts=False)


async def gate(context: Context, call_next: Callable[[Context], Awaitable[Decision | None]]) -> Decision | None:
    """Decide, and say only what the group allows."""
    message, services = context.message, context.services
    if message.chat.kind is not ChatKind.GROUP or message.kind in _NEWS:
        return await call_next(context)
    ways = services.chats.ways(message.chat)
    if (ways.enabled and not ways.off and not ways.muted) or _settles(message, services):
        return await call_next(context)
    if not ways.enabled:
        return silent(rule="not_enabled")
    decision = await call_next(context)
    if decision is None:
        return None
    if ways.off:
        spoken = decision.disposition is Disposition.EMERGENCY and ways.dangers
        return decision if spoken else _wordless(decision, "off", _topics(decision))
    muted = _topics(decision) & ways.muted
    danger = decision.disposition in (Disposition.EMERGENCY, Disposition.FRAUD)
    return _wordless(decision, "muted", muted) if muted and not danger else decision


def _settles(message: Message, services: Services) -> bool:
    """Whether it is about what the bot may do here, or an officer's command: these work everywhere."""
    if message.kind is MessageKind.BUTTON:
        return str(message.data.get("value", "")).startswith("groups.")
    command = parse_command(message.text)
    if command is None:
        return False
    officer = services.officers.known(message.chat.adapter, message.sender.id)
    return officer or command[0] in settings_of(services).open_commands


def _topics(decision: Decision) -> frozenset[str]:
    """What a decision is about, as far as it says."""
    parts = (decision.reason, *decision.reason.get("parts", ()))
    told = {part["topic"] for part in parts if isinstance(part.get("topic"), str)}
    return frozenset(told | {effect.topic for effect in decision.effects if isinstance(effect, Escalation)})


def _wordless(decision: Decision, held: str, topics: frozenset[str]) -> Decision:
    """The decision without its words. What would have been answered goes to a human instead."""
    effects: list[Any] = [replace(e, told=None) if isinstance(e, Escalation) else e for e in decision.effects]
    disposition = decision.disposition
    escalates = any(isinstance(effect, Escalation) for effect in effects)
    if disposition is Disposition.ANSWERED and topics and not escalates:
        effects.append(Escalation(min(topics), "routine", held))
        disposition = Disposition.ESCALATED
    elif not escalates:
        disposition = Disposition.SILENT
    reason = {**decision.reason, "held": held}
    return Decision(disposition, (), tuple(effects), reason=reason, manner=_WORDLESS)
