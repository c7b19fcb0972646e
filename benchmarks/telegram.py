"""A bad day on Telegram. ``python -m benchmarks.telegram [--questions N] [--urgent N]``.

Residents ask faster than Telegram lets a bot answer, 10 % of the sends are answered 429, 10 % with 502, and of 5 % the
answer is lost. Meanwhile others ask for help: how long until they see the urgent reply, from the moment they wrote?
The Bot API is the tests' emulator, in the same process, so that its work is part of each time. The disk is waited for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

from adapters.telegram import Telegram
from botkit import logs
from botkit.bot import Bot
from botkit.clock import SystemClock
from botkit.context import Context
from botkit.messages import Lane, Reply, say
from botkit.plugin import Plugin, Stage
from botkit.settings import Settings, StationSettings, WebSettings
from tests.telegram import Emulator, Fault, Kind, Person

ASKING = 50
"""Questions a second: the answers have to queue, at 29 a second."""
EVERY = 0.5
"""Seconds from one call for help to the next."""
EACH = 10
"""Questions of one resident."""


def desk() -> Plugin:
    """A plugin that answers everything; what has a "!" is urgent."""
    plugin = Plugin("desk")

    @plugin.stage(Stage.HANDOFF)
    async def answer(context: Context) -> Reply:
        text = context.message.text
        return say(f"echo {text}", lane=Lane.URGENT if "!" in text else Lane.REPLY)

    return plugin


async def ask(residents: list[Person], questions: int) -> None:
    """The crowd."""
    start = time.perf_counter()
    for number in range(questions):
        await residents[number % len(residents)].says(chr(0x5000 + number % 20_000))
        await asyncio.sleep(max(0.0, start + number / ASKING - time.perf_counter()))


async def help_(emulator: Emulator, person: Person) -> float:
    """Seconds until somebody who asks for help sees the reply."""
    begin = time.perf_counter()
    await person.says("!救命")
    await emulator.shows(person)
    return time.perf_counter() - begin


async def measure(questions: int, urgent: int) -> dict[str, object]:
    """The figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with Emulator() as emulator:
            faults = emulator.faults
            faults.seed(20261123)
            faults.rate(Fault(Kind.FLOOD, 3), 0.10, ["sendMessage"])
            faults.rate(Kind.BAD_GATEWAY, 0.10, ["sendMessage"])
            faults.rate(Fault(Kind.LOST_ANSWER, 2), 0.05, ["sendMessage"])
            residents = [emulator.person(f"resident-{number}") for number in range(max(1, questions // EACH))]
            victims = [emulator.person(f"victim-{number}") for number in range(urgent)]
            table = {"token": emulator.token, "api_url": emulator.url}
            settings = Settings(
                station=StationSettings(demo=True), web=WebSettings(port=0), tables={"telegram": table}
            )  # fmt: skip
            bot = Bot(settings, data=Path(folder), plugins=[desk()], adapters=(Telegram(),), clock=SystemClock())
            async with bot:
                bot.receive()
                begin = time.perf_counter()
                crowd = asyncio.create_task(ask(residents, questions))
                waits = []
                for victim in victims:
                    waits.append(asyncio.create_task(help_(emulator, victim)))
                    await asyncio.sleep(EVERY)
                times = await asyncio.gather(*waits)
                await crowd
                status = await ended(bot, questions + urgent)
                seconds = time.perf_counter() - begin
            met = {call.values["chat_id"] for call in emulator.calls("sendMessage") if call.fault}
            assert not emulator.violations, emulator.violations
    spared = [each for victim, each in zip(victims, times, strict=True) if str(victim.id) not in map(str, met)]
    shown = Counter(len(resident.sees()) for resident in residents)
    return {
        "questions": questions,
        "seconds": round(seconds, 1),
        "faults": {kind.name.lower(): count for kind, count in faults.happened.items()},
        "outbox": dict(status),
        "answers_shown": sum(count * people for count, people in shown.items()),
        "urgent, in chats without a fault of their own": told(spared),
        "urgent, all": told(list(times)),
    }


def told(times: list[float]) -> dict[str, float]:
    """Median, 99th percentile and longest, in seconds."""
    ranks = statistics.quantiles(times, n=100, method="inclusive")
    return {"count": len(times), "p50": round(ranks[49], 3), "p99": round(ranks[98], 3), "max": round(max(times), 3)}


async def ended(bot: Bot, count: int) -> Counter[str]:
    """Wait until so many replies have their end; how they ended."""
    while True:
        rows = await bot.services.database.read("SELECT status, count(*) AS number FROM outbox GROUP BY status")
        status = Counter({row["status"]: int(row["number"]) for row in rows})
        if sum(status.values()) >= count and not status.keys() & {"pending", "sending"}:
            return status
        await asyncio.sleep(0.2)


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=3000)
    parser.add_argument("--urgent", type=int, default=200)
    chosen = parser.parse_args()
    logs.configure(level="critical")
    print(json.dumps(asyncio.run(measure(chosen.questions, chosen.urgent)), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
