"""Albums: several pictures sent together arrive as messages of their own, and are one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from adapters.telegram import refs
from botkit.messages import Message

WAIT = 0.5
"""Seconds in which the other pictures of an album follow the first."""
KEPT = 256
"""Albums whose further parts are still awaited."""


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


class Albums:
    """Joins the parts of albums. One that comes when its first ones are committed is a revision of them.

    So it is with every part that a webhook brings: Telegram sends the next when the last is taken.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], dict[int, Message]] = OrderedDict()

    def join(self, events: Sequence[Message]) -> list[Message]:
        """Events with the parts of each album as one message: the first, with the words that any of them has."""
        found: list[Message] = []
        places: dict[tuple[str, str], int] = {}
        parts: dict[tuple[str, str], dict[int, Message]] = {}
        for event in events:
            album = event.data.get("album") if event.data else None
            if album is None or event.revision:
                found.append(event)
                continue
            key = (event.chat.id, str(album))
            if key not in places:
                places[key] = len(found)
                found.append(event)
            parts.setdefault(key, {})[refs.number(event.id, event.chat.id) or 0] = event
        for key, place in places.items():
            found[place] = self._whole(key, parts[key])
        return found

    def _whole(self, key: tuple[str, str], came: dict[int, Message]) -> Message:
        known = self._known.pop(key, {})
        if not known or min(came) <= min(known):
            # The beginning, or the beginning once more: the last commit did not hold.
            known = {}
        parts, last = {**known, **came}, max(came)
        self._known[key] = {number: _kept(part) for number, part in parts.items()}
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        whole = reduce(_joined, (part for number, part in sorted(parts.items()) if number <= last))
        return replace(whole, revision=last - min(parts)) if known else whole


def _kept(part: Message) -> Message:
    """What is remembered of a part: of plain talk not a word."""
    return part if part.private or part.addressed else replace(part, text="")


def _joined(first: Message, other: Message) -> Message:
    return replace(
        first,
        text="\n".join(text for text in (first.text, other.text) if text),
        attachments=(*first.attachments, *other.attachments),
        addressed=first.addressed or other.addressed,
        mentions=tuple(dict.fromkeys((*first.mentions, *other.mentions))),
        reply_to=first.reply_to or other.reply_to,
        data={**other.data, **first.data},
    )
