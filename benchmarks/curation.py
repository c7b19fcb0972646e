"""Keeping a directory of 10,000 entries with ten phrasings each. `python -m benchmarks.curation`.

A whole spreadsheet is imported (read, checked, compared, written, published), then single entries are edited: how long
until the page finds them and the bot answers with them, in this process and in another one on the same database, each
of which looks for changes by itself. On a disk that is waited for, as a station runs.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.search import guide
from botkit.services import Services
from botkit.testing import BotHarness
from directory import changes
from directory.changes import EDIT, IMPORT, Edit
from directory.importing import plan
from directory.plugin import plugin
from directory.running import Directory, directory_of
from directory.sheets.csv_file import write_csv
from directory.sheets.xlsx import write_xlsx
from directory.values import Entry, Guide, Phrases, Words

IMPORT_GOAL, EDIT_GOAL = 60.0, 1.0
"""Seconds."""
ACTOR = "benchmark"


async def published(services: Services, edits: list[Edit], kind: str) -> None:
    """Propose and publish."""
    change = await changes.propose(services.database, edits, kind=kind, actor=ACTOR)
    await services.unit(lambda unit: changes.publish(unit, change, ACTOR))


async def imported(services: Services, directory: Directory, name: str, content: bytes) -> float:
    """Import a file; the seconds from its content to answers that come from it."""
    begun = time.perf_counter()
    planned = await asyncio.to_thread(plan, directory.contents, directory.guard, name, content)
    if planned.problems:
        raise SystemExit(str(planned.problems[0]))
    read = time.perf_counter() - begun
    await published(services, list(planned.edits), IMPORT)
    written = time.perf_counter() - begun
    await directory.refresh(services.database)
    whole = time.perf_counter() - begun
    told = f"read and checked {read:.1f} s, written {written - read:.1f} s, indexed {whole - written:.1f} s"
    print(f"import {name}, {len(content) / 1e6:.1f} MB, {planned.added} entries: {whole:.1f} s ({told})")
    return whole


async def answered(directories: list[Directory], words: str, slug: str) -> None:
    """Wait until all of them find and answer with an entry."""
    while not all(
        (found := directory.index.judge(words).subject) is not None
        and found.slug == slug
        and any(entry.slug == slug for entry in directory.index.search(words))
        for directory in directories
    ):
        await asyncio.sleep(0.005)


async def measure(entries: int, edits: int, folder: Path) -> None:
    """Import, then edit."""
    known: Guide = guide(entries)
    (folder / "directory").mkdir()
    # The made-up names speak of police business too: a guard that has nothing against them.
    (folder / "directory" / "guard.toml").write_text('[guard]\nsubjects = ["—"]\nnumbers = ["110"]\n', "utf-8")
    (folder / "directory" / "topics.toml").write_text(
        '[[family]]\nslug = "services"\nname = { zh = "服务", en = "Services" }\n'
        '[[topic]]\nslug = "all"\nfamily = "services"\nname = { zh = "服务", en = "services" }\n',
        "utf-8",
    )
    # Owners and sources as people give them; nobody's number is called.
    known = Guide(tuple(_short(entry) for entry in known.entries))
    tables = {"directory": {"folder": str(folder / "directory"), "learn": False}}
    (folder / "data").mkdir()
    async with BotHarness([plugin], tables=tables, folder=folder / "data", background=True) as bot:
        directory = directory_of(bot.services)
        took = [await imported(bot.services, directory, "directory.xlsx", write_xlsx(known, "zh"))]
        back = await changes.undo(bot.services.database, await last_change(bot.services), ACTOR)
        begun = time.perf_counter()
        await bot.services.unit(lambda unit: changes.publish(unit, back, ACTOR))
        await directory.refresh(bot.services.database)
        print(f"undone whole in {time.perf_counter() - begun:.1f} s: {len(directory.index)} entries left")
        took.append(await imported(bot.services, directory, "entries.csv", write_csv(known, "entry", "zh")))
        # As another process would: its own contents, its own index, and nobody who tells it.
        other = Directory(directory.settings, demo=True)
        await other.refresh(bot.services.database)
        watch = asyncio.create_task(other._watch(bot.services.database))
        times = []
        for number in range(edits):
            entry = directory.contents.guide.entries[number * 37 % entries]
            words = f"第{number}号鹦鹉搬运队在哪里"
            edited = replace(entry, name=Words(words, ""), phrasings=Phrases((words,)))
            begun = time.perf_counter()
            await published(bot.services, [Edit("entry", entry.slug, edited)], EDIT)
            await answered([directory, other], words, entry.slug)
            times.append(time.perf_counter() - begun)
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
    times.sort()
    print(f"edit to answer in both processes: median {statistics.median(times):.2f} s, longest {times[-1]:.2f} s")
    print(f"goals: import {IMPORT_GOAL:g} s: {'reached' if max(took) <= IMPORT_GOAL else 'missed'}, "
          f"edit to answer {EDIT_GOAL:g} s: {'reached' if times[-1] <= EDIT_GOAL else 'missed'}")  # fmt: skip


def _short(entry: Entry) -> Entry:
    """A made-up entry within the limits of what is typed."""
    aliases = Phrases(*(tuple(text[:40].strip() for text in texts) for texts in (entry.aliases.zh, entry.aliases.en)))
    name, summary = (
        Words(words.zh[:zh].strip(), words.en[:en].strip())
        for words, zh, en in ((entry.name, 20, 34), (entry.summary, 40, 100))
    )
    return replace(entry, owner="王维护", sample=True, aliases=aliases, name=name, summary=summary)


async def last_change(services: Services) -> int:
    """The change that was published last."""
    rows = await services.database.read(
        "SELECT id FROM directory_change WHERE state = 'live' ORDER BY revision DESC LIMIT 1"
    )
    return int(rows[0]["id"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--edits", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given.entries, given.edits, Path(folder)))


if __name__ == "__main__":
    main()
