"""Attachments for those who hold cases: shown without metadata, and every look written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from botkit.files import Broken, Missing
from botkit.web.errors import error_response
from botkit.web.sessions import member
from botkit.web.shell import services_of

if TYPE_CHECKING:
    from botkit.messages import Attachment
    from botkit.storage import UnitOfWork

RECORDINGS = frozenset(
    {
        "audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm", "audio/x-m4a",
        "audio/x-wav", "video/mp4", "video/ogg", "video/quicktime", "video/webm",
    }
)  # fmt: skip
"""Types that a browser plays, and never runs."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file that is no image, as it is told and handed out: ``name`` is what it is saved as."""

    id: str
    mime: str
    name: str
    kilobytes: int

    @classmethod
    def of(cls, file: Attachment) -> Kept:
        """The file of a message: of its name the last part alone, and nothing that can't be seen."""
        name = "".join(char for char in file.name.replace("\\", "/").rpartition("/")[2] if char.isprintable())
        mime = file.mime.partition(";")[0].strip().lower()
        return cls(file.id, mime, name.strip(". ")[:100] or "file", max(1, round(file.size / 1024)))

    @property
    def plays(self) -> str:
        """``audio``, ``video``, or nothing where it is to be saved."""
        return self.mime.partition("/")[0] if self.mime in RECORDINGS else ""


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
    response = await image_response(request, file_id)
    if response.status == 200:
        await _written_down(request, file_id)
    return response


async def handed_out(request: web.Request, file: Kept) -> web.StreamResponse:
    """A recording to be played, or another file to be saved, for somebody of the station; written down as above.

    It is never opened as a page of this site, whatever its sender called it.
    """
    try:
        path = services_of(request).files.path(file.id)
    except Missing:
        return error_response(request, 404)
    # A player asks for one piece after another: the first one is the look.
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        await _written_down(request, file.id)
    kind, use = (file.mime, "inline") if file.plays else ("application/octet-stream", "attachment")
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Type": kind,
        "Content-Disposition": f"{use}; filename*=UTF-8''{quote(file.name, '')}",
    }
    return web.FileResponse(path, headers=headers)


async def _written_down(request: web.Request, file_id: str) -> None:
    person = member(request)

    async def job(unit: UnitOfWork) -> None:
        unit.audit("file.viewed", f"file:{file_id[:16]}", actor=person.actor)

    await services_of(request).unit(job)
