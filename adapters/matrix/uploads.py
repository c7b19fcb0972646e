"""Uploads: stored files on their way out, without what cameras hide in pictures, encrypted where the room is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from nio.crypto import encrypt_attachment

from adapters.matrix.media import upload
from adapters.matrix.wire import Wire
from botkit.adapter import Refused
from botkit.files import Broken, Missing
from botkit.messages import Attachment, MessageKind

if TYPE_CHECKING:
    from botkit.files import Files

_KINDS = {MessageKind.PHOTO: "m.image", MessageKind.VIDEO: "m.video", MessageKind.VOICE: "m.audio"}
LOCKED = "application/octet-stream"


async def content(wire: Wire, files: Files, file: Attachment, *, closed: bool) -> dict[str, Any]:
    """The content of a message with a stored file. Raises ``Refused`` for one that is gone or broken."""
    photo = file.kind is MessageKind.PHOTO
    try:
        data = await (files.display(file.id) if photo else files.get(file.id))
    except (Missing, Broken):
        raise Refused("the file is gone, or no picture") from None
    mime = "image/jpeg" if photo else file.mime or "application/octet-stream"
    name = file.name or ("photo.jpg" if photo else "file")
    told: dict[str, Any] = {
        "msgtype": _KINDS.get(file.kind, "m.file"),
        "body": name,
        "filename": name,
        "info": {"mimetype": mime, "size": len(data)},
        "m.mentions": {},
    }
    if not closed:
        return {**told, "url": await upload(wire, data, mime, name)}
    locked, keys = await asyncio.to_thread(encrypt_attachment, data)
    # Its name and kind stand in the event alone, which is encrypted.
    address = await upload(wire, locked, LOCKED, "file")
    return {**told, "file": {**keys, "url": address}}
