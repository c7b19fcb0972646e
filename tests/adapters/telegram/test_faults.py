"""Telegram fails in every way at once, and nothing is lost: in order, once, or marked as unknown.

How long urgent replies take meanwhile is measured by ``benchmarks/telegram.py``. ``BOTKIT_SOAK=1`` takes the full
figures.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from botkit.bot import Bot
from botkit.context import Context
from botkit.messages import Lane, Reply, say
from botkit.plugin import Plugin, Stage
from tests.adapters.telegram.kit import running
from tests.telegram import Emulator, Fault, Kind

SOAK = os.environ.get("BOTKIT_SOAK") == "1"
QUESTIONS = 3000 if SOAK else 120
RESIDENTS = QUESTIONS // 6
PATIENCE = 600 if SOAK else 60


def desk() -> Plugin:
    """A plugin that answers everything; what has a "!" is urgent."""
    plugin = Plugin("desk")

    @plugin.stage(Stage.HANDOFF)
    async def answer(context: Context) -> Reply:
        text = context.message.text
        return say(f"echo {text}", lane=Lane.URGENT if "!" in text else Lane.REPLY)

    return plugin


def word(number: int) -> str:
    """A text of its own for each number: digits might be something to dial, and be withheld."""
    return chr(0x5000 + number)


async def ended(bot: Bot, count: int) -> Counter[str]:
    """Wait until so many replies have their end; returns how they ended."""
    async with asyncio.timeout(PATIENCE):
        while True:
            rows = await bot.services.database.read("SELECT status FROM outbox")
            status = Counter(row["status"] for row in rows)
            if len(rows) >= count and not status.keys() & {"pending", "sending"}:
                return status
            await asyncio.sleep(0.1)


async def test_a_bad_day(emulator: Emulator, tmp_path: Path) -> None:
    """10 % of sends are answered 429, 10 % with 502, and of 5 % the answer is lost."""
    emulator.faults.seed(20261123)
    emulator.faults.rate(Fault(Kind.FLOOD, 1), 0.10, ["sendMessage"])
    emulator.faults.rate(Kind.BAD_GATEWAY, 0.10, ["sendMessage"])
    emulator.faults.rate(Fault(Kind.LOST_ANSWER, 0.3), 0.05, ["sendMessage"])
    emulator.faults.rate(Kind.BAD_GATEWAY, 0.05, ["getUpdates"])
    residents = [emulator.person(f"resident-{number}") for number in range(RESIDENTS)]
    async with running(emulator, tmp_path, [desk()]) as bot:
        for number in range(QUESTIONS):
            await residents[number % RESIDENTS].says(word(number))
        status = await ended(bot, QUESTIONS)
    happened = emulator.faults.happened
    assert happened[Kind.FLOOD] and happened[Kind.BAD_GATEWAY] and happened[Kind.LOST_ANSWER]
    # Nothing is lost, nothing said twice, and each chat has its answers in order.
    for number, resident in enumerate(residents):
        wanted = [f"echo {word(question)}" for question in range(number, QUESTIONS, RESIDENTS)]
        assert [message.text for message in resident.sees()] == wanted
    assert status == {"sent": QUESTIONS - happened[Kind.LOST_ANSWER], "unknown": happened[Kind.LOST_ANSWER]}


@pytest.mark.parametrize("fault", [Fault(Kind.FLOOD, 600), Fault(Kind.LOST_ANSWER, 600), Fault(Kind.SLOW, 600)])
async def test_a_chat_in_trouble_holds_up_nobody_else(emulator: Emulator, tmp_path: Path, fault: Fault) -> None:
    troubled, other = emulator.person("troubled"), emulator.person("other")
    emulator.faults.next("sendMessage", fault)
    async with running(emulator, tmp_path, [desk()]):
        await troubled.says("first")
        await emulator.until(lambda: emulator.faults.happened)
        await troubled.says("second")
        await other.says("!help")
        await other.says("and more")
        shown = await emulator.shows(other, 2)
    assert [message.text for message in shown] == ["echo !help", "echo and more"]
    assert "echo second" not in [message.text for message in troubled.sees()]


async def test_an_urgent_reply_of_which_nobody_knows_is_said_again(emulator: Emulator, tmp_path: Path) -> None:
    """Once more, and no more: better twice than never."""
    li = emulator.person("li")
    emulator.faults.next("sendMessage", Kind.RESET_AFTER, Kind.RESET_AFTER)
    async with running(emulator, tmp_path, [desk()]) as bot:
        await li.says("!help")
        assert await ended(bot, 1) == {"unknown": 1}
        await li.says("next")
        await ended(bot, 2)
    assert [message.text for message in li.sees()] == ["echo !help", "echo !help", "echo next"]


async def test_the_limits_are_kept(emulator: Emulator, tmp_path: Path) -> None:
    """Telegram never has to say so: 29 a second overall, 18 a minute for routine replies in a group."""
    emulator.limits.on = True
    emulator.limits.person = (60, 20)
    emulator.limits.overall = (1, 45)  # not all take equally long to arrive; two seconds' messages at once are seen
    owner = emulator.person("owner")
    group = emulator.group("3号楼", owner=owner)
    residents = [emulator.person(f"resident-{number}") for number in range(60)]
    async with running(emulator, tmp_path, [desk()]) as bot:
        for number in range(20):
            await owner.says(f"@minjing_bot {word(number)}", in_=group)
        for resident in residents:
            await resident.says("在吗")
        await emulator.until(lambda: all(resident.sees() for resident in residents))
        await emulator.shows(group, 18)
        await owner.says("@minjing_bot !help", in_=group)
        shown = await emulator.shows(group, 19)
        waiting = await bot.services.database.read("SELECT id FROM outbox WHERE status = 'pending'")
    assert emulator.limits.refused == 0
    assert len(shown) == 19 and len(waiting) == 2 and any("!help" in message.text for message in shown)


async def test_there_is_no_hot_loop(emulator: Emulator, tmp_path: Path) -> None:
    """Where Telegram can't be asked for updates, it is not asked again at once."""
    emulator.faults.rate(Kind.BAD_GATEWAY, 1, ["getUpdates"])
    async with running(emulator, tmp_path, [desk()]):
        await emulator.until(lambda: emulator.requests["getUpdates"] == 2)
    first, second = emulator.calls("getUpdates")
    assert second.at - first.at > 0.5
