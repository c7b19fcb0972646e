"""The rota's page: who is on duty in these two weeks, and everything that can be changed about it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from botkit.messages import Text, tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.access import ROLES
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.errors import HandoffError
from botkit.plugins.handoff.officers.work import COMMANDER
from botkit.plugins.handoff.pages import rosterfeed, rosterimport
from botkit.plugins.handoff.pages.rosterimport import Preview
from botkit.plugins.handoff.pages.rosterview import SHOWN, page
from botkit.plugins.handoff.pages.rosterwork import WORKS
from botkit.plugins.handoff.roster.changes import REASONS
from botkit.plugins.handoff.roster.shifts import TEAMS
from botkit.services import Services
from botkit.web.language import language_of
from botkit.web.layout import render
from botkit.web.sessions import member, staff
from botkit.web.shell import services_of, shell_of

PATH = "/desk/roster/"
DONE = {name: f"handoff.roster.done.{name}" for name in (*WORKS, "address_off")}

desk_only = staff(*sorted(ROLES))
commander_only = staff(*sorted(COMMANDER))


def routes(services: Services) -> Iterable[web.RouteDef]:
    """The page's routes, and those of its files."""
    return (
        web.get(PATH, show),
        web.post(f"{PATH}import", read_file),
        web.post(f"{PATH}confirm", confirm),
        web.post(f"{PATH}address", new_address),
        web.post(f"{PATH}address_off", drop_address),
        web.post(f"{PATH}{{action:{'|'.join(WORKS)}}}", act),
        web.get(f"{PATH}roster.{{form:xlsx|csv|ics}}", desk_only(rosterfeed.export)),
        web.get(r"/roster/{token:[\w-]{20,64}}.ics", rosterfeed.personal),
    )


@desk_only
async def show(request: web.Request) -> web.Response:
    """The rota."""
    done = request.query.get("done", "")
    if done == "imported":
        count = request.query.get("count", "")
        return await _render(
            request, notice=tr("handoff.roster.done.imported", count=count if count.isdecimal() else "")
        )
    return await _render(request, notice=tr(DONE[done]) if done in DONE else None)


@desk_only
async def act(request: web.Request) -> web.StreamResponse:
    """Change something, then show it. What can't be done comes back with why, and what was typed."""
    name, who = request.match_info["action"], member(request)
    posted = await request.post()
    form = {key: value for key, value in posted.items() if isinstance(value, str)}
    form["areas"] = "\n".join(area for area in posted.getall("area", []) if isinstance(area, str))
    services = services_of(request)
    desk = desk_of(services.database)
    try:
        await services.unit(lambda unit: WORKS[name](desk, unit, who, form))
    except HandoffError as problem:
        return await _render(request, problem=problem.told, failed=name, form=form)
    return _seen(f"done={name}")


@commander_only
async def read_file(request: web.Request) -> web.StreamResponse:
    """Read a file and show what it would change. Nothing is stored yet."""
    chosen = (await request.post()).get("file")
    if not isinstance(chosen, web.FileField) or not chosen.filename:
        return await _render(request, problem=tr("handoff.roster.error.file"), failed="import")
    content = chosen.file.read()
    return await _preview(request, await rosterimport.preview(_desk(request), chosen.filename[:80], content), content)


@commander_only
async def confirm(request: web.Request) -> web.StreamResponse:
    """Store a file that was shown. It is read again, against the rota as it is now."""
    form = await request.post()
    try:
        content = base64.b64decode(str(form.get("content", "")), validate=True)
    except (binascii.Error, ValueError):
        return await _render(request, problem=tr("handoff.roster.error.file"), failed="import")
    desk, who = _desk(request), member(request)
    shown = await rosterimport.preview(desk, str(form.get("name", ""))[:80], content)
    if not shown.fresh:
        return await _preview(request, shown, content)
    count = await services_of(request).unit(lambda unit: rosterimport.confirm(desk, unit, who, shown))
    return _seen(f"done=imported&count={count}")


@desk_only
async def new_address(request: web.Request) -> web.StreamResponse:
    """A new personal address for calendar programs; the old one is void. It is shown this once."""
    who = member(request)
    token = await services_of(request).unit(lambda unit: rosterfeed.renew(unit, who))
    base = shell_of(request).public_url.rstrip("/") or f"{request.scheme}://{request.host}"
    return await _render(request, address=f"{base}/roster/{token}.ics")


@desk_only
async def drop_address(request: web.Request) -> web.StreamResponse:
    """No personal address any more."""
    who = member(request)
    await services_of(request).unit(lambda unit: rosterfeed.drop(unit, who))
    return _seen("done=address_off")


def _seen(query: str) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{PATH}?{query}"})


def _desk(request: web.Request) -> Desk:
    return desk_of(services_of(request).database)


async def _preview(request: web.Request, shown: Preview, content: bytes) -> web.Response:
    kept = base64.b64encode(content).decode() if shown.fresh else ""
    return await _render(request, preview=shown, lines=shown.lines(_desk(request)), content=kept)


async def _render(
    request: web.Request,
    *,
    notice: Text | None = None,
    problem: Text | None = None,
    failed: str = "",
    form: Mapping[str, str] | None = None,
    **more: Any,
) -> web.Response:
    catalogues, language = services_of(request).catalogues, language_of(request)
    shown = await page(_desk(request), member(request), language)
    given = {"preview": None, "lines": (), "content": "", "address": "", **more}

    def say(text: Text) -> str:
        return catalogues.render(text, language)

    return render(
        request, "handoff/roster.html", status=422 if problem else 200, page=shown, notice=notice, problem=problem,
        failed=failed, form=form or {}, reasons=[reason for reason in REASONS if reason], tiers=labels.TIERS,
        teams=[team for team in TEAMS if team], limit=SHOWN, say=say, **given,
    )  # fmt: skip
