"""The kill switch: automatic answers off in a group, for a topic, or everywhere; what people ask reaches a human."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from difflib import SequenceMatcher

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, GroupOff, Manner, silent
from botkit.i18n import LANGUAGES
from botkit.messages import ChatKind, Text, say, tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Switched
from botkit.plugins.handoff.record import TOPIC
from botkit.plugins.handoff.staffing import EVERYTHING as ALL
from botkit.plugins.handoff.staffing import Switch
from botkit.services import Services
from botkit.storage import UnitOfWork

DANGER = "danger"
"""The emergency line, which stays where everything else is off."""
_EVERYTHING = frozenset({ALL, "全部", "everything"})
_DANGER = frozenset({DANGER, "紧急", "emergency"})
SHOWN = 12
"""Names that somebody is shown who typed one that there is not, those that look most like it first."""
MAY = frozenset({"officer", "backup", "commander"})


async def off(context: Context) -> Decision:
    """``/off``: this group; in the officers' room ``/off all``, ``/off danger`` (commander), ``/off <topic>``."""
    return await _switch(context, off=True)


async def on(context: Context) -> Decision:
    """``/on``: the reverse."""
    return await _switch(context, off=False)


async def _switch(context: Context, *, off: bool) -> Decision:
    member = await context.services.officers.who(context.chat.adapter, context.sender.id)
    if member is None or not member.may(MAY):
        return silent(rule="switch", why="stranger")
    if context.chat.kind is ChatKind.GROUP:
        line = tr("handoff.switch.group.off" if off else "handoff.switch.group.on")
        effect = GroupOff(context.chat_id, off, member.actor)
        return Decision(Disposition.SYSTEM, (say(line),), (effect,), reason={"rule": "switch"}, manner=Manner())
    name = context.args.strip().lower()
    desk = desk_of(context.services.database)
    if not name:
        listed = labels.joined([named(each) for each in sorted(desk.switches)]) if desk.switches else "-"
        return Decision(Disposition.SYSTEM, (say(tr("handoff.switch.how", off=listed)),), reason={"rule": "switch"})
    wanted = _meant(desk, name)
    if wanted is None:
        return Decision(
            Disposition.SYSTEM,
            (say(_unknown(context.services, name), officer=True),),
            reason={"rule": "switch.unknown"},
        )
    if wanted == DANGER and off and not member.may({"commander"}):
        return Decision(Disposition.SYSTEM, (say(tr("handoff.switch.commander")),), reason={"rule": "switch"})
    effect_all = Switched(wanted, off, member.actor, context.chat_id)
    return Decision(Disposition.SYSTEM, (), (effect_all,), reason={"rule": "switch"})


def _meant(desk: Desk, name: str) -> str | None:
    """The switch that somebody names: by slug, or as a topic is called; None where there is nothing of that name."""
    if name in _EVERYTHING:
        return ALL
    if name in _DANGER:
        return DANGER
    texts = desk.services.catalogues
    called = {texts.text(language, key).lower(): slug for slug, key in labels.TOPICS.items() for language in LANGUAGES}
    slug = called.get(name, name)
    switch = f"topic:{slug}"[:96]
    # What is off can be switched on again, even if it is in no directory any more.
    return switch if slug in labels.TOPICS or switch in desk.switches or slug in desk.services.subjects() else None


def _unknown(services: Services, name: str) -> Text:
    """That there is nothing of this name, and what there is that looks like it."""
    known = sorted(services.subjects() | set(labels.TOPICS))
    near = sorted(known, key=lambda slug: SequenceMatcher(None, name, slug).ratio(), reverse=True)[:SHOWN]
    return tr("handoff.switch.unknown", name=name[:64], near=", ".join(near), count=len(known))


async def apply(effect: Switched, unit: UnitOfWork) -> None:
    """Switch, say so in every officers' room, and write down who did."""
    desk = desk_of(unit.database)
    await set_switch(desk, unit, effect.name, effect.off, effect.actor)
    key = "handoff.switch.off" if effect.off else "handoff.switch.on"
    rooms = {effect.room, *(room.chat_id for room in desk.rooms.values() if room.kind == "officers")}
    for chat in sorted(rooms):
        unit.say(say(tr(key, name=named(effect.name)), officer=True, quote=False), chat=chat)


async def set_switch(desk: Desk, unit: UnitOfWork, name: str, off: bool, actor: str) -> None:
    """Switch something off or on; it takes effect with the commit."""
    await Switch.filter(name=name, station_id=unit.database.station_id).delete()
    if off:
        await Switch.create(
            id=unit.new_id(), station_id=unit.database.station_id, name=name, by=actor, at=unit.database.clock.now()
        )
    unit.audit("switch.off" if off else "switch.on", name, actor=actor)
    unit.publish(TOPIC, {"event": "switch"})
    unit.after_commit(lambda: desk.switches.add(name) if off else desk.switches.discard(name))


def named(name: str) -> Text | str:
    """What is switched, in words."""
    if name in (ALL, DANGER):
        return tr(f"handoff.switch.{name}")
    return name.removeprefix("topic:")


async def middleware(context: Context, call_next: Callable[[Context], Awaitable[Decision | None]]) -> Decision | None:
    """Decide, and leave the words out where they are switched off: then a human gets what was asked."""
    decision = await call_next(context)
    off = desk_of(context.services.database).switches
    if not off or decision is None or decision.disposition is Disposition.SYSTEM or context.chat.kind.staffed:
        return decision
    if decision.disposition is Disposition.EMERGENCY:
        return _human(context, decision, "danger") if DANGER in off else decision
    if ALL in off:
        return _human(context, decision, "all")
    if _topics(decision) & off and decision.disposition is not Disposition.FRAUD:
        return _human(context, decision, "topic")
    return decision


def _human(context: Context, decision: Decision, why: str) -> Decision:
    """Without automatic words: what was to be answered is a case, in private with its number, in a group silently."""
    reason = {**decision.reason, "off": why}
    if decision.disposition in (Disposition.SMALLTALK, Disposition.SILENT, Disposition.THROTTLED):
        return silent(**reason)
    effects = tuple(replace(each, told=None) if isinstance(each, Escalation) else each for each in decision.effects)
    if not effects:
        effects = (Escalation("other", "routine", "switched_off"),)
    # Of danger nothing is said at all then: without its number first a line about it would mislead.
    manner = Manner(receipts=context.message.private and why != "danger")
    disposition = Disposition.ESCALATED if decision.disposition is Disposition.ANSWERED else decision.disposition
    return Decision(disposition, (), effects, reason=reason, manner=manner)


def _topics(decision: Decision) -> set[str]:
    parts = (decision.reason, *decision.reason.get("parts", ()))
    told = {
        f"topic:{part[name]}" for part in parts for name in ("topic", "entry", "faq") if isinstance(part.get(name), str)
    }
    return told | {f"topic:{effect.topic}" for effect in decision.effects if isinstance(effect, Escalation)}
