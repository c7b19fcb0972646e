"""Settings: what is wrong is told with its fix, and never with the token."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.telegram.settings import PATH, TelegramSettings, settings_of, webhook_address
from botkit.errors import SettingsError
from botkit.settings import Settings, WebSettings

TOKEN = "123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678"


def made(**table: Any) -> TelegramSettings:
    return settings_of(Settings(tables={"telegram": table}))


def test_the_defaults_need_a_token_only() -> None:
    settings = made(token=f" {TOKEN} ")
    assert settings.bot_token == TOKEN and settings.receive == "polling"
    assert TOKEN not in repr(settings) and len(settings.secret) == 64
    assert settings.secret == made(token=TOKEN).secret != made(token=TOKEN[:-1] + "9").secret


@pytest.mark.parametrize("token", ["", "  ", "QqQ", "98765", f"{TOKEN}\nx y"])
def test_a_wrong_token_is_not_repeated(token: str) -> None:
    with pytest.raises(SettingsError) as told:
        _ = made(token=token).bot_token
    assert "BotFather" in str(told.value) and (not token.strip() or token.strip() not in str(told.value))


@pytest.mark.parametrize(
    "table", [{"api_url": "ftp://x"}, {"updates": ["callback_query"]}, {"poll_seconds": 99}, {"tokn": "x"}]
)
def test_other_mistakes(table: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="telegram"):
        made(token=TOKEN, **table)


def test_the_secret_is_fit_for_a_header() -> None:
    assert made(token=TOKEN, webhook_secret="a" * 16).secret == "a" * 16
    with pytest.raises(SettingsError) as told:
        _ = made(token=TOKEN, webhook_secret="geheim, geheim!").secret
    assert "geheim" not in str(told.value)


def test_the_address_of_the_webhook() -> None:
    public = Settings(web=WebSettings(public_url="https://desk.example.org/"))
    assert webhook_address(public, made(token=TOKEN)) == f"https://desk.example.org{PATH}"
    assert webhook_address(public, made(token=TOKEN, webhook_url="https://x.org/hook/")) == "https://x.org/hook"
    with pytest.raises(SettingsError, match="public_url"):
        webhook_address(Settings(), made(token=TOKEN))
