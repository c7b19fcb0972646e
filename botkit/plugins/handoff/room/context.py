"""Which case a message of staff is about: by its thread, by what it answers, or by the number that it names."""

from __future__ import annotations

from dataclasses import dataclass

from botkit.context import Context
from botkit.plugins.handoff.access import may_see, sees
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.room.orders import NUMBER
from botkit.staff import Member

# What edited a message has its id too, but no name.
_SAID = """
    SELECT once, payload FROM outbox WHERE chat_id = ? AND platform_id = ? AND kind = 'text' ORDER BY id DESC LIMIT 1
"""
_THREAD = "SELECT once FROM outbox WHERE chat_id = ? AND kind = 'thread' AND platform_id = ? ORDER BY id DESC LIMIT 1"


READERS = {"officers": frozenset({"officer"}), "anti_fraud": frozenset({"anti_fraud"})}
"""The role that everybody in a room of a kind has at least."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The case that is meant. ``relayed``: the message answers words of a resident, whose place is ``chat``."""

    case: Case
    relayed: bool = False
    chat: int | None = None


def readers(context: Context) -> frozenset[str] | None:
    """Whose eyes a room has: what is said there may tell no more than they may know. None where one person reads."""
    room = desk_of(context.services.database).rooms.get(context.chat_id)
    if context.message.private or room is None:
        return None
    return READERS.get(room.kind, frozenset())


async def readable(context: Context, case: Case, member: Member) -> bool:
    """Whether a case may be spoken of here with this person: they may know of it, and so may everybody who reads."""
    there = readers(context)
    if there is None:
        return await sees(case, desk_of(context.services.database).sight(member))
    return may_see(case, member.roles) and may_see(case, there)


async def meant(context: Context, member: Member) -> Meant | None:
    """The case that a message of this person is about, if they may know of it."""
    found = await _answered(context) or await _threaded(context)
    return found if found is not None and await readable(context, found.case, member) else None


async def _answered(context: Context) -> Meant | None:
    message = context.message
    if message.reply_to is None:
        return None
    rows = await context.services.database.read(_SAID, context.chat_id, message.reply_to)
    if not rows:
        return None
    kind, _, rest = str(rows[0]["once"] or "").removeprefix("handoff.").partition(".")
    key = rest.partition(".")[0]
    if kind == "card" and key.isdigit():
        case = await Case.get_or_none(id=int(key))
        return Meant(case, relayed=True) if case is not None else None
    if kind == "relay" and key.isdigit():
        report = await Report.get_or_none(inbox_id=int(key))
        case = await Case.get_or_none(id=report.case_id) if report is not None else None
        return Meant(case, True, report.chat_id) if case is not None and report is not None else None
    named = NUMBER.search(rows[0]["payload"])
    case = await by_number(named[1]) if named is not None else None
    return Meant(case) if case is not None else None


async def _threaded(context: Context) -> Meant | None:
    thread = context.message.thread
    if thread is None:
        return None
    rows = await context.services.database.read(_THREAD, context.chat_id, thread)
    parts = str(rows[0]["once"]).split(".") if rows else []
    if len(parts) != 4 or parts[1] != "thread":
        return None
    case = await Case.get_or_none(id=int(parts[2]))
    return Meant(case) if case is not None else None


async def by_number(number: str) -> Case | None:
    """The newest case of a number: numbers come again each year."""
    return await Case.filter(number=number).order_by("-year", "-id").first()


async def by_ref(ref: str) -> Case | None:
    """The case of a button: year and number."""
    year, _, number = ref.partition("/")
    return await Case.get_or_none(year=int(year), number=number) if year.isdecimal() and len(year) < 6 else None
