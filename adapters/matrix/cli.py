"""`botkit matrix …`: the bot's account, its device and its keys."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from adapters.matrix.settings import MatrixSettings, settings_of
from botkit.assembly import read_settings
from botkit.errors import UserError
from botkit.folder import DataFolder

app = typer.Typer(no_args_is_help=True, help="The bot's account on Matrix.")

Config = Annotated[Path, typer.Option("--config", envvar="BOTKIT_CONFIG", help="Folder with station.toml.")]
Data = Annotated[Path, typer.Option("--data", envvar="BOTKIT_DATA", help="Folder the bot writes to.")]
Secret = Annotated[
    Path | None, typer.Option("--password-file", help="Read it there, or from a pipe (-), instead of asking for it.")
]
CONFIG = Path("config")
DATA = Path("data")
PIPE = Path("-")
PASSPHRASE = 12
"""Characters that the passphrase of an export must have at least."""
T = TypeVar("T")


@app.command()
def login(password_file: Secret = None, config: Config = CONFIG, data: Data = DATA) -> None:
    """Log in as a new device, and let the account vouch for it. The password is not kept."""
    from adapters.matrix import account

    own = _settings(config)
    made = _alone(data, account.log_in(own, data, _secret("Password", password_file)))
    typer.echo(f"{made.user} is logged in as device {made.device}")
    typer.echo(
        "encrypted rooms can be read, the device is verified"
        if own.key
        else "note: matrix.pickle_key is not set; encrypted rooms can't be read"
    )


@app.command()
def verify(
    password_file: Secret = None,
    reset: Annotated[bool, typer.Option("--reset", help="Replace cross-signing keys of another program.")] = False,
    config: Config = CONFIG,
    data: Data = DATA,
) -> None:
    """Let the account vouch for the bot's device, so that clients show it as verified."""
    from adapters.matrix import account

    work = account.verify(_settings(config), data, _secret("Password", password_file), reset=reset)
    done = _alone(data, work)
    typer.echo(f"device {done.login.device} is {'now ' if done.new else ''}verified")
    typer.echo(f"its fingerprint, for who wants to compare: {done.fingerprint}")


@app.command("export-keys")
def export_keys(file: Path, password_file: Secret = None, config: Config = CONFIG, data: Data = DATA) -> None:
    """Write the keys of encrypted messages into a file, closed with a passphrase, for another client to import."""
    from adapters.matrix import account

    passphrase = _secret("Passphrase for the file", password_file, again=True)
    if len(passphrase) < PASSPHRASE:
        raise UserError("the passphrase is too short", f"use {PASSPHRASE} characters or more")
    count = _alone(data, account.export(_settings(config), data, file, passphrase))
    typer.echo(f"{count} keys in {file}: whoever has it and the passphrase can read those rooms")


@app.command()
def join(
    room: Annotated[str, typer.Argument(help="Its address, such as #square:example.org, or its id.")],
    config: Config = CONFIG,
    data: Data = DATA,
) -> None:
    """Let the bot come into a room that is open to it, or ask to be let in; also while it runs."""
    from adapters.matrix import account

    where, inside = asyncio.run(account.join(_settings(config), data, room))
    typer.echo(
        f"the bot is in {room} ({where})"
        if inside
        else f"the bot has asked to be let in to {room} ({where}): somebody in the room must accept,"
        " then it comes by itself when it runs"
    )


@app.command()
def doctor(config: Config = CONFIG, data: Data = DATA) -> None:
    """Check the account: `botkit doctor` for Matrix alone."""
    from adapters.matrix.check import LOCALES, check
    from botkit.maintenance import offline

    async def look(bot: Any) -> int:
        wrong, services = 0, bot.services
        services.catalogues.add(LOCALES)
        for found in await check(settings_of(services.settings), services):
            render, language = services.catalogues.render, services.settings.station.language
            wrong += found.wrong
            typer.echo(f"{'WRONG' if found.wrong else 'ok':8} {render(found.what, language)}")
            if found.fix is not None:
                typer.echo(f"{'fix':8} {render(found.fix, language)}")
        return wrong

    wrong = offline(config, data, look)
    if wrong:
        raise UserError(f"{wrong} thing(s) to put right", "see above")


def _settings(config: Path) -> MatrixSettings:
    return settings_of(read_settings(config, os.environ))


def _secret(what: str, file: Path | None, *, again: bool = False) -> str:
    if file is None:
        if not sys.stdin.isatty():
            raise UserError("there is no terminal to ask on", "name a file with --password-file, or - to read a pipe")
        return str(typer.prompt(what, hide_input=True, confirmation_prompt=again))
    try:
        said = sys.stdin.read() if file == PIPE else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{file} can't be read", "name a file that holds nothing but the password") from None
    return said.rstrip("\r\n")


def _alone(data: Path, work: Coroutine[Any, Any, T]) -> T:
    """Do something while no bot runs on the data folder: it would hold the same keys."""
    folder = DataFolder(data)
    try:
        folder.hold()
    # Whoever asked hears why; the work was never begun.
    except BaseException:
        work.close()
        raise
    try:
        return asyncio.run(work)
    finally:
        folder.release()
