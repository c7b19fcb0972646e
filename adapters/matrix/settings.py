"""The table ``[matrix]``: which account on which homeserver, who may invite it, and the key of its crypto store."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from botkit.errors import SettingsError
from botkit.settings import Settings, Table, plugin_table

NAME = "matrix"
USER = re.compile(r"@[^\s:]{1,200}:[^\s/]{1,230}")
KEY_LENGTH = 16
"""Characters that the key of the crypto store must have at least."""
_ALLOWED = re.compile(r"\*|[@#][^\s:]{1,200}:[^\s/]{1,230}|![^\s:]{1,200}(:[^\s/]{1,230})?|[A-Za-z0-9.:\[\]-]{1,230}")


class MatrixSettings(Table):
    """Where the bot's account is, and whom it follows.

    ``token`` and ``device`` are those of a login made elsewhere; without them the login that ``botkit matrix login``
    stored is used. ``pickle_key`` opens the store of encryption keys; without it encrypted rooms can't be read.
    ``invites`` are servers (``example.org``), users, rooms and spaces by id or address, or ``*`` for everybody.
    ``join_spaces`` lets the bot come by itself into rooms that those spaces list. ``private_chats`` lets the bot
    write first to somebody it met in a group.
    """

    homeserver: str = Field("", max_length=300)
    user: str = Field("", max_length=255)
    device: str = Field("", max_length=255)
    token: SecretStr = SecretStr("")
    pickle_key: SecretStr = SecretStr("")
    invites: tuple[Annotated[str, Field(min_length=1, max_length=255)], ...] = ()
    join_spaces: bool = False
    private_chats: bool = True

    @field_validator("homeserver")
    @classmethod
    def _is_address(cls, address: str) -> str:
        if address and not re.fullmatch(r"https?://[^\s/?#]+/?", address):
            raise ValueError("must be the address of a homeserver, such as https://matrix.example.org")
        return address.rstrip("/")

    @field_validator("user")
    @classmethod
    def _is_user(cls, user: str) -> str:
        if user and not USER.fullmatch(user):
            raise ValueError("must be a full Matrix id, such as @desk:example.org")
        return user

    @field_validator("invites")
    @classmethod
    def _are_known_forms(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        for entry in entries:
            if not _ALLOWED.fullmatch(entry):
                raise ValueError(f"{entry!r} is no server, no @user:server, no !room, no #address:server and not *")
        return entries

    @property
    def key(self) -> str:
        """The key of the crypto store, or nothing."""
        return self.pickle_key.get_secret_value()


def settings_of(settings: Settings) -> MatrixSettings:
    """The table, checked. Raises ``SettingsError`` naming the fix; never with a secret in it."""
    table = plugin_table(settings, NAME, MatrixSettings)
    check(table)
    return table


def check(table: MatrixSettings) -> None:
    """What must be there, and what must not. Raises ``SettingsError``."""
    if not table.homeserver:
        raise SettingsError("matrix.homeserver is not set", 'set it, such as homeserver = "https://matrix.example.org"')
    if table.key and (len(table.key) < KEY_LENGTH or table.key == "DEFAULT_KEY"):
        raise SettingsError(
            f"matrix.pickle_key is too short ({len(table.key)} characters)",
            f"use {KEY_LENGTH} characters or more, kept apart from the data folder: openssl rand -base64 32",
        )
    if table.join_spaces and not any(entry.startswith(("!", "#")) for entry in table.invites):
        raise SettingsError(
            "matrix.join_spaces is set, but matrix.invites names no space",
            "add the space there, by its id (!…) or its address (#…:…), or leave join_spaces out",
        )
    if table.token.get_secret_value() and not (table.user and table.device):
        raise SettingsError(
            "matrix.token needs matrix.user and matrix.device", "set the two that the token belongs to, or run"
            " `botkit matrix login` and remove the token"
        )  # fmt: skip
