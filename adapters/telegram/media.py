"""Media: what a message carries besides text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from botkit.messages import Attachment, MessageKind

Raw = Mapping[str, Any]


class Carried(NamedTuple):
    """The kind of a message, its files, what else it tells, and the words that stand for it where it has none."""

    kind: MessageKind
    files: tuple[Attachment, ...] = ()
    data: Mapping[str, Any] = {}
    words: str = ""


TEXT = Carried(MessageKind.TEXT)
_FILES = (
    # An animation comes as a document too, so it stands before it.
    ("animation", MessageKind.VIDEO),
    ("voice", MessageKind.VOICE),
    ("video", MessageKind.VIDEO),
    ("video_note", MessageKind.VIDEO),
    ("audio", MessageKind.VOICE),
    ("document", MessageKind.DOCUMENT),
)
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Documents that are pictures: sent so to keep all their pixels, and their places."""
LONGEST = 200
"""Characters of a file's name."""


def read(message: Raw) -> Carried | None:
    """What a message carries that has no text; None where it is nothing that people send."""
    if "photo" in message:
        # The same picture in several sizes; the last is the largest.
        return Carried(MessageKind.PHOTO, (_file(MessageKind.PHOTO, message["photo"][-1], "image/jpeg"),))
    for name, kind in _FILES:
        if name in message:
            file = message[name]
            if name == "document" and str(file.get("mime_type")) in PICTURES:
                kind = MessageKind.PHOTO
            return Carried(kind, (_file(kind, file),))
    if "sticker" in message:
        return Carried(MessageKind.STICKER, data=_some(sign=message["sticker"].get("emoji")))
    if "location" in message:
        return _place(message)
    if "contact" in message:
        contact = message["contact"]
        name = " ".join(str(part) for part in (contact.get("last_name"), contact.get("first_name")) if part)
        return Carried(
            MessageKind.CONTACT, data=_some(name=name, phone=contact.get("phone_number"), id=contact.get("user_id"))
        )
    if "poll" in message:
        poll = message["poll"]
        options = [str(option["text"]) for option in poll["options"]]
        return Carried(MessageKind.POLL, data={"options": options}, words=str(poll["question"]))
    return None


def _place(message: Raw) -> Carried:
    place, venue = message["location"], message.get("venue", {})
    data = {"lat": float(place["latitude"]), "lon": float(place["longitude"])}
    words = " ".join(str(venue[part]) for part in ("title", "address") if venue.get(part))
    if "live_period" in place:
        data["live_s"] = int(place["live_period"])
    return Carried(MessageKind.LOCATION, data=data, words=words)


def _file(kind: MessageKind, file: Raw, mime: str = "") -> Attachment:
    name = str(file.get("file_name", ""))[:LONGEST]
    return Attachment(kind, str(file["file_id"]), name, str(file.get("mime_type", mime)), int(file.get("file_size", 0)))


def _some(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value}
