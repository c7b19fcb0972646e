"""Offers in a conversation: titles to choose from, by button or number; none of them; silence; another word."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from botkit.adapter import Capabilities
from botkit.decision import Disposition, Escalation
from botkit.messages import MessageKind
from botkit.testing import BotHarness, FakeAdapter
from directory.offering import Settled
from directory.plugin import plugin
from directory.running import directory_of
from tests.directory.conftest import SAMPLE
from tests.directory.sure import ANSWER, OFFER, calibrated
from tests.directory.test_plugin import Desk

OTHERS = SAMPLE.parent / "etiquette" / "questions.toml"
TABLES = {"directory": {"folder": str(SAMPLE), "others": str(OTHERS)}}
UNSURE = "水表和煤气表要找谁看看"
NONE = "都不是，找民警"


def doubting(bot: BotHarness, confidence: float = 0.5) -> BotHarness:
    directory_of(bot.services).index = calibrated(bot, confidence)
    return bot


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def bot(desk: Desk) -> AsyncIterator[BotHarness]:
    async with BotHarness([plugin, desk.plugin], tables=TABLES) as running:
        yield doubting(running)


def titles(bot: BotHarness) -> list[str]:
    return [label for label, _ in bot.sent[-1].out.buttons]


def phrasing(bot: BotHarness, key: str) -> str:
    """The very words of a phrasing: those are certain, however unsure the rest."""
    return next(entry.phrasings[0] for entry in directory_of(bot.services).index.asked if entry.key == key)


async def verdicts(bot: BotHarness) -> list[tuple[str, bool, str, float]]:
    rows = await bot.services.database.read("SELECT * FROM directory_verdict ORDER BY id")
    assert all(set(row) >= {"station_id", "made_at"} for row in rows)
    return [(row["slug"], bool(row["is_right"]), row["source"], row["confidence"]) for row in rows]


async def test_when_unsure_it_offers_titles_and_the_chosen_one_is_answered(bot: BotHarness, desk: Desk) -> None:
    message = await bot.says(UNSURE)
    bot.replied("您想问的是哪一个？")
    offered = titles(bot)
    assert "上海燃气热线" in offered and offered[-1] == NONE and 2 <= len(offered) <= 4
    assert await bot.disposition(message) == "answered"
    reason = await bot.reason(message)
    assert reason["outcome"] == "offer" and reason["confidence"] == 0.5
    assert OFFER - 0.02 < reason["offer"] < reason["confidence"] < reason["threshold"] <= ANSWER + 0.02
    assert "gas" in reason["choices"] and UNSURE not in str(reason)
    await bot.presses("上海燃气热线")
    bot.replied("上海燃气热线 962777")
    ((slug, _, source, confidence),) = await verdicts(bot)
    assert source == "chosen" and confidence == 0.5 and slug == reason["entry"]
    await bot.advance(minutes=11)
    bot.kept_silent()
    assert desk.taken == []


async def test_a_number_chooses_where_there_are_no_buttons(desk: Desk) -> None:
    plain = FakeAdapter(capabilities=Capabilities())
    async with BotHarness([plugin, desk.plugin], tables=TABLES, adapter=plain) as bot:
        await doubting(bot).says(UNSURE)
        text = bot.replied("1. ", NONE)
        number = next(line[0] for line in text.split("\n") if "上海燃气热线" in line)
        await bot.says(number)
        bot.replied("962777")
        await bot.says(UNSURE)
        text = bot.replied(NONE)
        last = next(line[0] for line in text.split("\n") if NONE in line)
        await bot.says(f"{last}.")
        bot.replied("A human has it.")


@pytest.mark.parametrize("word", ["", "都不是", "None of these."])
async def test_none_of_these_is_a_humans(bot: BotHarness, desk: Desk, word: str) -> None:
    message = await bot.says(UNSURE)
    best = (await bot.reason(message))["entry"]
    bot.news()
    await (bot.says(word) if word else bot.presses(NONE))
    bot.replied("A human has it.")
    assert [(e.reason, e.level) for e in desk.taken] == [("none_of_these", "routine")]
    assert desk.taken[0].topic in ("water", "gas")
    assert await verdicts(bot) == [(best, False, "rejected", 0.5)]
    await bot.advance(minutes=11)
    bot.kept_silent()


async def test_when_nobody_chooses_a_human_gets_the_question_after_ten_minutes(bot: BotHarness, desk: Desk) -> None:
    await bot.says(UNSURE)
    bot.news()
    await bot.advance(minutes=9)
    bot.kept_silent()
    await bot.advance(minutes=2)
    bot.replied("您刚才的问题，我请民警来看。", "A human has it.")
    assert [e.reason for e in desk.taken] == ["offer_unanswered"]
    await bot.advance(minutes=30)
    bot.kept_silent()


async def test_another_question_goes_its_own_way_and_ends_the_offer(bot: BotHarness, desk: Desk) -> None:
    await bot.says(UNSURE)
    bot.news()
    await bot.says(phrasing(bot, "gas"))
    bot.replied("962777")
    await bot.advance(minutes=11)
    bot.kept_silent()
    await bot.says(UNSURE)
    bot.news()
    await doubting(bot, 0.1).says("那隔壁老王把我家门口堵了呢")
    bot.replied("A human has it.")
    await bot.advance(minutes=11)
    bot.kept_silent()
    assert desk.taken == [Escalation("other")]


async def test_an_offer_that_is_declined_is_over(bot: BotHarness, desk: Desk) -> None:
    await bot.says(UNSURE)
    bot.news()
    await bot.says("算了，不用了")
    bot.replied("好的")
    await bot.advance(minutes=11)
    bot.kept_silent()
    assert desk.taken == [] and await verdicts(bot) == []


@pytest.mark.parametrize("text", ["不用开锁了", "never mind the locksmith", "空调修好了"])
async def test_what_is_taken_back_is_not_answered(bot: BotHarness, desk: Desk, text: str) -> None:
    message = await doubting(bot, 0.99).says(text)
    bot.replied("A human has it.")
    (passed,) = (await bot.reason(message))["directory"]
    assert passed["outcome"] == "taken_back"


async def test_far_off_nothing_is_offered(bot: BotHarness, desk: Desk) -> None:
    message = await doubting(bot, 0.2).says(UNSURE)
    bot.replied("A human has it.")
    (passed,) = (await bot.reason(message))["directory"]
    assert passed["outcome"] == "doubt" and len(passed["nearest"]) == 3


async def test_what_is_a_humans_is_never_offered(bot: BotHarness, desk: Desk) -> None:
    message = await doubting(bot, 0.99).says(phrasing(bot, "human:case_progress"))
    bot.replied("A human has it.")
    (passed,) = (await bot.reason(message))["directory"]
    assert passed["outcome"] == "human" and passed["entry"].startswith("human:") and "topic" not in passed


async def test_one_of_two_asks_in_doubt_is_a_humans_beside_the_answer(bot: BotHarness, desk: Desk) -> None:
    await bot.says(f"{phrasing(bot, 'gas')}？另外水表该找谁来看看？")
    bot.replied("962777", "A human has it.")
    await bot.advance(minutes=11)
    assert len(desk.taken) == 1


async def test_in_a_group_a_neighbours_press_or_answer_settles_it(bot: BotHarness, desk: Desk) -> None:
    await bot.says(UNSURE, group="g", at_bot=True)
    bot.replied("哪一个")
    await bot.presses("上海燃气热线", group="g", at_bot=True, who="wang")
    bot.replied("962777")
    await bot.advance(minutes=11)
    bot.kept_silent()
    await bot.says(UNSURE, group="h", at_bot=True, id="asked")
    bot.news()
    await bot.says("打 962777 就好", group="h", who="wang", reply_to="asked")
    await bot.advance(minutes=11)
    bot.kept_silent()
    assert desk.taken == []


async def test_a_title_that_left_the_directory_is_stale(bot: BotHarness) -> None:
    await bot.says(UNSURE)
    value = next(value for label, value in bot.sent[-1].out.buttons if label == "上海燃气热线")
    bot.news()
    index = directory_of(bot.services).index
    del index._subjects["gas"]
    message = await bot.says(kind=MessageKind.BUTTON, data={"value": value})
    assert await bot.disposition(message) == Disposition.ANSWERED
    assert "962777" not in bot.replied()


def test_settled_offers_are_forgotten_in_the_end() -> None:
    settled = Settled()
    for number in range(1_001):
        settled.add(str(number))
    assert "0" not in settled and "1000" in settled
