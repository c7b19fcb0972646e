"""Manners: how what was decided is said in a group, in front of everybody. A middleware, on the plugins' decisions.

Danger and scams pass untouched. For everything else, in this order: somebody answered already (E7), one person asks
too much (E10), the answer was given a moment ago (E9), the group has heard enough (E11), it is too long or too
private (E8), and it is night (E13).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, Manner, silent
from botkit.messages import ChatKind, MessageKind, Ref, say, tr
from botkit.plugins.etiquette import budget, details, floods, night, recent, repeats
from botkit.plugins.etiquette.settings import EtiquetteSettings

PASSING = frozenset({Disposition.EMERGENCY, Disposition.FRAUD})
"""What no budget and no politeness delays."""


async def mind(context: Context, call_next: Callable[[Context], Awaitable[Decision | None]]) -> Decision | None:
    """Decide, then mind where it is said."""
    decision = await call_next(context)
    if decision is None or context.chat.kind is not ChatKind.GROUP or decision.disposition in PASSING:
        return decision
    if not details.here(decision) and not decision.effects:
        return decision
    if decision.manner is not None:
        # Whoever decided has minded it: the group's own settings, shown to its owner, are no answer to be rationed.
        return decision
    return await _in_group(context, decision)


async def _in_group(context: Context, decision: Decision) -> Decision:
    services, now = context.services, context.clock.now()
    settings: EtiquetteSettings = services.plugin_settings("etiquette")
    zone = services.settings.station.zone
    chat = services.chats.by_id(context.chat_id)
    by = services.activity.answered(chat, context.message.id)
    if by:
        return _answered(decision, by)
    lines = await recent.lines(context, 2 * budget.most(settings, chat.ways) + 2 * settings.flood_asks)
    free = budget.left(lines, now, settings, chat.ways)
    flood = floods.throttle(decision, lines, context.identity_id, now, settings)
    if flood is not None:
        decision = flood if free else replace(flood, replies=())
    else:
        decision = await _answer(context, decision, lines, free, settings)
    manner = decision.manner or Manner()
    if night.is_night(now, zone, settings, chat.ways):
        expects = tr("etiquette.night") if _escalates(decision) else None
        manner = replace(manner, silent=True, expects=expects)
    return replace(decision, manner=replace(manner, unless_answered=context.message.kind is not MessageKind.BUTTON))


async def _answer(
    context: Context, decision: Decision, lines: Sequence[recent.Line], free: int, settings: EtiquetteSettings
) -> Decision:
    text = details.text_of(context, decision)
    if text and decision.disposition is Disposition.ANSWERED and context.message.kind is not MessageKind.BUTTON:
        marked = repeats.mark(text)
        given = repeats.earlier(lines, marked, context.clock.now(), settings)
        if given is not None and free:
            zone = context.services.settings.station.zone
            return await _last(context, repeats.pointer(decision, given, zone), free)
        decision = replace(decision, reason={**decision.reason, repeats.MARK: marked})
    if not free:
        return await _over(context, decision)
    if details.private(decision, settings) or details.too_much(decision, text, settings):
        decision = await details.aside(context, decision, text, settings)
    return await _last(context, decision, free)


async def _over(context: Context, decision: Decision) -> Decision:
    """The group has heard enough: in private, or without a word. A human gets what is a human's all the same."""
    chat = await context.services.private_chat(context.message)
    reason = {**decision.reason, "budget": "spent"}
    if chat is not None:
        return replace(decision, reason=reason, manner=Manner(to=chat))
    return _wordless(replace(decision, reason=reason), Disposition.THROTTLED)


async def _last(context: Context, decision: Decision, free: int) -> Decision:
    """The last line that a group hears for a while tells where to go on, unless the bot comes there by itself."""
    if free > 1 or await context.services.private_chat(context.message) is not None:
        return decision
    link = details.private_link(context, details.HELLO)
    line = tr("etiquette.budget.link", link=Ref(link)) if link else tr("etiquette.budget.last")
    here = details.here(decision)
    if not here:
        return replace(decision, replies=(*decision.replies, say(line)))
    replies = [replace(r, lines=(*r.lines, line)) if r is here[-1] else r for r in decision.replies]
    return replace(decision, replies=tuple(replies))


def _answered(decision: Decision, by: str) -> Decision:
    """Somebody was faster. Only an officer's answer spares the desk a matter that is a human's."""
    reason = {**decision.reason, "answered": by}
    if by == "officer":
        return silent(rule="answered", by=by, instead=dict(decision.reason))
    return _wordless(replace(decision, reason=reason), Disposition.SILENT)


def _wordless(decision: Decision, otherwise: Disposition) -> Decision:
    """The decision without its lines in the group: what it does remains, and is called what it then is."""
    kept = tuple(reply for reply in decision.replies if reply.to is not None)
    disposition = decision.disposition if _escalates(decision) else otherwise
    return replace(decision, disposition=disposition, replies=kept, manner=Manner(receipts=False))


def _escalates(decision: Decision) -> bool:
    return any(isinstance(effect, Escalation) for effect in decision.effects)
