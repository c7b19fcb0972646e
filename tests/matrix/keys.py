"""What clients do with the keys of what was said: keep them to themselves, share them late, share them when asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import nio

from tests.matrix.client import fine, id_of
from tests.matrix.homeserver import Homeserver
from tests.matrix.person import Person

ROOM_KEY, FORWARDED, WITHHELD = "m.room_key", "m.forwarded_room_key", "m.room_key.withheld"


@dataclass
class Hidden:
    """What somebody says in a room without giving somebody the key: the session, and its first ``event``."""

    li: Person
    room: str
    session: Any
    key: dict[str, Any]
    devices: list[Any]
    event: str = ""

    async def says(self, text: str) -> str:
        """Say something with the same key. Returns the id of the event."""
        sessions = self.li.client.olm.outbound_group_sessions
        sessions[self.room] = self.session
        event = await self.li.says(text, self.room, sync=False)
        sessions.pop(self.room, None)
        return event

    async def give(self) -> None:
        """Give the key after all, as if it came late."""
        for device in self.devices:
            await tells(self.li, device, ROOM_KEY, self.key)


async def hides(li: Person, text: str, room: str, who: Any) -> Hidden:
    """Say something in an encrypted room without giving somebody the key. What is said next has another."""
    await li.syncs()
    client, olm = li.client, li.client.olm
    assert olm
    devices = list(olm.device_store.active_user_devices(id_of(who)))
    for device in devices:
        client.blacklist_device(device)
    client.invalidate_outbound_session(room)
    fine(await client.share_group_session(room, ignore_unverified_devices=True))
    session = olm.outbound_group_sessions[room]
    for device in devices:
        client.unblacklist_device(device)
    # As it is before the first message: later it opens only later ones.
    key = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": room,
        "session_id": session.id,
        "session_key": session.session_key,
    }
    hidden = Hidden(li, room, session, key, devices)
    hidden.event = await hidden.says(text)
    return hidden


async def tells(li: Person, device: Any, kind: str, content: dict[str, Any]) -> None:
    """Send something to one device, closed for it alone."""
    olm = li.client.olm
    if not olm.session_store.get(device.curve25519):
        fine(await li.client.keys_claim({device.user_id: [device.id]}))
    locked = olm._olm_encrypt(olm.session_store.get(device.curve25519), device, kind, content)
    fine(await li.client.to_device(nio.ToDeviceMessage("m.room.encrypted", device.user_id, device.id, locked)))


def key_of(li: Person, room: str, session: str, **other: Any) -> dict[str, Any]:
    """The content of a forwarded key that this client has; ``other`` is put in the place of what is true."""
    [known] = [one for one in li.client.olm.inbound_group_store if one.room_id == room and one.id == session]
    return {
        "algorithm": "m.megolm.v1.aes-sha2",
        "forwarding_curve25519_key_chain": known.forwarding_chain,
        "room_id": room,
        "sender_claimed_ed25519_key": known.ed25519,
        "sender_key": known.sender_key,
        "session_id": known.id,
        "session_key": known.export_session(known.first_known_index),
        **other,
    }


async def refuses(li: Person, who: Any, room: str, session: str, code: str, **other: Any) -> None:
    """Tell somebody's devices that the key of a session is not given; ``other`` is put in the place of what is true."""
    content = {**refusal(li, room, session, code), **other}
    fine(await li.client.to_device(nio.ToDeviceMessage(WITHHELD, id_of(who), "*", content)))


def refusal(li: Person, room: str, session: str, code: str) -> dict[str, Any]:
    """What a client says that does not give the key of a session of its own; without a session it can't be reached."""
    about = {"room_id": room, "session_id": session} if session else {}
    own = li.client.olm.account.identity_keys["curve25519"]
    return {"algorithm": "m.megolm.v1.aes-sha2", **about, "sender_key": own, "code": code, "reason": "of no concern"}


def asked(li: Person, who: Any) -> list[nio.RoomKeyRequest]:
    """For which keys somebody's devices asked this client, as far as it has read."""
    found = [letter for letter in li.letters if isinstance(letter, nio.RoomKeyRequest)]
    return [letter for letter in found if letter.sender == id_of(who)]


async def exhausts(homeserver: Homeserver, li: Person, who: Any) -> str:
    """Use up the keys by which somebody's only device is written to the first time.

    Returns the name of the last, where one remains for good; clients of the tests' library have none.
    """
    user = id_of(who)
    path = "/_matrix/client/v3/keys/"
    shown = await homeserver.call("POST", f"{path}query", {"device_keys": {user: []}}, token=li.token)
    [device] = shown["device_keys"][user]
    while True:
        body = {"one_time_keys": {user: {device: "signed_curve25519"}}}
        given = await homeserver.call("POST", f"{path}claim", body, token=li.token)
        keys = given["one_time_keys"].get(user, {}).get(device)
        if not keys:
            return ""
        [(name, key)] = keys.items()
        if key.get("fallback"):
            return str(name)
