"""What the forms of the case page do: each a name, and the action that its fields make."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time

from botkit.messages import tr
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.errors import Incomplete
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import alarms, handing, holding, merging, partners, speaking, work
from botkit.plugins.handoff.officers.work import Action
from botkit.plugins.handoff.room.context import by_ref
from botkit.staff import Member
from botkit.storage import UnitOfWork

Form = Mapping[str, str]
Work = Callable[[Desk, UnitOfWork, Action, Form], Awaitable[Case]]


async def _reply(desk: Desk, unit: UnitOfWork, action: Action, form: Form) -> Case:
    chat = int(form["place"]) if form.get("place", "").isdecimal() else None
    said = await speaking.reply(desk, unit, action, form.get("text", ""), progress="progress" in form, chat=chat)
    return said.case


async def _back(desk: Desk, unit: UnitOfWork, action: Action, form: Form) -> Case:
    draft = form.get("draft", "")
    await speaking.take_back(desk, unit, action.officer, int(draft) if draft.isdecimal() else 0)
    return await work.find(desk, action)


async def _agency(desk: Desk, unit: UnitOfWork, action: Action, form: Form) -> Case:
    return await work.await_agency(desk, unit, action, _date(desk, form), form.get("text", ""))


async def _follow(desk: Desk, unit: UnitOfWork, action: Action, form: Form) -> Case:
    return await work.follow(desk, unit, action, _date(desk, form))


def _date(desk: Desk, form: Form) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(form.get("date", "")), time(9), desk.roster.zone)
    except ValueError:
        raise Incomplete(tr("handoff.error.date")) from None


async def _colleague(desk: Desk, form: Form) -> Member | None:
    chosen = form.get("to", "")
    return await desk.services.staff.get(int(chosen)) if chosen.isdecimal() else None


async def _offer(desk: Desk, unit: UnitOfWork, action: Action, form: Form) -> Case:
    return await handing.offer(desk, unit, action, await _colleague(desk, form), form.get("text", ""))


async def _assign(desk: Desk, unit: UnitOfWork, action: Action, form: Form) -> Case:
    return await handing.assign(desk, unit, action, await _colleague(desk, form))


async def _merge(desk: Desk, unit: UnitOfWork, action: Action, form: Form) -> Case:
    return await merging.merge(desk, unit, action, await by_ref(form.get("into", "")))


async def _split(desk: Desk, unit: UnitOfWork, action: Action, form: Form) -> Case:
    chosen = form.get("reporter", "")
    await merging.split(desk, unit, action, int(chosen) if chosen.isdecimal() and len(chosen) < 20 else 0)
    return await work.find(desk, action)


async def _partner(desk: Desk, unit: UnitOfWork, action: Action, form: Form) -> Case:
    chosen = form.get("room", "")
    room = desk.rooms.get(int(chosen)) if chosen.isdecimal() else None
    if room is None or room.kind != "partner":
        raise Incomplete(tr("handoff.error.partner"))
    return await partners.hand(desk, unit, action, room, form.get("text", ""))


ACTIONS: dict[str, Work] = {
    "claim": lambda desk, unit, action, form: work.claim(desk, unit, action),
    "release": lambda desk, unit, action, form: work.release(desk, unit, action, form.get("text", "")),
    "keep": lambda desk, unit, action, form: work.keep(desk, unit, action),
    "reply": _reply,
    "back": _back,
    "note": lambda desk, unit, action, form: work.note(desk, unit, action, form.get("text", "")),
    "resolve": lambda desk, unit, action, form: speaking.resolve(
        desk, unit, action, form.get("result", ""), form.get("text", "")
    ),
    "offer": _offer,
    "accept": lambda desk, unit, action, form: handing.accept(desk, unit, action),
    "decline": lambda desk, unit, action, form: handing.decline(desk, unit, action, form.get("text", "")),
    "assign": _assign,
    "await": lambda desk, unit, action, form: work.await_resident(desk, unit, action),
    "agency": _agency,
    "follow": _follow,
    "urgent": lambda desk, unit, action, form: work.urgent(desk, unit, action),
    "merge": _merge,
    "unmerge": lambda desk, unit, action, form: merging.unmerge(desk, unit, action),
    "split": _split,
    "false": lambda desk, unit, action, form: alarms.false(desk, unit, action),
    "partner": _partner,
    "hold": lambda desk, unit, action, form: holding.hold(desk, unit, action, on=True),
    "unhold": lambda desk, unit, action, form: holding.hold(desk, unit, action, on=False),
}
"""All of them, by the last part of their address."""
