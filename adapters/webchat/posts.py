"""Posts: what a page sends, read within limits, refused kindly where it is too much or makes no sense."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from botkit.files import Files
from botkit.messages import Attachment, MessageKind

MAX_TEXT = 200_000
"""Characters that are taken; whether so long a text is understood is another matter."""
MAX_PHOTOS = 5
MAX_BODY = 12 * 1024 * 1024
REF = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Bad(Exception):
    """A post that can't be taken: its status, and the keys of what happened and what to do."""

    def __init__(self, status: int, what: str, fix: str) -> None:
        super().__init__(what)
        self.status = status
        self.what = what
        self.fix = fix


MALFORMED = (400, "webchat.error.malformed.what", "webchat.error.malformed.fix")
EMPTY = (400, "webchat.error.empty.what", "webchat.error.empty.fix")
LONG = (413, "webchat.error.long.what", "webchat.error.long.fix")
PHOTO_SIZE = (413, "webchat.error.photo_size.what", "webchat.error.photo_size.fix")
PHOTO_COUNT = (413, "webchat.error.photo_count.what", "webchat.error.photo_count.fix")


@dataclass(frozen=True, slots=True)
class Post:
    """A visitor's message, its photos stored already. ``ref`` is the page's own id for it."""

    ref: str
    text: str
    photos: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Press:
    """A visitor's press of button number ``button`` under the line ``line``."""

    ref: str
    line: str
    button: int


async def read_post(request: web.Request, files: Files) -> Post:
    """The message of a request, JSON or a form with photos. Raises ``Bad``."""
    if request.content_type == "multipart/form-data":
        ref, text, photos = await _read_form(request, files)
    else:
        body = await _read_json(request)
        ref, text, photos = _string(body, "id"), _string(body, "text"), ()
    if not REF.fullmatch(ref):
        raise Bad(*MALFORMED)
    if len(text) > MAX_TEXT:
        raise Bad(*LONG)
    if not text.strip() and not photos:
        raise Bad(*EMPTY)
    return Post(ref, _clean(text), photos)


async def read_press(request: web.Request) -> Press:
    """The press of a request. Raises ``Bad``."""
    body = await _read_json(request)
    ref, line, button = _string(body, "id"), _string(body, "line"), body.get("button")
    if not REF.fullmatch(ref) or not isinstance(button, int) or isinstance(button, bool) or button < 0:
        raise Bad(*MALFORMED)
    return Press(ref, line, button)


async def _read_json(request: web.Request) -> Mapping[str, Any]:
    if (request.content_length or 0) > MAX_BODY:
        raise Bad(*LONG)
    try:
        body = json.loads(await request.read())
    except web.HTTPRequestEntityTooLarge:
        raise Bad(*LONG) from None
    # Also what isn't UTF-8, and brackets nested deeper than any page would.
    except (ValueError, RecursionError):
        raise Bad(*MALFORMED) from None
    if not isinstance(body, dict):
        raise Bad(*MALFORMED)
    return body


async def _read_form(request: web.Request, files: Files) -> tuple[str, str, tuple[Attachment, ...]]:
    fields = {"id": "", "text": ""}
    photos: list[Attachment] = []
    try:
        reader = await request.multipart()
        async for part in reader:
            if not isinstance(part, BodyPartReader):
                raise Bad(*MALFORMED)
            if part.name in fields:
                # Four bytes for each character at most.
                fields[part.name] = (await _read_part(part, MAX_TEXT * 4, LONG)).decode()
            elif part.name == "photo":
                if len(photos) == MAX_PHOTOS:
                    raise Bad(*PHOTO_COUNT)
                photos.append(await _store(await _read_part(part, files.max_bytes, PHOTO_SIZE), files))
            else:
                raise Bad(*MALFORMED)
    except (ValueError, AssertionError):
        # aiohttp's reader raises either for a form that is cut off or has no boundary.
        raise Bad(*MALFORMED) from None
    return fields["id"], fields["text"], tuple(photos)


async def _read_part(part: BodyPartReader, limit: int, too_much: tuple[int, str, str]) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        body += chunk
        if len(body) > limit:
            raise Bad(*too_much)
    return bytes(body)


async def _store(data: bytes, files: Files) -> Attachment:
    found = await files.inspect(data)
    file_id = await files.put(data, found.mime)
    return Attachment(MessageKind.PHOTO, file_id, "", found.mime, found.size, found.broken)


def _string(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise Bad(*MALFORMED)
    return value


def _clean(text: str) -> str:
    # No database keeps NUL or a lone half of a surrogate pair.
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
