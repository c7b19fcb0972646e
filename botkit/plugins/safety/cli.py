"""Commands: ``botkit safety check``, ``train`` and ``explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from botkit.errors import UserError

app = typer.Typer(no_args_is_help=True, help="The rules of danger and fraud, and the model beside them.")
Config = Annotated[Path, typer.Option("--config", envvar="BOTKIT_CONFIG", help="Folder with station.toml.")]
CONFIG = Path("config")


def _folder(config: Path) -> Path:
    folder = config / "safety"
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder of safety rules", "name the folder with station.toml: --config")
    return folder


@app.command()
def check(config: Config = CONFIG, notes: Annotated[bool, typer.Option(help="Show notes as well.")] = False) -> None:
    """Check that every example comes out right. Ends with code 1 where something is wrong."""
    from botkit.plugins.safety.check import check as run

    report = run(_folder(config))
    for problem in report.problems:
        typer.echo(problem)
    for note in report.notes if notes else ():
        typer.echo(f"note: {note}")
    counts = ", ".join(f"{number} {name}" for name, number in report.counts.items())
    typer.echo(f"{counts}: {len(report.problems)} problems, {len(report.notes)} notes")
    if report.problems:
        raise typer.Exit(1)


@app.command()
def train(config: Config = CONFIG) -> None:
    """Make the model of the examples anew: some minutes; needs scikit-learn (the extra "train")."""
    try:
        from botkit.plugins.safety.training import train as run
    except ImportError as problem:
        raise UserError(f"training needs {problem.name}", "pip install scikit-learn") from problem
    model = run(_folder(config), config, lambda step: typer.echo(step))
    for name, score in model.facts["thresholds"].items():
        typer.echo(f"{name} {score}")


@app.command()
def explain(
    text: str,
    config: Config = CONFIG,
    plain: Annotated[bool, typer.Option(help="As talk among residents, not said to the bot.")] = False,
) -> None:
    """Tell what a text is found to be, and why: rules, the model's scores, what weighed most."""
    from botkit.plugins.safety.explain import explain as run

    for line in run(_folder(config), text, plain):
        typer.echo(line)
