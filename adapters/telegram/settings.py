"""The table ``[telegram]``: which bot account this is, and how its updates come."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from botkit.errors import SettingsError
from botkit.settings import Settings, Table, plugin_table

NAME = "telegram"
PATH = "/telegram/webhook"
UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
)
"""What Telegram is asked for. Reactions come only where the bot is an administrator."""
_TOKEN = re.compile(r"[0-9]{4,16}:[A-Za-z0-9_-]{20,80}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


class TelegramSettings(Table):
    """The table ``[telegram]``."""

    token: SecretStr | None = Field(None, description="what @BotFather gave; better in BOTKIT_TELEGRAM_TOKEN")
    receive: Literal["polling", "webhook"] = Field("polling", description="whether the bot asks, or Telegram calls")
    webhook_url: str | None = Field(
        None, description="the address Telegram calls; by default web.public_url with /telegram/webhook"
    )
    webhook_secret: SecretStr | None = Field(None, description="what Telegram proves itself with; made of the token")
    poll_seconds: int = Field(25, ge=0, le=50, description="how long one question for updates may wait")
    max_file_mb: float = Field(10, gt=0, le=20, description="larger files are not fetched; Telegram gives 20 at most")
    updates: tuple[str, ...] = Field(UPDATES, description="the kinds of updates that Telegram is asked for")
    menu: bool = Field(True, description="whether the commands are shown in Telegram's menu")
    api_url: str = Field("https://api.telegram.org", description="a Bot API server of one's own")

    @field_validator("api_url", "webhook_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https://")
        return value.rstrip("/") if value is not None else None

    @field_validator("updates")
    @classmethod
    def _some(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "message" not in value:
            raise ValueError("must hold 'message', or the bot is deaf")
        return value

    @property
    def bot_token(self) -> str:
        """The token. Raises ``SettingsError`` where there is none, without repeating a wrong one."""
        token = self.token.get_secret_value().strip() if self.token is not None else ""
        if not token:
            raise SettingsError(
                "telegram.token is not set", "put what @BotFather gave into the environment as BOTKIT_TELEGRAM_TOKEN"
            )
        if not _TOKEN.fullmatch(token):
            raise SettingsError(
                "telegram.token is no bot token", "copy all of what @BotFather gave; it looks like 123456789:AbC…"
            )
        return token

    @property
    def secret(self) -> str:
        """What Telegram says with each call of the webhook. Raises ``SettingsError`` for an unfit one."""
        if self.webhook_secret is None:
            return derived(self.bot_token, "webhook").hex()
        secret = self.webhook_secret.get_secret_value()
        if not _SECRET.fullmatch(secret):
            raise SettingsError(
                "telegram.webhook_secret is unfit", "use 16 to 256 letters, digits, _ and -, or leave it out"
            )
        return secret


def derived(token: str, purpose: str) -> bytes:
    """A key of its own for a purpose, which tells nothing of the token."""
    return hmac.new(token.encode(), f"botkit {purpose}".encode(), hashlib.sha256).digest()


def settings_of(settings: Settings) -> TelegramSettings:
    """A station's settings of this adapter. Raises ``SettingsError`` naming file, line and fix."""
    return plugin_table(settings, NAME, TelegramSettings)


def webhook_address(settings: Settings, own: TelegramSettings) -> str:
    """The address that Telegram is to call. Raises ``SettingsError`` where there can be none."""
    if own.webhook_url is not None:
        return own.webhook_url
    if settings.web.public_url is None:
        raise SettingsError(
            "a webhook needs an address that Telegram can reach",
            'set web.public_url = "https://…", or telegram.webhook_url',
        )
    return settings.web.public_url.rstrip("/") + PATH
