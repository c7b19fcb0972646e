"""Durable, end to end: from a message through inbox, disposition and outbox to the receipt, on disk.

``hits`` are indexed commands with one reply each, ``chatter`` is plain talk in groups, ``directory`` are
residents' questions, answered by the demonstration station with all its plugins. What was sent and what
stands in the tables is checked. The platform's wire format is decoded before the clock starts: it is measured
with the dispatch.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.measure import Sent
from benchmarks.ours.commands import commands
from benchmarks.ours.platform import Platform, decode
from benchmarks.ours.questions import questions
from benchmarks.processes import ROOT
from benchmarks.updates import Sample, samples
from botkit import logs
from botkit.assembly import discover, read_settings
from botkit.bot import Bot
from botkit.chats import USUAL
from botkit.messages import Message
from botkit.settings import Settings

COMMANDS = 100
WARM_UP = 5000
"""Messages before the measured ones: the chats and people of the hits and of the chatter are known then."""


async def feed(bot: Bot, platform: Platform, given: list[Message]) -> dict[str, Any]:
    """Feed all messages, the first ``WARM_UP`` unmeasured."""
    writer = bot.services.database.writer
    bot.receive()
    await platform.deliver(given[:WARM_UP])
    await bot.drain()
    # Messages that were made beforehand are no part of the bot: the collector must not walk over them.
    gc.collect()
    gc.freeze()
    begin, cpu, groups = time.perf_counter(), time.process_time(), writer.groups
    await platform.deliver(given[WARM_UP:])
    await bot.drain()
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    count = len(given) - WARM_UP
    return {
        "messages": count,
        "per_second": round(count / seconds),
        "per_cpu_second": round(count / cpu),
        "commits": writer.groups - groups,
    }


async def check(bot: Bot, given: list[Sample], sent: Sent, *, answers: bool) -> None:
    """Every message has its disposition, every reply its receipt; plain talk is only counted.

    ``answers`` says that the texts are the directory's, so that only their number and chats are known.
    Raises ``AssertionError`` for any other outcome.
    """
    expected = Counter(sample.reply for sample in given if sample.reply)
    found = Counter((chat, "" if answers else text) for chat, text in sent)
    if found != expected:
        raise AssertionError(f"{found.total()} replies, {(found - expected).total()} of them not those expected")
    replies = expected.total()
    wanted = {
        "SELECT count(*) AS n FROM inbox WHERE disposition = 'answered' AND done_at IS NOT NULL": replies,
        "SELECT count(*) AS n FROM outbox WHERE status = 'sent' AND done_at IS NOT NULL": replies,
        "SELECT count(*) AS n FROM inbox": replies,
        "SELECT coalesce(sum(lines), 0) AS n FROM plain_count": len(given) - replies,
    }
    for query, number in wanted.items():
        stored = (await bot.services.database.read(query))[0]["n"]
        if stored != number:
            raise AssertionError(f"{query}: {stored}, not {number}")


async def run(kind: str, folder: Path, messages: int) -> dict[str, Any]:
    """One measurement in a folder of its own."""
    folder.mkdir(parents=True)
    sent: Sent = []
    platform = Platform(sent)
    if kind == "directory":
        source = questions()
        settings = read_settings(Path(os.environ.get("BOTKIT_CONFIG", ROOT / "config")), os.environ)
        plugins = discover(settings.plugins.enabled)
    else:
        source = samples(kind, COMMANDS)
        settings, plugins = Settings(), [commands(COMMANDS)]
    given = list(islice(source, WARM_UP + messages))
    logs.configure(json=False, level="warning")
    async with Bot(settings, data=folder, plugins=plugins, adapters=[platform]) as bot:
        bot.services.chats.newcomers = USUAL  # groups as they are once their owner has enabled the bot
        result = await feed(bot, platform, [decode(sample.raw) for sample in given])
        await check(bot, given, sent, answers=kind == "directory")
    return {**result, "database": str(folder / "botkit.sqlite3")}


def main() -> None:
    """Run as a process of its own, and print one JSON line."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("kind", choices=("hits", "chatter", "directory"))
    arguments.add_argument("folder", type=Path, help="where the database is made; must not exist")
    arguments.add_argument("--messages", type=int, default=20000)
    given = arguments.parse_args()
    print(json.dumps(asyncio.run(run(given.kind, given.folder, given.messages))))


if __name__ == "__main__":
    main()
