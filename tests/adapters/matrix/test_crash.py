"""The bot is killed while people talk, is down during a flood, loses its homeserver: nothing is lost, nothing doubled.

``BOTKIT_SOAK=1`` runs all of it with the full figures.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from botkit.bot import Bot
from tests.adapters.matrix.bots import parrot, running, table
from tests.adapters.matrix.program import Program
from tests.matrix.homeserver import Homeserver
from tests.matrix.person import Person
from tests.matrix.relay import Relay

SOAK = os.environ.get("BOTKIT_SOAK") == "1"
MESSAGES = 600 if SOAK else 16
"""Said while the bot is killed, in all rooms together, at the least."""
PEOPLE = ("li", "wang", "zhao", "sun")
ROOMS = {"plain": [False] * 4, "encrypted": [True] * 4} if SOAK else {"plain and encrypted": [False, True]}
"""Which rooms are encrypted. Each is somebody's with the bot."""
RATE = 20
"""Messages a second."""
KILLS = 10 if SOAK else 1
FLOOD = 1_000 if SOAK else 25
"""Said while the bot is down: more than the homeserver tells at once."""
OUTAGE = 120 if SOAK else 1
"""Seconds without a homeserver."""
PATIENCE = 120 if SOAK else 60


def word(number: int) -> str:
    """A text of its own for each number. Digits would look like numbers to dial, and be withheld."""
    return chr(0x4E00 + number)


@pytest.mark.parametrize("kinds", ROOMS.values(), ids=ROOMS)
async def test_killed_while_people_talk(
    homeserver: Homeserver, tmp_path: Path, kinds: list[bool], capsys: pytest.CaptureFixture[str]
) -> None:
    account = await homeserver.account("bot")
    people = [await homeserver.person(name) for name, _ in zip(PEOPLE, kinds, strict=False)]
    rooms = [
        await person.room(invite=[account], encrypted=encrypted, direct=True)
        for person, encrypted in zip(people, kinds, strict=True)
    ]
    program, chance = Program(tmp_path / "bot", table(homeserver.url, account)), random.Random(20261123)
    said: dict[str, list[str]] = {room: [] for room in rooms}
    try:
        await program.start()
        for person, room in zip(people, rooms, strict=True):
            await person.meets(account, room)
            await person.knows(account)
            said[room].append("first")
            await person.says(said[room][0], room)
            await person.sees(said[room][0], room)

        async def killer() -> None:
            for _ in range(KILLS):
                await working(tmp_path / "bot" / "bot.sqlite3")
                await asyncio.sleep(chance.uniform(0, 0.5))
                await program.kill()
                await program.start()

        killing, clock = asyncio.create_task(killer()), asyncio.get_running_loop().time

        async def talk(person: Person, room: str, turn: int) -> None:
            # By the clock, so that a slow answer of the homeserver makes up for itself.
            due = clock() + turn / RATE
            while len(said[room]) <= MESSAGES // len(people) or not killing.done():
                await asyncio.sleep(due - clock())
                due += len(people) / RATE
                said[room].append(word(len(said[room])))
                await person.says(said[room][-1], room, sync=False)

        began = clock()
        talks = [talk(person, room, n) for n, (person, room) in enumerate(zip(people, rooms, strict=True))]
        await asyncio.gather(killing, *talks)
        count, seconds = sum(map(len, said.values())) - len(rooms), clock() - began
        # How fast they talked is what was asked of the bot, and no promise of this machine's: told, not asserted.
        told = f"{count} messages in {seconds:.1f} s ({count / seconds:.1f} a second, {RATE} wanted), {KILLS} kills"
        wanted = {room: [f"echo {text}" for text in said[room]] for room in rooms}
        for person, room in zip(people, rooms, strict=True):
            await answered(person, room, account.id, len(wanted[room]), program)
        came = {room: said_by(person, room, account.id) for person, room in zip(people, rooms, strict=True)}
        lost = sum((Counter(wanted[room]) - Counter(came[room])).total() for room in rooms)
        doubled = sum((Counter(came[room]) - Counter(wanted[room])).total() for room in rooms)
        told += f": {lost} lost, {doubled} doubled"
        if SOAK:
            with capsys.disabled():
                print(f"\n{told}")
        assert came == wanted, told
    finally:
        await program.stop()
    check_tables(tmp_path / "bot" / "bot.sqlite3", sum(map(len, said.values())))


async def working(path: Path) -> None:
    """Wait until the bot takes messages: a kill before that would prove nothing."""

    def stored() -> int:
        with closing(sqlite3.connect(path)) as database:
            count: int = database.execute("SELECT count(*) FROM inbox").fetchone()[0]
            return count

    before = stored()
    async with asyncio.timeout(PATIENCE):
        while stored() == before:
            await asyncio.sleep(0.02)


def said_by(person: Person, room: str, who: str) -> list[str]:
    """What somebody said in a room, as far as this person has read."""
    return [line.text for line in person.timelines[room] if line.sender == who]


async def answered(person: Person, room: str, bot: str, count: int, program: Program) -> None:
    """Wait for so many answers."""
    try:
        async with asyncio.timeout(PATIENCE):
            while len(said_by(person, room, bot)) < count:
                await person.syncs(1_000)
    except TimeoutError:
        pytest.fail(f"{len(said_by(person, room, bot))} of {count} answers; the bot says:\n{program.output()[-3000:]}")
    await person.syncs()


def check_tables(path: Path, count: int) -> None:
    """Each message has one row with a disposition, and one answer that was sent."""
    with closing(sqlite3.connect(path)) as database:
        texts = database.execute("SELECT platform_id, disposition FROM inbox WHERE payload LIKE '%text%'").fetchall()
        status = Counter(row[0] for row in database.execute("SELECT status FROM outbox WHERE kind = 'text'"))
    answers = [event for event, disposition in texts if disposition == "answered"]
    assert len(answers) == len(set(answers)) == count
    assert status == {"sent": count}


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_a_flood_while_the_bot_is_down(homeserver: Homeserver, tmp_path: Path, encrypted: bool) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=encrypted)
    room = await li.room(invite=[account], encrypted=encrypted, direct=True)
    matrix = table(homeserver.url, account)
    async with running(tmp_path, matrix):
        await li.meets(account, room)
        await li.knows(account)
        await li.says("first", room)
        await li.sees("echo first", room)
    order = [await li.says(word(n), room, sync=False) for n in range(FLOOD)]
    async with running(tmp_path, matrix) as bot:
        async with asyncio.timeout(PATIENCE):
            while len(await received(bot)) <= FLOOD:
                await asyncio.sleep(0.1)
        assert (await received(bot))[-FLOOD:] == order


async def received(bot: Bot) -> list[str]:
    """The messages in the inbox, in order."""
    rows = await bot.services.database.read("SELECT platform_id FROM inbox ORDER BY id")
    return [row["platform_id"] for row in rows]


async def test_the_homeserver_stops_and_comes_back(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    room = await li.room(invite=[account], direct=True)
    async with Relay(homeserver.url) as relay, running(tmp_path, table(relay.url, account), [parrot()]) as bot:
        await li.meets(account, room)
        said = ["one", "two", "three", "four", "five"]
        for text in said:
            await li.says(text, room, sync=False)
        # Some are answered, some on their way, some not read.
        await li.sees("echo one", room)
        homeserver.synapse.stop()
        began = asyncio.get_running_loop().time()
        async with asyncio.timeout(OUTAGE + 30):
            while asyncio.get_running_loop().time() < began + OUTAGE or not relay.refused:
                await asyncio.sleep(0.1)
        refused = len(relay.refused)
        homeserver.synapse.start()
        said.append("six")
        await li.says("six", room, sync=False)
        await li.until(lambda lines: len(said_by(li, room, account.id)) >= len(said), room)
        await bot.drain()
        await li.syncs()
        assert said_by(li, room, account.id) == [f"echo {text}" for text in said]
    # One for the sync and one for each message on its way, and then pauses that grow.
    assert refused <= len(said) * 3 + OUTAGE
