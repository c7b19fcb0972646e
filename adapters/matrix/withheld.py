"""Withheld: keys of which a device says that it does not give them, and why; kept for as long as sessions last."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from adapters.matrix.notes import WITHHELD, Notes
from adapters.matrix.raw import Raw, identifier, table, text
from adapters.matrix.rooms import Rooms
from botkit.sql import moment
from botkit.storage import Write

KINDS = frozenset({"m.room_key.withheld", "org.matrix.room_key.withheld"})
"""Older clients use the name that it had as a proposal."""
NO_SESSION = "m.no_olm"
LOST = "m.unavailable"
REASONS = {"m.unverified": "unverified", "m.blacklisted": "blocked"}
OTHER = "withheld"
"""Any other reason: ``m.unauthorised``, ``m.unavailable``, ``m.history_not_shared``, and codes that are still to come.

What a client writes beside its code is a stranger's text, and shown to nobody.
"""
KEPT = timedelta(days=30)
"""How long a refusal is remembered: it is told once a session, however long that lasts."""
MOST = 1_000
"""Refusals that are remembered; the oldest are forgotten first, and what they concern waits as if they had not come."""


class Notice(NamedTuple):
    """What a device says: the key of ``session`` in ``room``, made by the device with the key ``maker``, is not given.

    With the code ``m.no_olm`` it says that it can't reach the bot's device at all; then there is no session.
    """

    sender: str
    maker: str
    room: str
    session: str
    code: str

    @property
    def why(self) -> str:
        """The reason as the framework knows it."""
        return REASONS.get(self.code, OTHER)


def read(event: Any) -> Notice | None:
    """The notice that an event between devices is; None for anything else, and for one that says nothing usable."""
    if not isinstance(event, dict) or text(event, "type") not in KINDS:
        return None
    content = table(event, "content")
    sender, maker, code = identifier(event, "sender"), identifier(content, "sender_key"), identifier(content, "code")
    if sender is None or maker is None or code is None or content.get("algorithm") != "m.megolm.v1.aes-sha2":
        return None
    room, session = identifier(content, "room_id"), identifier(content, "session_id")
    if code == NO_SESSION:
        return Notice(sender, maker, "", "", code)
    return Notice(sender, maker, room, session, code) if room is not None and session is not None else None


class _Refusal(NamedTuple):
    maker: str
    why: str


class Withheld:
    """The refusals of one account. Each counts for what its own sender wrote, and for nothing of anybody else's."""

    def __init__(self, notes: Notes, rooms: Rooms, now: Callable[[], datetime]) -> None:
        self._notes = notes
        self._rooms = rooms
        self._now = now
        self._known: OrderedDict[str, _Refusal] = OrderedDict()
        self._heard: list[Notice] = []

    async def load(self) -> None:
        """Read what was said before the restart, or before a commit that failed."""
        self._known.clear()
        writes: list[Write] = []
        for row in await self._notes.all(WITHHELD):
            if self._now() - moment(row["at"]) > KEPT:
                writes.append(self._notes.drop(WITHHELD, row["ref"]))
            else:
                self._known[row["ref"]] = _Refusal(row["payload"]["maker"], row["payload"]["why"])
        if writes:
            await self._notes.write(*writes)

    def heard(self, notice: Notice) -> None:
        """Take a notice; the events that it came with are not read yet."""
        self._heard.append(notice)

    def settle(self, writes: list[Write]) -> None:
        """Remember what was heard of rooms that the bot is in. What a device said first of a session counts."""
        heard, self._heard = self._heard, []
        for notice in heard:
            ref = _ref(notice.room, notice.session, notice.sender)
            if ref in self._known or self._rooms.get(notice.room) is None:
                continue
            self._known[ref] = _Refusal(notice.maker, notice.why)
            kept = {"maker": notice.maker, "why": notice.why}
            writes.append(self._notes.add(WITHHELD, notice.room, ref, kept, self._now()))
            if len(self._known) > MOST:
                oldest, _ = self._known.popitem(last=False)
                writes.append(self._notes.drop(WITHHELD, oldest))

    def why(self, room: str, event: Raw) -> str | None:
        """Why the key of an encrypted event will not come; None where nobody said so who may."""
        content = event["content"]
        known = self._known.get(_ref(room, text(content, "session_id"), event["sender"]))
        # Newer clients no longer say with each event which device made its key.
        return known.why if known is not None and text(content, "sender_key") in ("", known.maker) else None


def _ref(room: str, session: str, sender: str) -> str:
    return hashlib.sha256("\0".join((room, session, sender)).encode("utf-8", "replace")).hexdigest()
