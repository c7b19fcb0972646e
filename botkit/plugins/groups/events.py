"""Events: what a platform tells of a group itself. Nearly all of it is noted without a word (E18, G3, G5, G6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, FollowUp
from botkit.messages import UNREAD, ChatKind, Reply, say, tr
from botkit.plugins.groups import keeping, saying
from botkit.plugins.groups.effects import Forgotten, Moved, Renamed, Settled

FORGET = "forget"
"""The timer at whose end nothing is kept of a group that the bot left."""
BLIND = {why: "groups.blind.keys" for why in UNREAD} | {
    "encrypted": "groups.blind.encrypted",
    "unverified": "groups.blind.unverified",
}
"""What is said where a platform tells why talk is hidden; elsewhere it is the platform's usual way."""


async def added(context: Context) -> Decision | None:
    """The bot came into a group: once it says who it is, and how it is enabled."""
    if context.chat.kind is not ChatKind.GROUP:
        return None
    row, chat_id = await keeping.stored(context.chat_id), context.chat_id
    station = context.services.settings.station.name[context.language]
    open_to_all = row.enabled is None and not keeping.settings_of(context.services).consent
    hello = tr("groups.hello.open" if open_to_all else "groups.hello", station=station)
    # Platforms tell again that the bot is in a group; it introduces itself once a stay.
    stay = int(row.removed_at.timestamp()) if row.removed_at else 0
    greets = open_to_all and keeping.greets(context.services, context.chat.adapter, row)
    lines = (hello, saying.greets(context.services)) if greets else (hello,)
    said = say(*lines, once=f"groups.hello.{chat_id}.{stay}", quote=False)
    if row.removed_at is None:
        return _noted("bot.added") if row.enabled else _noted("bot.added", replies=(said,))
    # Whoever took it out has ended the consent; what was settled besides still holds.
    changes = {"removed_at": None, "enabled": None}
    effects = (Settled(chat_id, "group.returned", "system", changes), FollowUp("groups", FORGET, str(chat_id), None))
    return _noted("bot.added", effects, (said,))


async def removed(context: Context) -> Decision | None:
    """The bot was taken out: nothing is said, and its settings are forgotten in time."""
    if context.chat.kind is not ChatKind.GROUP:
        return None
    now, chat_id = context.clock.now(), context.chat_id
    due = now + keeping.settings_of(context.services).forget
    return _noted(
        "bot.removed",
        (
            Settled(chat_id, "group.removed", "system", {"removed_at": now}),
            FollowUp("groups", FORGET, str(chat_id), due, {"chat": chat_id}),
        ),
    )


async def forget(data: Any) -> Decision:
    """The timer that a removal sets."""
    return Decision(Disposition.SYSTEM, (), (Forgotten(data["chat"]),))


async def blinded(context: Context) -> Decision | None:
    """Plain talk is hidden from the bot: the group hears once that danger in it goes unseen, the desk too."""
    row, why = await keeping.stored(context.chat_id), context.message.data.get("why")
    if context.chat.kind is not ChatKind.GROUP or row.blind:
        return None
    # Where it is not enabled yet, /enable tells; but that can't be read either where nothing can.
    told = context.services.chats.ways(context.chat).enabled or (why == "encrypted" and row.enabled is None)
    replies = (say(tr(BLIND.get(str(why), "groups.blind")), quote=False),) if told else ()
    effect = Settled(context.chat_id, "group.blinded", "system", {"blind": True, "sighted": False})
    # Told once: no budget of the group, and no length, may keep it from that.
    return replace(_noted("bot.blinded", (effect,), replies), manner=saying.IN_FULL)


async def sighted(context: Context) -> Decision | None:
    """The bot sees plain talk again, or sees it here though the platform usually hides it."""
    row = await keeping.stored(context.chat_id)
    if not row.blind and (row.sighted or not keeping.hides(context.services, context.chat.adapter)):
        return None
    changes = {"blind": False, "sighted": True}
    return _noted("bot.sighted", (Settled(context.chat_id, "group.sighted", "system", changes),))


def moved(context: Context) -> Decision | None:
    """The group has another id: what was settled follows it."""
    to = context.message.data.get("to")
    return _noted("chat.moved", (Moved(context.chat_id, str(to)),)) if to else None


def renamed(context: Context) -> Decision | None:
    """The group has another name."""
    title = context.message.data.get("title")
    return _noted("chat.renamed", (Renamed(context.chat_id, str(title)),)) if title else None


def _noted(event: str, effects: tuple[Any, ...] = (), replies: tuple[Reply, ...] = ()) -> Decision:
    return Decision(Disposition.SYSTEM, replies, effects, reason={"rule": event})
