"""The store of a device's keys: opened with the key of the settings, and missed where it is lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.matrix.keyfile import KeyFile
from adapters.matrix.login import Login, private
from adapters.matrix.machine import Machine
from botkit.errors import UserError

STORE = "crypto.sqlite3"
MADE = "crypto.made"
"""Names the device whose keys are in the store, and their fingerprint: where it is and the store is not, that was lost.

The fingerprint is ours to tell, and not the homeserver's, against which it is compared.
"""


def opened(login: Login, folder: Path, key: str) -> Machine:
    """The machine of a device, from its store; a new device gets a new one.

    Raises ``UserError`` where the store is lost, or was closed with another key.
    """
    made, store = folder / MADE, folder / STORE
    device = f"{login.user} {login.device}"
    if printed(login, folder) is not None and not store.exists():
        raise lost(login)
    try:
        machine = Machine(login.user, login.device, KeyFile(login.user, login.device, str(folder), key, STORE))
    # The library raises what its parts raise, and not one kind of error, where a store does not open.
    except Exception as problem:
        raise UserError(
            f"the store of encryption keys {store} can't be opened ({type(problem).__name__})",
            "set matrix.pickle_key to the key that it was made with; without that key it is lost:"
            " move the file away and run `botkit matrix login`",
        ) from None
    private(made, f"{device}\n{machine.fingerprint}\n")
    store.chmod(0o600)
    return machine


def printed(login: Login, folder: Path) -> str | None:
    """The fingerprint of a device whose store was made in a folder, beside a bot that uses it; None if none was."""
    lines = (folder / MADE).read_text("utf-8").splitlines() if (folder / MADE).exists() else []
    return (lines[1] if len(lines) > 1 else "") if lines[:1] == [f"{login.user} {login.device}"] else None


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
