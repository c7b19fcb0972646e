"""`make bench`: measures everything in turns, prints tables, and writes benchmarks/results/latest.json.

Figures of a shared machine wander, so every round runs all contestants one after the other, ratios are taken
within a round, and what is told is the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.goals import OURS, PEER, SIZES, TELEGRAM, goals
from benchmarks.processes import RESULTS, ROOT, MeasurementError, prepare_peers, run
from benchmarks.report import dispatch_medians, durable_medians, show, understanding_medians

PARTS = ("dispatch", "durable", "start", "understanding")
CONTESTANTS = {
    OURS: ("benchmarks.ours.dispatch", False),
    TELEGRAM: ("benchmarks.ours.telegram", False),
    PEER: ("benchmarks.peers.ptb", True),
    "aiogram": ("benchmarks.peers.aiogram3", True),
}
Tick = Callable[[str], None]


def dispatch_round(seconds: float, tick: Tick) -> dict[str, Any]:
    """Every framework, in turns."""
    found = {}
    for name, (module, peer) in CONTESTANTS.items():
        tick(f"dispatch: {name}")
        found[name] = run(module, "--seconds", seconds, peer=peer)["handlers"]
    return found


def durable_round(messages: int, tick: Tick) -> dict[str, Any]:
    """Our hits, the bare loop with the rows they left, our chatter, our directory's answers."""
    # On the disk that holds the project: a temporary folder in memory would make fsync free.
    folder = Path(tempfile.mkdtemp(prefix="durable-", dir=RESULTS))
    try:
        found = {}
        tick("durable: hits")
        found["hits"] = run("benchmarks.ours.durable", "hits", folder / "hits", "--messages", messages)
        tick("durable: bare loop")
        rows, copy = found["hits"]["database"], folder / "baseline.sqlite3"
        found["baseline"] = run("benchmarks.baseline", rows, copy, "--messages", messages)
        for kind in ("chatter", "directory"):
            tick(f"durable: {kind}")
            found[kind] = run("benchmarks.ours.durable", kind, folder / kind, "--messages", messages)
    finally:
        shutil.rmtree(folder)
    return found


def start_round(tick: Tick) -> dict[str, Any]:
    """`botkit run` as a person starts it."""
    tick("start and memory")
    return run("benchmarks.ours.start")


def understanding_round(tick: Tick) -> dict[str, Any]:
    """Directories of both sizes, built in one process and served by another; then the safety stage."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="understanding-", dir=RESULTS) as folder:
        for entries in SIZES:
            tick(f"understanding: {entries:,} entries")
            arguments = ("--entries", entries, "--model", Path(folder) / f"{entries}.npz")
            built = run("benchmarks.understanding", "build", *arguments)
            found[str(entries)] = built | run("benchmarks.understanding", "serve", *arguments)
    tick("understanding: safety")
    found["safety"] = run("benchmarks.understanding", "safety")
    return found


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "sqlite": sqlite3.sqlite_version,
    }


def main() -> None:
    """Measure, print, write. Ends with 1 when a measurement fails, not when a goal is missed."""
    arguments = argparse.ArgumentParser(prog="make bench ARGS=…")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--seconds", type=float, default=0.3, help="CPU time for each dispatch figure")
    arguments.add_argument("--messages", type=int, default=20000, help="for each durable figure")
    arguments.add_argument("--only", choices=PARTS, action="append", help="this part (may be repeated)")
    arguments.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    given = arguments.parse_args()
    if given.quick:
        given.rounds, given.seconds, given.messages = 1, 0.2, 4000
    parts = given.only or PARTS

    console = Console()
    RESULTS.mkdir(parents=True, exist_ok=True)
    if "dispatch" in parts:
        prepare_peers()
    rounds: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
    steps = {"dispatch": len(CONTESTANTS), "durable": 4, "start": 1, "understanding": len(SIZES) + 1}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            total = given.rounds * sum(steps[part] for part in parts)
            task = progress.add_task("", total=total, completed=-1)

            def tick(what: str) -> None:
                progress.update(task, description=what, advance=1)

            for _ in range(given.rounds):
                if "dispatch" in parts:
                    rounds["dispatch"].append(dispatch_round(given.seconds, tick))
                if "durable" in parts:
                    rounds["durable"].append(durable_round(given.messages, tick))
                if "start" in parts:
                    rounds["start"].append(start_round(tick))
                if "understanding" in parts:
                    rounds["understanding"].append(understanding_round(tick))
    except MeasurementError as problem:
        console.print(str(problem), style="red", markup=False)
        sys.exit(1)

    reached = goals(**rounds)
    show(console, **rounds, goals=reached)
    latest = RESULTS / "latest.json"
    latest.write_text(
        json.dumps(
            {
                "machine": machine(),
                "goals": [{**asdict(goal), "met": goal.met} for goal in reached],
                "dispatch": dispatch_medians(rounds["dispatch"]),
                "durable": durable_medians(rounds["durable"]),
                "start": rounds["start"],
                "understanding": understanding_medians(rounds["understanding"]),
                "rounds": rounds,
            },
            indent=1,
            ensure_ascii=False,
        )
    )
    console.print(f"Written to {latest.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
