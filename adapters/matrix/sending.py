"""Sending: one reply as events, each with a transaction id of its row, so that it is the same event however often."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, TypeVar

from aiohttp import ClientConnectionError

from adapters.matrix import reach, uploads
from adapters.matrix.authors import Authors, Written
from adapters.matrix.base import Base
from adapters.matrix.composing import composed, related, replacing
from adapters.matrix.crypto import Crypto
from adapters.matrix.raw import text
from adapters.matrix.rooms import Room
from adapters.matrix.wire import MatrixError, path_of
from botkit.adapter import Refused, RetryLater, Unreachable
from botkit.messages import ChatKind, Outgoing

if TYPE_CHECKING:
    from botkit.files import Files

T = TypeVar("T")

MESSAGE = "m.room.message"
SLOW = 5.0
"""Seconds to wait where the homeserver names none."""
LOCKED_OUT = 60.0
"""Seconds between two attempts where it no longer knows the bot's token."""
AWAY = 5.0
"""Seconds until a message looks again whether the homeserver is back: however long that takes, it stays a message."""
FULL = 300.0
"""Seconds between two attempts where the homeserver itself has reached a limit."""
_ELSEWHERE = frozenset({"M_FORBIDDEN", "M_NOT_FOUND", "M_UNKNOWN_ROOM", "M_GUEST_ACCESS_FORBIDDEN"})
_WAITS = frozenset({"M_RESOURCE_LIMIT_EXCEEDED", "M_CONSENT_NOT_GIVEN", "M_USER_SUSPENDED"})


class Sending:
    """Says, edits, deletes, signs and pins for one account."""

    def __init__(self, base: Base, authors: Authors, crypto: Crypto, files: Files) -> None:
        self._base = base
        self._authors = authors
        self._crypto = crypto
        self._files = files

    async def send(self, out: Outgoing) -> str:
        """Say it; returns the id of the event that carries the text."""
        room = await self._room(out)
        answered = self._authors.get(room.id, out.reply_to)
        sent, closed = "", self._closed(room, out)
        if out.text or not out.files:
            sent = await self._put(room, out, related(composed(out), out, answered))
        for number, file in enumerate(out.files):
            content = await self._told(uploads.content(self._base.wire, self._files, file, closed=closed))
            event = await self._put(room, out, related(content, out, answered), f".{number}")
            sent = sent or event
        return sent

    async def edit(self, out: Outgoing) -> str:
        """Put another text in the place of one of ours."""
        room, target = await self._room(out), self._target(out)
        await self._put(room, out, replacing(composed(out), target))
        return target

    async def delete(self, out: Outgoing) -> str:
        """Take one of ours away."""
        room, target = await self._room(out), self._target(out)
        path = path_of("rooms", room.id, "redact", target, transaction(out.key))
        await self._told(self._base.wire.call("PUT", path, {}), event=True)
        return target

    async def react(self, out: Outgoing) -> None:
        """Put a sign on a message; it stays one sign. Signs are not encrypted, in any room."""
        room, target = await self._room(out), self._target(out)
        relation = {"rel_type": "m.annotation", "event_id": target, "key": out.text}
        try:
            await self._event(room, "m.reaction", {"m.relates_to": relation}, out.key)
        except MatrixError as problem:
            if problem.code != "M_DUPLICATE_ANNOTATION":
                raise outcome(problem, event=True) from None

    async def open_thread(self, out: Outgoing) -> str:
        """The message that the thread hangs on: it begins with the first word there. Without one, its title is sent."""
        if out.target is not None:
            return out.target
        return await self._put(await self._room(out), out, composed(out))

    async def seen(self, out: Outgoing) -> None:
        """Show that a message was read."""
        path = path_of("rooms", out.chat.id, "receipt", "m.read", self._target(out))
        await self._told(self._base.wire.call("POST", path, {}))

    async def pin(self, out: Outgoing) -> str:
        """Pin a message, above what is pinned already."""
        target = self._target(out)
        path = path_of("rooms", out.chat.id, "state", "m.room.pinned_events", "")
        try:
            known = (await self._base.wire.call("GET", path)).get("pinned")
        except MatrixError as problem:
            if problem.status != 404:
                raise outcome(problem) from None
            known = []
        pinned = [each for each in known if isinstance(each, str)] if isinstance(known, list) else []
        if target not in pinned:
            await self._told(self._base.wire.call("PUT", path, {"pinned": [*pinned, target]}), event=True)
        return target

    # the request --------------------------------------------------------------------------------------------

    async def _room(self, out: Outgoing) -> Room:
        if self._base.health.halted is not None:
            raise RetryLater(LOCKED_OUT, everywhere=True)
        if self._base.health.away:
            # Asking is the sync loop's: who waits here goes on as soon as that has an answer.
            raise RetryLater(AWAY)
        room = await self._told(reach.writable(self._base.wire, self._base.rooms, out.chat.id))
        if out.chat.kind is ChatKind.DM and room.size == 1:
            # The homeserver would take it, and nobody would read it.
            raise Unreachable("nobody else is in the room any more")
        if room.keeps_out(self._base.user):
            # The same: it goes nowhere.
            raise Unreachable("the room keeps this homeserver out")
        return room

    def _closed(self, room: Room, out: Outgoing) -> bool:
        """Whether this must be encrypted.

        A bot without encryption still tells a group of residents, in the open, that it sees nothing there; clients mark
        that. What is for one person or for staff is never sent so.
        """
        return room.encrypted and (self._crypto.on or out.chat.kind is not ChatKind.GROUP)

    async def _put(self, room: Room, out: Outgoing, content: dict[str, Any], part: str = "") -> str:
        kind = MESSAGE
        if self._closed(room, out):
            kind, content = await self._told(self._crypto.lock(room, kind, content))
        return await self._told(self._event(room, kind, content, f"{out.key}{part}"), event=True)

    async def _event(self, room: Room, kind: str, content: dict[str, Any], key: str) -> str:
        base = self._base
        path = path_of("rooms", room.id, "send", kind, transaction(key))
        event = text(await base.wire.call("PUT", path, content), "event_id")
        self._authors.note(room.id, event, Written(base.user))
        return event

    async def _told(self, request: Awaitable[T], *, event: bool = False) -> T:
        try:
            return await request
        except MatrixError as problem:
            raise outcome(problem, event=event) from None
        except ClientConnectionError:
            if not self._base.health.away:
                raise
            raise RetryLater(AWAY) from None

    @staticmethod
    def _target(out: Outgoing) -> str:
        if not out.target:
            raise Refused("there is no message to change")
        return out.target


def transaction(key: str) -> str:
    """The transaction id of a row: the same for the same row, and nothing of it to be read."""
    return "botkit-" + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]


def outcome(problem: MatrixError, *, event: bool = False) -> Exception:
    """What follows from the homeserver's refusal. ``event``: what it refused was an event, no file and no key."""
    code, status = problem.code, problem.status
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        # Events are counted by account, in whatever room: another room's would only be refused as well.
        return RetryLater(SLOW if problem.retry_after is None else problem.retry_after, everywhere=event)
    if status == 401:
        return RetryLater(LOCKED_OUT, everywhere=True)
    if code in _WAITS:
        return RetryLater(FULL, everywhere=True)
    if code == "M_TOO_LARGE" or status == 413:
        return Refused("the homeserver takes no event as large as this")
    if code in _ELSEWHERE or status in (403, 404):
        return Unreachable(f"the room can't be written to: {code or status}")
    if status >= 500:
        return problem
    return Refused(f"the homeserver refuses the event: {code or status}")
