"""The officers' pages: the queue, a case, what can be done to it. Every request checks role and epoch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiohttp import web

from botkit.ids import token
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.access import ROLES, sees
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.errors import HandoffError, Incomplete, NeedsConfirmation, NoSuchCase
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.officers import canned, outcome, work
from botkit.plugins.handoff.officers.checks import LONGEST
from botkit.plugins.handoff.pages import people, roster
from botkit.plugins.handoff.pages.caseview import case_page
from botkit.plugins.handoff.pages.choices import choices
from botkit.plugins.handoff.pages.deskwork import ACTIONS
from botkit.plugins.handoff.pages.queueview import SHOWN, queue
from botkit.plugins.handoff.pages.texts import sayer
from botkit.plugins.handoff.record import subject
from botkit.services import Services
from botkit.storage import UnitOfWork
from botkit.web.filepages import handed_out, looked_at
from botkit.web.language import language_of
from botkit.web.layout import render
from botkit.web.sessions import member, staff
from botkit.web.shell import services_of

DONE = {name: f"handoff.done.{name}" for name in (*ACTIONS, "resolve.silent")}
CONFIRM = {
    "numbers": "handoff.act.confirm.numbers",
    "details": "handoff.act.confirm.details",
    "public": "handoff.act.confirm.public",
}
CASE = r"/desk/handoff/{year:\d{4}}/{number:\d{4}-\d{2,9}}"

desk_only = staff(*sorted(ROLES))


def routes(services: Services) -> Iterable[web.RouteDef]:
    """The plugin's routes."""
    return (
        web.get("/desk/handoff/", show_queue),
        web.get("/desk/handoff/queue", show_queue_part),
        web.get(CASE, show_case),
        web.get(f"{CASE}/live", show_case_part),
        web.get(f"{CASE}/files/{{file}}", show_file),
        web.post(f"{CASE}/{{action:{'|'.join(ACTIONS)}}}", act),
        *roster.routes(services),
        *people.routes(),
    )


@desk_only
async def show_queue(request: web.Request) -> web.Response:
    """The queue."""
    return await _queue(request, "handoff/queue.html")


@desk_only
async def show_queue_part(request: web.Request) -> web.Response:
    """The queue's list alone, asked for again whenever something happened."""
    return await _queue(request, "handoff/queue_part.html")


async def _queue(request: web.Request, template: str) -> web.Response:
    services, officer = services_of(request), member(request)
    desk, seen = desk_of(services.database), request.query.get("seen", "")
    known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else 0
    shown = await queue(desk, officer, language_of(request), known)

    async def job(unit: UnitOfWork) -> None:
        unit.audit("queue.viewed", actor=officer.actor, count=len(shown.lines))

    if template == "handoff/queue.html":
        await services.unit(job)
    return render(request, template, queue=shown, limit=SHOWN, levels=labels.LEVELS, say=sayer(request))


@desk_only
async def show_case(request: web.Request) -> web.Response:
    """A case, with its forms. Looking at it is written down, and the resident sees that somebody did."""
    desk, case = await _case(request)
    await _looked(request, case, "page")
    return await _render_case(request, desk, case, notice=DONE.get(request.query.get("done", "")))


@desk_only
async def show_case_part(request: web.Request) -> web.Response:
    """The part of the case page that grows. 204 while nothing is new; the forms, with what is typed, stay."""
    desk, case = await _case(request)
    page = await case_page(desk, case, member(request))
    if page.version == request.query.get("version"):
        return web.Response(status=204)
    await _looked(request, case, "update")
    epoch = request.query.get("epoch", "")
    return render(
        request, "handoff/case_part.html", page=page, case=case, epoch=epoch, moved=epoch != str(case.epoch),
        say=sayer(request),
    )  # fmt: skip


@desk_only
async def show_file(request: web.Request) -> web.StreamResponse:
    """A file that stands on the page of a case. Its address alone opens nothing: whoever asks must see that case."""
    desk, case = await _case(request)
    page, file_id = await case_page(desk, case, member(request)), request.match_info["file"]
    for entry in page.entries:
        if file_id in entry.photos:
            return await looked_at(request, file_id)
        for file in entry.files:
            if file_id == file.id:
                return await handed_out(request, file)
    raise web.HTTPNotFound


@desk_only
async def act(request: web.Request) -> web.StreamResponse:
    """Do something to a case, then show it. What can't be done comes back with why, and what was typed."""
    desk, case = await _case(request)
    form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    name, officer = request.match_info["action"], member(request)
    action = work.Action(
        officer,
        case.id,
        int(form["epoch"]) if form.get("epoch", "").isdecimal() and len(form["epoch"]) < 10 else -1,
        f"{form['key'][:32]}.{name}" if form.get("key") else "",
        frozenset(concern for concern in CONFIRM if f"confirm_{concern}" in form),
    )
    try:
        await services_of(request).unit(lambda unit: ACTIONS[name](desk, unit, action, form))
    except NoSuchCase:
        raise web.HTTPNotFound from None
    except HandoffError as problem:
        await case.refresh_from_db()
        return await _render_case(request, desk, case, problem=problem, failed=name, form=form)
    await case.refresh_from_db()
    told = name != "resolve" or await outcome.reaches(desk, case)
    done = name if told else f"{name}.silent"
    return web.Response(status=303, headers={"Location": f"/desk/handoff/{case.ref}?done={done}"})


async def _case(request: web.Request) -> tuple[Desk, Case]:
    """The case that the address names, if this person may know of it."""
    desk = desk_of(services_of(request).database)
    found = await Case.get_or_none(year=int(request.match_info["year"]), number=request.match_info["number"])
    if found is None or not await sees(found, desk.sight(member(request))):
        raise web.HTTPNotFound
    return desk, found


async def _looked(request: web.Request, case: Case, part: str) -> None:
    services, officer = services_of(request), member(request)

    async def job(unit: UnitOfWork) -> None:
        unit.audit("case.viewed", subject(case), actor=officer.actor, part=part)
        await work.see(unit, case, services.clock.now())

    await services.unit(job)


async def _render_case(
    request: web.Request,
    desk: Desk,
    case: Case,
    *,
    notice: str | None = None,
    problem: HandoffError | None = None,
    failed: str = "",
    form: Mapping[str, str] | None = None,
) -> web.Response:
    page, wanted = await case_page(desk, case, member(request)), request.query.get("answer", "")
    concern = problem.concern if isinstance(problem, NeedsConfirmation) else ""
    asked = [name for name in CONFIRM if name == concern or f"confirm_{name}" in (form or {})]
    status = 200 if problem is None else 422 if isinstance(problem, Incomplete | NeedsConfirmation) else 409
    return render(
        request, "handoff/case.html", status=status, page=page, case=case, epoch=str(case.epoch), moved=False,
        notice=notice, problem=problem.told if problem else None, failed=failed, form=form or {},
        confirmations={name: CONFIRM[name] for name in asked}, results=labels.RESULTS,
        key=token(12), choices=await choices(desk, case, member(request)),
        answer=wanted, filled=await canned.filled(desk, case, wanted) if wanted else None,
        days=desk.settings.reopen_days, longest=LONGEST, title=member(request).title, say=sayer(request),
    )  # fmt: skip
