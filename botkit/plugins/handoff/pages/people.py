"""The admin's page of people: who works here, with which roles and accounts, and which groups are rooms of staff.

What is secret, a password or a code, stands in the answer to the form that made it, and nowhere afterwards.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from botkit.errors import UserError
from botkit.messages import Text, tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.officers import enrol
from botkit.plugins.handoff.pages import peopleview
from botkit.plugins.handoff.pages.texts import sayer
from botkit.staff import LastAdmin, Member
from botkit.storage import UnitOfWork
from botkit.storage.models import Staff
from botkit.web.layout import render
from botkit.web.sessions import member, staff
from botkit.web.shell import services_of

PATH = "/desk/people/"
ROLES = frozenset({"admin"})
LONGEST = 64
DONE = {
    "roles": "handoff.people.done.roles",
    "suspended": "handoff.people.done.suspended",
    "restored": "handoff.people.done.restored",
    "unlinked": "handoff.people.done.unlinked",
    "closed": "handoff.people.done.closed",
}

admin_only = staff(*sorted(ROLES))


class Wrong(Exception):
    """What was asked can't be done: the text says why."""

    def __init__(self, told: Text) -> None:
        super().__init__(told.key)
        self.told = told


@dataclass(frozen=True, slots=True)
class Secret:
    """Something shown once: what it is, the secret itself, and until when it can be used, if not for ever."""

    what: Text
    value: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A submitted form: which, about whom (row id, 0 for nobody), and its fields as typed."""

    name: str
    subject: int
    fields: Mapping[str, str]
    roles: tuple[str, ...]


Act = Callable[[Desk, Member, Form], Awaitable[Secret | str]]


def routes() -> Iterable[web.RouteDef]:
    """The routes of this module."""
    return (
        web.get(PATH, show),
        web.post(f"{PATH}{{action:add|room}}", act),
        web.post(rf"{PATH}{{subject:\d{{1,19}}}}/{{action:code|roles|suspend|restore|unlink|close}}", act),
    )


@admin_only
async def show(request: web.Request) -> web.Response:
    """Everybody, and every room."""
    return await _page(request, notice=DONE.get(request.query.get("done", "")))


@admin_only
async def act(request: web.Request) -> web.StreamResponse:
    """Do what a form asks. What can't be done comes back with why, and with what was typed."""
    services, given = services_of(request), await request.post()
    fields = {name: value.strip() for name, value in given.items() if isinstance(value, str)}
    roles = tuple(value for value in given.getall("role", []) if isinstance(value, str))
    form = Form(request.match_info["action"], int(request.match_info.get("subject", "0")), fields, roles)
    try:
        came = await ACTIONS[form.name](desk_of(services.database), member(request), form)
    except Wrong as problem:
        return await _page(request, problem=problem.told, form=form)
    if isinstance(came, Secret):
        return await _page(request, secret=came)
    return web.Response(status=303, headers={"Location": f"{PATH}?done={came}"})


async def _page(
    request: web.Request,
    *,
    notice: str | None = None,
    problem: Text | None = None,
    secret: Secret | None = None,
    form: Form | None = None,
) -> web.Response:
    services = services_of(request)
    desk = desk_of(services.database)
    return render(
        request, "handoff/people.html", status=409 if problem else 200, people=await peopleview.people(desk),
        rooms=peopleview.rooms(desk), roles=labels.ROLES, kinds=labels.ROOMS, notice=notice, problem=problem,
        secret=secret, failed=form.name if form else "", form=form.fields if form else {},
        chosen=form.roles if form else (), longest=LONGEST, hours=desk.settings.code_hours, say=sayer(request),
    )  # fmt: skip


# what the forms do ------------------------------------------------------------------------------------------


async def _add(desk: Desk, admin: Member, form: Form) -> Secret:
    login, name = form.fields.get("login", "").lower(), form.fields.get("name", "")
    if not login.isprintable() or not 0 < len(login) <= LONGEST or any(sign.isspace() for sign in login):
        raise Wrong(tr("handoff.people.error.login"))
    roles = _known(form.roles)
    if not roles:
        raise Wrong(tr("handoff.people.error.roles"))
    title = form.fields.get("title", "")[:LONGEST]
    if await Staff.exists(login=login):
        raise Wrong(tr("handoff.people.error.taken", login=login))
    try:
        made, password = await desk.services.staff.create(
            login, (name or login)[:LONGEST], roles, title=title, actor=admin.actor
        )
    except UserError:
        # Somebody else took it meanwhile: all else was looked at above.
        raise Wrong(tr("handoff.people.error.taken", login=login)) from None
    return Secret(tr("handoff.people.secret.password", name=made.name, login=made.login), password)


async def _code(desk: Desk, admin: Member, form: Form) -> Secret:
    person = await desk.services.staff.get(form.subject)
    if person is None:
        raise Wrong(tr("handoff.people.error.gone"))
    return await _coded(desk, tr("handoff.people.secret.code", name=person.name), admin, person=person)


async def _room(desk: Desk, admin: Member, form: Form) -> Secret:
    kind, name = form.fields.get("kind", ""), form.fields.get("name", "")[:LONGEST]
    if kind not in enrol.KINDS or not name:
        raise Wrong(tr("handoff.people.error.room"))
    return await _coded(desk, tr("handoff.people.secret.room", name=name), admin, kind=kind, name=name)


async def _coded(
    desk: Desk, what: Text, admin: Member, *, person: Member | None = None, kind: str = "", name: str = ""
) -> Secret:
    async def job(unit: UnitOfWork) -> str:
        return await enrol.make(desk, unit, admin.actor, member=person, kind=kind, name=name)

    code = await desk.services.unit(job)
    return Secret(what, f"/link {code}", desk.clock.now() + timedelta(hours=desk.settings.code_hours))


async def _roles(desk: Desk, admin: Member, form: Form) -> str:
    person = await _somebody(form)
    try:
        await desk.services.staff.grant(person.id, _known(form.roles), actor=admin.actor)
    except LastAdmin:
        raise Wrong(tr("handoff.people.error.last")) from None
    return "roles"


async def _suspend(desk: Desk, admin: Member, form: Form) -> str:
    person = await _somebody(form)
    if person.active:
        try:
            await desk.services.staff.suspend(person.login, actor=admin.actor)
        except LastAdmin:
            raise Wrong(tr("handoff.people.error.last")) from None
    return "suspended"


async def _restore(desk: Desk, admin: Member, form: Form) -> str:
    person = await _somebody(form)
    await desk.services.staff.restore(person.login, actor=admin.actor)
    return "restored"


async def _unlink(desk: Desk, admin: Member, form: Form) -> str:
    account = form.fields.get("account", "")
    identity = int(account) if account.isdecimal() and len(account) < 20 else 0
    officers = desk.services.officers

    async def job(unit: UnitOfWork) -> bool:
        return await officers.unlink(unit, form.subject, identity, actor=admin.actor)

    if not await desk.services.unit(job):
        raise Wrong(tr("handoff.people.error.gone"))
    await officers.load()
    return "unlinked"


async def _close(desk: Desk, admin: Member, form: Form) -> str:
    if form.subject not in desk.rooms:
        raise Wrong(tr("handoff.people.error.gone"))
    await desk.services.unit(lambda unit: enrol.close_room(desk, unit, form.subject, admin.actor))
    return "closed"


async def _somebody(form: Form) -> Staff:
    found = await Staff.get_or_none(id=form.subject)
    if found is None:
        raise Wrong(tr("handoff.people.error.gone"))
    return found


def _known(roles: Iterable[str]) -> list[str]:
    return [role for role in labels.ROLES if role in set(roles)]


ACTIONS: dict[str, Act] = {
    "add": _add, "code": _code, "room": _room, "roles": _roles, "suspend": _suspend, "restore": _restore,
    "unlink": _unlink, "close": _close,
}  # fmt: skip
"""All forms, by the last part of their address."""
