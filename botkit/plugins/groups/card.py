"""The card: what a group pins for newcomers, what these get in private, and which area it belongs to (N2, N4)."""

from __future__ import annotations

import re

from botkit.chats import ChatRow
from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, answer
from botkit.i18n import LANGUAGES
from botkit.messages import Button, ChatKind, Lane, Ref, Reply, say, tr
from botkit.plugins.groups import saying
from botkit.plugins.groups.authority import authority
from botkit.plugins.groups.effects import Posted, Settled
from botkit.services import Services

START = "start"
"""What the card's link gives the bot in private."""
LONGEST = 64
SHOWN = 40
"""Characters of a group's name that its newcomers read."""
_ADDRESS = re.compile(r"://|@|www\.|[a-z0-9-]\.[a-z]{2,}", re.IGNORECASE)
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


def private(services: Services, chat: ChatRow, *, to: int, once: str) -> Reply:
    """The card that somebody new in a group gets in private, without a sound, after everything else that is to be said.

    In the language that the group has chosen; where it has chosen none, in both.
    """
    texts, station = services.catalogues, services.settings.station
    others = sorted(LANGUAGES, key=lambda each: each != station.language)
    languages = [chat.language_set] if chat.language_set else others
    name = _name(services, chat)
    lines: list[str] = []
    for language in languages:
        here = station.name[language]
        told = (
            tr("groups.greeting.in", station=here, group=name) if name else tr("groups.greeting.here", station=here),
            tr("groups.greeting.answers"), tr("groups.card.passes"), tr("groups.card.danger"),
            tr("groups.greeting.leave"),
        )  # fmt: skip
        lines += [*([""] if lines else []), *(texts.render(line, language) for line in told)]

    def button(key: str, action: str, payload: str = "") -> Button:
        return Button(" / ".join(texts.text(each, key) for each in languages), action, payload)

    buttons = (
        button("groups.greeting.rules", "groups.rules", str(chat.id)),
        button("groups.greeting.person", "groups.person"),
    )
    return say(*lines, buttons=buttons, to=to, once=once, silent=True, lane=Lane.BULK, language=languages[0])


def person() -> Decision:
    """The button that offers a person: a person it is."""
    effect = Escalation("human_request", reason="button")
    return Decision(Disposition.ESCALATED, (), (effect,), reason={"rule": "groups.person"})


def _name(services: Services, chat: ChatRow) -> str:
    """A group's name as it may be repeated in private: none that carries a number or an address of whoever gave it."""
    name = tidy(chat.chat.title)
    shown = name if len(name) <= SHOWN else f"{name[: SHOWN - 1]}…"
    return "" if services.numbers.unknown(name) or _ADDRESS.search(name) else shown


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
