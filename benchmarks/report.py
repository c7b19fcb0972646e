"""The results for people: tables of medians over the rounds, and the goals."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.goals import Goal, Round
from benchmarks.updates import WORKLOADS

DURABLE = {
    "baseline": "bare loop, the rows of the hits",
    "hits": "hits (an indexed command, one reply)",
    "chatter": "chatter (counted, dropped)",
    "directory": "directory answers",
}
UNDERSTANDING = {
    "p50_ms": "a message, p50 ms",
    "p99_ms": "a message, p99 ms",
    "load_s": "loaded in s",
    "memory_mb": "memory, MB",
    "saved_mb": "file, MB",
    "with_entry_ms": "new entry, ms",
    "build_s": "built in s",
    "build_peak_mb": "peak of building, MB",
}
"""Figures of a directory, and what they are called."""


def dispatch_medians(rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """One row for each framework, number of handlers and workload."""
    if not rounds:
        return []
    return [
        {
            "framework": framework,
            "handlers": handlers,
            "workload": workload,
            **{
                figure: median(one[framework][handlers][workload][figure] for one in rounds)
                for figure in ("per_cpu_second", "p50_us", "p99_us")
            },
        }
        for workload in WORKLOADS
        for handlers in next(iter(rounds[0].values()))
        for framework in rounds[0]
    ]


def durable_medians(rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """One row for each kind of durable run."""
    if not rounds:
        return []
    return [
        {
            "kind": kind,
            "messages": rounds[0][kind]["messages"],
            "per_second": median(one[kind]["per_second"] for one in rounds),
            "per_cpu_second": median(one[kind]["per_cpu_second"] for one in rounds),
        }
        for kind in rounds[0]
    ]


def understanding_medians(rounds: Sequence[Round]) -> dict[str, dict[str, Any]]:
    """The figures of each size of directory, and of the safety stage by the length of the text."""
    if not rounds:
        return {}
    found: dict[str, dict[str, Any]] = {
        size: {figure: median(one[size][figure] for one in rounds) for figure in rounds[0][size]}
        for size in rounds[0]
        if size != "safety"
    }
    found["safety"] = {
        length: {figure: median(one["safety"][length][figure] for one in rounds) for figure in told}
        for length, told in rounds[0]["safety"].items()
    }
    return found


def show(
    console: Console,
    dispatch: Sequence[Round],
    durable: Sequence[Round],
    start: Sequence[Round],
    understanding: Sequence[Round],
    goals: Sequence[Goal],
) -> None:
    """Print what was measured."""
    if dispatch:
        title = f"In-memory dispatch, CPU time, medians of {len(dispatch)} rounds"
        table = Table(title=title, title_justify="left")
        for heading in ("workload", "handlers", "framework", "messages/s", "p50 µs", "p99 µs"):
            table.add_column(heading, justify="left" if heading in ("workload", "framework") else "right")
        previous = ""
        for row in dispatch_medians(dispatch):
            if previous and row["workload"] != previous:
                table.add_section()
            previous = row["workload"]
            table.add_row(
                row["workload"],
                f"{int(row['handlers']):,}",
                row["framework"],
                f"{row['per_cpu_second']:,.0f}",
                f"{row['p50_us']:,.0f}",
                f"{row['p99_us']:,.0f}",
            )
        console.print(table)
    if durable:
        table = Table(
            title=f"Durable, SQLite synchronous=FULL, one process, medians of {len(durable)} rounds",
            title_justify="left",
        )
        for heading in ("what", "messages", "messages/s", "per CPU second"):
            table.add_column(heading, justify="left" if heading == "what" else "right")
        for row in durable_medians(durable):
            table.add_row(
                DURABLE[row["kind"]], f"{row['messages']:,}", f"{row['per_second']:,.0f}",
                f"{row['per_cpu_second']:,.0f}",
            )  # fmt: skip
        console.print(table)
    if start:
        first = median(one["first_answer_s"] for one in start)
        memory = median(one["memory_mb"] for one in start)
        console.print(
            f"`botkit run`: {first:.2f} s from its start to the first answer in the web chat; {memory:.0f} MB"
        )
    if understanding:
        _show_understanding(console, understanding_medians(understanding), len(understanding))
    table = Table(title="Goals", title_justify="left")
    for heading in ("goal", "to reach", "measured", ""):
        table.add_column(heading, justify="right" if heading in ("to reach", "measured") else "left")
    for goal in goals:
        sign = "≥" if goal.at_least else "≤"
        table.add_row(
            goal.name, f"{sign} {goal.target:,.10g} {goal.unit}", f"{goal.value:,.10g} {goal.unit}",
            "[green]met[/]" if goal.met else "[red]NOT met[/]",
        )  # fmt: skip
    if goals:
        console.print(table)


def _show_understanding(console: Console, told: dict[str, dict[str, Any]], rounds: int) -> None:
    sizes = [size for size in told if size != "safety"]
    table = Table(title=f"Understanding, CPU time of one core, medians of {rounds} rounds", title_justify="left")
    table.add_column("what")
    for size in sizes:
        table.add_column(f"{int(size):,} entries", justify="right")
    for figure, name in UNDERSTANDING.items():
        table.add_row(name, *(f"{told[size][figure]:,.10g}" for size in sizes))
    console.print(table)
    table = Table(title="Safety stage", title_justify="left")
    for heading in ("characters", "p50 ms", "p99 ms"):
        table.add_column(heading, justify="right")
    for length, times in told["safety"].items():
        table.add_row(f"{int(length):,}", f"{times['p50_ms']:.2f}", f"{times['p99_ms']:.2f}")
    console.print(table)
