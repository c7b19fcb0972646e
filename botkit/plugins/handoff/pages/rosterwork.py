"""What the forms of the rota's page do: each a name, and the change that its fields make."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time

from botkit.messages import tr
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Incomplete
from botkit.plugins.handoff.officers.work import COMMANDER
from botkit.plugins.handoff.pages.rosterview import may_withdraw
from botkit.plugins.handoff.roster import presence, rota, swaps
from botkit.plugins.handoff.roster.areas import listed
from botkit.plugins.handoff.roster.changes import REASONS, Change, Kind
from botkit.plugins.handoff.roster.entering import settle, store, withdraw
from botkit.plugins.handoff.roster.roster import Tier
from botkit.plugins.handoff.roster.shifts import TEAMS
from botkit.plugins.handoff.staffing import RosterChange
from botkit.staff import Member
from botkit.storage import UnitOfWork

Form = Mapping[str, str]
Work = Callable[[Desk, UnitOfWork, Member, Form], Awaitable[None]]


def _span(desk: Desk, form: Form) -> tuple[datetime, datetime]:
    """From a day, or a time on it, to a day, or a time on it; without a last day the first. Raises ``Incomplete``."""
    try:
        first = date.fromisoformat(form.get("from", ""))
        last = date.fromisoformat(form["to"]) if form.get("to") else first
        begins = time.fromisoformat(form["begins"]) if form.get("begins") else None
        ends = time.fromisoformat(form["ends"]) if form.get("ends") else None
    except ValueError:
        raise Incomplete(tr("handoff.roster.error.date")) from None
    return rota.between(first, begins, last, ends, desk.clock.now(), desk)


async def _whose(desk: Desk, member: Member, form: Form, *, anybody: bool = False) -> str:
    """Whose change it is: one's own, or as the commander a colleague's; empty for nobody by name."""
    login = form.get("who", "")
    if not member.may(COMMANDER) or (not login and not anybody):
        return member.login
    if login and await desk.services.staff.find(login) is None:
        raise Incomplete(tr("handoff.roster.fix.who"))
    return login


async def _arrived(desk: Desk, unit: UnitOfWork, member: Member, form: Form) -> None:
    running = desk.roster.at(desk.clock.now())
    duty = next((d for d in running if d.source == form.get("source") and d.who == member.login), None)
    if duty is None:
        raise Incomplete(tr("handoff.duty.not_running"))
    await presence.be_there(desk, unit, duty, member)


async def _away(desk: Desk, unit: UnitOfWork, member: Member, form: Form) -> None:
    start, end = _span(desk, form)
    reason = form.get("reason", "")
    if reason not in REASONS or not reason:
        raise Incomplete(tr("handoff.roster.fix.reason"))
    who = await _whose(desk, member, form)
    await settle(desk, unit, await store(desk, unit, Change(0, Kind.ABSENCE, start, end, who, reason=reason), member))


async def _duty(desk: Desk, unit: UnitOfWork, member: Member, form: Form) -> None:
    _commander(member)
    start, end = _span(desk, form)
    if form.get("tier") not in tuple(Tier) or form.get("team", "") not in TEAMS:
        raise Incomplete(tr("handoff.roster.fix.tier"))
    who = await _whose(desk, member, form, anybody=True)
    change = Change(
        0,
        Kind.DUTY,
        start,
        end,
        who,
        tier=Tier(form["tier"]),
        team=form.get("team", ""),
        routine="routine" in form,
        areas=listed(form.get("areas", "")),
    )
    await settle(desk, unit, await store(desk, unit, change, member))


async def _cover(desk: Desk, unit: UnitOfWork, member: Member, form: Form) -> None:
    _commander(member)
    start, end = _span(desk, form)
    await settle(desk, unit, await store(desk, unit, Change(0, Kind.COVER, start, end), member))


async def _withdraw(desk: Desk, unit: UnitOfWork, member: Member, form: Form) -> None:
    row = await _row(form)
    if not may_withdraw(row, member) or not await withdraw(desk, unit, member, [row]):
        raise Incomplete(tr("handoff.roster.error.over"))


async def _answer(desk: Desk, unit: UnitOfWork, member: Member, form: Form) -> None:
    if not await swaps.answer_on_page(desk, unit, await _row(form), member, form.get("answer") == "yes"):
        raise Incomplete(tr("handoff.rota.swap.over"))


async def _undo(desk: Desk, unit: UnitOfWork, member: Member, form: Form) -> None:
    """Take back a whole imported file: all of it that is not over."""
    _commander(member)
    rows = await RosterChange.filter(batch=_number(form, "batch"), batch__isnull=False)
    if not await withdraw(desk, unit, member, rows):
        raise Incomplete(tr("handoff.roster.error.over"))


async def _row(form: Form) -> RosterChange:
    row = await RosterChange.get_or_none(id=_number(form, "change"))
    if row is None:
        raise Incomplete(tr("handoff.roster.error.over"))
    return row


def _number(form: Form, name: str) -> int:
    told = form.get(name, "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 19 else 0


def _commander(member: Member) -> None:
    if not member.may(COMMANDER):
        raise Incomplete(tr("handoff.roster.error.commander"))


WORKS: dict[str, Work] = {
    "arrived": _arrived,
    "away": _away,
    "duty": _duty,
    "cover": _cover,
    "withdraw": _withdraw,
    "answer": _answer,
    "undo": _undo,
}
"""All of them, by the last part of their address."""
