"""Attachments for those who hold cases: shown without metadata, and every look written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from botkit.files import Broken, Missing
from botkit.web.errors import error_response
from botkit.web.sessions import member
from botkit.web.shell import services_of

if TYPE_CHECKING:
    from botkit.storage import UnitOfWork


async def image_response(request: web.Request, file_id: str) -> web.Response:
    """An image for showing, or the kind page for one that is missing or can't be shown."""
    try:
        body = await services_of(request).files.display(file_id)
    except (Missing, Broken):
        return error_response(request, 404)
    headers = {"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline"}
    return web.Response(body=body, content_type="image/jpeg", headers=headers)


async def looked_at(request: web.Request, file_id: str) -> web.Response:
    """The same for somebody of the station, which is written down. Whoever calls has made sure that they may see it."""
    person = member(request)
    response = await image_response(request, file_id)
    if response.status == 200:

        async def job(unit: UnitOfWork) -> None:
            unit.audit("file.viewed", f"file:{file_id[:16]}", actor=person.actor)

        await services_of(request).unit(job)
    return response
