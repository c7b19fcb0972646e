"""What clients do with the keys of what was said: keep them to themselves, share them late, share them when asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import nio

from tests.matrix.client import fine, id_of
from tests.matrix.homeserver import Homeserver
from tests.matrix.person import Person

ROOM_KEY, FORWARDED = "m.room_key", "m.forwarded_room_key"


async def hides(li: Person, text: str, room: str, who: Any) -> Callable[[], Awaitable[str]]:
    """Say something in an encrypted room without giving somebody the key.

    Returns what gives it after all, as if it came late: ``await (await hides(…))()``.
    """
    await li.syncs()
    client, olm = li.client, li.client.olm
    assert olm
    devices = list(olm.device_store.active_user_devices(id_of(who)))
    for device in devices:
        client.blacklist_device(device)
    client.invalidate_outbound_session(room)
    fine(await client.share_group_session(room, ignore_unverified_devices=True))
    session = olm.outbound_group_sessions[room]
    # As it is before the first message: later it opens only later ones.
    key = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": room,
        "session_id": session.id,
        "session_key": session.session_key,
    }
    event = await li.says(text, room, sync=False)
    for device in devices:
        client.unblacklist_device(device)

    async def give() -> str:
        for device in devices:
            await tells(li, device, ROOM_KEY, key)
        return event

    return give


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


def asked(li: Person, who: Any) -> list[nio.RoomKeyRequest]:
    """For which keys somebody's devices asked this client, as far as it has read."""
    found = [letter for letter in li.letters if isinstance(letter, nio.RoomKeyRequest)]
    return [letter for letter in found if letter.sender == id_of(who)]


async def exhausts(homeserver: Homeserver, li: Person, who: Any) -> str:
    """Use up the keys by which somebody's only device is written to the first time. Returns the name of the last."""
    user = id_of(who)
    path = "/_matrix/client/v3/keys/"
    shown = await homeserver.call("POST", f"{path}query", {"device_keys": {user: []}}, token=li.token)
    [device] = shown["device_keys"][user]
    while True:
        body = {"one_time_keys": {user: {device: "signed_curve25519"}}}
        given = await homeserver.call("POST", f"{path}claim", body, token=li.token)
        [(name, key)] = given["one_time_keys"][user][device].items()
        if key.get("fallback"):
            return str(name)
