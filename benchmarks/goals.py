"""What must be reached, and whether it was: ratios within a round, medians over the rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Round = Mapping[str, Any]

OURS, TELEGRAM, PEER = "botkit", "botkit, Telegram", "python-telegram-bot"
SIZES = {1_000: 3.0, 10_000: 6.0}
"""Entries of the directories that are asked, and the ms in which 99 % of the messages should be understood."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal. ``value`` is measured in the goal's unit; ``at_least`` tells which way is better."""

    name: str
    unit: str
    target: float
    value: float
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.value >= self.target if self.at_least else self.value <= self.target


def goals(
    dispatch: Sequence[Round], durable: Sequence[Round], start: Sequence[Round], understanding: Sequence[Round]
) -> list[Goal]:
    """The goals that the rounds can tell of; a part that was left out brings none."""
    found: list[Goal] = []
    if dispatch:

        def rate(one: Round, framework: str, handlers: int, workload: str) -> float:
            return float(one[framework][str(handlers)][workload]["per_cpu_second"])

        def hits(one: Round, framework: str, handlers: int) -> float:
            return rate(one, framework, handlers, "hits")

        found.append(
            Goal(
                f"in-memory hits at 100 handlers, of {PEER}'s",
                "×", 3.0, _median(dispatch, lambda one: hits(one, OURS, 100) / hits(one, PEER, 100)),
            )
        )  # fmt: skip
        found.append(
            Goal(
                "in-memory hits at 1,000 handlers, of its own at 10",
                "%", 90.0, _median(dispatch, lambda one: 100 * hits(one, OURS, 1000) / hits(one, OURS, 10)),
            )
        )  # fmt: skip
        found.append(
            Goal(
                f"Telegram chatter at 100 handlers: decode, dispatch, send; of {PEER}'s",
                "×", 2.0,
                _median(dispatch, lambda one: rate(one, TELEGRAM, 100, "chatter") / rate(one, PEER, 100, "chatter")),
            )
        )  # fmt: skip
    if durable:
        found.append(
            Goal(
                "durable hits end to end, of the bare loop's",
                "%", 50.0,
                _median(durable, lambda one: 100 * one["hits"]["per_second"] / one["baseline"]["per_second"]),
            )
        )  # fmt: skip
        found.append(Goal("durable chatter", "/s", 10_000, _median(durable, lambda one: one["chatter"]["per_second"])))
    if start:
        found.append(Goal("start to first answer", "s", 3.0, _median(start, lambda one: one["first_answer_s"]), False))
        found.append(Goal("memory", "MB", 150.0, _median(start, lambda one: one["memory_mb"]), False))
    if understanding:
        found += _understanding(understanding)
    return found


def _understanding(rounds: Sequence[Round]) -> list[Goal]:
    def goal(name: str, unit: str, target: float, part: object, figure: str) -> Goal:
        return Goal(name, unit, target, _median(rounds, lambda one: one[str(part)][figure]), False)

    largest = max(SIZES)
    return [
        *(goal(f"message understood, {size:,} entries, p99", "ms", ms, size, "p99_ms") for size, ms in SIZES.items()),
        goal(f"{largest:,} entries loaded", "s", 1.0, largest, "load_s"),
        goal(f"{largest:,} entries in memory", "MB", 400.0, largest, "memory_mb"),
        goal(f"a new entry among {largest:,} answers", "ms", 500.0, largest, "with_entry_ms"),
        Goal(
            "safety stage, 500 characters, p99",
            "ms", 1.0, _median(rounds, lambda one: one["safety"]["500"]["p99_ms"]), False,
        ),
        Goal("safety stage, time a character, 100,000 of 2,000", "×", 1.5, _median(rounds, _slower), False),
    ]  # fmt: skip


def _slower(one: Round) -> float:
    times = one["safety"]
    return float(times["100000"]["p50_ms"] / 50 / times["2000"]["p50_ms"])


def _median(rounds: Sequence[Round], figure: Callable[[Round], float]) -> float:
    return round(median(figure(one) for one in rounds), 2)
