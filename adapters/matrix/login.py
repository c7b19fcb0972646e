"""The login: a token from the settings, or the one that ``botkit matrix login`` left in the data folder."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from adapters.matrix.settings import MatrixSettings
from botkit.errors import UserError

FILE = "login.json"


@dataclass(frozen=True, slots=True)
class Login:
    """One device of one account."""

    user: str
    device: str
    token: str = field(repr=False)


def folder(data: Path) -> Path:
    """Where the adapter keeps its files: login, crypto store, signing keys. Readable by the bot's user only."""
    place = data / "matrix"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def find(settings: MatrixSettings, data: Path) -> Login:
    """The login to use. Raises ``UserError`` where there is none."""
    token = settings.token.get_secret_value()
    if token:
        return Login(settings.user, settings.device, token)
    stored = read(data)
    if stored is None:
        raise UserError("the bot is not logged in to Matrix", "run `botkit matrix login`, or set BOTKIT_MATRIX_TOKEN")
    if settings.user and settings.user != stored.user:
        raise UserError(
            f"the stored Matrix login is of {stored.user}, but matrix.user is {settings.user}",
            "run `botkit matrix login` again, or correct matrix.user",
        )
    return stored


def read(data: Path) -> Login | None:
    """The stored login, if there is one. Raises ``UserError`` for a file that is damaged."""
    path = data / "matrix" / FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        return Login(str(found["user"]), str(found["device"]), str(found["token"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, OSError):
        raise UserError(f"{path} can't be read", "run `botkit matrix login` again") from None


def store(data: Path, login: Login) -> None:
    """Keep a login, all or nothing, for the bot's user only."""
    private(folder(data) / FILE, json.dumps({"user": login.user, "device": login.device, "token": login.token}))


def private(path: Path, text: str) -> None:
    """Write a file that only the bot's user can read, all or nothing."""
    new = path.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
