"""The page of what is to be done, and doing it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from botkit.sql import Statement
from botkit.storage import UnitOfWork
from botkit.web import member, services_of
from directory import changes, suggestions, verifying
from directory.changes import EDIT, Edit
from directory.curation import clusters, work
from directory.curation.pages import HOME, desk_only, show
from directory.running import Directory, directory_of
from directory.values import Entry, Faq, kind_of
from directory.verifying import CHANGED

PAGE = f"{HOME}todo"
SHOWN = 20
"""Of each list the page shows so many; the sum says how many there are."""
_WORDINGS = 20
FORGET = Statement("DELETE FROM question_log WHERE id = ?")


def routes() -> Iterable[web.RouteDef]:
    """The addresses."""
    slug = "{slug:[a-z][a-z0-9_]*}"
    return (
        web.get(PAGE, show_page),
        web.post(f"{PAGE}/verify/{slug}", verify),
        web.post(f"{PAGE}/translated/{slug}", translated),
        web.post(f"{PAGE}/questions", dismiss),
        web.post(f"{PAGE}/suggestions/{{id:[0-9]{{1,19}}}}", close_suggestion),
    )


@desk_only
async def show_page(request: web.Request) -> web.Response:
    """All lists, each with its sum."""
    services = services_of(request)
    directory, database = directory_of(services), services.database
    contents = directory.contents
    zone, now = services.settings.station.zone, services.clock.now()
    asked = await asyncio.to_thread(clusters.clusters, await clusters.unanswered(database))
    lists: dict[str, Sequence[Any]] = {
        "due": await work.due(database, contents.guide, now.astimezone(zone).date()),
        "disliked": await work.disliked(database, contents, now),
        "unanswered": asked,
        "untranslated": work.untranslated(contents.guide),
        "doubles": work.doubles(contents.guide),
        "suggestions": await suggestions.waiting(database),
    }
    counts = {name: len(found) for name, found in lists.items()}
    shown = {name: found[:SHOWN] for name, found in lists.items()}
    nearest = [_nearest(directory, cluster) for cluster in shown["unanswered"]]
    return show(
        request, "work.html", lists=shown, counts=counts, nearest=nearest, kind_of=kind_of, get=directory.index.get,
        begun=_begun, done=request.query.get("done", ""),
    )  # fmt: skip


@desk_only
async def verify(request: web.Request) -> web.StreamResponse:
    """Keep what came of a call, and lead to what follows from it."""
    services, who = services_of(request), member(request)
    directory, subject = directory_of(services), _subject(request)
    outcome = str((await request.post()).get("outcome", ""))
    if outcome not in verifying.OUTCOMES:
        raise web.HTTPBadRequest
    today = services.clock.now().astimezone(services.settings.station.zone).date()
    change = await verifying.verified(services.database, subject, outcome, who.actor, today)
    await directory.refresh(services.database)
    if change is not None:
        return _there(f"{HOME}changes/{change}")
    if outcome == CHANGED:
        return _there(f"{HOME}{kind_of(subject)}/{subject.slug}/edit")
    return _there(f"{PAGE}?done={outcome}#due")


@desk_only
async def translated(request: web.Request) -> web.StreamResponse:
    """A translation that stayed behind is still right."""
    services, who, subject = services_of(request), member(request), _subject(request)
    field = str((await request.post()).get("field", ""))
    left = tuple(name for name in subject.behind if name != field)
    edit = Edit(kind_of(subject), subject.slug, replace(subject, behind=left))
    change = await changes.propose(services.database, [edit], kind=EDIT, actor=who.actor)
    await services.unit(lambda unit: changes.publish(unit, change, who.actor))
    await directory_of(services).refresh(services.database)
    return _there(f"{PAGE}#untranslated")


@desk_only
async def dismiss(request: web.Request) -> web.StreamResponse:
    """Forget questions that need no answer of the directory's."""
    who, form = member(request), await request.post()
    ids = [int(str(item)) for item in form.getall("question", []) if str(item).isdecimal() and len(str(item)) < 20]

    async def job(unit: UnitOfWork) -> None:
        for question in ids:
            unit.write(FORGET, question)
        unit.audit("directory.questions_dismissed", actor=who.actor, count=len(ids))

    await services_of(request).unit(job)
    return _there(f"{PAGE}#unanswered")


@desk_only
async def close_suggestion(request: web.Request) -> web.StreamResponse:
    """A suggestion was dealt with."""
    await suggestions.dealt(services_of(request).database, int(request.match_info["id"]), member(request).actor)
    return _there(f"{PAGE}#suggestions")


def _subject(request: web.Request) -> Entry | Faq:
    contents, slug = directory_of(services_of(request)).contents, request.match_info["slug"]
    subject = contents.get("entry", slug) or contents.get("faq", slug)
    if not isinstance(subject, Entry | Faq):
        raise web.HTTPNotFound
    return subject


def _nearest(directory: Directory, cluster: clusters.Cluster) -> Entry | Faq | None:
    """The subject that a cluster's wordings may belong to, where one is near at all."""
    found = directory.index.judge(cluster.texts[0])
    return next(iter(directory.index.choices(found)), found.subject)


def _begun(cluster: clusters.Cluster) -> str:
    """What a form begins with: the wordings of a cluster, as parameters of its address."""
    return urlencode([(f"phrasings.{cluster.language}", text) for text in cluster.texts[:_WORDINGS]])


def _there(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})
