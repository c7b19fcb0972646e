"""The machine: the library's end-to-end encryption, its store, and where it must be told otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nio.crypto import Olm, OutgoingKeyRequest
from nio.store import SqliteStore

from adapters.matrix.login import Login, private
from botkit.errors import UserError

STORE = "crypto.sqlite3"
MADE = "crypto.made"
"""Names the device whose keys are in the store: where it is and the store is not, that was lost."""


class Machine(Olm):  # type: ignore[misc]  # the library ships no types
    """Encryption of one device."""

    def _should_accept_forward(self, sender: str, sender_key: str, event: Any) -> bool:
        """A key that we asked for is as good from the device that made it as it was the first time.

        The library takes it from the account's own devices only.
        """
        request = self.outgoing_key_requests.get(event.session_id)
        maker = event.source["content"].get("sender_key")
        if request is not None and maker == sender_key and event.room_id == request.room_id:
            return True
        return bool(super()._should_accept_forward(sender, sender_key, event))

    def locked(self, room: str, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """An event as the homeserver may see it. The library would write every Chinese sign as six letters."""
        session = self.outbound_group_sessions[room]
        words = json.dumps({"type": kind, "content": content, "room_id": room}, ensure_ascii=False)
        return {
            "algorithm": self._megolm_algorithm,
            "sender_key": self.account.identity_keys["curve25519"],
            "ciphertext": session.encrypt(words.encode("utf-8", "replace").decode()),
            "session_id": session.id,
            "device_id": self.device_id,
        }

    def ask(self, sender: str, room: str, session: str, maker: str, algorithm: str) -> dict[str, Any] | None:
        """The content of a request for a key, to be sent to the devices of ``sender``; None if it is out already."""
        if session in self.outgoing_key_requests:
            return None
        request = OutgoingKeyRequest(session, session, room, algorithm)
        self.outgoing_key_requests[session] = request
        self.store.add_outgoing_key_request(request)
        body = {"algorithm": algorithm, "room_id": room, "session_id": session, "sender_key": maker}
        return {
            "action": "request", "body": body, "request_id": session, "requesting_device_id": self.device_id,
        }  # fmt: skip

    def maker_of(self, room: str, session: str) -> str | None:
        """The key of the device that made a session: newer clients no longer say it with each event."""
        for known in self.inbound_group_store:
            if known.room_id == room and known.id == session:
                return str(known.sender_key)
        return None


def opened(login: Login, folder: Path, key: str) -> Machine:
    """The machine of a device, from its store; a new device gets a new one.

    Raises ``UserError`` where the store is lost, or was closed with another key.
    """
    made, store = folder / MADE, folder / STORE
    device = f"{login.user} {login.device}"
    if made.exists() and made.read_text("utf-8") == device and not store.exists():
        raise lost(login)
    try:
        machine = Machine(login.user, login.device, SqliteStore(login.user, login.device, str(folder), key, STORE))
    # The library raises what its parts raise, and not one kind of error, where a store does not open.
    except Exception as problem:
        raise UserError(
            f"the store of encryption keys {store} can't be opened ({type(problem).__name__})",
            "set matrix.pickle_key to the key that it was made with; without that key it is lost:"
            " move the file away and run `botkit matrix login`",
        ) from None
    private(made, device)
    store.chmod(0o600)
    return machine


def lost(login: Login) -> UserError:
    """What is said where a device's keys are gone: with others the same device is never trusted again."""
    return UserError(
        f"the encryption keys of device {login.device} are lost",
        "run `botkit matrix login`: the bot gets a new device, and messages from then on are readable",
    )


def same_keys(machine: Machine, published: Mapping[str, Any]) -> bool:
    """Whether the keys that the homeserver shows for this device are those of the store."""
    identity, keys = machine.account.identity_keys, published.get("keys", {})
    return all(
        keys.get(f"{kind}:{machine.device_id}") in (None, identity[kind]) for kind in ("ed25519", "curve25519")
    )  # fmt: skip
