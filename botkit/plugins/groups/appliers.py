"""Applying effects: where a decision about a group becomes its row. Each runs in its message's savepoint."""

from __future__ import annotations

from botkit.decision import GroupOff
from botkit.plugins.groups import keeping
from botkit.plugins.groups.effects import Forgotten, Moved, Posted, Renamed, Settled
from botkit.storage import UnitOfWork

TOPIC = "desk"
"""The news that the desk's pages listen to."""


async def settled(effect: Settled, unit: UnitOfWork) -> None:
    """Write what was settled, and who did."""
    await keeping.settle(keeping.services_of(unit), unit, effect.chat_id, effect.changes)
    noted(unit, effect.event, effect.chat_id, effect.actor, **effect.facts)


async def switched(effect: GroupOff, unit: UnitOfWork) -> None:
    """Switch automatic answers off in a group, or on again."""
    await keeping.settle(keeping.services_of(unit), unit, effect.chat_id, {"off": effect.off})
    noted(unit, "group.switched_off" if effect.off else "group.switched_on", effect.chat_id, effect.actor)


async def moved(effect: Moved, unit: UnitOfWork) -> None:
    """Everything settled goes along."""
    await keeping.move(keeping.services_of(unit), unit, effect.chat_id, effect.platform_id)
    noted(unit, "group.moved", effect.chat_id, "system")


async def renamed(effect: Renamed, unit: UnitOfWork) -> None:
    """Pages show the new title."""
    keeping.services_of(unit).chats.rename(unit, effect.chat_id, effect.title)
    unit.publish(TOPIC, {"event": "group.renamed"})


async def forgotten(effect: Forgotten, unit: UnitOfWork) -> None:
    """Nothing settled is kept of a group that the bot left."""
    if await keeping.forget(keeping.services_of(unit), unit, effect.chat_id):
        noted(unit, "group.forgotten", effect.chat_id, "system")


async def posted(effect: Posted, unit: UnitOfWork) -> None:
    """Post the card and pin it, in this order."""
    unit.say(effect.card, chat=effect.chat_id)
    unit.pin(chat=effect.chat_id, once=effect.card.once or "")
    noted(unit, "group.card_posted", effect.chat_id, effect.actor)


def noted(unit: UnitOfWork, event: str, chat_id: int, actor: str, **facts: object) -> None:
    """Tell the audit log and the open pages."""
    unit.audit(event, f"chat:{chat_id}", actor=actor, **facts)
    unit.publish(TOPIC, {"event": event})
