"""Encryption: opening what comes, locking what goes, and keeping the keys of devices in step."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import structlog
from nio import EncryptionError, MegolmEvent

from adapters.matrix import devices, raw, reach
from adapters.matrix.base import Base
from adapters.matrix.keystore import lost, same_keys
from adapters.matrix.leftout import LeftOut
from adapters.matrix.machine import Machine
from adapters.matrix.raw import Raw, number, table, text
from adapters.matrix.rooms import Room
from adapters.matrix.wire import MatrixError, path_of

log = structlog.get_logger()

ALGORITHM = "m.megolm.v1.aes-sha2"
LOCKED = "m.room.encrypted"


class Crypto:
    """The encryption of one device; without a key for its store there is none (``on`` is False).

    Which devices get to read: all that the members of a room have now. Whether they are verified is theirs to see to.
    """

    def __init__(self, base: Base, machine: Machine | None) -> None:
        self._base = base
        self._machine = machine
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._left_out = LeftOut(base)

    @property
    def on(self) -> bool:
        """Whether encrypted rooms can be read and written."""
        return self._machine is not None

    @property
    def machine(self) -> Machine:
        """The library's machine. Only where ``on``."""
        assert self._machine is not None
        return self._machine

    def close(self) -> None:
        """Close the store."""
        if self._machine is not None:
            self._machine.store.database.close()

    async def introduce(self) -> None:
        """Compare the store with what the homeserver shows of this device. Raises ``UserError`` where it is another."""
        if self._machine is None:
            return
        me, device = self._base.user, self._base.login.device
        answer = await self._base.wire.call("POST", path_of("keys", "query"), {"device_keys": {me: [device]}})
        published = table(answer, "device_keys", me, device)
        if published and not same_keys(self._machine, published):
            raise lost(self._base.login)
        # A new device has none yet: it goes out with the first keys.
        self._machine.fallback_used = not published
        await devices.keep_up(self._base.wire, self._machine)

    # in -----------------------------------------------------------------------------------------------------

    async def keep_up(self, answer: Raw) -> set[str]:
        """Take in the news of devices that a sync brought, after what they sent; mend sessions that broke.

        Returns whose devices can be talked to again: what was asked of them before could not reach us.
        """
        machine = self._machine
        if machine is None:
            return set()
        count = number(table(answer, "device_one_time_keys_count"), "signed_curve25519")
        if count is not None:
            machine.uploaded_key_count = count
        changed = raw.words(table(answer, "device_lists"), "changed", 100_000)
        machine.add_changed_users({user for user in changed if user in machine.tracked_users})
        unused = answer.get("device_unused_fallback_key_types")
        machine.fallback_used = isinstance(unused, list) and "signed_curve25519" not in unused
        if machine.strangers:
            users = {user for user, _ in machine.strangers}
            # Also of somebody whose other devices are known.
            machine.add_changed_users(users)
            await self._know(machine, users)
            machine.mend()
        await devices.keep_up(self._base.wire, machine)
        mended, machine.mended = machine.mended, set()
        return mended

    def open(self, room: Room, event: Raw) -> Raw | None:
        """An encrypted event as it was before; None where its key is not there, or it is none of that key's."""
        machine = self._machine
        if machine is None:
            return None
        content = dict(event["content"])
        session = text(content, "session_id")
        content.setdefault("device_id", "")
        if not content.get("sender_key"):
            content["sender_key"] = machine.maker_of(room.id, session) or ""
        locked = MegolmEvent.from_dict({**event, "content": content, "room_id": room.id})
        if not isinstance(locked, MegolmEvent):
            return None
        try:
            found = machine.decrypt_megolm_event(locked, room.id)
        except EncryptionError:
            return None
        source = getattr(found, "source", {})
        inner = source.get("content")
        if not text(source, "type") or not isinstance(inner, dict):
            return None
        return {**event, "type": source["type"], "content": inner}

    async def ask(self, events: Iterable[tuple[str, Raw]], *, again: bool = False) -> None:
        """Ask the devices of those who wrote for the keys that are missing, once a key unless ``again``."""
        machine = self._machine
        if machine is None:
            return
        for room_id, event in events:
            content = event["content"]
            session = text(content, "session_id")
            out = session in machine.outgoing_key_requests
            if not session or content.get("algorithm") != ALGORITHM or (out and not again):
                continue
            request = machine.request(room_id, session, text(content, "sender_key"), ALGORITHM)
            await devices.send(self._base.wire, "m.room_key_request", {event["sender"]: {"*": request}})
            if not out:
                machine.requested(room_id, session, ALGORITHM)

    def member_changed(self, room: Room, event: Raw) -> None:
        """Somebody came or went: what is said from now on is for others than before."""
        before = table(event, "unsigned", "prev_content").get("membership")
        if self._machine is not None and event["content"].get("membership") != before:
            self._machine.outbound_group_sessions.pop(room.id, None)

    # out ----------------------------------------------------------------------------------------------------

    async def lock(self, room: Room, kind: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """An event as the homeserver may see it. Everybody who is in the room now has the key when this returns."""
        machine = self._machine
        if machine is None or room.encryption != ALGORITHM:
            raise MatrixError(403, "M_FORBIDDEN")
        async with self._turns[room.id]:
            if not room.complete:
                await reach.members(self._base.wire, room)
            users = sorted({*room.members, *room.invited})
            await self._know(machine, users)
            self._left_out.reopen(machine, room.id, users)
            while machine.should_share_group_session(room.id):
                # Until nobody comes or goes while the key is being given.
                users = sorted({*room.members, *room.invited})
                await self._know(machine, users)
                await devices.share(self._base.wire, machine, room.id, users)
                await self._left_out.tell(machine, room.id, users)
            locked = machine.locked(room.id, kind, content)
        if "m.relates_to" in content:
            # The homeserver counts threads and applies edits: what belongs to what, it must see.
            locked["m.relates_to"] = content["m.relates_to"]
        return LOCKED, locked

    async def _know(self, machine: Machine, users: Collection[str]) -> None:
        """Know the devices of these users. Who has another, or one less: rooms with them get another key."""
        for user in await devices.known(self._base.wire, machine, users):
            for room in self._base.rooms:
                if user in room.members or user in room.invited:
                    machine.outbound_group_sessions.pop(room.id, None)
