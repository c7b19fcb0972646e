"""Durable, end to end: from an update's bytes through inbox, disposition and outbox to the receipt, all on disk.

``hits`` are indexed commands with one reply each, ``chatter`` is plain talk in groups, ``directory`` are residents'
questions that the directory answers. What was sent and what stands in the tables is checked afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import time
from itertools import islice
from pathlib import Path
from typing import Any

import structlog

from benchmarks.measure import Sent
from benchmarks.ours.commands import commands
from benchmarks.ours.platform import Platform
from benchmarks.updates import Sample, samples
from botkit.bot import Bot
from botkit.settings import Settings

COMMANDS = 100
WARM_UP = 5000
"""Messages before the measured ones: all chats and people are known then."""


async def measure(bot: Bot, platform: Platform, given: list[Sample], sent: Sent) -> dict[str, Any]:
    """Feed all messages, the first ``WARM_UP`` unmeasured.

    Raises ``AssertionError`` when what was sent is not what had to be.
    """
    bot.receive()
    await platform.deliver([sample.raw for sample in given[:WARM_UP]])
    await bot.drain()
    part = [sample.raw for sample in given[WARM_UP:]]
    begin, cpu, groups = time.perf_counter(), time.process_time(), bot.services.database.writer.groups
    await platform.deliver(part)
    await bot.drain()
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    expected = sorted(sample.reply for sample in given if sample.reply)
    if sorted(sent) != expected:
        raise AssertionError(f"{len(sent)} replies were sent, or not those {len(expected)} that had to be")
    return {
        "messages": len(part),
        "per_second": round(len(part) / seconds),
        "per_cpu_second": round(len(part) / cpu),
        "commits": bot.services.database.writer.groups - groups,
    }


async def check(bot: Bot, given: list[Sample]) -> None:
    """Every message has its disposition, every reply its receipt; plain talk is only counted."""
    read = bot.services.database.read
    replies = sum(1 for sample in given if sample.reply)
    wanted = {
        "SELECT count(*) AS n FROM inbox WHERE disposition = 'answered' AND done_at IS NOT NULL": replies,
        "SELECT count(*) AS n FROM outbox WHERE status = 'sent' AND done_at IS NOT NULL": replies,
        "SELECT count(*) AS n FROM inbox": replies,
        "SELECT coalesce(sum(lines), 0) AS n FROM plain_count": len(given) - replies,
    }
    for query, number in wanted.items():
        found = (await read(query))[0]["n"]
        if found != number:
            raise AssertionError(f"{query}: {found}, not {number}")


async def run(kind: str, folder: Path, messages: int) -> dict[str, Any]:
    """One measurement in a folder of its own."""
    folder.mkdir(parents=True)
    sent: Sent = []
    platform = Platform(sent)
    given = list(islice(samples(kind, COMMANDS), WARM_UP + messages))
    async with Bot(Settings(), data=folder, plugins=[commands(COMMANDS)], adapters=[platform]) as bot:
        result = await measure(bot, platform, given, sent)
        await check(bot, given)
    return {**result, "database": str(folder / "botkit.sqlite3")}


def main() -> None:
    """Run as a process of its own, and print one JSON line."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("kind", choices=("hits", "chatter", "directory"))
    arguments.add_argument("folder", type=Path, help="where the database is made; must not exist")
    arguments.add_argument("--messages", type=int, default=20000)
    given = arguments.parse_args()
    # As in a station's settings: what is logged for each message counts, what is only for debugging does not.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    print(json.dumps(asyncio.run(run(given.kind, given.folder, given.messages))))


if __name__ == "__main__":
    main()
