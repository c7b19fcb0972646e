"""Commands: ``botkit reports day``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from botkit.errors import UserError
from botkit.maintenance import offline

if TYPE_CHECKING:
    from botkit.bot import Bot

app = typer.Typer(no_args_is_help=True, help="The daily reconciliation.")
Config = Annotated[Path, typer.Option("--config", envvar="BOTKIT_CONFIG", help="Folder with station.toml.")]
Data = Annotated[Path, typer.Option("--data", envvar="BOTKIT_DATA", help="Folder the bot writes to.")]
CONFIG = Path("config")
DATA = Path("data")


@app.callback()
def reports() -> None:
    """The daily reconciliation."""


@app.command()
def day(
    day: Annotated[str, typer.Argument(help="A day of the station, such as 2026-11-28.")],
    config: Config = CONFIG,
    data: Data = DATA,
) -> None:
    """Make a day's report anew, keep it, and print it. Ends with code 1 where a difference is left."""
    from botkit.plugins.reports import book, days
    from botkit.plugins.reports.tables import Tables

    asked = days.parse(day)
    if asked is None:
        raise UserError(f"{day!r} is no day", "write it as 2026-11-28")

    async def make(bot: Bot) -> int:
        if not book.begun(bot.services, asked):
            raise UserError(f"{day} has not begun yet", "ask for today or an earlier day")
        made = await book.make(bot.services, asked, "cli")
        for table in Tables(bot.services.catalogues, "en").of(made):
            typer.echo(f"\n{table.title}")
            for row in (table.headings, *(row.cells for row in table.rows)):
                typer.echo("  " + "  ".join(row))
        return made.difference

    if offline(config, data, make):
        raise typer.Exit(1)
