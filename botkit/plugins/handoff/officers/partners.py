"""Partners: one case handed to the room of a property manager or neighbourhood committee, and nothing else of it.

They read what an officer writes to them: never who reported, never a resident's words.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from botkit.context import Context
from botkit.decision import Decision, Disposition, silent
from botkit.messages import Button, ChatKind, MessageKind, Reply, say, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import PartnerDid
from botkit.plugins.handoff.errors import Incomplete, NeedsConfirmation
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import outcome, partnercard, work
from botkit.plugins.handoff.officers.checks import DETAILS, has_happened, names_of, plain, refusal
from botkit.plugins.handoff.officers.partnercard import DONE, HANDED, TAKEN
from botkit.plugins.handoff.officers.redaction import named
from botkit.plugins.handoff.officers.work import Action
from botkit.plugins.handoff.room import cards
from botkit.plugins.handoff.room.context import by_ref
from botkit.plugins.handoff.room.orders import NUMBER
from botkit.plugins.handoff.routing import PARTNER_TOPICS
from botkit.plugins.handoff.staffing import Room
from botkit.plugins.handoff.states import HELD, OPEN, Level
from botkit.staff import Member
from botkit.storage import UnitOfWork

ADDED = "added"
"""No state: a photo, or more words with one, to what was given."""
ROLE = frozenset({"partner"})
OWN = frozenset({"handoff.partner_taken", "handoff.partner_done"})
"""The only buttons that do anything in a partner's room."""
_ENROLS = re.compile("^/(?:link|绑定)(?:@| |$)")
_GIVEN = "SELECT once, payload FROM outbox WHERE chat_id = ? AND platform_id = ? LIMIT 1"
_TAKEN = re.compile("^(?:接了|收到|接单|taken|on it)")
_DONE = re.compile("^(?:办好了|已办|修好了|处理好了|done|fixed)")


def may_be_given(case: Case) -> bool:
    """Whether a partner may be given a case at all: routine matters of the estate, nobody at risk, no police matter."""
    return case.topic in PARTNER_TOPICS and case.level == Level.ROUTINE and not case.at_risk


async def hand(desk: Desk, unit: UnitOfWork, action: Action, room: Room, text: str) -> Case:
    """Give one's case to a partner's room, with what is to be done.

    Raises ``Incomplete`` where that may not be, ``NeedsConfirmation`` for words that name who reported.
    """
    case, now = await work.find(desk, action), desk.clock.now()
    if await has_happened(action.key, text):
        return case
    words = plain(text)
    if room.kind != "partner":
        raise Incomplete(tr("handoff.error.partner"))
    if not may_be_given(case):
        raise Incomplete(tr("handoff.error.partner.kind"))
    if DETAILS not in action.confirmed and named(words, await names_of(case)):
        raise NeedsConfirmation(tr("handoff.confirm.partner", name=room.name), DETAILS)
    mine = Case.filter(
        id=case.id, epoch=action.epoch, state__in=[state.value for state in HELD], holder_id=action.officer.id
    )
    # An update first: until the commit nobody else's comes between.
    if not await mine.update(epoch=action.epoch):
        raise await refusal(case.id, action.officer)
    if case.partner_chat not in (None, room.chat_id):
        await partnercard.end(desk, unit, case, now, partnercard.ANOTHER)
    await mine.update(partner_chat=room.chat_id, partner_state=HANDED)
    await case.refresh_from_db()
    once = f"handoff.partner.{case.id}.{case.epoch}.{unit.new_id()}"
    await record.happened(
        unit, case, partnercard.ASKED, action.officer.actor, at=now, text=words, key=action.key or None,
        room=room.chat_id, once=once,
    )  # fmt: skip
    await work.extend(desk, unit, case, action.officer, now)
    buttons = (
        Button(tr("handoff.button.partner_taken"), "handoff.partner_taken", case.ref),
        Button(tr("handoff.button.partner_done"), "handoff.partner_done", case.ref),
    )
    unit.say(Reply(partnercard.lines(case, words), buttons, officer=True, quote=False, once=once), chat=room.chat_id)
    return case


def parse(text: str) -> tuple[bool, str] | None:
    """What a partner's words say: whether it is done (or only taken), and the case's number, if they name one."""
    words = NUMBER.sub("", text).strip(" ,，:：").lower()
    number = NUMBER.search(text)
    if _DONE.match(words):
        return True, number[1] if number else ""
    if _TAKEN.match(words):
        return False, number[1] if number else ""
    return None


async def middleware(context: Context, call_next: Callable[[Context], Awaitable[Decision | None]]) -> Decision | None:
    """In a partner's room no command and no button counts but their own two, whoever gives it there."""
    message = context.message
    if message.chat.kind is not ChatKind.PARTNER or message.kind is MessageKind.SYSTEM:
        return await call_next(context)
    if message.kind is MessageKind.BUTTON:
        own = str(message.data.get("value", "")).partition("|")[0] in OWN
        return await call_next(context) if own else silent(rule="partner")
    # A short number may be one of the two buttons, typed.
    typed = message.text.strip().isdecimal() or parse(message.text) is not None
    shown = bool(message.attachments) and message.reply_to is not None
    if not message.revision and (typed or shown or _ENROLS.match(message.text)):
        return await call_next(context)
    return silent(rule="partner")


async def words(context: Context, member: Member) -> Decision:
    """What is said in a partner's room: 接了, 办好了, a photo to what was given; all else there is their own talk."""
    said = parse(context.message.text)
    if not member.may(ROLE):
        return silent(rule="partner")
    if said is None:
        shown = await _answered(context) if context.message.attachments else None
        return _did(context, shown[0], member, ADDED) if shown else silent(rule="partner")
    found = await _meant(context, said[1])
    if len(found) > 1:
        numbers = ", ".join(f"#{case.number}" for case in found)
        which = say(tr("handoff.partner.which", cases=numbers), officer=True)
        return Decision(Disposition.SYSTEM, (which,), reason={"rule": "partner.which"})
    return _did(context, found[0], member, DONE if said[0] else TAKEN) if found else silent(rule="partner")


async def press(context: Context, done: bool) -> Decision:
    """The buttons under what was given to a room. Who presses is looked up anew."""
    member = await context.services.officers.who(context.chat.adapter, context.sender.id)
    case = await by_ref(context.payload)
    if member is None or not member.may(ROLE) or case is None or case.partner_chat != context.chat_id:
        return Decision(Disposition.SYSTEM, (say(tr("handoff.order.stranger")),), reason={"rule": "stranger"})
    return _did(context, case, member, DONE if done else TAKEN)


async def _meant(context: Context, number: str) -> list[Case]:
    """The cases of this room that may be meant: by number, by what the message answers, or all that wait there."""
    here = Case.filter(partner_chat=context.chat_id)
    if number:
        return await here.filter(number=number).order_by("-year").limit(1)
    answered = await _answered(context)
    if answered is not None:
        return answered
    waiting = here.filter(partner_state__in=(HANDED, TAKEN), state__in=[state.value for state in OPEN])
    return await waiting.order_by("id")


async def _answered(context: Context) -> list[Case] | None:
    """The case that was given with the message that this one answers; None where it answers nothing of ours."""
    if context.message.reply_to is None:
        return None
    rows = await context.services.database.read(_GIVEN, context.chat_id, context.message.reply_to)
    here = Case.filter(partner_chat=context.chat_id)
    given = str(rows[0]["once"] or "").removeprefix("handoff.partner.").partition(".")[0] if rows else ""
    if given.isdecimal():
        return await here.filter(id=int(given))
    found = NUMBER.search(rows[0]["payload"]) if rows else None
    return await here.filter(number=found[1]).order_by("-year").limit(1) if found is not None else None


def _did(context: Context, case: Case, member: Member, what: str) -> Decision:
    text = context.message.text if context.message.kind is not MessageKind.BUTTON else ""
    effect = PartnerDid(case.id, what, member.id, context.inbox_id, text)
    return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "partner", "what": what})


async def apply(effect: PartnerDid, unit: UnitOfWork) -> None:
    """Write down what a partner did; the officer sees it, the residents hear who is at work, and once."""
    desk, case = desk_of(unit.database), await Case.get(id=effect.case_id)
    room = desk.rooms.get(case.partner_chat or 0)
    before = {TAKEN: (HANDED,), DONE: (HANDED, TAKEN), ADDED: (HANDED, TAKEN, DONE)}[effect.what]
    now = desk.clock.now()
    theirs = Case.filter(
        id=case.id, partner_chat=room.chat_id if room is not None else 0, partner_state__in=before,
        state__in=[each.value for each in OPEN],
    )  # fmt: skip
    if effect.what == ADDED:
        counts = await theirs.exists()
    else:
        counts = bool(await theirs.update(partner_state=effect.what))
    if room is None or not counts:
        if room is not None:
            unit.say(say(tr("handoff.partner.over", case=record.ref(case))), chat=room.chat_id)
        return
    actor = f"staff:{effect.staff_id}"
    await record.happened(
        unit, case, f"partner.{effect.what}", actor, at=now, text=effect.text or None, inbox=effect.inbox_id,
        room=room.chat_id,
    )  # fmt: skip
    await cards.tell(unit, case, tr(f"handoff.partner.told.{effect.what}", case=record.ref(case), name=room.name))
    unit.say(say(tr(f"handoff.partner.thanks.{effect.what}", case=record.ref(case)), officer=True), chat=room.chat_id)
    if effect.what == TAKEN:
        line = tr("handoff.partner.at_work", case=record.ref(case), name=room.name)
        for chat in await outcome.places_of(desk, case):
            once = f"handoff.at_work.{case.id}.{room.chat_id}.{chat}"
            unit.say(say(line, quote=False, once=once), chat=chat)
