"""Asking officers for what an order lacks: a colleague, a result, a date, another case, the words themselves."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, State
from botkit.messages import Button, Text, say, tr
from botkit.plugins.handoff import record
from botkit.plugins.handoff.access import ROLES, may_see
from botkit.plugins.handoff.columns import column
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.effects import Ordered
from botkit.plugins.handoff.labels import RESULTS
from botkit.plugins.handoff.models import Case, Report
from botkit.plugins.handoff.room import orders
from botkit.plugins.handoff.room.context import by_number

PATIENCE = timedelta(minutes=10)
"""So long the bot waits for an answer; what was ordered is then not done."""
STEP = "handoff.answered"
SHOWN = 8


async def colleague(context: Context, order: Ordered, case: Case) -> Decision:
    """Who takes the case over, and what they should know. The first word names them: login or name."""
    staff = context.services.staff
    people = [each for each in await staff.members(*ROLES) if each.id != order.officer_id and may_see(case, each.roles)]
    name, _, rest = order.text.partition(" ")
    chosen = [each for each in people if name and name.lower() in (each.login, each.name.lower(), str(each.id))]
    if len(chosen) != 1:
        line = tr("handoff.ask.colleague" if not name else "handoff.ask.colleague.unknown", name=name)
        buttons = tuple(Button(each.name, f"handoff.{order.verb}", f"{case.ref}~{each.id}") for each in people[:SHOWN])
        return _asked(line, buttons)
    order = replace(order, to=chosen[0].id, text=rest.strip())
    if order.text or order.verb == "assign":
        return done(order)
    return words(context, order, "handoff.ask.handover", case, colleague=chosen[0].name)


async def result(context: Context, order: Ordered, case: Case) -> Decision:
    """The result, and what the resident reads. The first word is the result's code or its name."""
    first, _, rest = order.text.partition(" ")
    texts = context.services.catalogues
    named = {texts.text(language, key): code for code, key in RESULTS.items() for language in ("zh", "en")}
    code = first if first in RESULTS else named.get(first, "")
    if not code:
        buttons = tuple(Button(tr(key), "handoff.resolve", f"{case.ref}~{each}") for each, key in RESULTS.items())
        return _asked(tr("handoff.ask.result", case=record.ref(case)), buttons)
    order = replace(order, result=code, text=rest.strip())
    return done(order) if order.text else words(context, order, "handoff.ask.outcome", case)


async def date(context: Context, order: Ordered, case: Case, zone: tzinfo) -> Decision:
    """Until when, and for an agency whom is waited for."""
    until, rest = orders.moment(order.text, context.clock.now(), zone)
    if until is None or (order.verb == "agency" and not rest):
        return _asked(tr(f"handoff.ask.{order.verb}", case=record.ref(case)))
    return done(replace(order, until=until, text=rest))


async def other(context: Context, order: Ordered, case: Case) -> Decision:
    """The case to become part of; or whose messages to part from this one: the reporter's number on the card."""
    if order.verb == "split":
        people = list(dict.fromkeys(await column(Report.filter(case_id=case.id).order_by("id"), "identity_id")))
        if order.text.isdecimal() and 1 <= int(order.text) <= len(people):
            return done(replace(order, other=people[int(order.text) - 1]))
        return _asked(tr("handoff.ask.split", case=record.ref(case), count=len(people)))
    found = orders.NUMBER.search(order.text)
    into = await by_number(found[1]) if found is not None else None
    if into is None and case.beside is not None and not order.text:
        into = await Case.get_or_none(id=case.beside)
    if into is None:
        return _asked(tr("handoff.ask.merge", case=record.ref(case)))
    return done(replace(order, other=into.id))


async def partner(context: Context, order: Ordered, case: Case) -> Decision:
    """Which partner's room gets the case, and what it should do there. The first word names the room."""
    rooms = [room for room in desk_of(context.services.database).rooms.values() if room.kind == "partner"]
    name, _, rest = order.text.partition(" ")
    chosen = [room for room in rooms if name and name in (room.name, str(room.chat_id))]
    if len(chosen) != 1:
        buttons = tuple(Button(room.name, "handoff.partner", f"{case.ref}~{room.chat_id}") for room in rooms[:SHOWN])
        return _asked(
            tr("handoff.ask.partner" if rooms else "handoff.ask.partner.none", case=record.ref(case)), buttons
        )
    order = replace(order, chat=chosen[0].chat_id, text=rest.strip())
    return done(order) if order.text else words(context, order, "handoff.ask.partner.words", case)


def words(context: Context, order: Ordered, key: str, case: Case, **args: Any) -> Decision:
    """Ask for the words themselves: this person's next message here is them."""
    if context.chat.kind.staffed:
        context.services.activity.awaits(context.message, PATIENCE)
    line = tr(key, case=record.ref(case), **args)
    return _asked(line, state=State(STEP, _dump(order), PATIENCE))


async def answered(context: Context) -> Decision | None:
    """The step that takes the words. An order or a command instead of them ends the question."""
    text = context.message.text.strip()
    if not text or orders.parse(text) is not None:
        return None
    return done(replace(_load(context.data), text=text))


def done(order: Ordered) -> Decision:
    """The order has all it needs."""
    return Decision(Disposition.SYSTEM, (), (order,), reason={"rule": "order", "verb": order.verb})


def _asked(line: Text, buttons: tuple[Button, ...] = (), state: State | None = None) -> Decision:
    reason = {"rule": "order.asked"}
    return Decision(Disposition.SYSTEM, (say(line, buttons=buttons, officer=True),), state=state, reason=reason)


def _dump(order: Ordered) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(order).items() if value and name != "confirmed"}
    return {**kept, "until": order.until.isoformat()} if order.until else kept


def _load(data: Any) -> Ordered:
    kept = dict(data)
    if "until" in kept:
        kept["until"] = datetime.fromisoformat(kept["until"])
    return Ordered(**kept)
