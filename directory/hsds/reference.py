"""The reference of the API, for people: every list with its parameters, to be tried on the spot."""

from __future__ import annotations

from aiohttp import web

from botkit.web import render
from directory.hsds.entities import ENTITIES
from directory.hsds.openapi import PARAMETERS, TAKES
from directory.hsds.published import COLLECTIONS
from directory.hsds.station import PROFILE


async def reference(request: web.Request) -> web.StreamResponse:
    """The page. Its forms ask the API itself, so what is tried is what programs get."""
    return render(
        request,
        "directory/reference.html",
        lists=[(name, ENTITIES[entity], TAKES[name]) for name, entity in COLLECTIONS.items()],
        parameters=PARAMETERS,
        profile=PROFILE,
    )
