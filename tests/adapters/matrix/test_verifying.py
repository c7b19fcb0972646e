"""Verification by emojis: whoever begins one with the bot gets a clear no, at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import nio
import pytest

from tests.adapters.matrix.meetings import meeting
from tests.matrix.client import fine
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Person

REQUEST, CANCEL = "m.key.verification.request", "m.key.verification.cancel"


async def asks(li: Person, account: Account, **other: Any) -> str:
    """Begin as clients do; returns the name of the transaction."""
    name = uuid4().hex
    content = {
        "from_device": li.client.device_id,
        "methods": ["m.sas.v1", "m.qr_code.show.v1", "m.reciprocate.v1"],
        "timestamp": int(time.time() * 1000),
        "transaction_id": name,
        **other,
    }
    fine(await li.client.to_device(nio.ToDeviceMessage(REQUEST, account.id, account.device, content)))
    return name


def refusals(li: Person) -> dict[str, str]:
    """What was refused, and by which code, as far as this client has read."""
    found = [letter for letter in li.letters if isinstance(letter, nio.KeyVerificationCancel)]
    return {letter.transaction_id: letter.code for letter in found}


async def test_between_devices(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    account, li, room = met.account, met.li, met.room
    async with met.bot():
        stale = await asks(li, account, timestamp=int(time.time() * 1000) - 3_600_000)
        name = await asks(li, account)
        await li.until(lambda _: name in refusals(li), room)
        assert refusals(li) == {name: "m.user"} and stale not in refusals(li)
        # Older clients begin at once, without a request.
        [device] = li.client.olm.device_store.active_user_devices(account.id)
        fine(await li.client.start_key_verification(device))
        [(begun, sas)] = li.client.key_verifications.items()
        await li.until(lambda _: begun in refusals(li), room)
        assert sas.canceled and refusals(li)[begun] == "m.user"
        for nonsense in ({"transaction_id": 7}, {"from_device": [], "methods": 1}, {"timestamp": "now"}):
            await asks(li, account, **nonsense)
        await li.says("still there?", room)
        await li.sees("echo still there?", room)


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_in_a_room(homeserver: Homeserver, tmp_path: Path, encrypted: bool) -> None:
    met = await meeting(homeserver, tmp_path, encrypted=encrypted)
    account, li, room = met.account, met.li, met.room
    async with met.bot():
        content = {
            "msgtype": REQUEST,
            "body": f"{li.id} wants to verify you",
            "from_device": li.client.device_id,
            "methods": ["m.sas.v1"],
            "to": account.id,
        }
        await li.sends("m.room.message", {**content, "to": "@wang:matrix.test"}, room)
        event = await li.sends("m.room.message", content, room)

        def told() -> list[dict[str, Any]]:
            found = [one.source for one in li.events[room] if one.sender == account.id]
            return [source["content"] for source in found if source["type"] == CANCEL]

        await li.until(lambda _: told(), room)
        await li.says("still there?", room)
        await li.sees("echo still there?", room)
        [refusal] = told()
        assert refusal["m.relates_to"] == {"rel_type": "m.reference", "event_id": event}
        assert refusal["code"] == "m.user" and refusal["reason"]
        # It is no message: nobody at the station hears of it, and nothing is answered in words.
        assert [line.text for line in await li.reads(room) if line.sender == account.id] == ["echo still there?"]
