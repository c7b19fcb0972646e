"""The page on which maintainers try a question, and the one of what an entry is mistaken for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiohttp import web

from botkit.web import language_of, services_of
from directory.card import HOTLINE
from directory.curation import desk, trying
from directory.curation.effects import ANSWERED
from directory.curation.pages import HOME, desk_only, show
from directory.running import directory_of

PAGE = f"{HOME}try"


def routes() -> Iterable[web.RouteDef]:
    """The addresses."""
    slug = "{slug:[a-z][a-z0-9_]*}"
    return (
        web.get(PAGE, show_page),
        web.post(PAGE, show_page),
        web.get(f"{HOME}{{kind:entry|faq}}/{slug}/neighbours", show_neighbours),
    )


@desk_only
async def show_page(request: web.Request) -> web.Response:
    """What the directory makes of ``q``, and why. It is posted: residents' words have no place in an address."""
    services, language = services_of(request), language_of(request)
    directory = directory_of(services)
    words = str((await request.post()).get("q", "")).strip()[: trying.LONGEST]
    limits = await directory.limits(services.database)
    hotline = HOTLINE in directory.index.numbers
    told = []
    for one in trying.tried(directory.index, limits, words) if words else ():
        answers = one.outcome.titles if one.outcome.kind == ANSWERED else ()
        told.append((one, [desk.preview(services, title, language, hotline=hotline) for title in answers]))
    learning = directory.learning is not None and directory.index.matcher.calibration is None
    return show(request, "try.html", words=words, longest=trying.LONGEST, told=told, limits=limits, learning=learning)


@desk_only
async def show_neighbours(request: web.Request) -> web.Response:
    """What an entry's own phrasings lead to where it is missing."""
    directory, slug = directory_of(services_of(request)), request.match_info["slug"]
    value = directory.contents.get(request.match_info["kind"], slug)
    if value is None:
        raise web.HTTPNotFound
    try:
        found = await asyncio.to_thread(trying.mistaken, directory.index, slug)
    except KeyError:
        # It has no phrasings, or is not shown to residents.
        found = []
    return show(request, "neighbours.html", kind=request.match_info["kind"], value=value, found=found)
