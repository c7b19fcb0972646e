"""Media: files of messages, told and fetched; those of encrypted rooms are opened here."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from nio.crypto import decrypt_attachment
from nio.exceptions import EncryptionError

from adapters.matrix.raw import Raw, number, table, text
from adapters.matrix.wire import MatrixError, Wire, path_of
from botkit.adapter import Refused
from botkit.messages import Attachment, MessageKind

if TYPE_CHECKING:
    from botkit.files import Files

KINDS = {
    "m.image": MessageKind.PHOTO,
    "m.file": MessageKind.DOCUMENT,
    "m.audio": MessageKind.VOICE,
    "m.video": MessageKind.VIDEO,
}
_ADDRESS = re.compile(r"mxc://([A-Za-z0-9.:\[\]-]{1,230})/([A-Za-z0-9_-]{1,255})")
_OLD = "/_matrix/media/v3/download"
TIMEOUT = 60.0
"""Seconds that a file may take."""


def attached(content: Raw, kind: MessageKind) -> tuple[Attachment, ...]:
    """The file of a message. One that tells no usable address is there too, but broken."""
    locked = table(content, "file")
    address = text(locked, "url") or text(content, "url")
    info = table(content, "info")
    name = text(content, "filename") or text(content, "body")
    size, mime = number(info, "size") or 0, text(info, "mimetype")
    if not _ADDRESS.fullmatch(address):
        return (Attachment(kind, "", name[:255], mime[:255], max(0, size), broken=True),)
    place = address
    if locked:
        keys = {
            "url": address,
            "k": text(table(locked, "key"), "k"),
            "iv": text(locked, "iv"),
            "sha256": text(table(locked, "hashes"), "sha256"),
        }
        place = json.dumps(keys)
    return (Attachment(kind, place, name[:255], mime[:255], max(0, size)),)


def caption(content: Raw) -> str:
    """What somebody wrote under a file. Without a file name apart, the text is the file's name."""
    name, body = text(content, "filename"), text(content, "body")
    return body if name and name != body else ""


async def fetch(wire: Wire, files: Files, attachment: Attachment) -> bytes:
    """The bytes of a file, decrypted. Raises ``Refused`` where there are none, or too many."""
    keys: dict[str, Any] = {}
    address = attachment.id
    if address.startswith("{"):
        keys = json.loads(address)
        address = str(keys.get("url"))
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise Refused("the file has no address on Matrix")
    try:
        content = await _get(wire, found[1], found[2], files.max_bytes)
    except MatrixError as problem:
        if problem.passing:
            raise
        raise Refused(f"the homeserver doesn't give the file: {problem.code or problem.status}") from None
    if not keys:
        return content
    try:
        opened: bytes = decrypt_attachment(content, keys["k"], keys["sha256"], keys["iv"])
    except (EncryptionError, KeyError, ValueError):
        raise Refused("the file can't be decrypted: its key does not fit") from None
    return opened


async def _get(wire: Wire, server: str, media: str, most: int) -> bytes:
    path = path_of("media", "download", server, media, base="/_matrix/client/v1")
    try:
        return await wire.raw("GET", path, None, "application/json", timeout=TIMEOUT, most=most)
    except MatrixError as problem:
        if problem.code != "M_UNRECOGNIZED":
            raise
    # A homeserver from before files were for members only.
    return await wire.raw("GET", f"{_OLD}/{server}/{media}", None, "application/json", timeout=TIMEOUT, most=most)


async def upload(wire: Wire, content: bytes, mime: str, name: str) -> str:
    """Put bytes on the homeserver; returns their address."""
    path = path_of("upload", base="/_matrix/media/v3")
    answer = await wire.raw("POST", path, content, mime, query={"filename": name}, timeout=TIMEOUT)
    address = text(json.loads(answer), "content_uri")
    if not _ADDRESS.fullmatch(address):
        raise MatrixError(502, "M_UNKNOWN")
    return address
