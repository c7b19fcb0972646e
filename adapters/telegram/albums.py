"""Albums: several pictures sent together arrive as messages of their own, and are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from botkit.messages import Message

WAIT = 0.5
"""Seconds in which the other pictures of an album follow the first."""
_BODIES = ("message", "edited_message")


def name_of(update: Any) -> str | None:
    """Which album of which chat an update brings a part of."""
    try:
        body = update["message"]
        return f"{body['chat']['id']}.{body['media_group_id']}"
    except (KeyError, TypeError):
        return None


def any_in(updates: Iterable[Any]) -> bool:
    """Whether there are parts of albums among these."""
    return any(name_of(update) for update in updates)


def whole(updates: list[Any], most: int) -> list[Any]:
    """The updates up to an album that may go on in the next lot: it comes again with that, from its beginning."""
    last = name_of(updates[-1]) if len(updates) >= most else None
    if last is None:
        return updates
    begin = next(place for place, update in enumerate(updates) if name_of(update) == last)
    return updates[:begin] or updates


def joined(events: Sequence[Message]) -> list[Message]:
    """Events with the parts of each album as one message: the first, with the words that any of them has."""
    found: list[Message] = []
    places: dict[tuple[str, str], int] = {}
    for event in events:
        album = event.data.get("album") if event.data else None
        if album is None or event.revision:
            found.append(event)
            continue
        key = (event.chat.id, str(album))
        if key not in places:
            places[key] = len(found)
            found.append(event)
        else:
            found[places[key]] = _joined(found[places[key]], event)
    return found


def _joined(first: Message, other: Message) -> Message:
    data = {**other.data, **first.data}
    return replace(
        first,
        text="\n".join(text for text in (first.text, other.text) if text),
        attachments=(*first.attachments, *other.attachments),
        addressed=first.addressed or other.addressed,
        mentions=tuple(dict.fromkeys((*first.mentions, *other.mentions))),
        reply_to=first.reply_to or other.reply_to,
        data=data,
    )
