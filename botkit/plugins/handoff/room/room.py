"""The officers' room: what is typed and pressed there, and in officers' private chats, becomes orders about cases."""

from __future__ import annotations

from botkit.context import Context
from botkit.decision import Concern, Decision, Disposition, Verdict, silent
from botkit.messages import ChatKind, Message, MessageKind, Reply, Text, say, tr
from botkit.plugins.handoff.access import ROLES
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.effects import Ordered, Revised
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.officers import partners
from botkit.plugins.handoff.room import asking, orders, roomviews
from botkit.plugins.handoff.room.context import Meant, by_number, by_ref, meant, readable, readers
from botkit.plugins.handoff.room.orders import Order
from botkit.services import Services
from botkit.staff import Member

ADDRESSED = Verdict(Concern.ADDRESSED, "order")
NEEDS_WORDS = {"note": "handoff.ask.note", "reply": "handoff.ask.reply"}


def screen(message: Message, services: Services) -> Verdict | None:
    """In a staff room an order is meant for the bot, and so is an answer to what it asked. All else is talk."""
    if not message.chat.kind.staffed or not message.text:
        return None
    text = message.text.strip()
    if services.activity.awaited(message) or (text.isdecimal() and len(text) <= 2) or orders.parse(text):
        return ADDRESSED
    return ADDRESSED if message.chat.kind is ChatKind.PARTNER and partners.parse(text) else None


async def words(context: Context) -> Decision | None:
    """Everything that those who work on cases say; in other chats None for all that is not about a case."""
    message = context.message
    if message.revision or message.kind is MessageKind.DELETED:
        return await _revised(context)
    if not (message.chat.kind.staffed or message.private):
        return None
    member = await who(context)
    if member is None:
        return silent(rule="stranger") if message.chat.kind.staffed else None
    if message.chat.kind is ChatKind.PARTNER:
        return await partners.words(context, member)
    if not member.may(ROLES):
        return None
    found = await meant(context, member)
    if message.kind is MessageKind.REACTION:
        return await _reacted(context, member, found)
    order = orders.parse(message.text, loose=found is not None)
    if order is not None:
        return await give(context, member, order, found)
    if found is None or not (message.text.strip() or message.attachments):
        return None
    if found.relayed and message.text.strip():
        return _decided(Ordered("reply", member.id, context.chat_id, found.case.id, message.text, chat=found.chat))
    return _decided(Ordered("note", member.id, context.chat_id, found.case.id, message.text or _named(message)))


async def who(context: Context) -> Member | None:
    """Whose account a message of staff comes from, asked anew for every message and press."""
    return await context.services.officers.who(context.message.chat.adapter, context.sender.id)


async def command(context: Context) -> Decision | None:
    """An order given as a command, such as ``/claim 1129-07``."""
    member = await who(context)
    order = orders.parse(context.message.text.partition("@")[0] if "@" in context.message.text.split(" ")[0]
                         else context.message.text)  # fmt: skip
    if member is None or not member.may(ROLES) or order is None or not _works_here(context):
        return None if context.message.private else silent(rule="stranger")
    return await give(context, member, order, await meant(context, member))


def _works_here(context: Context) -> bool:
    return context.message.private or context.chat.kind is ChatKind.OFFICERS


async def press(context: Context, verb: str) -> Decision:
    """A button on a card, or under something that was said about a case."""
    member = await who(context)
    ref, _, rest = context.payload.partition("~")
    case = await by_ref(ref)
    allowed = member is not None and member.may(ROLES) and _works_here(context)
    if member is None or not allowed or case is None or not await readable(context, case, member):
        return _said(context, tr("handoff.order.stranger"))
    return await give(context, member, Order(verb, case.number, rest), Meant(case))


async def give(context: Context, member: Member, order: Order, found: Meant | None) -> Decision:
    """The decision that an order comes to: done, asked for what is missing, or answered with what is wrong."""
    if order.verb in orders.BARE:
        desk, there = desk_of(context.services.database), readers(context)
        lines = await roomviews.overview(desk, member, order.verb, context.language, there)
        return _said(context, *lines)
    case = found.case if found is not None and order.number in ("", found.case.number) else None
    if case is None and order.number:
        case = await by_number(order.number)
    if case is None or not await readable(context, case, member):
        return _said(context, tr("handoff.order.none", number=order.number))
    if order.verb == "show":
        return _said(context, *await roomviews.card(desk_of(context.services.database), case))
    return await _ready(context, member, order, case, found)


async def _ready(context: Context, member: Member, order: Order, case: Case, found: Meant | None) -> Decision:
    """The order with everything that it needs, or a question for what it lacks."""
    desk, rest = desk_of(context.services.database), order.rest.strip()
    base = Ordered(order.verb, member.id, context.chat_id, case.id, rest)
    match order.verb:
        case "offer" | "assign":
            return await asking.colleague(context, base, case)
        case "resolve":
            return await asking.result(context, base, case)
        case "agency" | "follow":
            return await asking.date(context, base, case, desk.roster.zone)
        case "merge" | "split":
            return await asking.other(context, base, case)
        case "partner":
            return await asking.partner(context, base, case)
        case "reply" | "note" if not rest:
            return asking.words(context, base, NEEDS_WORDS[order.verb], case)
        case "reply" if found is not None and found.relayed:
            return _decided(Ordered("reply", member.id, context.chat_id, case.id, rest, chat=found.chat))
        case "release" if not rest and case.holder_id == member.id:
            return _decided(base)
        case _:
            return _decided(base)


async def _reacted(context: Context, member: Member, found: Meant | None) -> Decision | None:
    verb = orders.REACTIONS.get(str(context.message.data.get("sign", "")).rstrip("\ufe0f"))
    if verb is None or found is None:
        return None
    return await give(context, member, Order(verb, found.case.number, ""), found)


async def _revised(context: Context) -> Decision | None:
    """A resident changed or deleted something: whoever has the case sees it. Danger in an edit goes its own way."""
    message, verdict = context.message, context.verdict
    if verdict is not None and verdict.concern in (Concern.EMERGENCY, Concern.FRAUD):
        return None
    if not await Report.exists(chat_id=context.chat_id, platform_id=message.id):
        return None
    deleted = message.kind is MessageKind.DELETED
    effect = Revised(context.chat_id, message.id, deleted)
    return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "deleted" if deleted else "revision"})


def _named(message: Message) -> str:
    return ", ".join(file.name or file.kind.value for file in message.attachments)


def _decided(effect: Ordered) -> Decision:
    return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "order", "verb": effect.verb})


def _said(context: Context, *lines: Text | str) -> Decision:
    reply: Reply = say(*lines, officer=True)
    return Decision(Disposition.SYSTEM, (reply,), reason={"rule": "order.answered"})
