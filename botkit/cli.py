"""The command line: running the bot, talking to it, and looking after it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from botkit.errors import UserError
from botkit.maintenance import offline

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=__doc__
)
dead = typer.Typer(no_args_is_help=True, help="Messages that could not be delivered.")
audit = typer.Typer(no_args_is_help=True, help="The audit log.")
staff = typer.Typer(no_args_is_help=True, help="People who work with the desk.")
evaluate = typer.Typer(no_args_is_help=True, help="Measure understanding.")
app.add_typer(evaluate, name="evaluate")
app.add_typer(dead, name="dead")
app.add_typer(audit, name="audit")
app.add_typer(staff, name="staff")

Config = Annotated[Path, typer.Option("--config", envvar="BOTKIT_CONFIG", help="Folder with station.toml.")]
Data = Annotated[Path, typer.Option("--data", envvar="BOTKIT_DATA", help="Folder the bot writes to.")]
CONFIG = Path("config")
DATA = Path("data")


def main() -> None:
    """Entry point: a user's mistake is one clear message, not a stack trace."""
    try:
        _add_plugins()
        app()
    except UserError as problem:
        typer.echo(f"botkit: {problem}", err=True)
        raise SystemExit(2) from None


def _add_plugins() -> None:
    """Mount the commands that plugins and adapters bring, when a command is asked for that is not our own."""
    own = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    own |= {group.name for group in app.registered_groups}
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-") and sys.argv[1] not in own:
        from botkit.plugin import discover

        for plugin in discover():
            if plugin.cli is not None:
                app.add_typer(plugin.cli, name=plugin.name)
        from botkit.assembly import adapter_class, adapter_points

        # Only the one that is asked for: loading another may take a platform's library.
        if sys.argv[1] in adapter_points():
            commands = adapter_class(sys.argv[1]).cli
            if commands is not None:
                app.add_typer(commands, name=sys.argv[1])


@app.command()
def run(config: Config = CONFIG, data: Data = DATA) -> None:
    """Run the bot: adapters, desk and directory, in one process."""
    from botkit.running import run_station

    asyncio.run(run_station(config, data))


@app.command()
def chat(config: Config = CONFIG, data: Data = DATA) -> None:
    """Talk to the bot here. From a pipe: a message a line, each reply printed, then the end."""
    from botkit.folder import Busy, DataFolder
    from botkit.running import run_console

    with contextlib.ExitStack() as stack:
        folder = DataFolder(data)
        try:
            folder.hold()
            stack.callback(folder.release)
        except Busy:
            typer.echo("botkit: a bot is running on this data folder; this chat uses a temporary one", err=True)
            data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="botkit-chat-")))
        asyncio.run(run_console(config, data))


@app.command()
def doctor(config: Config = CONFIG, data: Data = DATA) -> None:
    """Check the installation, and say what to do about what is wrong."""
    offline(config, data, _doctor)


@dead.command("list")
def dead_list(config: Config = CONFIG, data: Data = DATA) -> None:
    """Show what could not be delivered, or may have been."""

    async def show(bot: Any) -> None:
        from botkit.letters import letters

        found = await letters(bot.services.database)
        for letter in found:
            typer.echo(
                f"{letter.id}  {letter.status:8} {letter.adapter}  {letter.lane:7} {letter.problem}  {letter.at}"
            )
        typer.echo(f"{len(found)} undelivered")

    offline(config, data, show)


@dead.command("retry")
def dead_retry(letter: int, config: Config = CONFIG, data: Data = DATA) -> None:
    """Send one again, when the bot runs next."""

    async def retry(bot: Any) -> None:
        if not await bot.delivery.retry(letter):
            raise UserError(f"there is no undelivered message {letter}", "see `botkit dead list`")
        typer.echo("queued again")

    offline(config, data, retry)


@audit.command("verify")
def audit_verify(config: Config = CONFIG, data: Data = DATA) -> None:
    """Walk the hash chain, and say whether anything was changed."""

    async def walk(bot: Any) -> None:
        from botkit.audit import verify

        count, wrong = await verify(bot.services.database)
        if wrong is not None:
            raise UserError(
                f"the audit log is broken at entry {wrong} ({count} are sound before it)", "restore a backup"
            )
        typer.echo(f"{count} entries, unbroken")

    offline(config, data, walk)


@staff.command("add")
def staff_add(
    login: str,
    role: Annotated[
        list[str],
        typer.Option(help="officer, backup, commander, anti_fraud, partner, maintainer, admin; repeats."),
    ],
    name: Annotated[str, typer.Option(help="Their name, for colleagues.")] = "",
    title: Annotated[str, typer.Option(help="How residents see them: a role, never a name.")] = "",
    config: Config = CONFIG,
    data: Data = DATA,
) -> None:
    """Enrol somebody. Their password is printed once."""

    async def add(bot: Any) -> None:
        member, password = await bot.services.staff.create(login, name or login, role, title=title)
        typer.echo(f"{member.login} / {password}   (shown this once)")

    offline(config, data, add)


@staff.command("password")
def staff_password(login: str, config: Config = CONFIG, data: Data = DATA) -> None:
    """Give somebody a new password, printed once, and end their sessions."""

    async def reset(bot: Any) -> None:
        password = await bot.services.staff.reset(login)
        typer.echo(f"{login} / {password}   (shown this once)")

    offline(config, data, reset)


@staff.command("suspend")
def staff_suspend(login: str, config: Config = CONFIG, data: Data = DATA) -> None:
    """Take all rights from somebody: sessions end, accounts are nobody's, held cases go back to the queue."""

    async def suspend(bot: Any) -> None:
        member = await bot.services.staff.suspend(login)
        typer.echo(f"{member.login} is suspended")

    offline(config, data, suspend)


@staff.command("restore")
def staff_restore(login: str, config: Config = CONFIG, data: Data = DATA) -> None:
    """Give somebody who was suspended their rights back."""

    async def restore(bot: Any) -> None:
        await bot.services.staff.restore(login)
        typer.echo(f"{login} may work again")

    offline(config, data, restore)


@app.command("catalogues")
def catalogues(action: Annotated[str, typer.Argument(help="check")] = "check") -> None:
    """Check the message catalogues: no text missing, none unused, the same arguments in each language."""
    from botkit.catalogue_check import check

    problems = check(Path.cwd())
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise UserError(f"{len(problems)} problem(s) in the catalogues", "see above")
    typer.echo("catalogues: complete, nothing unused")


@app.command("explain")
def explain(
    text: str,
    context: Annotated[str, typer.Option(help="dm, group_mention or group_plain.")] = "dm",
    config: Config = CONFIG,
    data: Data = DATA,
) -> None:
    """Show what the bot would make of a message, step by step, and what it would say. Nothing is kept."""
    from botkit import logs
    from botkit.learning import MODELS
    from botkit.testing.evaluate import CONTEXTS
    from botkit.testing.explain import explain

    if context not in CONTEXTS:
        raise UserError(f"there is no context {context!r}", f"use one of {', '.join(CONTEXTS)}")
    logs.configure(level="error")
    if data.is_dir():
        # The model that the station has learnt already: another would take half a minute.
        os.environ.setdefault(MODELS, str(data / "models"))
    for line in asyncio.run(explain(config, text, context)):
        typer.echo(line)


@evaluate.command("routes")
def evaluate_routes(
    messages: Annotated[Path, typer.Option(help="JSON lines with id, text, context; labels are optional.")],
    out: Annotated[Path | None, typer.Option(help="Write one JSON line a message here.")] = None,
    config: Config = CONFIG,
) -> None:
    """Decide messages, each in a fresh chat on a Wednesday at 10:00, and keep nothing."""
    from botkit import logs
    from botkit.testing.evaluate import routes
    from botkit.testing.rows import write

    logs.configure(level="error")
    result = asyncio.run(routes(config, messages))
    if out:
        write(out, result.predictions)
    typer.echo(f"{len(result.predictions)} messages")
    if result.labelled:
        typer.echo(f"{result.right}/{result.labelled} right ({result.right / result.labelled:.1%})")
    for (gold, given), count in result.confusion.most_common():
        typer.echo(f"  {count:4}  {gold} taken for {given}")


@evaluate.command("matcher")
def evaluate_matcher(
    entries: Annotated[Path, typer.Option(help="JSON lines with entry, title, phrasings.")],
    messages: Annotated[Path, typer.Option(help="JSON lines with id, text.")],
    out: Annotated[Path, typer.Option(help="Write one JSON line a message here.")],
    precision: Annotated[float, typer.Option(min=0.5, max=1, help="This share of the answers is to be right.")] = 0.98,
    embeddings: Annotated[str, typer.Option(help="none or local.")] = "none",
    config: Config = CONFIG,
) -> None:
    """Learn entries from a file and match messages with them, as the directory does, and measure it."""
    from botkit import logs
    from botkit.testing.evaluate_matcher import matcher
    from botkit.testing.rows import write

    logs.configure(level="error")
    report = asyncio.run(matcher(config, entries, messages, precision=precision, embeddings=embeddings))
    write(out, report.answers)
    for line in report.lines():
        typer.echo(line)


async def _doctor(bot: Any) -> None:
    services = bot.services
    typer.echo(f"settings   {services.settings.source}")
    typer.echo(f"database   {services.database.shown}")
    typer.echo(f"plugins    {', '.join(plugin.name for plugin in services.plugins)}")
    wrong = await _doctor_adapters(services)
    rows = await services.database.read("SELECT status, count(*) AS n FROM outbox GROUP BY status")
    typer.echo("outbox     " + (", ".join(f"{row['n']} {row['status']}" for row in rows) or "empty"))
    if services.settings.station.demo:
        typer.echo("note       demonstration mode: sample data is shown; set station.demo = false for a real station")
    if wrong:
        raise UserError(f"{wrong} thing(s) to put right", "see above")


async def _doctor_adapters(services: Any) -> int:
    """Show what adapters are and find out about their accounts; returns how much is wrong."""
    from botkit.assembly import make_adapters

    language, wrong = services.settings.station.language, 0
    off: dict[str, UserError] = {}
    for adapter in make_adapters(services.settings.adapters, off):
        facts = ", ".join(f"{k}={v}" if v is not True else k for k, v in adapter.describe().items())
        typer.echo(f"adapter    {adapter.name}: {facts}")
        if adapter.locales is not None:
            services.catalogues.add(Path(adapter.locales))
        try:
            findings = await adapter.check(services)
        except UserError as unready:
            off[adapter.name] = unready
            continue
        for found in findings:
            wrong += found.wrong
            typer.echo(f"  {'WRONG' if found.wrong else 'ok':8} {services.catalogues.render(found.what, language)}")
            if found.fix is not None:
                typer.echo(f"  {'fix':8} {services.catalogues.render(found.fix, language)}")
    for name, problem in off.items():
        typer.echo(f"  {'WRONG':8} {name}: {problem.what}")
        typer.echo(f"  {'fix':8} {problem.fix}")
    return wrong + len(off)


if __name__ == "__main__":
    main()
