"""Working with 50,000 open cases. ``python -m benchmarks.cases [--cases N] [--url postgres://…]``.

The desk's queue is opened through its real page, cases are claimed through their unit of work, and the scheduler
sweeps while nothing is due and while one page is. On a disk that is waited for, as a station runs. Told are the
median and the 99th percentile of each, against the goal of 50 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from botkit.bot import Bot
from botkit.chats import Ways
from botkit.memory import settle
from botkit.messages import Chat, ChatKind
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.handoff.desk import desk_of
from botkit.plugins.handoff.officers import work
from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.shifts import Tier
from botkit.plugins.safety import plugin as safety
from botkit.services import Services
from botkit.settings import DatabaseSettings, Settings, StationSettings
from botkit.sql import Statement, insert
from botkit.storage import Write
from botkit.storage.models import Timer
from botkit.testing import FakeAdapter, FakeClock
from botkit.web.app import build
from botkit.web.sessions import COOKIE
from botkit.web.shell import SHELL

GOAL = 0.050
CONFIG = Path(__file__).parents[1] / "config" / "station.toml"
CASE = insert(
    "case_file",
    "id station_id number year state level topic chat_id identity_id language epoch reopened opened_at holder_title"
    " handed nudges place team at_risk hold partner_state",
)
REPORT = insert("report", "id station_id case_id inbox_id chat_id identity_id platform_id at")
CLOCK = insert("case_clock", "id station_id case_id name round started_at due_at hours")
TIMER = Statement(
    "INSERT INTO timer (id, station_id, plugin, name, key, due_at, data, attempts)"
    " VALUES (?, ?, 'handoff', ?, ?, ?, ?, 0)"
)
CHUNK = 2_000
AREAS = 10
"""As many areas do the groups belong to, in which the cases were told."""


async def fill(services: Services, cases: int) -> list[int]:
    """Open cases of some weeks, each with its report, clocks and due rows. Returns their ids."""
    ids, station, now = services.database.ids, services.database.station_id, services.clock.now()
    writes: list[Write] = []
    rows = [services.chats.enter(Chat("fake", f"g-{n}", ChatKind.GROUP), writes) for n in range(500)]
    for n, chat in enumerate(rows):
        chat.ways = Ways(area=f"area {n % AREAS}")
    chats = [chat.id for chat in rows]
    await services.database.writer.rows(writes)
    made = []
    for start in range(0, cases, CHUNK):
        writes = []
        for n in range(start, min(start + CHUNK, cases)):
            case, chat, identity = ids(), chats[n % len(chats)], 1_000 + n
            opened = now - timedelta(minutes=n % 40_000)
            day = opened.date()
            level = "emergency" if n % 1_000 == 0 else "routine"
            number = f"{day:%m%d}-{n:05}"
            row = (case, station, number, day.year, "queued", level, "other", chat, identity, "zh", 0, 0, opened, "",
                   0, 0, "", "", False, False, "")  # fmt: skip
            writes.append(Write(CASE, row))
            writes.append(Write(REPORT, (ids(), station, case, case, chat, identity, f"m{n}", opened)))
            for name in ("response", "feedback", "result"):
                due = now + timedelta(hours=24)
                writes.append(Write(CLOCK, (ids(), station, case, name, 0, opened, due, 24)))
            for name in ("page", "clock"):
                due = now + timedelta(hours=1, seconds=n)
                late = (now + timedelta(hours=24)).timestamp()
                data = json.dumps({"case": case, "epoch": 0, "began": 0, "rung": 0, "round": 0, "due": late, "step": 0})
                writes.append(Write(TIMER, (ids(), station, name, str(case), due, data)))
            made.append(case)
        await services.database.writer.rows(writes)
    return made


async def timed(what: str, count: int, one: Callable[[int], Awaitable[Any]], begun: list[float] | None = None) -> bool:
    """Do something often, and tell how long it takes; whether the goal is reached.

    What has something to prepare tells in ``begun`` when it really began.
    """
    spans = []
    await one(count)  # the first reads templates and statements for all that follow
    for n in range(count):
        start = time.perf_counter()
        await one(n)
        spans.append(time.perf_counter() - (begun[-1] if begun else start))
    spans.sort()
    p99 = spans[min(len(spans) - 1, round(len(spans) * 0.99))]
    told = "reached" if p99 < GOAL else "NOT reached"
    print(f"{what:28} median {statistics.median(spans) * 1e3:6.1f} ms, p99 {p99 * 1e3:6.1f} ms   {told}")
    return p99 < GOAL


async def measure(cases: int, url: str | None) -> bool:
    """Everything, on a bot with its plugins."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(station=StationSettings(demo=True), source=CONFIG)
        if url:
            settings = settings.model_copy(update={"database": DatabaseSettings(url=url)})
        clock = FakeClock()
        bot = Bot(settings, data=Path(folder), plugins=[safety, handoff], adapters=[FakeAdapter()], clock=clock)
        bot.services.background = None
        async with bot:
            services = bot.services
            begun: list[float] = []
            started = time.perf_counter()
            ids = await fill(services, cases)
            settle()  # as a station does after its start
            print(f"{len(ids)} open cases written in {time.perf_counter() - started:.1f} s")
            officer, _ = await services.staff.create("zhang", "Zhang", ["officer"], title="社区民警")
            token = await services.staff.begin(officer)
            app = build(services)
            client: TestClient[Any, Any] = TestClient(TestServer(app))
            await client.start_server()
            client.session.cookie_jar.update_cookies({app[SHELL].cookie(COOKIE): token}, client.make_url("/"))

            async def queue(n: int) -> None:
                async with client.get("/desk/handoff/", headers={"Accept": "text/html"}) as response:
                    assert response.status == 200 and "#" in await response.text()

            async def of_one_area(n: int) -> None:
                desk = desk_of(services.database)
                span = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
                duties = [
                    Change(each, Kind.DUTY, *span, f"{who}", tier=Tier.PRIMARY, areas=(f"area {each}",))
                    for each, who in enumerate(["zhang", *map(str, range(1, AREAS))])
                ]
                desk.roster = desk.roster.with_changes(duties)
                begun.append(time.perf_counter())
                assert len(desk.sight(officer).elsewhere) == 500 - 500 // AREAS
                try:
                    await queue(n)
                finally:
                    desk.roster = desk.roster.with_changes([])

            async def claim(n: int) -> None:
                action = work.Action(officer, ids[n * 7 % len(ids)], 0)
                case = await services.unit(lambda unit: work.claim(desk_of(services.database), unit, action))
                assert case.holder_id == officer.id

            async def sweep(n: int) -> None:
                assert await bot.scheduler.sweep() == 0

            async def due(n: int) -> None:
                key = str(ids[-1 - n])
                now = clock.now()
                await services.unit(lambda unit: Timer.filter(key=key, name="clock").update(due_at=now))
                begun.append(time.perf_counter())
                # The bot's own scheduler may have been faster: then this waits for it.
                await bot.scheduler.sweep()
                assert not await Timer.filter(key=key, name="clock", due_at__lte=now).exists()

            reached = [
                await timed("opening the queue", 200, queue),
                await timed("opening it, one area's", 200, of_one_area, begun),
                await timed("claiming", 300, claim),
                await timed("sweep, nothing due", 300, sweep),
                await timed("sweep, one due", 200, due, begun),
            ]
            await client.close()
        return all(reached)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--url", help="another database than a SQLite file")
    wanted = parser.parse_args()
    asyncio.run(measure(wanted.cases, wanted.url))


if __name__ == "__main__":
    main()
