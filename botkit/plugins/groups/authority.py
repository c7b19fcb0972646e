"""Authority: who may settle something for a group. Asked anew for every act, of the platform and of the enrolment."""

from __future__ import annotations

from dataclasses import dataclass

from botkit.adapter import Rank
from botkit.context import Context
from botkit.staff import CASE_ROLES


@dataclass(frozen=True, slots=True)
class Authority:
    """What somebody may do in a group. ``actor`` is how the audit log names them.

    ``settles``: its owner, its admins and officers. ``owns``: its owner and officers.
    """

    actor: str
    settles: bool
    owns: bool
    officer: bool


async def authority(context: Context) -> Authority:
    """What the sender may do in the chat, now."""
    services, message = context.services, context.message
    member = await services.officers.who(message.chat.adapter, message.sender.id)
    if member is not None and member.may(CASE_ROLES):
        return Authority(member.actor, True, True, True)
    rank = await services.rank(message)
    return Authority(f"identity:{context.identity_id}", rank is not Rank.MEMBER, rank is Rank.OWNER, False)
