"""The crash matrix: the program is killed again and again while residents keep asking on Telegram.

Telegram has no key for sends, so a reply that was under way at the kill is ``unknown``: shown once or not at all.
Everything else is answered once. ``BOTKIT_SOAK=1`` takes the full figures.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from tests.adapters.telegram.station import station
from tests.e2e.program import Program, ready
from tests.telegram import Emulator, Person

SOAK = os.environ.get("BOTKIT_SOAK") == "1"
QUESTIONS = 3000 if SOAK else 100
KILLS = 10 if SOAK else 1
RATE = 50
"""Questions a second."""
RESIDENTS = QUESTIONS // 10
"""A reply more than Telegram lets a chat have in a minute would only wait."""
QUESTION = "煤气公司电话多少" if SOAK else "/privacy"
"""The whole program answers from its directory; the scaled test does without that."""
PATIENCE = 400 if SOAK else 60


@pytest.mark.parametrize("receive", ["polling", "webhook"])
async def test_nothing_is_lost_and_nothing_said_twice(emulator: Emulator, tmp_path: Path, receive: str) -> None:
    program = station(emulator, tmp_path, receive, whole=SOAK)
    chance = random.Random(20261123)
    residents = [emulator.person(f"resident-{number}") for number in range(RESIDENTS)]
    try:
        async with aiohttp.ClientSession() as http:
            await program.start()
            await ready(program, http)

            async def killer() -> None:
                for _ in range(KILLS):
                    await asyncio.sleep(chance.uniform(0.1, QUESTIONS / RATE / KILLS))
                    await program.kill()
                    await program.start()
                    await ready(program, http)

            killing = asyncio.create_task(killer())
            for number in range(QUESTIONS):
                await residents[number % RESIDENTS].says(f"{QUESTION} {number}")
                await asyncio.sleep(1 / RATE)
            await killing
            await settled(program, tmp_path / "data" / "botkit.sqlite3")
    finally:
        await program.stop()
    check(residents, tmp_path / "data" / "botkit.sqlite3", receive)


async def settled(program: Program, path: Path) -> None:
    """Wait until every question is in the inbox and every reply has its end."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with sqlite3.connect(path) as database:
                [(asked,)] = database.execute("SELECT count(*) FROM inbox WHERE disposition IS NOT NULL")
                [(replied,)] = database.execute("SELECT count(*) FROM outbox")
                [(open_,)] = database.execute("SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending')")
            database.close()
            if asked >= QUESTIONS and replied >= QUESTIONS and not open_:
                return
            await asyncio.sleep(0.2)


def check(residents: list[Person], path: Path, receive: str) -> None:
    """Each question has one row, one disposition and one reply: shown once, unless nobody knows."""
    with sqlite3.connect(path) as database:
        inbox = database.execute("SELECT platform_id, disposition FROM inbox").fetchall()
        replies = Counter(row[0] for row in database.execute("SELECT inbox_id FROM outbox"))
        outbox = database.execute("SELECT status, platform_id FROM outbox").fetchall()
    database.close()
    assert len(inbox) == QUESTIONS == len({row[0] for row in inbox})
    assert Counter(row[1] for row in inbox) == {"answered": QUESTIONS}
    assert len(replies) == QUESTIONS and set(replies.values()) == {1}
    status = Counter(row[0] for row in outbox)
    assert set(status) <= {"sent", "unknown"}
    shown = Counter(message.id for resident in residents for message in resident.sees())
    sent = Counter(int(number) for how, number in outbox if how == "sent")
    assert shown.keys() >= sent.keys() and set(sent.values()) == {1}
    beyond = len(shown.keys() - sent.keys())
    assert beyond <= status["unknown"]
    print(f"{receive}: {QUESTIONS} asked, {status['sent']} sent, {status['unknown']} unknown, {beyond} of them shown")
