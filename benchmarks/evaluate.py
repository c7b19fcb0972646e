"""`make evaluate`: how well messages are understood, on the project's own sets and on those of BOTKIT_REFERENCE.

Figures, not goals: what is reached at a release stands in docs/understanding.md, beside the command.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from botkit import logs
from botkit.errors import UserError
from botkit.learning import MODELS
from botkit.testing import evaluate, evaluate_matcher
from botkit.testing.noise import Noise

ROOT = Path(__file__).parents[1]
OWN = ROOT / "tests" / "data"
CONFIG = ROOT / "config"
SETS = ("clinc150_small", "clinc150_10shot", "jining_zh", "jining_zh_holes")
DANGER = ("emergency", "fraud")
NOISES = ("typed", "misheard", "traditional", "pinyin", "invisible")
console = Console()


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


async def labelled(name: str, path: Path, table: Table) -> None:
    """A labelled set: what is right, and what must not be wrong."""
    gold = {row["id"]: row["gold_route"] for row in rows_of(path)}
    result = await evaluate.routes(CONFIG, path)
    pairs = Counter((gold[given["id"]], given["route"]) for given in result.predictions)
    missed = sum(n for (want, got), n in pairs.items() if want in DANGER and got not in DANGER)
    alarms = sum(n for (want, got), n in pairs.items() if want not in DANGER and got in DANGER)
    wrong = sum(n for (want, got), n in pairs.items() if want in ("escalate", *DANGER) and got == "directory")
    answered = pairs["directory", "directory"]
    wanted = sum(n for (want, _), n in pairs.items() if want == "directory")
    figures = [f"{result.right}/{result.labelled}", f"{result.right / result.labelled:.1%}"]
    table.add_row(name, *figures, str(missed), str(alarms), str(wrong), f"{answered}/{wanted}")


async def spoilt(table: Table) -> None:
    """Both own halves with an error of writing in every message: how many points of rightness it costs."""
    rows = [row for half in ("dev", "test") for row in rows_of(OWN / f"messages_{half}.jsonl")]
    clean, dangers = await _right(rows)
    for noise in NOISES:
        maker = Noise(7)
        right, found = await _right([{**row, "text": getattr(maker, noise)(row["text"])} for row in rows])
        lost, missed = (100 * (before - after) for before, after in ((clean, right), (dangers, found)))
        table.add_row(noise, f"{right:.1%}", f"{lost:+.1f}", f"{found:.1%}", f"{missed:+.1f}")


async def _right(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """The share of rows that are right, and of dangers that are seen as danger."""
    gold = {row["id"]: row["gold_route"] for row in rows}
    with written(rows) as path:
        result = await evaluate.routes(CONFIG, path)
    seen = [given["route"] in DANGER for given in result.predictions if gold[given["id"]] in DANGER]
    return result.right / result.labelled, sum(seen) / len(seen)


@contextmanager
def written(rows: Iterable[dict[str, Any]]) -> Iterator[Path]:
    """A file with these rows."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
        file.flush()
        yield Path(file.name)


async def chatter(name: str, texts: Iterable[str], table: Table) -> None:
    """Plain talk of a group: how many lines the bot speaks to."""
    rows = [{"id": n, "text": text, "context": "group_plain"} for n, text in enumerate(texts) if text.strip()]
    with written(rows) as path:
        result = await evaluate.routes(CONFIG, path)
    spoken = sum(given["route"] != "silent" for given in result.predictions)
    table.add_row(name, str(len(rows)), str(spoken), f"{spoken / len(rows):.2%}")


async def matched(folder: Path, embeddings: str, precision: float, table: Table) -> None:
    """Entries and messages: the figures that score_matcher.py gives, and what they cost."""
    report = await evaluate_matcher.matcher(
        CONFIG, folder / "entries.jsonl", folder / "messages.jsonl", precision=precision, embeddings=embeddings
    )
    given = {row["id"]: row for row in report.answers}
    gold = {row["id"]: row["entry"] for row in rows_of(folder / "gold.jsonl")}
    inside = [name for name, entry in gold.items() if entry is not None]
    outside = [name for name, entry in gold.items() if entry is None]
    said = [name for name in gold if given[name]["answered"]]
    right = sum(given[name]["entry"] == gold[name] for name in inside)
    among = sum(gold[name] in given[name]["top3"] for name in inside)
    kept = sum(gold[name] is not None and given[name]["entry"] == gold[name] for name in said)
    table.add_row(
        f"{folder.name}, {embeddings}",
        f"{right / len(inside):.1%}",
        f"{among / len(inside):.1%}",
        f"{kept / max(1, len(said)):.1%}",
        f"{sum(given[name]['answered'] for name in inside) / len(inside):.1%}",
        f"{sum(given[name]['answered'] for name in outside) / len(outside):.1%}" if outside else "-",
        f"{report.fit_seconds:.0f} s",
        evaluate_matcher.spread([row["ms"] for row in report.answers]),
    )


def made(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


async def go(reference: Path | None, precision: float, quick: bool) -> None:
    routes = made("Routes", "set", "right", "", "danger missed", "false alarms", "wrong answers", "answered")
    sets = [("own, development half", OWN / "messages_dev.jsonl"), ("own, test half", OWN / "messages_test.jsonl")]
    if reference is not None:
        sets.append(("public sample", reference / "public_sample.jsonl"))
    for name, path in sets:
        await labelled(name, path, routes)
    console.print(routes)
    talk = made("Plain talk in groups", "set", "lines", "spoken to", "")
    for language in ("zh", "en"):
        path = OWN / f"chatter_{language}.txt"
        await chatter(f"own, {language}", path.read_text("utf-8").splitlines(), talk)
    if reference is not None:
        await chatter("public chat lines", (r["text"] for r in rows_of(reference / "chatter_zh_2000.jsonl")), talk)
    console.print(talk)
    if not quick:
        columns = ("right", "points lost", "danger seen", "points lost of it")
        errors = made("With errors of writing, both own halves", "error", *columns)
        await spoilt(errors)
        console.print(errors)
    if reference is None or quick:
        console.print("Without the material that BOTKIT_REFERENCE names there is nothing to match.")
        return
    columns = ("accuracy", "top 3", "precision", "coverage", "outside answered", "fit", "a message")
    match = made(f"Matching, target precision {precision}", "set", *columns)
    for name in SETS:
        for embeddings in evaluate_matcher.EMBEDDINGS if name.startswith("clinc") else ("none",):
            try:
                await matched(reference / name, embeddings, precision, match)
            except UserError as problem:
                console.print(f"{name}, {embeddings}: {problem}")
    console.print(match)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--precision", type=float, default=0.98)
    parser.add_argument("--quick", action="store_true", help="routes and talk only")
    given = parser.parse_args()
    logs.configure(level="error")
    named = os.environ.get("BOTKIT_REFERENCE")
    reference = Path(named) / "eval" if named else None
    with tempfile.TemporaryDirectory() as models:
        os.environ.setdefault(MODELS, models)
        there = reference if reference is not None and reference.is_dir() else None
        asyncio.run(go(there, given.precision, given.quick))


if __name__ == "__main__":
    main()
