"""How a framework's dispatch is measured: the same loop, clock and checks for all of them.

A runner is one process: it gets the number of handlers, runs every workload, and prints one JSON line. Time
is CPU time of the process (other processes on the machine do not count). Every reply is checked, outside of
the measured time.
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

WARM_UP = 100
LEAST = 200


def percentile(ordered: list[int], share: float) -> float:
    """The value below which this share of the ordered values lies, in µs (values are in ns)."""
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] / 1000, 1)


async def workload(
    handle: Handle, sent: Sent, name: str, commands: int, messages: int, seconds: float
) -> dict[str, Any]:
    """Feed one workload, up to so many messages or so much CPU time, and check what was sent.

    Raises ``AssertionError`` when a reply is missing, wrong or too many.
    """
    given = list(islice(samples(name, commands), WARM_UP + messages))
    for sample in given[:WARM_UP]:
        await handle(sample.raw)
    gc.collect()
    clock = time.process_time_ns
    limit = int(seconds * 1e9)
    times: list[int] = []
    begin = last = clock()
    for sample in given[WARM_UP:]:
        await handle(sample.raw)
        now = clock()
        times.append(now - last)
        last = now
        if now - begin > limit and len(times) >= LEAST:
            break
    spent = (last - begin) / 1e9
    expected = [sample.reply for sample in given[: WARM_UP + len(times)] if sample.reply]
    if sent != expected:
        wrong = next((pair for pair in zip(sent, expected, strict=False) if pair[0] != pair[1]), None)
        raise AssertionError(f"{name}: {len(sent)} replies, not {len(expected)}; first difference: {wrong}")
    sent.clear()
    times.sort()
    return {
        "messages": len(times),
        "replies": len(expected),
        "per_cpu_second": round(len(times) / spent),
        "p50_us": percentile(times, 0.5),
        "p99_us": percentile(times, 0.99),
    }


def main(framework: str, version: str, setup: Setup) -> None:
    """Run as a process of its own: measure all workloads and print one JSON line."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--handlers", type=int, default=100)
    arguments.add_argument("--messages", type=int, default=20000, help="at most, for each workload")
    arguments.add_argument("--seconds", type=float, default=1.0, help="CPU time at most, for each workload")
    given = arguments.parse_args()

    async def run() -> dict[str, Any]:
        sent: Sent = []
        handle = await setup(given.handlers, sent)
        return {
            name: await workload(handle, sent, name, given.handlers, given.messages, given.seconds)
            for name in WORKLOADS
        }

    results = asyncio.run(run())
    line = {
        "framework": framework,
        "version": version,
        "python": platform.python_version(),
        "handlers": given.handlers,
        "workloads": results,
    }
    print(json.dumps(line))
