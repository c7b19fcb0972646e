"""The rota in chat: commands for leave, training, swaps and spans that the bot covers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from botkit.context import Context
from botkit.decision import Decision, Disposition, silent
from botkit.messages import ChatKind, Text, say, tr
from botkit.plugins.handoff.access import ROLES
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import AwayDue, RotaChange
from botkit.plugins.handoff.errors import HandoffError, Incomplete
from botkit.plugins.handoff.room import orders
from botkit.plugins.handoff.roster import swaps
from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.entering import settle, store
from botkit.plugins.handoff.roster.wallclock import instant
from botkit.storage import UnitOfWork

NAMES: Mapping[str, tuple[str, str]] = {
    "leave": ("absence", "leave"), "请假": ("absence", "leave"), "休假": ("absence", "leave"),
    "training": ("absence", "training"), "培训": ("absence", "training"),
    "sick": ("absence", "sick"), "病假": ("absence", "sick"),
    "swap": ("swap", ""), "换班": ("swap", ""),
    "cover": ("cover", ""), "托底": ("cover", ""),
}  # fmt: skip
"""Commands about the rota: what each changes, and why."""


LONGEST = timedelta(days=366)
"""So far ahead the rota can be changed."""
_JOINS = "-~—–～至到 "


async def command(context: Context) -> Decision:
    """``/leave 12-01 [12-03]``, ``/training 12-01 09:00 12-01 17:00``, ``/swap 12-01 li``, ``/cover …`` (commander).

    In private and in rooms of officers; in residents' groups it is passed over.
    """
    if not (context.message.private or context.chat.kind is ChatKind.OFFICERS):
        return silent(rule="rota", why="place")
    desk = desk_of(context.services.database)
    member = await context.services.officers.who(context.chat.adapter, context.sender.id)
    kind, reason = NAMES[context.message.text.split()[0].lstrip("/／").partition("@")[0].lower()]
    if member is None or not member.may(ROLES):
        return _said(tr("handoff.order.stranger"))
    try:
        if kind == "swap":
            return _decided(await swaps.wanted(desk, member, context))
        if kind == "cover" and not member.may({"commander"}):
            return _said(tr("handoff.rota.commander"))
        start, end = span(context.args, context.clock.now(), desk)
        change = RotaChange(kind, start, end, "" if kind == "cover" else member.login, reason, "", member.id,
                            context.chat_id)  # fmt: skip
        return _decided(change)
    except HandoffError as problem:
        return _said(problem.told)


def span(text: str, now: datetime, desk: Desk) -> tuple[datetime, datetime]:
    """A span of days or moments: ``12-01``, ``12-01 12-03``, ``12-01 14:00-17:00``, ``12-01 22:00 12-02 06:00``.

    Days are whole and inclusive. Raises ``Incomplete`` for a text without a date, or with an end that is over.
    """
    zone = desk.roster.zone
    first = orders.when(text, now, zone)
    if first is None:
        raise Incomplete(tr("handoff.rota.date"))
    day, begins, rest = first
    rest = rest.lstrip(_JOINS).removeprefix("to ")
    last = orders.when(rest, now, zone)
    if last is not None and last[0] < day:
        # A day without a year: the next such after the first, not after now.
        last = orders.when(rest, datetime.combine(day, time(12), zone), zone)
    until, ends = (last[0], last[1]) if last is not None else (day, orders.clock(rest)[0])
    return between(day, begins, until, ends, now, desk)


def between(
    day: date, begins: time | None, until: date, ends: time | None, now: datetime, desk: Desk
) -> tuple[datetime, datetime]:
    """The instants of a span of whole days, or from a time to a time. Raises ``Incomplete``."""
    zone = desk.roster.zone
    if max(day, until) > (now.astimezone(zone) + LONGEST).date():
        raise Incomplete(tr("handoff.rota.far"))
    start = instant(datetime.combine(day, begins or time(0)), zone)
    end = instant(datetime.combine(until, ends) if ends else datetime.combine(until + timedelta(days=1), time(0)), zone)
    if end <= start or end <= now:
        raise Incomplete(tr("handoff.rota.end"))
    return start, end


async def away_due(data: Mapping[str, Any]) -> Decision:
    """Somebody's absence begins."""
    return _decided(AwayDue(data["change"]))


async def apply(effect: RotaChange, unit: UnitOfWork) -> None:
    """Write a change; a swap waits for the other. Absences hand on what the person holds when they begin."""
    desk = desk_of(unit.database)
    member = await desk.services.staff.get(effect.staff_id)
    if member is None:
        return
    change = Change(0, Kind(effect.kind), effect.start, effect.end, effect.who, effect.other, reason=effect.reason)
    if change.kind is Kind.SWAP:
        await swaps.ask(desk, unit, change, member, effect.room)
        return
    await settle(desk, unit, await store(desk, unit, change, member))
    unit.say(say(tr(f"handoff.rota.{effect.kind}", start=effect.start, end=effect.end), officer=True), chat=effect.room)


def _decided(effect: Any) -> Decision:
    return Decision(Disposition.SYSTEM, (), (effect,), reason={"rule": "rota"})


def _said(line: Text) -> Decision:
    return Decision(Disposition.SYSTEM, (say(line, officer=True),), reason={"rule": "rota"})
