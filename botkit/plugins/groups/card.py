"""The card: what a group pins for newcomers, and which area it belongs to (N2, N4)."""

from __future__ import annotations

from botkit.context import Context
from botkit.decision import Decision, Disposition, answer
from botkit.i18n import LANGUAGES
from botkit.messages import ChatKind, Ref, say, tr
from botkit.plugins.groups import saying
from botkit.plugins.groups.authority import authority
from botkit.plugins.groups.effects import Posted, Settled

START = "start"
"""What the card's link gives the bot in private."""
LONGEST = 64
_NONE = frozenset({"-", "none", "无"})


async def command(context: Context) -> Decision:
    """``/card``, ``/card en``: post the card, and pin it where the platform can."""
    services = context.services
    if context.chat.kind is not ChatKind.GROUP:
        return saying.only_in_group()
    who = await authority(context)
    if not who.owns:
        return saying.refused("groups.refused.own")
    if not services.chats.ways(context.chat).enabled:
        return answer(tr("groups.card.first"), rule="groups.card.first")
    language = context.args.lower() if context.args.lower() in LANGUAGES else context.language
    lines = [tr("groups.card.title", station=services.settings.station.name[language])]
    lines += [tr(f"groups.card.{line}") for line in ("answers", "passes", "danger")]
    adapter = services.adapters.get(context.chat.adapter)
    link = adapter.private_link(START) if adapter is not None else None
    if link is not None:
        lines.append(tr("groups.card.link", link=Ref(link)))
    card = say(*lines, once=f"groups.card.{context.inbox_id}", quote=False, language=language)
    effect = Posted(context.chat_id, who.actor, card)
    return Decision(Disposition.ANSWERED, (), (effect,), reason={"rule": "groups.card"}, manner=saying.IN_FULL)


async def area(context: Context) -> Decision:
    """``/area``: which area the group belongs to; an officer names it, ``-`` takes it back."""
    if context.chat.kind is not ChatKind.GROUP:
        return saying.only_in_group()
    who = await authority(context)
    if not who.officer:
        return saying.refused("groups.refused.officer")
    name = tidy(context.args)
    if not name:
        here = context.services.chats.ways(context.chat).area
        line = tr("groups.area.is", area=here) if here else tr("groups.area.none")
        return saying.settled(line, rule="groups.area", officer=True)
    if len(name) > LONGEST:
        return answer(tr("groups.area.long", most=LONGEST), rule="groups.area.long")
    name = "" if name in _NONE else name
    effect = Settled(context.chat_id, "group.area_set", who.actor, {"area": name}, {"length": len(name)})
    line = tr("groups.area.is", area=name) if name else tr("groups.area.none")
    # The officer's own word, repeated to the officer: a lane's numbers are no phone numbers.
    return saying.settled(line, effects=(effect,), rule="groups.area", officer=True)


def tidy(name: str) -> str:
    """An area's name on one line, without what can't be seen."""
    return " ".join("".join(c for c in name if c.isprintable() or c.isspace()).split())
