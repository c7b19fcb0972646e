"""How a framework's dispatch is measured: the same loop, clock and checks for all of them.

A runner is one process: it makes a bot for each number of handlers, runs every workload, and prints one JSON
line. The bots take turns of a few milliseconds, so that a machine that slows down slows them all. Time is CPU
time of the process (other processes on the machine do not count). Every reply is checked, outside of the
measured time.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import platform
import time
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Any

from benchmarks.updates import WORKLOADS, samples

Handle = Callable[[bytes], Awaitable[Any]]
Sent = list[tuple[int, str]]
Setup = Callable[[int, Sent], Awaitable[Handle]]
"""Makes a bot with so many commands that notes (chat id, text) of what it sends; returns how to feed it."""

HANDLERS = (10, 100, 1000)
WARM_UP = 100
TURN = 20_000_000
"""Nanoseconds of a bot's turn."""


class Course:
    """One bot on its way through one workload."""

    def __init__(self, handle: Handle, sent: Sent, workload: str, commands: int) -> None:
        self._handle = handle
        self._sent = sent
        self._workload = workload
        self._samples = samples(workload, commands)
        self._expected: Sent = []
        self._times: list[int] = []
        self.spent = 0

    async def warm_up(self) -> None:
        """Feed some messages, unmeasured."""
        for sample in islice(self._samples, WARM_UP):
            await self._handle(sample.raw)
            self._expect(sample.reply)

    async def turn(self) -> None:
        """Feed messages for ``TURN``."""
        # More than a fast bot takes in a turn is made beforehand: making them is no part of the time.
        given = list(islice(self._samples, max(20, 2 * TURN // self._usual())))
        clock = time.process_time_ns
        begin = last = clock()
        for sample in given:
            await self._handle(sample.raw)
            now = clock()
            self._times.append(now - last)
            last = now
            self._expect(sample.reply)
            if now - begin > TURN:
                break
        self.spent += last - begin

    def _usual(self) -> int:
        return max(1000, self.spent // len(self._times)) if self._times else 10_000

    def _expect(self, reply: tuple[int, str] | None) -> None:
        if reply is not None:
            self._expected.append(reply)

    def result(self) -> dict[str, Any]:
        """The figures. Raises ``AssertionError`` when a reply is missing, wrong or too many."""
        if self._sent != self._expected:
            pairs = zip(self._sent, self._expected, strict=False)
            wrong = next((pair for pair in pairs if pair[0] != pair[1]), None)
            counts = f"{len(self._sent)} replies, not {len(self._expected)}"
            raise AssertionError(f"{self._workload}: {counts}; first difference: {wrong}")
        self._sent.clear()
        times = sorted(self._times)
        return {
            "messages": len(times),
            "replies": len(self._expected),
            "per_cpu_second": round(len(times) / (self.spent / 1e9)),
            "p50_us": percentile(times, 0.5),
            "p99_us": percentile(times, 0.99),
        }


def percentile(ordered: list[int], share: float) -> float:
    """The value below which this share of the ordered values lies, in µs (values are in ns)."""
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] / 1000, 1)


async def measure(setup: Setup, handlers: list[int], seconds: float) -> dict[str, Any]:
    """All workloads for all numbers of handlers, each for so much CPU time."""
    sents: dict[int, Sent] = {number: [] for number in handlers}
    bots = {number: await setup(number, sents[number]) for number in handlers}
    found: dict[str, Any] = {str(number): {} for number in handlers}
    for workload in WORKLOADS:
        courses = {number: Course(bots[number], sents[number], workload, number) for number in handlers}
        for course in courses.values():
            await course.warm_up()
        gc.collect()
        while any(course.spent < seconds * 1e9 for course in courses.values()):
            for course in courses.values():
                await course.turn()
        for number, course in courses.items():
            found[str(number)][workload] = course.result()
    return found


def main(framework: str, version: str, setup: Setup) -> None:
    """Run as a process of its own: measure all workloads and print one JSON line."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--handlers", type=int, nargs="+", default=list(HANDLERS))
    arguments.add_argument("--seconds", type=float, default=0.3, help="CPU time for each figure")
    given = arguments.parse_args()
    line = {
        "framework": framework,
        "version": version,
        "python": platform.python_version(),
        "handlers": asyncio.run(measure(setup, given.handlers, given.seconds)),
    }
    print(json.dumps(line))
