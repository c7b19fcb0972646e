"""Verdicts: what residents say of answers corrects how sure the bot must be, and nothing of them is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from botkit.testing import BotHarness
from directory import verdicts
from directory.plugin import plugin
from directory.running import directory_of
from directory.verdicts import Ruled
from tests.directory.conftest import SAMPLE
from tests.directory.sure import calibrated
from tests.directory.test_plugin import Desk

ASKED = "煤气公司的热线打不通怎么办"


@pytest.fixture
async def bot() -> AsyncIterator[BotHarness]:
    tables = {"directory": {"folder": str(SAMPLE)}}
    async with BotHarness([plugin, Desk().plugin], tables=tables) as running:
        directory_of(running.services).index = calibrated(running, 0.9)
        yield running


async def rows(bot: BotHarness) -> list[tuple[str, bool, str]]:
    found = await bot.services.database.read("SELECT slug, is_right, source FROM directory_verdict ORDER BY id")
    return [(row["slug"], bool(row["is_right"]), row["source"]) for row in found]


async def test_answers_that_are_not_right_make_it_more_careful(bot: BotHarness) -> None:
    for number in range(12):
        message = await bot.says(ASKED, who=f"p{number}")
        assert (await bot.reason(message))["outcome"] == "answer"
        bot.replied("962777")
        await bot.presses("不对", who=f"p{number}")
        bot.news()
        if (await directory_of(bot.services).limits(bot.services.database)).answer > 0.9:
            break
    message = await bot.says(ASKED, who="chen")
    reason = await bot.reason(message)
    assert reason["outcome"] == "offer" and reason["threshold"] >= 0.9
    assert set(await rows(bot)) == {("gas", False, "not_right")}
    columns = await bot.services.database.read("SELECT * FROM directory_verdict")
    assert set(columns[0]) == {"id", "station_id", "made_at", "confidence", "is_right", "source", "slug"}


async def test_thanks_after_an_answer_are_a_verdict_too(bot: BotHarness) -> None:
    await bot.says(ASKED)
    bot.news()
    await bot.says("谢谢！")
    assert await rows(bot) == [("gas", True, "thanks")]
    found = await bot.services.database.read("SELECT subject, helpful FROM answer_feedback")
    assert [(row["subject"], bool(row["helpful"])) for row in found] == [("gas", True)]


async def test_verdicts_of_other_processes_count_within_a_minute(bot: BotHarness) -> None:
    directory, database = directory_of(bot.services), bot.services.database
    before = await directory.limits(database)
    for _ in range(20):
        await bot.services.unit(_keep)
    assert await directory.limits(database) == before
    await bot.advance(seconds=61)
    assert (await directory.limits(database)).answer > before.answer
    bot.clock.step(verdicts.AGE)
    await bot.advance(seconds=61)
    assert await directory.limits(database) == before


async def _keep(unit: object) -> None:
    verdicts.keep(Ruled("gas", 0.95, False, verdicts.OFFICER), unit)  # type: ignore[arg-type]
