"""Left out: devices that can't be written to now, and so lack the key of a room. They are told, and tried again.

It happens where all keys by which a device is reached are used up, or its homeserver does not answer. The library would
leave it out for as long as the key lasts: a hundred messages, or a week.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.matrix import devices
from adapters.matrix.base import Base
from adapters.matrix.machine import Machine
from adapters.matrix.withheld import NO_SESSION

AGAIN = timedelta(minutes=5)
"""Between two attempts, unless a device begins a session itself, as it may when it is told."""


class LeftOut:
    """The devices that were left out, in all rooms of one account."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._tried: dict[str, datetime] = {}
        self._told: set[tuple[str, str]] = set()

    def reopen(self, machine: Machine, room: str, users: Sequence[str]) -> None:
        """Let the key of a room be given once more, from here on, where it may reach more devices now."""
        tried, session = self._tried.get(room), machine.outbound_group_sessions.get(room)
        if tried is None or session is None or session.expired:
            return
        if self._base.clock.now() - tried >= AGAIN or any(
            machine.session_store.get(device.curve25519)
            for user in users
            for device in machine.device_store.active_user_devices(user)
            if (user, device.id) not in session.users_shared_with
        ):
            session.shared = False

    async def tell(self, machine: Machine, room: str, users: Sequence[str]) -> None:
        """The key of a room was given to all that could be written to: tell the others. Raises as the wire does."""
        missing = {(user, id) for user, found in machine.get_missing_sessions(list(users)).items() for id in found}
        messages: dict[str, dict[str, object]] = {}
        for user, device in sorted(missing - self._told):
            messages.setdefault(user, {})[device] = machine.excuse(NO_SESSION)
        if messages:
            await devices.send(self._base.wire, "m.room_key.withheld", messages)
        self._told = {one for one in self._told if one[0] not in users} | missing
        if missing:
            self._tried[room] = self._base.clock.now()
        else:
            self._tried.pop(room, None)
