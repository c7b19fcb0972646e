"""Maintaining from the command line: importing a file, and noting what came of verifying an entry."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from botkit.clock import SystemClock
from botkit.errors import UserError
from botkit.folder import Busy
from botkit.maintenance import offline
from botkit.messages import Text
from directory import changes
from directory.changes import IMPORT, Edit
from directory.freshness import DUE, freshness
from directory.importing import Plan, plan
from directory.problems import english
from directory.running import directory_of
from directory.standing import Standing
from directory.values import Entry, Faq
from directory.verifying import CONFIRMED, GONE, NO_ANSWER, verified

if TYPE_CHECKING:
    from botkit.bot import Bot

T = TypeVar("T")
ACTOR = "command"
OUTCOMES = (CONFIRMED, NO_ANSWER, GONE)
"""What may come of a call, as far as a command can note it: what changed is edited on the desk."""


def apply(
    config: Path, data: Path, name: str, content: bytes, *, removals: bool, here: Standing | None, quiet: bool
) -> Plan:
    """Import a file, or with ``here`` (the directory as it is) only say what that would do.

    Raises ``UserError`` where a bot runs on the data folder.
    """
    say = english()

    def tell(text: Text) -> None:
        if not quiet:
            typer.echo(say(text), err=True)

    if here is not None:
        return plan(here.contents, here.guard(), name, content, removals=removals, tell=tell)

    async def work(bot: Bot) -> Plan:
        directory = directory_of(bot.services)
        done = plan(directory.contents, directory.guard, name, content, removals=removals, tell=tell)
        if done.edits:
            with typer.progressbar(length=len(done.edits), label="writing", hidden=quiet) as bar:
                await _published(bot, done.edits, IMPORT, name, bar.update)
        return done

    return _beside(config, data, work)


def due(here: Standing) -> list[Entry | Faq]:
    """What was never verified, or is to be verified again, the oldest first."""
    today = SystemClock().now().astimezone(here.settings.station.zone).date()
    found = [s for s in here.contents.guide.subjects if freshness(s, today) in DUE]
    return sorted(found, key=lambda subject: subject.assured_date or date.min)


def verify(config: Path, data: Path, slug: str, outcome: str) -> None:
    """Note what came of verifying something. Raises ``UserError`` for a slug that is not live."""

    async def work(bot: Bot) -> None:
        directory = directory_of(bot.services)
        subject = directory.contents.get("entry", slug) or directory.contents.get("faq", slug)
        if not isinstance(subject, Entry | Faq):
            raise UserError(f"there is no entry or question {slug!r}", "see `botkit directory search`")
        today = bot.services.clock.now().astimezone(bot.services.settings.station.zone).date()
        await verified(bot.services.database, subject, outcome, ACTOR, today)

    _beside(config, data, work)


async def _published(
    bot: Bot, edits: Sequence[Edit], kind: str, note: str, written: Callable[[int], None] | None = None
) -> None:
    last = 0

    def step(done: int) -> None:
        nonlocal last
        if written is not None:
            written(done - last)
        last = done

    database = bot.services.database
    change = await changes.propose(database, edits, kind=kind, actor=ACTOR, note=note, written=step)
    await database.unit(lambda unit: changes.publish(unit, change, ACTOR))


def _beside(config: Path, data: Path, work: Callable[[Bot], Coroutine[None, None, T]]) -> T:
    try:
        return offline(config, data, work)
    except Busy as busy:
        raise UserError(busy.what, "use the desk's pages while the bot runs, or stop it first") from None
