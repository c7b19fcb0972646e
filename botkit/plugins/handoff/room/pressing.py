"""Presses: the buttons of staff, each made a handler that looks up anew who presses it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from botkit.context import Context
from botkit.decision import Decision, Disposition
from botkit.messages import say, tr
from botkit.plugins.handoff.access import ROLES
from botkit.plugins.handoff.effects import Ordered
from botkit.plugins.handoff.officers import partners
from botkit.plugins.handoff.room import room
from botkit.plugins.handoff.roster import swaps

Handler = Callable[[Context], Awaitable[Decision]]

VERBS = (
    "claim", "release", "offer", "assign", "accept", "decline", "snooze", "urgent", "resolve", "await", "keep", "merge",
    "unmerge", "false", "partner",
)  # fmt: skip
"""Orders that have a button; its payload is the case, and after ``~`` what else was chosen."""
DRAFTS = ("back", "send", "private", "discard")
"""What can be done with words that wait; the payload is the draft."""


def on_case(verb: str) -> Handler:
    """The handler of an order's button."""

    async def pressed(context: Context) -> Decision:
        return await room.press(context, verb)

    return pressed


def on_draft(verb: str) -> Handler:
    """The handler of a button under words that wait."""

    async def pressed(context: Context) -> Decision:
        member = await room.who(context)
        if member is None or not member.may(ROLES) or not context.payload.isdecimal():
            return Decision(Disposition.SYSTEM, (say(tr("handoff.order.stranger")),), reason={"rule": "stranger"})
        effect = Ordered(verb, member.id, context.chat_id, draft=int(context.payload))
        return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "order", "verb": verb})

    return pressed


def partner(done: bool) -> Handler:
    """The handler of a partner's button."""

    async def pressed(context: Context) -> Decision:
        return await partners.press(context, done)

    return pressed


def swap(accepted: bool) -> Handler:
    """The handler of the answer to a swap."""

    async def pressed(context: Context) -> Decision:
        return await swaps.answered(context, accepted)

    return pressed
