"""Bodies: what the content of a message says, by its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.matrix.media import KINDS as FILES
from adapters.matrix.media import attached, caption
from adapters.matrix.raw import Raw, rows, table, text
from botkit.messages import Attachment, MessageKind

_GEO = re.compile(r"geo:(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)(?:[,;?].*)?")
_OPTIONS = 20


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said. ``notice`` marks what programs say."""

    kind: MessageKind
    text: str = ""
    files: tuple[Attachment, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    notice: bool = False


def read(kind: str, content: Raw) -> Said | None:
    """What a content says; None where it is nothing that a person said."""
    reader = KINDS.get(kind)
    return reader(content) if reader is not None else _message(content)


def _message(content: Raw) -> Said | None:
    kind, body = text(content, "msgtype"), text(content, "body")
    if kind in ("m.text", "m.emote"):
        return Said(MessageKind.TEXT, body) if isinstance(content.get("body"), str) else None
    if kind in ("m.notice", "m.server_notice"):
        return Said(MessageKind.TEXT, body, notice=True)
    if kind in FILES:
        return Said(FILES[kind], caption(content), attached(content, FILES[kind]))
    if kind == "m.location":
        return _place(text(content, "geo_uri"), body)
    if kind.startswith("m.key.verification."):
        return None
    # A kind of message that is not known here says in its body what older clients show.
    return Said(MessageKind.UNKNOWN, body)


def _place(address: str, body: str) -> Said:
    found = _GEO.fullmatch(address)
    # What clients write into the body of a place is the address of a map, at most a place's name.
    words = "" if "geo:" in body or "://" in body else body
    if not found:
        return Said(MessageKind.LOCATION, words)
    return Said(MessageKind.LOCATION, words, data={"lat": float(found[1]), "lon": float(found[2])})


def _beacon(content: Raw) -> Said:
    return _place(text(table(content, "m.location") or table(content, "org.matrix.msc3488.location"), "uri"), "")


def _sticker(content: Raw) -> Said:
    return Said(MessageKind.STICKER, text(content, "body"), attached(content, MessageKind.STICKER))


def _poll(content: Raw) -> Said:
    poll = table(content, "m.poll") or table(content, "org.matrix.msc3381.poll.start")
    options = [_plain(answer) for answer in rows(poll, "answers")[:_OPTIONS] if isinstance(answer, Mapping)]
    return Said(MessageKind.POLL, _plain(table(poll, "question")), data={"options": options})


def _plain(raw: Raw) -> str:
    """A text of the extensible kind, in any of its spellings."""
    found = raw.get("m.text")
    if isinstance(found, list):
        found = next((text(each, "body") for each in found if isinstance(each, Mapping)), "")
    return found if isinstance(found, str) else text(raw, "org.matrix.msc1767.text") or text(raw, "body")


KINDS: Mapping[str, Callable[[Raw], Said]] = {
    "m.sticker": _sticker,
    "m.poll.start": _poll,
    "org.matrix.msc3381.poll.start": _poll,
    "m.beacon": _beacon,
    "org.matrix.msc3672.beacon": _beacon,
}
"""Events besides ``m.room.message`` that a person says something by."""
