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


def show(
    console: Console,
    dispatch: Sequence[Round],
    durable: Sequence[Round],
    start: Sequence[Round],
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
