"""The account from outside the bot: logging in, vouching, carrying keys away. What the command line does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from nio import AsyncClient, AsyncClientConfig, EncryptionError

from adapters.matrix import devices, directory, knocks, raw, signing
from adapters.matrix.keystore import opened
from adapters.matrix.login import Login, find, folder, read, store
from adapters.matrix.machine import Machine
from adapters.matrix.raw import text
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.wire import GONE, MatrixError, Wire, path_of
from botkit.errors import UserError

DEVICE_NAME = "botkit desk"
VERSION = frozenset({"M_INCOMPATIBLE_ROOM_VERSION", "M_UNSUPPORTED_ROOM_VERSION"})
"""What a homeserver says of a room that is newer than itself."""


@asynccontextmanager
async def connected(settings: MatrixSettings, login: Login | None = None) -> AsyncIterator[Wire]:
    """Requests to the homeserver, as this device if there is one. Its faults are told as a user's mistake is."""
    config = AsyncClientConfig(encryption_enabled=False, store=None, store_sync_tokens=False)
    client = AsyncClient(settings.homeserver, login.user if login else "", config=config)
    client.access_token = login.token if login else ""
    wire = Wire(client)
    try:
        yield wire
    except MatrixError as problem:
        fix = "run `botkit matrix login`" if problem.status == 401 else "see docs/matrix.md"
        raise UserError(f"{settings.homeserver}: {problem}", fix) from None
    except GONE as problem:
        raise UserError(
            f"{settings.homeserver} can't be reached ({type(problem).__name__})",
            "check the network and matrix.homeserver",
        ) from None
    finally:
        await wire.close()


@asynccontextmanager
async def keys_of(settings: MatrixSettings, login: Login, data: Path) -> AsyncIterator[Machine]:
    """The device's store, closed afterwards."""
    if not settings.key:
        raise UserError("matrix.pickle_key is not set", "set BOTKIT_MATRIX_PICKLE_KEY: openssl rand -base64 32")
    machine = opened(login, folder(data), settings.key)
    try:
        yield machine
    finally:
        machine.store.database.close()


async def log_in(settings: MatrixSettings, data: Path, password: str) -> Login:
    """A new device, kept in the data folder; with encryption its keys are shown and vouched for. The old one ends."""
    if not settings.user:
        raise UserError("matrix.user is not set", 'set it, such as user = "@desk:example.org"')
    before = read(data)
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": settings.user},
        "password": password,
        "initial_device_display_name": DEVICE_NAME,
    }
    async with connected(settings) as wire:
        try:
            answer = await wire.call("POST", path_of("login"), body, login=False)
        except MatrixError as problem:
            if problem.status != 403:
                raise
            raise UserError(
                f"the homeserver does not let {settings.user} in", "check matrix.user and the password"
            ) from None
    login = Login(text(answer, "user_id"), text(answer, "device_id"), text(answer, "access_token"))
    store(data, login)
    if settings.key:
        async with connected(settings, login) as wire, keys_of(settings, login, data) as machine:
            await devices.keep_up(wire, machine)
            await signing.vouch(wire, login, folder(data), settings.key, password)
    if before is not None:
        # It may be gone already, and nothing depends on it.
        with contextlib.suppress(UserError):
            async with connected(settings, before) as wire:
                await wire.call("POST", path_of("logout"), {})
    return login


@dataclass(frozen=True, slots=True)
class Vouched:
    """A device that its account vouches for. ``new`` says that it has done so only now."""

    login: Login
    new: bool
    fingerprint: str


async def verify(settings: MatrixSettings, data: Path, password: str, *, reset: bool) -> Vouched:
    """Let the account vouch for the bot's device."""
    login = find(settings, data)
    async with connected(settings, login) as wire, keys_of(settings, login, data) as machine:
        await devices.keep_up(wire, machine)
        new = await signing.vouch(wire, login, folder(data), settings.key, password, reset=reset)
        return Vouched(login, new, machine.fingerprint)


async def export(settings: MatrixSettings, data: Path, file: Path, passphrase: str) -> int:
    """Write the keys of all messages that can be read into a file that other clients import; returns how many."""
    login = find(settings, data)
    async with keys_of(settings, login, data) as machine:
        sessions = list(machine.inbound_group_store)
        try:
            await asyncio.to_thread(machine.export_keys_static, sessions, str(file), passphrase)
        except (OSError, EncryptionError) as problem:
            raise UserError(f"{file} can't be written ({type(problem).__name__})", "name another file") from None
    return len(sessions)


async def join(settings: MatrixSettings, data: Path, place: str) -> tuple[str, bool]:
    """Let the account come into a room, by id or address, or ask to be let in where the room wants that.

    Returns the room's id, and whether it is in. Raises ``UserError``.
    """
    alias = directory.ALIAS.fullmatch(place) is not None
    if not alias and not directory.ROOM.fullmatch(place):
        raise UserError(f"{place!r} is no room", "name its address, such as #square:example.org, or its id (!…)")
    login = find(settings, data)
    async with connected(settings, login) as wire:
        to = await directory.resolve(wire, place) if alias else directory.Place(place, ())
        if to is None:
            raise UserError(
                f"{place}: the room directory of {place.partition(':')[2]} knows no such address",
                "look for a misspelling, or ask an administrator of the room for the address that it publishes",
            )
        try:
            return to.room, await knocks.enter(wire, login.user, to.room, to.via, again=True)
        except MatrixError as problem:
            if problem.passing or problem.status == 401:
                raise
            if problem.code in VERSION:
                version = (raw.words({"version": [problem.answer.get("room_version")]}, "version") or ["unknown"])[0]
                raise UserError(
                    f"{place} is a room of version {version}, which the homeserver of {login.user} does not know",
                    "update the homeserver, or use a room of a version that it knows",
                ) from None
            raise UserError(
                f"{place}: the room does not let {login.user} in ({problem.code or problem.status})",
                f"let an administrator of the room invite {login.user}, or open the room",
            ) from None
