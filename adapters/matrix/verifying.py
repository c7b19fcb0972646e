"""Verifying: a clear no to whoever wants to compare emojis with the bot, who would wait ten minutes for an answer.

Nobody sits at the bot to compare anything: if it said yes to whatever it is shown, a verification would prove nothing.
Its account vouches for its device; who wants to be sure compares the fingerprint that ``botkit matrix verify`` prints.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog

from adapters.matrix import devices, reach
from adapters.matrix.base import Base
from adapters.matrix.crypto import Crypto
from adapters.matrix.decode import Decoder
from adapters.matrix.raw import NOTHING, Raw, number, table, text
from adapters.matrix.room import Room
from adapters.matrix.sending import transaction
from adapters.matrix.wire import GONE, MatrixError, path_of

log = structlog.get_logger()

KINDS = "m.key.verification."
REQUEST, BEGIN, CANCEL = f"{KINDS}request", f"{KINDS}start", f"{KINDS}cancel"
STALE = timedelta(minutes=10)
"""After this clients have given up by themselves."""
MOST = 50
"""Refusals that wait at most: who asks more often than that does not want an answer."""


class Verifying:
    """What is asked while events are read, and refused beside."""

    def __init__(self, base: Base, decoder: Decoder, crypto: Crypto, reason: Callable[[], str]) -> None:
        self._base = base
        self._decoder = decoder
        self._crypto = crypto
        self._reason = reason
        self._devices: list[tuple[str, str, str]] = []
        self._rooms: list[tuple[str, str]] = []

    def asked(self, event: Any) -> bool:
        """Take an event between devices; returns whether it belongs to a verification."""
        event = event if isinstance(event, dict) else NOTHING
        kind, content = text(event, "type"), table(event, "content")
        if not kind.startswith(KINDS):
            return False
        device, name = text(content, "from_device"), text(content, "transaction_id")
        told = number(content, "timestamp")
        old = told is not None and self._base.clock.now().timestamp() - told / 1000 > STALE.total_seconds()
        if kind in (REQUEST, BEGIN) and device and name and not old and len(self._devices) < MOST:
            self._devices.append((text(event, "sender"), device, name))
        return True

    def heard(self, room: Room, event: Raw) -> None:
        """Take an event of a room, as it is when opened."""
        content = event["content"]
        wanted = event["type"] == "m.room.message" and text(content, "msgtype") == REQUEST
        mine = text(content, "to") == self._base.user and event["sender"] != self._base.user
        age = self._base.clock.now() - self._decoder.moment(event)
        if wanted and mine and age <= STALE and len(self._rooms) < MOST:
            self._rooms.append((room.id, event["event_id"]))

    async def refuse(self) -> None:
        """Say no to all who asked. What can't be said now is dropped: the clients give up by themselves."""
        asking, self._devices = self._devices, []
        heard, self._rooms = self._rooms, []
        for user, device, name in asking:
            content = {**self._no(), "transaction_id": name}
            await self._try(devices.send(self._base.wire, CANCEL, {user: {device: content}}))
        for room_id, event_id in heard:
            await self._try(self._refuse_in(room_id, event_id))

    def _no(self) -> dict[str, Any]:
        return {"code": "m.user", "reason": self._reason()}

    async def _refuse_in(self, room_id: str, event_id: str) -> None:
        base, kind = self._base, CANCEL
        content = {**self._no(), "m.relates_to": {"rel_type": "m.reference", "event_id": event_id}}
        room = await reach.writable(base.wire, base.rooms, room_id)
        if room.encrypted:
            kind, content = await self._crypto.lock(room, kind, content)
        path = path_of("rooms", room_id, "send", kind, transaction(f"refused {event_id}"))
        await base.wire.call("PUT", path, content)

    async def _try(self, refusal: Any) -> None:
        try:
            await refusal
        except (MatrixError, *GONE) as problem:
            code = problem.code if isinstance(problem, MatrixError) else type(problem).__name__
            log.warning("matrix.verify", adapter=self._base.name, problem=code)
