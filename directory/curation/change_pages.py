"""The pages of changes: what waits, what happened, one of them with its effects, and deciding it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiohttp import web

from botkit.messages import Text, tr
from botkit.web import member, services_of
from directory import changes
from directory.changes import ChangeError
from directory.curation.effects import effects, recorded
from directory.curation.pages import HOME, desk_only, show
from directory.curation.review import Review, decided, review, waiting
from directory.running import directory_of

_ONE = f"{HOME}changes/{{change:[0-9]{{1,19}}}}"
SHOWN = 100
"""Values of a change that its page shows at most: an import may have thousands."""


def routes() -> Iterable[web.RouteDef]:
    """The addresses."""
    return (
        web.get(f"{HOME}changes/", show_changes),
        web.get(_ONE, show_change),
        web.get(f"{_ONE}/effects", show_effects),
        web.post(f"{_ONE}/publish", publish),
        web.post(f"{_ONE}/refuse", refuse),
        web.post(f"{_ONE}/undo", undo),
    )


@desk_only
async def show_changes(request: web.Request) -> web.Response:
    """What waits for approval, and what was decided last."""
    services = services_of(request)
    return show(
        request, "changes.html", waiting=await waiting(services), decided=await decided(services),
    )  # fmt: skip


@desk_only
async def show_change(request: web.Request) -> web.Response:
    """One change: what it makes of each value, and what can be done with it."""
    return _page(request, await _review(request))


@desk_only
async def show_effects(request: web.Request) -> web.Response:
    """Which questions a waiting change would answer differently. Asked by the page itself: it takes some seconds."""
    services, found = services_of(request), await _review(request)
    directory = directory_of(services)
    questions, limits = await recorded(services.database), await directory.limits(services.database)
    told = await asyncio.to_thread(effects, directory, limits, found.edits, questions)
    return show(request, "effects.html", told=told)


@desk_only
async def publish(request: web.Request) -> web.StreamResponse:
    """Make a waiting change live, at once and everywhere."""
    services, found, who = services_of(request), await _review(request), member(request)
    directory = directory_of(services)
    if directory.settings.second_person and found.change.actor == who.actor:
        return _page(request, found, problem=tr("directory.change.own"))
    try:
        await services.unit(lambda unit: changes.publish(unit, found.change.id, who.actor))
    except ChangeError as problem:
        return _page(request, await _review(request), problem=problem.told)
    # Whoever publishes sees it at once; other processes look for it by themselves.
    await directory.refresh(services.database)
    return _there(found.change.id)


@desk_only
async def refuse(request: web.Request) -> web.StreamResponse:
    """Let a waiting change go."""
    found, who = await _review(request), member(request)
    try:
        await services_of(request).unit(lambda unit: changes.refuse(unit, found.change.id, who.actor))
    except ChangeError as problem:
        return _page(request, await _review(request), problem=problem.told)
    return _there(found.change.id)


@desk_only
async def undo(request: web.Request) -> web.StreamResponse:
    """Propose what takes a change back, and show it."""
    services, found, who = services_of(request), await _review(request), member(request)
    try:
        back = await changes.undo(services.database, found.change.id, who.actor)
    except ChangeError as problem:
        return _page(request, found, problem=problem.told)
    return _there(back)


def _there(change: int) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{HOME}changes/{change}"})


def _page(request: web.Request, found: Review, *, problem: Text | None = None) -> web.Response:
    own = found.change.actor == member(request).actor
    return show(
        request,
        "change.html",
        status=409 if problem else 200,
        found=found,
        change=found.change,
        shown=found.changed[:SHOWN],
        counts={how: found.count(how) for how in ("added", "changed", "removed")},
        may_publish=not (own and directory_of(services_of(request)).settings.second_person),
        problem=problem,
    )


async def _review(request: web.Request) -> Review:
    found = await review(services_of(request), int(request.match_info["change"]))
    if found is None:
        raise web.HTTPNotFound
    return found
