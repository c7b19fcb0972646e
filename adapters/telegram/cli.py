"""`botkit telegram …`: how Telegram hands its updates over."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from telegram.error import InvalidToken, TelegramError

from adapters.telegram.check import refused
from adapters.telegram.settings import TelegramSettings, settings_of, webhook_address
from adapters.telegram.transport import Transport
from botkit.assembly import read_settings
from botkit.errors import UserError
from botkit.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The bot's account on Telegram.")
webhook = typer.Typer(no_args_is_help=True, help="The address that Telegram calls, instead of being asked.")
app.add_typer(webhook, name="webhook")

Config = Annotated[Path, typer.Option("--config", envvar="BOTKIT_CONFIG", help="Folder with station.toml.")]
CONFIG = Path("config")
AT_ONCE = 40
"""Calls that Telegram may make side by side."""
Work = Callable[[Transport, Settings, TelegramSettings], Coroutine[Any, Any, None]]


@webhook.command("set")
def set_(config: Config = CONFIG) -> None:
    """Let Telegram call this station, at telegram.webhook_url or web.public_url."""

    async def work(api: Transport, settings: Settings, own: TelegramSettings) -> None:
        url = webhook_address(settings, own)
        await api.call(
            "setWebhook", url=url, secret_token=own.secret, allowed_updates=list(own.updates), max_connections=AT_ONCE
        )
        typer.echo(f"Telegram calls {url}")
        if own.receive != "webhook":
            typer.echo('note: telegram.receive is "polling"; set it to "webhook", or the bot hears nothing')

    _with_telegram(config, work)


@webhook.command()
def delete(config: Config = CONFIG) -> None:
    """Let Telegram call nobody: the bot asks for its updates. None is lost."""

    async def work(api: Transport, settings: Settings, own: TelegramSettings) -> None:
        await api.call("deleteWebhook")
        typer.echo("Telegram calls nobody")
        if own.receive == "webhook":
            typer.echo('note: telegram.receive is "webhook"; set it to "polling", or the bot hears nothing')

    _with_telegram(config, work)


@webhook.command()
def info(config: Config = CONFIG) -> None:
    """Show what Telegram calls, how much waits there, and its last trouble."""

    async def work(api: Transport, settings: Settings, own: TelegramSettings) -> None:
        known = await api.call("getWebhookInfo")
        typer.echo(f"address  {known.get('url') or 'none: the bot asks for its updates'}")
        typer.echo(f"waiting  {known.get('pending_update_count', 0)}")
        if known.get("last_error_message"):
            at = datetime.fromtimestamp(int(known.get("last_error_date", 0)), UTC)
            typer.echo(f"trouble  {at:%Y-%m-%d %H:%M} UTC: {known['last_error_message']}")

    _with_telegram(config, work)


def _with_telegram(config: Path, work: Work) -> None:
    settings = read_settings(config, os.environ)
    own = settings_of(settings)

    async def go() -> None:
        api = Transport(f"{own.api_url}/bot{own.bot_token}")
        await api.initialize()
        try:
            await work(api, settings, own)
        except InvalidToken:
            raise refused() from None
        except TelegramError as problem:
            # Telegram's own words on an address or a certificate; the token is never among them.
            raise UserError(f"Telegram says: {problem.message}", "see docs/telegram.md") from None
        finally:
            await api.shutdown()

    asyncio.run(go())
