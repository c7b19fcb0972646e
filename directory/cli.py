"""Commands: ``botkit directory neighbours``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from botkit.assembly import read_settings
from botkit.errors import UserError
from botkit.learning import Models
from botkit.settings import plugin_table
from directory import others
from directory.index import Index
from directory.neighbours import neighbours
from directory.reading import read_folder
from directory.settings import DirectorySettings

app = typer.Typer(no_args_is_help=True, help="The service directory.")
Config = Annotated[Path, typer.Option("--config", envvar="BOTKIT_CONFIG", help="Folder with station.toml.")]
Data = Annotated[Path, typer.Option("--data", envvar="BOTKIT_DATA", help="Folder with what the bot has learnt.")]
CONFIG = Path("config")
DATA = Path("data")
_SHOWN = 4


@app.callback()
def directory() -> None:
    """The service directory."""


@app.command("neighbours")
def show_neighbours(
    slug: Annotated[str, typer.Argument(help="One entry; without it all.")] = "",
    config: Config = CONFIG,
    data: Data = DATA,
) -> None:
    """Show which entries are most easily mistaken for each other: there, more phrasings help."""
    settings = read_settings(config, {})
    own = plugin_table(settings, "directory", DirectorySettings)
    guide = read_folder(config / own.folder).guide
    kept = others.load(config / own.others)
    index = Index(guide if settings.station.demo else guide.without_samples(), others=kept)
    fitted = Models.of(data).load(index.asked)
    index = index.with_matcher(fitted) if fitted else index
    slugs = [entry.key for entry in index.asked if entry.answers]
    if slug and slug not in slugs:
        raise UserError(f"there is no entry {slug!r} with phrasings", "see the files in the directory's folder")
    for each in [slug] if slug else slugs:
        shares = (f"{key} {share:.0%}" for key, share in neighbours(index, each)[:_SHOWN])
        typer.echo(f"{each}: {', '.join(shares)}")
