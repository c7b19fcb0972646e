"""Fills the results of docs/benchmarks.md from latest.json: ``python -m tests.docs.results``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import UNDERSTANDING
from tests.docs.pages import DOCS, ROOT

PAGE = DOCS / "benchmarks.md"
LATEST = ROOT / "benchmarks" / "results" / "latest.json"
BEGIN, END = "<!-- results: from benchmarks/results/latest.json -->", "<!-- end of results -->"
DURABLE = {
    "baseline": "bare loop, the rows of the hits",
    "hits": "hits",
    "chatter": "chatter",
    "directory": "directory",
}


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of the page."""
    headings = list(headings)
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def results(latest: Mapping[str, Any]) -> str:
    """What was measured, as text of the page. Parts that were left out are left out here."""
    machine, rounds = latest["machine"], max(len(part) for part in latest["rounds"].values())
    how = f"medians of {rounds} rounds" if rounds > 1 else "one short round (`--quick`), so only a hint"
    parts = [
        f"Python {machine['python']}, {machine['system']}, {machine['cores']} cores, SQLite {machine['sqlite']}; {how}."
    ]
    goals = [
        (g["name"], f"{'≥' if g['at_least'] else '≤'} {g['target']:,.10g} {g['unit']}",
         f"{g['value']:,.10g} {g['unit']}", "yes" if g["met"] else "**no**")
        for g in latest["goals"]
    ]  # fmt: skip
    parts.append(table(("goal", "to reach", "measured", "reached"), goals))
    if latest["dispatch"]:
        rows = [
            (r["workload"], f"{int(r['handlers']):,}", r["framework"], f"{r['per_cpu_second']:,.0f}",
             f"{r['p50_us']:,.0f}", f"{r['p99_us']:,.0f}")
            for r in latest["dispatch"]
        ]  # fmt: skip
        headings = ("dispatch", "handlers", "framework", "messages per CPU second", "p50 µs", "p99 µs")
        parts.append(table(headings, rows))
    if latest["durable"]:
        rows = [
            (
                DURABLE[r["kind"]],
                f"{r['messages']:,}",
                f"{r['per_second']:,.0f}",
                f"{r['per_cpu_second']:,.0f}",
            )
            for r in latest["durable"]
        ]
        parts.append(table(("durable", "messages", "messages a second", "per CPU second"), rows))
    if latest["start"]:
        first, memory = (median(one[name] for one in latest["start"]) for name in ("first_answer_s", "memory_mb"))
        parts.append(f"`botkit run`: {first:.2f} s from its start to the first answer; {memory:.0f} MB.")
    if understanding := latest.get("understanding"):
        sizes = [size for size in understanding if size != "safety"]
        rows = [
            (name, *(f"{understanding[size][figure]:,.10g}" for size in sizes))
            for figure, name in UNDERSTANDING.items()
        ]
        parts.append(table(("understanding", *(f"{int(size):,} entries" for size in sizes)), rows))
        rows = [
            (f"{int(length):,}", f"{times['p50_ms']:.2f}", f"{times['p99_ms']:.2f}")
            for length, times in understanding["safety"].items()
        ]
        parts.append(table(("safety stage, characters", "p50 ms", "p99 ms"), rows))
    return "\n\n".join(parts)


def fill(page: str, text: str) -> str:
    """The page with these results between its marks."""
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL)


def main(page: Path = PAGE, latest: Path = LATEST) -> None:
    """Write the page."""
    page.write_text(fill(page.read_text("utf-8"), results(json.loads(latest.read_text("utf-8")))), "utf-8")


if __name__ == "__main__":
    main()
