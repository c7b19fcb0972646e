"""Evaluation of the matcher alone: entries and messages from files, by the engine and the learning of a station."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from botkit.assembly import discover, read_settings
from botkit.decision import Concern
from botkit.errors import UserError
from botkit.language import Entry, Matcher
from botkit.language.embed import Local, local
from botkit.learning import FitError, Models
from botkit.screen import Screen
from botkit.testing.harness import BotHarness
from botkit.testing.rows import read, words

if TYPE_CHECKING:
    from botkit.language.space import Floats

EMBEDDINGS = ("none", "local")
ALARMS = (Concern.EMERGENCY, Concern.FRAUD)


@dataclass(slots=True)
class Report:
    """The answers, and what they cost: seconds to learn, milliseconds a message, megabytes at most."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    threshold: float = 0.0
    entries: int = 0
    phrasings: int = 0
    fit_seconds: float = 0.0
    embed_seconds: float = 0.0
    match_ms: list[float] = field(default_factory=list)
    embed_ms: list[float] = field(default_factory=list)
    memory_mb: float = 0.0

    def lines(self) -> list[str]:
        """The report in words."""
        answered = sum(row["answered"] for row in self.answers)
        share = answered / len(self.answers) if self.answers else 0.0
        told = [
            f"{self.entries} entries, {self.phrasings} phrasings; {len(self.answers)} messages",
            f"fit         {self.fit_seconds:.1f} s"
            + (f", and {self.embed_seconds:.1f} s for embeddings" if self.embed_ms else ""),
            f"matching    {spread(self.match_ms)}",
        ]
        if self.embed_ms:
            both = [one + other for one, other in zip(self.match_ms, self.embed_ms, strict=True)]
            told += [f"embedding   {spread(self.embed_ms)}", f"together    {spread(both)}"]
        told += [f"memory      {self.memory_mb:.0f} MB at most", f"threshold   {self.threshold:.3f}"]
        return [*told, f"answered    {answered} ({share:.1%})"]


async def matcher(
    config: Path, entries: Path, messages: Path, *, precision: float = 0.98, embeddings: str = "none"
) -> Report:
    """Learn the entries of a file, and ask it the messages of another.

    ``config`` is the station whose safety rules say what is an alarm. Raises ``UserError``: for a bad row with its
    file and line, for embeddings that are not installed, and for entries that can't be learnt.
    """
    asked = read(entries, _entry, '"entry" and "title", and "phrasings" where there are any')
    rows = read(messages, _message, '"id" and "text"')
    keys = [entry.key for entry in asked]
    twice = next((key for key in keys if keys.count(key) > 1), None) if len(set(keys)) < len(keys) else None
    if twice is not None:
        raise UserError(f"{entries}: two rows have the entry {twice!r}", "give each entry one row with all phrasings")
    report = Report(entries=len(asked), phrasings=sum(len(entry.phrasings) for entry in asked))
    alarms = await _alarms(config, [text for _, text in rows])
    embedder = _embedder(embeddings)
    fitted = await _fit(asked, embedder, report)
    report.threshold = fitted.threshold(precision)
    for (name, text), alarm in zip(rows, alarms, strict=True):
        _ask(fitted, embedder, name, text, alarm, report)
    report.memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return report


def _ask(matcher: Matcher, embedder: Local | None, name: Any, text: str, alarm: str | None, report: Report) -> None:
    start = time.perf_counter()
    embedding = embedder.vectors([text])[0] if embedder is not None else None
    middle = time.perf_counter()
    judged = matcher.judge(text, embedding=embedding)
    end = time.perf_counter()
    if embedder is not None:
        report.embed_ms.append((middle - start) * 1000)
    report.match_ms.append((end - middle) * 1000)
    report.answers.append(
        {
            "id": name,
            "entry": judged.matches[0].key if judged.matches else None,
            "score": round(judged.confidence, 6),
            "answered": bool(judged.matches) and judged.confidence >= report.threshold,
            "top3": [match.key for match in judged.matches[:3]],
            "alarm": alarm,
            "ms": round((end - start) * 1000, 3),
        }
    )


async def _fit(entries: list[Entry], embedder: Local | None, report: Report) -> Matcher:
    rows: Floats | None = None
    if embedder is not None:
        start = time.perf_counter()
        rows = embedder.vectors([phrasing for entry in entries for phrasing in entry.phrasings])
        report.embed_seconds = time.perf_counter() - start
    with tempfile.TemporaryDirectory(prefix="botkit-evaluate-") as folder:
        start = time.perf_counter()
        try:
            fitted = await Models(Path(folder)).fit(entries, rows, embedder.name if embedder is not None else "")
        except (FitError, OSError) as problem:
            raise UserError(f"the entries could not be learnt: {problem}", "see the last line of it") from None
        report.fit_seconds = time.perf_counter() - start
    return fitted


async def _alarms(config: Path, texts: list[str]) -> list[str | None]:
    """What the plugins' screens make of each text, said to the bot in private."""
    settings = read_settings(config, {})
    plugins = [plugin for plugin in discover(settings.plugins.enabled) if plugin.screens]
    async with BotHarness(plugins, settings=settings) as bot:
        screen = Screen((hook for plugin in plugins for hook in plugin.screens), bot.services)
        found = (screen(bot.message(text, who=f"person-{number}")) for number, text in enumerate(texts))
        return [verdict.concern.value if verdict.concern in ALARMS else None for verdict in found]


def _embedder(name: str) -> Local | None:
    if name not in EMBEDDINGS:
        raise UserError(f"there are no embeddings {name!r}", f"use one of {', '.join(EMBEDDINGS)}")
    return local() if name == "local" else None


def spread(times: list[float]) -> str:
    """Median and 99th percentile of milliseconds, in words."""
    if not times:
        return "-"
    return f"p50 {np.percentile(times, 50):.2f} ms, p99 {np.percentile(times, 99):.2f} ms"


def _entry(row: dict[str, Any]) -> Entry:
    phrasings = row.get("phrasings") or []
    if not isinstance(phrasings, list):
        raise TypeError
    title = row.get("title", "")
    texts = [text for text in (title, *phrasings) if text]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise TypeError
    return Entry(words(row, "entry"), tuple(dict.fromkeys(texts)), words(row, "group") if "group" in row else "")


def _message(row: dict[str, Any]) -> tuple[Any, str]:
    return row["id"], words(row, "text")
