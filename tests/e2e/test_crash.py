"""The crash test: the whole program is killed again and again while residents keep asking.

Every question ends with exactly one disposition, one reply in the outbox and one line on the resident's page.
``BOTKIT_SOAK=1`` runs it longer.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections import Counter
from pathlib import Path

import aiohttp

from botkit.testing import PATIENCE
from tests.e2e.program import Program, ready

SOAK = os.environ.get("BOTKIT_SOAK") == "1"
QUESTIONS = 3000 if SOAK else 180
RATE = 50
"""Questions a second."""
KILLS = 10 if SOAK else 3
VISITORS = 60
QUESTION = "煤气公司电话多少"


async def ask(program: Program, visitor: aiohttp.ClientSession, number: int) -> None:
    """Post a question until the bot says that it has it, as the page does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                body = {"id": f"question-{number:05}", "text": f"{QUESTION} {number}"}
                async with visitor.post(f"{program.url}/chat/messages", json=body) as response:
                    if response.status == 200:
                        return
            except (aiohttp.ClientError, ConnectionError, TimeoutError):
                pass
            await asyncio.sleep(0.1)


async def answered(program: Program, visitors: list[aiohttp.ClientSession]) -> list[list[dict[str, object]]]:
    """What each visitor's page shows, once there is an answer to each question."""
    wanted = QUESTIONS
    async with asyncio.timeout(PATIENCE):
        while True:
            threads = []
            for visitor in visitors:
                async with visitor.get(f"{program.url}/chat/lines?after=0") as response:
                    threads.append((await response.json())["lines"])
            if sum(not line["mine"] for lines in threads for line in lines) >= wanted:
                return threads
            await asyncio.sleep(0.2)


async def test_nothing_is_lost_and_nothing_said_twice(tmp_path: Path) -> None:
    data = tmp_path / "data"
    program = Program(data)
    chance = random.Random(20261123)
    visitors: list[aiohttp.ClientSession] = []
    try:
        await program.start()
        for _ in range(VISITORS):
            visitors.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        await ready(program, visitors[0])
        for visitor in visitors:
            async with visitor.get(f"{program.url}/") as page:
                assert page.status == 200

        async def killer() -> None:
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.1, QUESTIONS / RATE / KILLS))
                await program.kill()
                await program.start()
                await ready(program, visitors[0])

        killing = asyncio.create_task(killer())
        async with asyncio.TaskGroup() as asking:
            for number in range(QUESTIONS):
                asking.create_task(ask(program, visitors[number % VISITORS], number))
                await asyncio.sleep(1 / RATE)
        await killing
        threads = await answered(program, visitors)
    finally:
        for visitor in visitors:
            await visitor.close()
        await program.stop()
    check_tables(data / "botkit.sqlite3")
    for lines in threads:
        questions = [line["ref"] for line in lines if line["mine"]]
        assert len(set(questions)) == len(questions) == QUESTIONS // VISITORS
        assert sum(not line["mine"] for line in lines) == len(questions)


def check_tables(path: Path) -> None:
    """Each question has one row with a disposition, and one reply that was sent once."""
    with sqlite3.connect(path) as database:
        inbox = database.execute("SELECT platform_id, disposition FROM inbox").fetchall()
        replies = Counter(row[0] for row in database.execute("SELECT inbox_id FROM outbox WHERE kind <> 'seen'"))
        status = Counter(row[0] for row in database.execute("SELECT status FROM outbox"))
    database.close()
    assert len(inbox) == QUESTIONS == len({row[0] for row in inbox})
    assert Counter(row[1] for row in inbox) == {"answered": QUESTIONS}
    assert len(replies) == QUESTIONS and set(replies.values()) == {1}
    assert set(status) == {"sent"}
