"""Commands: ``botkit directory check``, ``search``, ``stats``, ``export``, ``import``, ``verify`` and ``neighbours``.

They speak of the directory that is live, also beside a running bot; of the files where no bot has run yet.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from botkit.errors import UserError
from botkit.learning import Models
from directory import others
from directory.figures import figures
from directory.hsds import package
from directory.hsds.telling import told
from directory.importing import plan
from directory.index import Index
from directory.maintaining import OUTCOMES, apply, due, verify
from directory.neighbours import neighbours
from directory.problems import Problem, english
from directory.reading import read_folder
from directory.sheets.columns import SHEETS
from directory.sheets.csv_file import write_csv
from directory.sheets.xlsx import write_xlsx
from directory.standing import Standing, files, standing
from directory.values import Entry

app = typer.Typer(no_args_is_help=True, help="The service directory.")
Config = Annotated[Path, typer.Option("--config", envvar="BOTKIT_CONFIG", help="Folder with station.toml.")]
Data = Annotated[Path, typer.Option("--data", envvar="BOTKIT_DATA", help="Folder the bot writes to.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
CONFIG = Path("config")
DATA = Path("data")
_SHOWN = 4


@app.callback()
def directory() -> None:
    """The service directory."""


@app.command("check")
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A spreadsheet or HSDS file; without it the folder's files.")
    ] = None,
    config: Config = CONFIG,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Check files: every mistake with its place and fix, changing nothing. Exits with 1 where there is one."""
    if file is not None:
        here = standing(config, data)
        planned = plan(here.contents, here.guard(), file.name, _content(file))
        problems = planned.problems
        said = f"{planned.added} new, {planned.changed} changed, {planned.unchanged} unchanged"
    else:
        _, _, folder = files(config)
        reading = read_folder(folder)
        problems, guide = reading.problems, reading.guide
        said = f"{len(guide.entries)} entries, {len(guide.faqs)} questions, {len(guide.topics)} topics"
    _told_problems(problems, as_json)
    if not as_json:
        typer.echo(f"{said}: {len(problems) or 'no'} problem{'' if len(problems) == 1 else 's'}")
    raise typer.Exit(1 if problems else 0)


@app.command("search")
def search(
    words: Annotated[list[str], typer.Argument(help="What to look for, in Chinese or English.")],
    config: Config = CONFIG,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Search the directory, as its public page does. Exits with 1 where nothing is found."""
    found = _index(standing(config, data), config).search(" ".join(words))
    if as_json:
        _print([{"slug": entry.slug, **_told(entry)} for entry in found])
    for entry in () if as_json else found:
        typer.echo(f"{entry.slug}: {entry.name.zh} / {entry.name.en}, {', '.join(p.number for p in entry.phones)}")
    if not found and not as_json:
        typer.echo("nothing found", err=True)
    raise typer.Exit(0 if found else 1)


@app.command("stats")
def stats(config: Config = CONFIG, data: Data = DATA, as_json: Json = False) -> None:
    """Count what the directory holds, and what is still to be done."""
    told = figures(standing(config, data).contents.guide)
    if as_json:
        _print(told)
        return
    for name, number in told.items():
        typer.echo(f"{number:>6}  {name.replace('_', ' ')}")


@app.command("export")
def export(
    file: Annotated[
        Path, typer.Argument(help="Where to: .xlsx, .csv, .zip (HSDS tables), .json (HSDS), or - for JSON.")
    ],
    config: Config = CONFIG,
    data: Data = DATA,
    kind: Annotated[str, typer.Option(help="What a .csv holds: entry, faq, topic or family.")] = "entry",
    language: Annotated[str, typer.Option(help="The language of headings: zh or en.")] = "zh",
) -> None:
    """Write the directory: a workbook or table to edit and import again, or by HSDS 3.2 for other systems."""
    here = standing(config, data)
    if kind not in SHEETS:
        raise UserError(f"there is no kind {kind!r}", f"use one of {', '.join(SHEETS)}")
    if language not in ("zh", "en"):
        raise UserError(f"there is no language {language!r}", "use zh or en")
    guide = here.contents.guide
    if file.suffix in (".xlsx", ".csv"):
        _write(file, write_xlsx(guide, language) if file.suffix == ".xlsx" else write_csv(guide, kind, language))
        typer.echo(f"{len(guide.entries)} entries, {len(guide.faqs)} questions: {file}")
        return
    records = told(here.contents.parts, here.shown, here.settings.station.zone, here.modified, owners=True)
    if file.suffix == ".zip":
        made = io.BytesIO()
        package.write(records, made)
        _write(file, made.getvalue())
    elif file.suffix == ".json" or str(file) == "-":
        services = [records.document("service", record) for record in records.rows["service"]]
        text = json.dumps(services, ensure_ascii=False, indent=2) + "\n"
        if str(file) == "-":
            sys.stdout.write(text)
            return
        _write(file, text.encode())
    else:
        raise UserError(f"{file} has no ending that says what to write", "name it .xlsx, .csv, .zip or .json")
    typer.echo(f"{len(records.rows['service'])} services, {len(records)} records: {file}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A spreadsheet (.xlsx, .xls, .ods, .csv) or an HSDS file.")],
    config: Config = CONFIG,
    data: Data = DATA,
    removals: Annotated[bool, typer.Option("--removals", help="Remove what is live and not in the file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Bring the directory to what a file says, all of it or nothing. Exits with 1 where the file has mistakes.

    It can be undone as a whole on the desk's page of changes. While the bot runs, send the file there instead.
    """
    content = _content(file)
    here = standing(config, data) if dry_run else None
    quiet = as_json or not sys.stderr.isatty()
    done = apply(config, data, file.name, content, removals=removals, here=here, quiet=quiet)
    if as_json:
        say = english()
        counts = {name: getattr(done, name) for name in ("added", "changed", "removed", "unchanged")}
        _print(
            {**counts, "applied": not dry_run and not done.problems, "problems": [p.told(say) for p in done.problems]}
        )
    else:
        _told_problems(done.problems, False)
        verb = "nothing was changed" if done.problems else "would change" if dry_run else "done"
        typer.echo(
            f"{done.added} added, {done.changed} changed, {done.removed} removed, {done.unchanged} unchanged: {verb}"
        )
    raise typer.Exit(1 if done.problems else 0)


@app.command("verify")
def verify_(
    slug: Annotated[str, typer.Argument(help="What was verified; without it, what is due.")] = "",
    outcome: Annotated[str, typer.Option(help="confirmed, no_answer or gone.")] = "confirmed",
    config: Config = CONFIG,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """List what is due for verification, or note what came of a call. Exits with 1 where something is due."""
    if slug:
        if outcome not in OUTCOMES:
            raise UserError(f"there is no outcome {outcome!r}", f"use one of {', '.join(OUTCOMES)}")
        verify(config, data, slug, outcome)
        typer.echo(f"{slug}: {outcome}")
        return
    here = standing(config, data)
    waiting = due(here)
    if as_json:
        _print(
            [
                {"slug": subject.slug, "assured_date": subject.assured_date, "owner": subject.owner}
                for subject in waiting
            ]
        )
    for subject in () if as_json else waiting:
        typer.echo(
            f"{subject.slug}: {subject.title.zh or subject.title.en}, {subject.assured_date or 'never verified'}"
        )
    raise typer.Exit(1 if waiting else 0)


@app.command("neighbours")
def show_neighbours(
    slug: Annotated[str, typer.Argument(help="One entry; without it all.")] = "",
    config: Config = CONFIG,
    data: Data = DATA,
) -> None:
    """Show which entries are most easily mistaken for each other: there, more phrasings help."""
    index = _index(standing(config, data), config)
    fitted = Models.of(data).load(index.asked)
    index = index.with_matcher(fitted) if fitted else index
    slugs = [entry.key for entry in index.asked if entry.answers]
    if slug and slug not in slugs:
        raise UserError(f"there is no entry {slug!r} with phrasings", "see `botkit directory search`")
    for each in [slug] if slug else slugs:
        shares = (f"{key} {share:.0%}" for key, share in neighbours(index, each)[:_SHOWN])
        typer.echo(f"{each}: {', '.join(shares)}")


def _index(here: Standing, config: Path) -> Index:
    return Index(here.shown, others=others.load(config / here.own.others))


def _told_problems(problems: tuple[Problem, ...], as_json: bool) -> None:
    if as_json:
        _print([problem.told(english()) for problem in problems])
    for problem in () if as_json else problems:
        typer.echo(str(problem))


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "name": dict(entry.name),
        "summary": dict(entry.summary),
        "phones": [phone.number for phone in entry.phones],
        "topic": entry.topic,
    }


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise UserError(
            f"{file} can't be read: {problem.strerror}", "check its name, and that you may read it"
        ) from None


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
