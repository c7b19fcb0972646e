"""Cross-signing: the account vouches for the bot's own device, so that clients do not cut it off as unverified.

The library has none of it. Three keys: the master vouches for the other two, the self-signing key for the account's
devices, the user-signing key for other users, which the bot never does. They lie in one file, each closed with the
key of the crypto store.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nio import Api
from nio.crypto import OlmAccount

from adapters.matrix.login import Login, private
from adapters.matrix.raw import table, text
from adapters.matrix.wire import MatrixError, Wire, path_of
from botkit.errors import UserError

FILE = "signing.json"
KINDS = ("master", "self_signing", "user_signing")


class Keys:
    """The three keys of an account. Each is an account of the library's, of which the signing half is used."""

    def __init__(self, user: str, keys: Mapping[str, OlmAccount]) -> None:
        self._user = user
        self._keys = keys

    @classmethod
    def made(cls, user: str) -> Keys:
        """New ones."""
        return cls(user, {kind: OlmAccount() for kind in KINDS})

    @classmethod
    def read(cls, user: str, folder: Path, key: str) -> Keys | None:
        """The stored ones of this user, if there are any. Raises ``UserError`` for a key that does not open them."""
        path = folder / FILE
        if not path.exists():
            return None
        try:
            stored = json.loads(path.read_text("utf-8"))
            if stored["user"] != user:
                return None
            return cls(user, {kind: OlmAccount.from_pickle(stored[kind].encode(), key) for kind in KINDS})
        # The library raises a kind of its own for each way in which a file can be wrong.
        except Exception as problem:
            raise UserError(
                f"{path} can't be opened ({type(problem).__name__})",
                "set matrix.pickle_key to the key that it was made with, or remove the file and verify with --reset",
            ) from None

    def store(self, folder: Path, key: str) -> None:
        """Keep them, closed with the key of the crypto store."""
        closed = {kind: pair.pickle(key).decode() for kind, pair in self._keys.items()}
        private(folder / FILE, json.dumps({"user": self._user, **closed}))

    def public(self, kind: str) -> str:
        """A public key."""
        return str(self._keys[kind].identity_keys["ed25519"])

    def published(self) -> dict[str, Any]:
        """The three as the homeserver takes them: the master vouches for the other two."""
        result: dict[str, Any] = {}
        for kind in KINDS:
            public = self.public(kind)
            shown = {"user_id": self._user, "usage": [kind], "keys": {f"ed25519:{public}": public}}
            result[f"{kind}_key"] = shown if kind == "master" else self.signed(shown, "master")
        return result

    def signed(self, content: Mapping[str, Any], kind: str) -> dict[str, Any]:
        """Something with a signature of one of the keys, and none besides."""
        bare = {name: value for name, value in content.items() if name not in ("signatures", "unsigned")}
        signature = self._keys[kind].sign(Api.to_canonical_json(bare))
        return {**bare, "signatures": {self._user: {f"ed25519:{self.public(kind)}": signature}}}


async def vouch(wire: Wire, login: Login, folder: Path, key: str, password: str, *, reset: bool = False) -> bool:
    """Let the account vouch for this device; returns whether anything had to be done.

    Raises ``UserError`` where the account has keys of another program, unless ``reset`` replaces them, and where the
    homeserver does not take the password.
    """
    answer = await wire.call("POST", path_of("keys", "query"), {"device_keys": {login.user: []}})
    device = table(answer, "device_keys", login.user, login.device)
    if not device:
        raise UserError(f"device {login.device} has shown no keys yet", "start the bot once, then verify it")
    keys = Keys.read(login.user, folder, key)
    known = table(answer, "master_keys", login.user, "keys")
    ours = keys is not None and f"ed25519:{keys.public('master')}" in known
    if known and not ours and not reset:
        raise UserError(
            f"{login.user} has cross-signing keys that another program made",
            "verify the bot's device there, or run `botkit matrix verify --reset` to replace them",
        )
    if not ours or keys is None:
        keys = keys if keys is not None and not known else Keys.made(login.user)
        keys.store(folder, key)
        await _publish(wire, login, keys, password)
    signer = f"ed25519:{keys.public('self_signing')}"
    if signer in table(device, "signatures", login.user):
        return False
    body = {login.user: {login.device: keys.signed(device, "self_signing")}}
    failures = table(await wire.call("POST", path_of("keys", "signatures", "upload"), body), "failures")
    if failures:
        raise UserError("the homeserver does not take the signature", "run `botkit matrix verify --reset`")
    return True


async def _publish(wire: Wire, login: Login, keys: Keys, password: str) -> None:
    path, body = path_of("keys", "device_signing", "upload"), keys.published()
    try:
        await wire.call("POST", path, body)
    except MatrixError as problem:
        session = text(problem.answer, "session")
        if problem.status != 401 or not session:
            raise
        auth = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": login.user},
            "password": password,
            "session": session,
        }
        try:
            await wire.call("POST", path, {**body, "auth": auth})
        except MatrixError as refused:
            if refused.status not in (401, 403):
                raise
            raise UserError("the homeserver does not take the password", "give the password of the account") from None


def verified(answer: Mapping[str, Any], login: Login) -> bool:
    """Whether an answer on keys shows that the account vouches for this device."""
    signers = table(answer, "self_signing_keys", login.user, "keys")
    given = table(answer, "device_keys", login.user, login.device, "signatures", login.user)
    return any(signer in given for signer in signers)
