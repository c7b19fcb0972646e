"""Newcomers: who comes into a group may get its card, in private, once; the group hears nothing of it (N1, N2, E18)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botkit.context import Context
from botkit.decision import Concern, Decision, Disposition, Verdict
from botkit.messages import ChatKind, Message, Reply, Sender, Text, tr
from botkit.plugins.groups import card, keeping, waiting
from botkit.plugins.groups.effects import Greeted, GreetingsOld, Newcomer, NotGreeted, PutOff
from botkit.plugins.groups.models import GroupGreeting, GroupSetting
from botkit.services import Services

_WHO = "SELECT platform_id FROM identity WHERE id = ?"
_SAID = "SELECT id FROM outbox WHERE chat_id = ? LIMIT 1", "SELECT id FROM inbox WHERE chat_id = ? LIMIT 1"


def wanted(message: Message, services: Services) -> Verdict | None:
    """The screen's word on who comes in or goes: of nobody it is kept where nobody is greeted."""
    if message.membership and services.chats.ways(message.chat).greets:
        return Verdict(Concern.ADDRESSED, "groups.newcomers")
    return None


async def joined(context: Context) -> Decision | None:
    """Somebody came in. Of those whom the platform only counts nobody can be written to."""
    message, now = context.message, context.clock.now()
    if context.chat.kind is not ChatKind.GROUP or "count" in message.data or now - message.at > waiting.NEW:
        return None
    why = await _against(context.services, context.chat_id, context.identity_id, context.sender)
    reason = {"rule": "member.joined", "greeting": why or "planned"}
    return _decided(() if why else (Newcomer(context.chat_id, context.identity_id),), reason=reason)


async def left(context: Context) -> Decision | None:
    """Somebody is gone: whoever was not greeted yet is not any more."""
    row = await GroupGreeting.get_or_none(chat_id=context.chat_id, identity_id=context.identity_id, greeted_at=None)
    return _decided((NotGreeted(row.id),), reason={"rule": "member.left"}) if row is not None else None


async def due(context: Context, data: Mapping[str, Any]) -> Decision | None:
    """The timer of a greeting: everything is looked at again, then the platform is asked for a private chat."""
    services, now = context.services, context.clock.now()
    row = await GroupGreeting.get_or_none(id=data["greeting"], greeted_at=None)
    if row is None:
        return None
    found = await services.database.read(_WHO, row.identity_id)
    chat, gone = services.chats.by_id(row.chat_id), _decided((NotGreeted(row.id),))
    adapter = services.adapters.get(chat.chat.adapter)
    if not found or adapter is None or now > datetime.fromisoformat(data["until"]):
        return gone
    sender = Sender(found[0]["platform_id"])
    if await _against(services, row.chat_id, row.identity_id, sender):
        return gone
    if keeping.greets_from(services, row.chat_id, now) > now:
        return _decided((PutOff(row.id, data["until"]),))
    if not await adapter.present(chat.chat, sender):
        return gone
    private = await services.write_first(adapter.name, sender)
    if private is None:
        # Who does not want to be written to is not asked again.
        return _decided((Greeted(row.id),))
    if await _spoken(services, private):
        return gone
    said = card.private(services, chat, to=private, once=waiting.once(row))
    return _decided((Greeted(row.id),), (said,))


async def old(data: Mapping[str, Any]) -> Decision:
    """The timer that forgets who was greeted long ago."""
    return _decided((GreetingsOld(),))


async def kept(services: Services) -> tuple[Text, ...]:
    """What /privacy tells of it, where anybody is greeted at all."""
    settings = keeping.settings_of(services)
    if not settings.greet and not await GroupSetting.filter(greet=True).exists() and not await GroupGreeting.exists():
        return ()
    return (tr("groups.privacy", days=settings.greet_again_days),)


async def _against(services: Services, chat_id: int, identity_id: int, sender: Sender) -> str:
    """What speaks against greeting somebody, if anything."""
    chat = services.chats.by_id(chat_id)
    row = await keeping.stored(chat_id)
    if chat.chat.kind is not ChatKind.GROUP or not chat.ways.enabled or chat.ways.off or services.silenced():
        return "off"
    if not keeping.greets(services, chat.chat.adapter, row):
        return "not chosen"
    if sender.is_bot or await services.officers.who(chat.chat.adapter, sender.id) is not None:
        return "staff"
    return "acquainted" if services.chats.private_of(identity_id) is not None else ""


async def _spoken(services: Services, chat_id: int) -> bool:
    """Whether anything was ever said in a chat: then it is none that was opened just now."""
    for query in _SAID:
        if await services.database.read(query, chat_id):
            return True
    return False


def _decided(
    effects: tuple[Any, ...], replies: tuple[Reply, ...] = (), reason: Mapping[str, Any] | None = None
) -> Decision:
    return Decision(Disposition.SYSTEM, replies, effects, reason=reason or {})
