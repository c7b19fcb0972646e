"""Commands: ``botkit handoff code``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from botkit.errors import UserError
from botkit.maintenance import offline

if TYPE_CHECKING:
    from botkit.bot import Bot
    from botkit.storage import UnitOfWork

app = typer.Typer(no_args_is_help=True, help="Officers' accounts and rooms.")
Config = Annotated[Path, typer.Option("--config", envvar="BOTKIT_CONFIG", help="Folder with station.toml.")]
Data = Annotated[Path, typer.Option("--data", envvar="BOTKIT_DATA", help="Folder the bot writes to.")]


@app.callback()
def main() -> None:
    """Officers' accounts and rooms."""


@app.command()
def code(login: str, config: Config = Path("config"), data: Data = Path("data")) -> None:
    """Make a one-use code that links somebody's chat account. It is printed once; hand it over in person."""

    async def make(bot: Bot) -> None:
        from botkit.plugins.handoff.desk import desk_of
        from botkit.plugins.handoff.officers import enrol

        desk = desk_of(bot.services.database)
        member = await bot.services.staff.find(login)
        if member is None:
            raise UserError(f"nobody is enrolled as {login!r}", "add them with `botkit staff add`")

        async def job(unit: UnitOfWork) -> str:
            return await enrol.make(desk, unit, "system", member=member)

        made = await bot.services.unit(job)
        hours = desk.settings.code_hours
        typer.echo(f"/link {made}   (shown this once; to be sent to the bot in private within {hours} h)")

    offline(config, data, make)
