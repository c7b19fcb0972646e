"""Opening: events of rooms as whoever wrote them wrote them, encrypted or not."""

from __future__ import annotations

from adapters.matrix.base import Base
from adapters.matrix.crypto import Crypto
from adapters.matrix.decode import Decoder
from adapters.matrix.raw import Raw
from adapters.matrix.room import Room
from adapters.matrix.sight import Sight
from adapters.matrix.unread import Unread
from adapters.matrix.verifying import Verifying
from botkit.messages import Message


class Opening:
    """Makes messages of events. What can't be opened yet is kept, and read when its key comes."""

    def __init__(
        self, base: Base, decoder: Decoder, crypto: Crypto, unread: Unread, sight: Sight, verifying: Verifying
    ) -> None:
        self._base = base
        self._decoder = decoder
        self._crypto = crypto
        self._unread = unread
        self._sight = sight
        self._verifying = verifying

    def __call__(self, room: Room, event: Raw) -> list[Message]:
        """The messages of an event, if any. The event is a sound one."""
        if event["type"] != "m.room.encrypted" or "state_key" in event:
            self._verifying.heard(room, event)
            return _some(self._decoder(room, event))
        if event["sender"] == self._base.user or not event["content"]:
            return []
        opened = self._crypto.open(room, event)
        if opened is not None:
            self._verifying.heard(room, opened)
            return [*_some(self._decoder(room, opened)), *self._sight.read(room, event)]
        if self._crypto.on:
            # Its key may be on its way.
            self._unread.keep(room, event)
            return []
        return _some(self._decoder(room, event, locked="encrypted"))


def _some(message: Message | None) -> list[Message]:
    return [message] if message is not None else []
