"""Round trips on Matrix: a directory question to the demonstration station, beside a bare nio bot's echo.

Both bots are processes on the same homeserver, and the same person asks them in turn, in rooms of each kind: from the
request that sends the question until the answer has arrived. The station's figure includes everything that makes its
answer durable; the echo stores nothing but its keys.

    python -m benchmarks.matrix [--rounds 100]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.ours.questions import QUESTIONS
from benchmarks.processes import ROOT
from tests.adapters.matrix.bots import table
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Person
from tests.matrix.synapse import Synapse

GOAL = 1.5
"""Times the echo's median."""
WARM_UP = 10
STATION, ECHO = "benchmarks.ours.matrix", "benchmarks.peers.nio_echo"


@contextlib.asynccontextmanager
async def bot(module: str, folder: Path, url: str, account: Account) -> AsyncIterator[None]:
    """A bot as a process, stopped at the end."""
    folder.mkdir()
    login = {"url": url, "user": account.id, "device": account.device, "token": account.token}
    (folder / "account.json").write_text(json.dumps({**login, "table": table(url, account)}), "utf-8")
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, str(folder), cwd=ROOT, stdout=log, stderr=log
        )
    try:
        yield
    except BaseException:
        print((folder / "log").read_text("utf-8")[-2000:], file=sys.stderr)
        raise
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def ask(person: Person, account: Account, room: str, question: str) -> float:
    """Seconds until one more answer has arrived."""

    def answers() -> int:
        return sum(line.sender == account.id for line in person.timelines[room])

    before, began = answers(), time.perf_counter()
    await person.says(question, room, sync=False)
    await person.until(lambda lines: answers() > before, room)
    return time.perf_counter() - began


async def measure(rounds: int) -> bool:
    """Ask, and tell; whether the goal is reached."""
    synapse, reached = Synapse(), True
    with tempfile.TemporaryDirectory() as folder:
        try:
            synapse.start()
            async with Homeserver(synapse) as homeserver, contextlib.AsyncExitStack() as stack:
                accounts = {module: await homeserver.account("bot") for module in (ECHO, STATION)}
                for module, account in accounts.items():
                    await stack.enter_async_context(bot(module, Path(folder) / module, synapse.url, account))
                for encrypted in (False, True):
                    reached &= await compare(homeserver, accounts, encrypted, rounds)
        finally:
            synapse.remove()
    return reached


async def compare(homeserver: Homeserver, accounts: dict[str, Account], encrypted: bool, rounds: int) -> bool:
    """One person, one room with each bot, asked in turn."""
    li = await homeserver.person("li")
    rooms = {}
    for module, account in accounts.items():
        rooms[module] = await li.room(invite=[account], encrypted=encrypted, direct=True)
        await li.meets(account, rooms[module])
        if encrypted:
            await li.knows(account)
    spans: dict[str, list[float]] = {module: [] for module in rooms}
    for n in range(rounds + WARM_UP):
        # Each goes first every second time.
        for module in sorted(rooms, reverse=bool(n % 2)):
            span = await ask(li, accounts[module], rooms[module], QUESTIONS[n % len(QUESTIONS)])
            if n >= WARM_UP:
                spans[module].append(span)
    middle = {module: statistics.median(found) for module, found in spans.items()}
    ratio = middle[STATION] / middle[ECHO]
    print(
        f"{'encrypted' if encrypted else 'plain':10} echo {middle[ECHO] * 1e3:6.1f} ms, station"
        f" {middle[STATION] * 1e3:6.1f} ms (p50 of {rounds}): {ratio:.2f} ×  "
        f" {'reached' if ratio <= GOAL else 'NOT reached'} (goal: at most {GOAL:g} ×)"
    )
    return ratio <= GOAL


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    wanted = parser.parse_args()
    sys.exit(not asyncio.run(measure(wanted.rounds)))


if __name__ == "__main__":
    main()
