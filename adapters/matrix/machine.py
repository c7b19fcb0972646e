"""The machine: the library's end-to-end encryption, and where it must be told otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from nio import ForwardedRoomKeyEvent, RoomKeyEvent
from nio.crypto import Olm, OutgoingKeyRequest
from nio.store import SqliteStore
from vodozemac import OlmDecryptionException, SessionCreationException

from adapters.matrix.raw import text

_KNOWN = frozenset({"m.room_key", "m.forwarded_room_key", "m.dummy"})


class Machine(Olm):  # type: ignore[misc]  # the library ships no types
    """Encryption of one device."""

    def __init__(self, user: str, device: str, store: SqliteStore) -> None:
        super().__init__(user, device, store)
        self.writers: Callable[[str, str], Collection[str]] = lambda room, session: ()
        """Whose events of a room wait for the key of a session."""
        self.strangers: set[tuple[str, str]] = set()
        """Users, and keys of devices of theirs that are not known, whose messages do not open."""
        self.mended: set[str] = set()
        """Users with a device that can be talked to again, where messages did not open."""
        self.fallback_used = False
        """Whether the homeserver has no unused fallback key."""
        self.letters: list[tuple[str, Mapping[str, Any]]] = []
        """What devices said, closed for this one alone, of kinds that the library does not know; each with its key."""

    # keys of rooms ------------------------------------------------------------------------------------------

    def _should_accept_forward(self, sender: str, sender_key: str, event: Any) -> bool:
        """A key is as good from the device that made it as it was the first time, and no better from anybody else.

        A forwarded key bears no signature of its maker. So it must come from the very device that made it, whose user
        wrote what waits for it, for a request of ours, and be the key that its name says. The library takes it from
        the account's own verified devices instead: a bot has none, so they are not asked either.
        """
        request = self.outgoing_key_requests.get(event.session_id)
        content = event.source["content"]
        if (
            request is None
            or (event.algorithm, event.room_id) != (request.algorithm, request.room_id)
            or sender not in self.writers(event.room_id, event.session_id)
            or content.get("sender_key") != sender_key
            or content.get("forwarding_curve25519_key_chain") != []
        ):
            return False
        known = self.device_store.device_from_sender_key(sender, sender_key)
        return known is None or known.ed25519 == content.get("sender_claimed_ed25519_key")

    def _handle_forwarded_room_key_event(self, sender: str, sender_key: str, payload: dict[Any, Any]) -> Any:
        content = payload["content"]
        name, key = text(content, "session_id"), text(content, "session_key")
        request, made = self.outgoing_key_requests.get(name), self._import_group_session(key, "", sender_key, "", [])
        if request is None or made is None or made.id != name:
            return None
        found = super()._handle_forwarded_room_key_event(sender, sender_key, payload)
        if isinstance(found, ForwardedRoomKeyEvent):
            # The library tells the account's own devices that it is done: they were not asked.
            self.outgoing_to_device_messages[-1] = request.as_cancellation(sender, self.device_id)
        return found

    def _handle_room_key_event(self, sender: str, sender_key: str, payload: dict[Any, Any]) -> Any:
        found = super()._handle_room_key_event(sender, sender_key, payload)
        if isinstance(found, RoomKeyEvent) and sender in self.writers(found.room_id, found.session_id):
            request = self.outgoing_key_requests.pop(found.session_id, None)
            if request is not None:
                # Its maker gave it unasked; the library would ask for good.
                self.store.remove_outgoing_key_request(request)
                self.outgoing_to_device_messages.append(request.as_cancellation(sender, self.device_id))
        return found

    # sessions with devices ----------------------------------------------------------------------------------

    def _create_inbound_session(self, sender: str, sender_key: str, message: Any) -> Any:
        try:
            return super()._create_inbound_session(sender, sender_key, message)
        except SessionCreationException:
            # Begun with a key that is gone: a session that broke, as any other. The library knows only other errors.
            raise OlmDecryptionException("no such one-time key") from None

    def _mark_device_for_unwedging(self, sender: str, sender_key: str) -> None:
        if self.device_store.device_from_sender_key(sender, sender_key) is None:
            self.strangers.add((sender, sender_key))
        else:
            super()._mark_device_for_unwedging(sender, sender_key)

    def _handle_olm_event(self, sender: str, sender_key: str, payload: dict[Any, Any]) -> Any:
        if payload["type"] in _KNOWN:
            return super()._handle_olm_event(sender, sender_key, payload)
        self.letters.append((sender_key, payload))
        return None

    def unreached(self, sender: str, sender_key: str) -> None:
        """A device says that it can't reach this one: a session with it is begun, at most once an hour."""
        self._mark_device_for_unwedging(sender, sender_key)

    def excuse(self, code: str) -> dict[str, str]:
        """What a device is told that gets no key of ours."""
        return {
            "algorithm": self._megolm_algorithm, "code": code, "sender_key": self.account.identity_keys["curve25519"],
        }  # fmt: skip

    def alone(self, user: str) -> bool:
        """Whether somebody is known to have one device and no other."""
        known = user in self.tracked_users and user not in self.users_for_key_query
        return known and len(list(self.device_store.active_user_devices(user))) == 1

    def mend(self) -> None:
        """Begin anew with devices that became known, where messages of theirs did not open."""
        strangers, self.strangers = self.strangers, set()
        for sender, sender_key in strangers:
            super()._mark_device_for_unwedging(sender, sender_key)

    def _queue_dummy_message(self, session: Any, device: Any) -> None:
        super()._queue_dummy_message(session, device)
        self.mended.add(device.user_id)

    def fallback(self) -> dict[str, Any]:
        """The key by which the device is reached when all others are used up, made unless one waits to be published.

        The library has none of it.
        """
        account = self.account._account
        if not account.fallback_key:
            account.generate_fallback_key()
        [(name, key)] = account.fallback_key.items()
        shown = {"key": key.to_base64(), "fallback": True}
        signatures = {self.user_id: {f"ed25519:{self.device_id}": self.sign_json(shown)}}
        return {f"signed_curve25519:{name}": {**shown, "signatures": signatures}}

    @property
    def fingerprint(self) -> str:
        """What people compare: the device's signing key, in fours as clients show it."""
        key = str(self.account.identity_keys["ed25519"])
        return " ".join(key[start : start + 4] for start in range(0, len(key), 4))

    # events -------------------------------------------------------------------------------------------------

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

    def request(self, room: str, session: str, maker: str, algorithm: str) -> dict[str, Any]:
        """The content of a request for a key."""
        body = {"algorithm": algorithm, "room_id": room, "session_id": session, "sender_key": maker}
        return {
            "action": "request", "body": body, "request_id": session, "requesting_device_id": self.device_id,
        }  # fmt: skip

    def requested(self, room: str, session: str, algorithm: str) -> None:
        """A request for a key is out: an answer to it may be taken."""
        request = OutgoingKeyRequest(session, session, room, algorithm)
        self.outgoing_key_requests[session] = request
        self.store.add_outgoing_key_request(request)

    def maker_of(self, room: str, session: str) -> str | None:
        """The key of the device that made a session: newer clients no longer say it with each event."""
        for known in self.inbound_group_store:
            if known.room_id == room and known.id == session:
                return str(known.sender_key)
        return None
