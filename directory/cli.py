"""Commands: ``botkit directory check``, ``search``, ``stats``, ``export`` and ``neighbours``.

All of them read the directory's files; none needs a running bot or a database.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from botkit.assembly import read_settings
from botkit.errors import UserError
from botkit.learning import Models
from botkit.settings import Settings, plugin_table
from directory import others
from directory.figures import figures
from directory.hsds import package
from directory.hsds.station import records_of
from directory.index import Index
from directory.neighbours import neighbours
from directory.problems import english
from directory.reading import Reading, read_folder
from directory.settings import DirectorySettings
from directory.values import Entry, Guide

app = typer.Typer(no_args_is_help=True, help="The service directory.")
Config = Annotated[Path, typer.Option("--config", envvar="BOTKIT_CONFIG", help="Folder with station.toml.")]
Data = Annotated[Path, typer.Option("--data", envvar="BOTKIT_DATA", help="Folder with what the bot has learnt.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
CONFIG = Path("config")
DATA = Path("data")
_SHOWN = 4


@app.callback()
def directory() -> None:
    """The service directory."""


@app.command("check")
def check(config: Config = CONFIG, as_json: Json = False) -> None:
    """Check the directory's files: every mistake with file, line and fix. Exits with 1 where there is one."""
    _, _, reading = _read(config)
    if as_json:
        _print([problem.told(english()) for problem in reading.problems])
    else:
        for problem in reading.problems:
            typer.echo(str(problem))
        guide = reading.guide
        typer.echo(
            f"{len(guide.entries)} entries, {len(guide.faqs)} questions, {len(guide.topics)} topics:"
            f" {len(reading.problems) or 'no'} problem{'' if len(reading.problems) == 1 else 's'}"
        )
    raise typer.Exit(1 if reading.problems else 0)


@app.command("search")
def search(
    words: Annotated[list[str], typer.Argument(help="What to look for, in Chinese or English.")],
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Search the directory, as its public page does. Exits with 1 where nothing is found."""
    settings, own, reading = _read(config)
    index = Index(_shown(settings, reading.guide), others=others.load(config / own.others))
    found = index.search(" ".join(words))
    if as_json:
        _print([{"slug": entry.slug, **_told(entry)} for entry in found])
    for entry in () if as_json else found:
        typer.echo(f"{entry.slug}: {entry.name.zh} / {entry.name.en}, {', '.join(p.number for p in entry.phones)}")
    if not found and not as_json:
        typer.echo("nothing found", err=True)
    raise typer.Exit(0 if found else 1)


@app.command("stats")
def stats(config: Config = CONFIG, as_json: Json = False) -> None:
    """Count what the directory holds, and what is still to be done."""
    _, _, reading = _read(config)
    told = figures(reading.guide)
    if as_json:
        _print(told)
        return
    for name, number in told.items():
        typer.echo(f"{number:>6}  {name.replace('_', ' ')}")


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where to: a .zip of tables, a .json of services, or - for JSON.")],
    config: Config = CONFIG,
) -> None:
    """Write the directory by HSDS 3.2: a package of CSV tables, or services with all that hangs on them."""
    settings, _, reading = _read(config)
    records = records_of(_shown(settings, reading.guide), settings.station.zone, {}, owners=True)
    if file.suffix == ".zip":
        made = io.BytesIO()
        package.write(records, made)
        _write(file, made.getvalue())
    elif file.suffix == ".json" or str(file) == "-":
        told = [records.document("service", record) for record in records.rows["service"]]
        text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
        if str(file) == "-":
            sys.stdout.write(text)
            return
        _write(file, text.encode())
    else:
        raise UserError(f"{file} is neither .zip nor .json", "name the file something.zip or something.json")
    typer.echo(f"{len(records.rows['service'])} services, {len(records)} records: {file}")


@app.command("neighbours")
def show_neighbours(
    slug: Annotated[str, typer.Argument(help="One entry; without it all.")] = "",
    config: Config = CONFIG,
    data: Data = DATA,
) -> None:
    """Show which entries are most easily mistaken for each other: there, more phrasings help."""
    settings, own, reading = _read(config)
    index = Index(_shown(settings, reading.guide), others=others.load(config / own.others))
    fitted = Models.of(data).load(index.asked)
    index = index.with_matcher(fitted) if fitted else index
    slugs = [entry.key for entry in index.asked if entry.answers]
    if slug and slug not in slugs:
        raise UserError(f"there is no entry {slug!r} with phrasings", "see the files in the directory's folder")
    for each in [slug] if slug else slugs:
        shares = (f"{key} {share:.0%}" for key, share in neighbours(index, each)[:_SHOWN])
        typer.echo(f"{each}: {', '.join(shares)}")


def _read(config: Path) -> tuple[Settings, DirectorySettings, Reading]:
    settings = read_settings(config, {})
    own = plugin_table(settings, "directory", DirectorySettings)
    folder = config / own.folder
    if not folder.is_dir():
        raise UserError(f"{folder}: there is no such folder", 'correct folder = "…" in the table [directory]')
    return settings, own, read_folder(folder)


def _shown(settings: Settings, guide: Guide) -> Guide:
    """What residents are told: samples in a demonstration only."""
    return guide if settings.station.demo else guide.without_samples()


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "name": dict(entry.name),
        "summary": dict(entry.summary),
        "phones": [phone.number for phone in entry.phones],
        "topic": entry.topic,
    }


def _write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(file)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise UserError(f"{file} can't be written: {problem.strerror}", "name a file in a folder of yours") from None


def _print(told: object) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
