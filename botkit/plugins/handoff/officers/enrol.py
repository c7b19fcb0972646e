"""Enrolment: a one-use code, handed over in person, links an account, or makes a group a room of staff."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from botkit.context import Context
from botkit.decision import Decision, Disposition, answer, silent
from botkit.messages import ChatKind, say, tr
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import Linked
from botkit.plugins.handoff.staffing import EnrolCode, Room
from botkit.staff import CASE_ROLES, Member
from botkit.storage import UnitOfWork
from botkit.storage.models import Identity

# Without what is mistaken for something else when read aloud or copied by hand.
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 10
KINDS = {"officers": ChatKind.OFFICERS, "anti_fraud": ChatKind.OFFICERS, "partner": ChatKind.PARTNER}
"""What a room may be, and what that makes of its chat."""


async def make(
    desk: Desk, unit: UnitOfWork, admin: str, *, member: Member | None = None, kind: str = "", name: str = ""
) -> str:
    """A new code for a person, or for a room of a kind; only its hash is kept. Earlier ones for the same are void."""
    code = "".join(secrets.choice(_SIGNS) for _ in range(LENGTH))
    now = desk.clock.now()
    if member is not None:
        await EnrolCode.filter(staff_id=member.id, used_at=None).delete()
    else:
        await EnrolCode.filter(staff_id=None, kind=kind, name=name, used_at=None).delete()
    await EnrolCode.create(
        id=unit.new_id(), station_id=unit.database.station_id, digest=digest(code), kind=kind, name=name[:64],
        staff_id=member.id if member else None, made_by=admin,
        expires_at=now + timedelta(hours=desk.settings.code_hours),
    )  # fmt: skip
    unit.audit("code.made", member.actor if member else f"room:{kind}", actor=admin)
    return f"{code[:5]}-{code[5:]}"


def digest(code: str) -> str:
    """What is kept of a code. Spaces, hyphens and case make no difference."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


async def link(context: Context) -> Decision:
    """``/link <code>``: in private for an account, in a group for a room. A code in a group is no secret any more."""
    found = await EnrolCode.get_or_none(digest=digest(context.args))
    private = context.message.private
    usable = found is not None and found.used_at is None and found.expires_at > context.clock.now()
    if found is None or not usable or (private and found.staff_id is None):
        # In a group nobody else needs to read about it.
        return answer(tr("handoff.link.unknown"), rule="link") if private else silent(rule="link", why="unknown")
    effect = Linked(found.digest, context.chat_id, context.identity_id)
    return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "link"})


async def apply(effect: Linked, unit: UnitOfWork) -> None:
    """Use a code, if nobody was faster. A person's code that a group could read opens nothing any more."""
    desk, now = desk_of(unit.database), unit.database.clock.now()
    code = await EnrolCode.get_or_none(digest=effect.digest)
    if code is None or not await EnrolCode.filter(id=code.id, used_at=None).update(used_at=now):
        return
    if code.staff_id is not None and not desk.alone(effect.chat_id):
        unit.audit("code.spoiled", f"staff:{code.staff_id}", actor=f"identity:{effect.identity_id}")
    elif code.staff_id is not None:
        await _account(desk, unit, code, effect)
    else:
        await _room(desk, unit, code, effect)


async def _account(desk: Desk, unit: UnitOfWork, code: EnrolCode, effect: Linked) -> None:
    services = desk.services
    member = await services.staff.get(code.staff_id or 0)
    identity = await Identity.get(id=effect.identity_id)
    if member is None:
        unit.say(say(tr("handoff.link.unknown")), chat=effect.chat_id)
        return
    services.officers.link(unit, member, identity.id, actor=code.made_by)
    account = (identity.adapter_id, identity.platform_id)
    unit.after_commit(lambda: services.officers.add(member, account))
    unit.say(say(tr("handoff.link.done", name=member.name)), chat=effect.chat_id)


async def _room(desk: Desk, unit: UnitOfWork, code: EnrolCode, effect: Linked) -> None:
    await Room.filter(chat_id=effect.chat_id).delete()
    room = await Room.create(
        id=unit.new_id(), station_id=unit.database.station_id, chat_id=effect.chat_id, kind=code.kind, name=code.name,
        created_at=unit.database.clock.now(),
    )  # fmt: skip
    desk.services.chats.become(unit, effect.chat_id, KINDS[code.kind])
    unit.audit("room.made", f"chat:{effect.chat_id}", actor=code.made_by, kind=code.kind)
    unit.after_commit(lambda: desk.rooms.__setitem__(effect.chat_id, room))
    unit.say(say(tr(f"handoff.room.made.{code.kind}", name=code.name), officer=True), chat=effect.chat_id)


async def close_room(desk: Desk, unit: UnitOfWork, chat_id: int, actor: str) -> None:
    """Make a room an ordinary group again, which nobody has enabled."""
    await Room.filter(chat_id=chat_id).delete()
    desk.services.chats.become(unit, chat_id, ChatKind.GROUP)
    unit.audit("room.closed", f"chat:{chat_id}", actor=actor)
    unit.after_commit(lambda: desk.forget_room(chat_id))


async def verify(context: Context) -> Decision:
    """``/verify``: whether an account is a colleague's. By the platform's own id, never by a name; never "probably"."""
    ids = await _asked_about(context)
    if not ids:
        return answer(tr("handoff.verify.how"), rule="verify")
    titles = []
    for platform_id in ids:
        member = await context.services.officers.who(context.chat.adapter, platform_id)
        if member is None or not member.may(CASE_ROLES):
            # One stranger among several is what a swindler would hide there.
            return answer(tr("handoff.verify.no"), rule="verify")
        titles.append(desk_of(context.services.database).roster.translate(member.title, context.language))
    return answer(tr("handoff.verify.yes", title=titles[0] or tr("handoff.holder.station")), rule="verify")


async def _asked_about(context: Context) -> list[str]:
    """The accounts that are asked about: who wrote what this answers, else the marked ones, else those typed."""
    message = context.message
    if message.reply_to is not None:
        author = message.data.get("reply_author")
        if isinstance(author, str) and author:
            return [author]
        rows = await context.services.database.read(
            "SELECT identity.platform_id FROM inbox JOIN identity ON identity.id = inbox.identity_id"
            " WHERE inbox.chat_id = ? AND inbox.platform_id = ? LIMIT 1",
            context.chat_id, message.reply_to,
        )  # fmt: skip
        if rows:
            return [row["platform_id"] for row in rows]
    return list(message.mentions) or [each.removeprefix("@") for each in context.args.split()]
