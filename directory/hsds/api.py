"""The HSDS API under ``/hsds``: the directory for other systems, read-only and open to every site.

Source: HSDS 3.2, "API reference". Every list takes GET and POST, filters add up, ``format=ndjson`` streams all.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import tzinfo
from weakref import WeakKeyDictionary

from aiohttp import web

from botkit.web import api_error, asks_only, error_response, language_of, services_of, shell_of
from directory.hsds.entities import VERSION
from directory.hsds.openapi import described
from directory.hsds.published import COLLECTIONS, Published
from directory.hsds.query import BadParameter, Query
from directory.hsds.reference import reference
from directory.hsds.station import LANGUAGE, PROFILE
from directory.hsds.telling import service_id, told
from directory.running import Directory, directory_of
from directory.values import Guide

PATH = "/hsds"
FRESH = 60
"""Seconds for which an answer may be kept without asking again."""

_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    # The site's own default keeps other sites from reading anything.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    **_OPEN,
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_MOST_BODY = 64 << 10

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]
_making: WeakKeyDictionary[Directory, asyncio.Lock] = WeakKeyDictionary()
_published: WeakKeyDictionary[Directory, tuple[Guide, Published]] = WeakKeyDictionary()


def routes() -> list[web.RouteDef]:
    """The API's addresses."""
    made = [
        web.get(PATH, _guarded(base)),
        web.get(f"{PATH}/", _guarded(base)),
        web.get(f"{PATH}/openapi.json", _guarded(openapi)),
        web.get(f"{PATH}/reference", reference),
        web.get(f"{PATH}/profile.json", _guarded(profile)),
        web.options(f"{PATH}/{{rest:.*}}", preflight),
    ]
    for collection in COLLECTIONS:
        made.append(web.get(f"{PATH}/{collection}", _guarded(many)))
        made.append(web.post(f"{PATH}/{collection}", _guarded(many)))
        made.append(web.get(f"{PATH}/{collection}/{{id}}", _guarded(one)))
    return made


async def published(directory: Directory, zone: tzinfo) -> Published:
    """What is published now: made anew when the directory has changed, beside the bot's own work."""

    contents = directory.contents

    def search(words: str) -> list[str]:
        return [service_id(entry, contents.parts) for entry in directory.index.search(words)]

    def make(guide: Guide) -> Published:
        return Published(told(contents.parts, guide, zone, contents.modified), search)

    async with _making.setdefault(directory, asyncio.Lock()):
        guide = directory.index.guide
        kept = _published.get(directory)
        if kept is None or kept[0] is not guide:
            # Two seconds for ten thousand entries: in a thread, so that residents are answered meanwhile.
            kept = _published[directory] = guide, await asyncio.to_thread(make, guide)
        return kept[1]


async def base(request: web.Request) -> web.StreamResponse:
    """What this API is."""
    station = services_of(request).settings.station
    told = {
        "version": VERSION,
        "profile": f"{_address(request)}/profile.json",
        "openapi_url": f"{_address(request)}/openapi.json",
        "publisher": {"name": station.name[LANGUAGE]},
    }
    return _json(told)


async def openapi(request: web.Request) -> web.StreamResponse:
    """The OpenAPI document."""
    return _json(described(_address(request)))


async def profile(request: web.Request) -> web.StreamResponse:
    """What is in the records beyond HSDS."""
    return _json({"hsds_version": VERSION, "fields": PROFILE})


async def many(request: web.Request) -> web.StreamResponse:
    """A page of a list, or with ``format=ndjson`` all of it, a record on each line."""
    data, given = await _data(request), await _given(request)
    query = Query.of(given)
    # What a search finds also changes when the bot has learnt, which the data's tag does not tell.
    etag = "" if query.search else data.etag
    if (same := _unchanged(request, etag)) is not None:
        return same
    collection = request.path.removeprefix(f"{PATH}/")
    # In threads what may take longer: a thousand full records are a third of a second.
    found = await asyncio.to_thread(data.found, collection, query)
    if query.format == "ndjson":
        return await _stream(request, data, collection, query, found, etag)
    first = (query.page - 1) * query.per_page
    size = len(found) if query.minimal and not given.get("per_page") else query.per_page
    shown = found[first : first + size]
    contents = await asyncio.to_thread(lambda: [data.shown(collection, record, query) for record in shown])
    pages = max(1, -(-len(found) // size)) if size else 1
    told = {
        "total_items": len(found),
        "total_pages": pages,
        "page_number": query.page,
        "size": len(shown),
        "first_page": query.page == 1,
        "last_page": query.page >= pages,
        "empty": not shown,
        "contents": contents,
    }
    return _json(told, etag)


async def one(request: web.Request) -> web.StreamResponse:
    """One record, with everything that hangs on it."""
    data = await _data(request)
    if (same := _unchanged(request, data.etag)) is not None:
        return same
    collection = request.path.removeprefix(f"{PATH}/").partition("/")[0]
    told = data.one(collection, request.match_info["id"], Query.of(request.query))
    if told is None:
        raise web.HTTPNotFound
    return _json(told, data.etag)


async def preflight(request: web.Request) -> web.StreamResponse:
    """A browser asks before it asks: every site may."""
    return web.Response(status=204, headers=_PREFLIGHT)


def _guarded(handler: Page) -> Page:
    """Open to every site; a parameter that can't be read is named, with how to write it."""

    @asks_only
    async def kind(request: web.Request) -> web.StreamResponse:
        try:
            response = await handler(request)
        except BadParameter as problem:
            say, language = services_of(request).catalogues.text, language_of(request)
            what = say(language, "directory.hsds.bad_parameter", name=problem.name)
            response = api_error(400, what, say(language, problem.fix))
        except web.HTTPException as problem:
            response = error_response(request, problem.status)
        response.headers.update(_OPEN if not response.prepared else {})
        return response

    return kind


async def _given(request: web.Request) -> Mapping[str, str]:
    """The parameters: of the address, and of the body where there is one."""
    if request.method != "POST" or not request.can_read_body:
        return request.query
    if (request.content_length or 0) > _MOST_BODY:
        raise web.HTTPRequestEntityTooLarge(max_size=_MOST_BODY, actual_size=request.content_length or 0)
    if request.content_type != "application/json":
        form = await request.post()
        return {**request.query, **{name: value for name, value in form.items() if isinstance(value, str)}}
    try:
        told = json.loads(await request.text())
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise BadParameter("body", "directory.hsds.fix.body")
    plain = {True: "true", False: "false", None: ""}
    return {
        **request.query,
        **{name: plain[value] if isinstance(value, bool | None) else str(value) for name, value in told.items()},
    }


async def _stream(
    request: web.Request, data: Published, collection: str, query: Query, found: list[str], etag: str
) -> web.StreamResponse:
    headers = {**_OPEN, "Content-Type": "application/x-ndjson; charset=utf-8", **_caching(etag)}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    for record in found:
        await response.write(json.dumps(data.shown(collection, record, query), ensure_ascii=False).encode() + b"\n")
        # A write that the network takes at once lets nobody else in.
        await asyncio.sleep(0)
    await response.write_eof()
    return response


async def _data(request: web.Request) -> Published:
    services = services_of(request)
    return await published(directory_of(services), services.settings.station.zone)


def _unchanged(request: web.Request, etag: str) -> web.StreamResponse | None:
    """304 for whoever has these data already."""
    asked = request.if_none_match or ()
    if not etag or request.method != "GET" or not any(tag.value in (etag, "*") for tag in asked):
        return None
    return web.Response(status=304, headers=_caching(etag))


def _json(told: object, etag: str = "") -> web.Response:
    text = json.dumps(told, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json", headers=_caching(etag))


def _caching(etag: str) -> dict[str, str]:
    kept = {"Cache-Control": f"public, max-age={FRESH}", "Vary": "Accept-Encoding"}
    return {**kept, "ETag": f'"{etag}"'} if etag else kept


def _address(request: web.Request) -> str:
    """Where the asker reaches this API."""
    shell = shell_of(request)
    return f"{shell.public_url.rstrip('/') or f'{request.scheme}://{request.host}'}{PATH}"
