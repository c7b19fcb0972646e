"""The directory in a conversation: answers, the next best, a human, and danger behind the door."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from botkit.decision import Decision, Disposition, Escalation
from botkit.plugin import Plugin, Stage
from botkit.settings import Settings, StationSettings
from botkit.storage import UnitOfWork
from botkit.testing import BotHarness
from directory.plugin import plugin
from directory.running import directory_of
from tests.directory.conftest import ENTRY, SAMPLE, Write
from tests.directory.sure import calibrated

TABLES = {"directory": {"folder": str(SAMPLE)}}


class Desk:
    """A very small handoff: it takes what is given to it, and all that nobody answers."""

    def __init__(self) -> None:
        self.taken: list[Escalation] = []
        self.plugin = Plugin("desk")
        self.plugin.applies(Escalation)(self.take)
        self.plugin.stage(Stage.HANDOFF)(self.rest)
        self.plugin.numbers(lambda: frozenset({"110", "119", "120"}))

    async def take(self, effect: Escalation, unit: UnitOfWork) -> dict[str, object]:
        self.taken.append(effect)
        return {"lines": ("A human has it.",)}

    def rest(self) -> Decision:
        return Decision(Disposition.ESCALATED, (), (Escalation("other"),))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def bot(desk: Desk) -> AsyncIterator[BotHarness]:
    async with BotHarness([plugin, desk.plugin], tables=TABLES) as running:
        yield running


async def test_a_question_is_answered_in_its_language(bot: BotHarness) -> None:
    message = await bot.says("煤气公司电话多少")
    bot.replied("上海燃气热线 962777", "示例/未核实")
    assert await bot.disposition(message) == "answered"
    reason = await bot.reason(message)
    assert reason["entry"] == "gas" and reason["confidence"] >= reason["threshold"]
    assert reason["outcome"] == "answer" and reason["features"]
    await bot.says("my gas bill is wrong, who do I call")
    bot.replied("Shanghai gas hotline 962777", "Sample, unverified")


async def test_an_faq_is_answered_from_its_own_words(bot: BotHarness) -> None:
    await bot.says("12345 晚上打得通吗")
    bot.replied("报道说 12345 全天有人接听", "示例/未核实")


async def test_what_is_not_in_the_directory_goes_to_a_human(bot: BotHarness, desk: Desk) -> None:
    await bot.says("隔壁老王把我家门口堵了")
    bot.replied("A human has it.")
    assert desk.taken == [Escalation("other")]


async def test_it_says_what_its_answers_are_about(bot: BotHarness) -> None:
    assert {"gas", "locksmith"} <= bot.services.subjects()


@pytest.mark.parametrize(
    "asked", ["社区事务受理中心能办居住证吗", "居住證丟了找居委會嗎", "is the gas company my case too"]
)
async def test_police_business_is_never_answered(bot: BotHarness, desk: Desk, asked: str) -> None:
    await bot.says(asked)
    bot.replied("A human has it.")
    assert desk.taken == [Escalation("other")]
    assert not await bot.services.database.read("SELECT * FROM question_log")


async def test_not_right_gives_the_next_best_once_and_then_a_human(bot: BotHarness, desk: Desk) -> None:
    await bot.says("社保卡丢了")
    bot.replied("12333 社会保险咨询")
    await bot.presses("不对")
    bot.replied("抱歉", "医疗保险")
    await bot.presses("不对")
    bot.replied("A human has it.")
    assert [(e.topic, e.reason) for e in desk.taken] == [("medical_insurance", "not_right")]
    rows = await bot.services.database.read("SELECT subject, helpful FROM answer_feedback ORDER BY id")
    assert [(row["subject"], bool(row["helpful"])) for row in rows] == [
        ("social_security", False),
        ("medical_insurance", False),
    ]


@pytest.mark.parametrize(
    ("question", "word"), [("社保卡丢了", "不对。"), ("I lost my medical insurance card", "Not right!")]
)
async def test_not_right_may_be_typed(bot: BotHarness, desk: Desk, question: str, word: str) -> None:
    await bot.says(question)
    bot.news()
    await bot.says(word)
    bot.replied("医疗保险" if word == "不对。" else "social insurance")
    await bot.says(word)
    bot.replied("A human has it.")
    assert len(desk.taken) == 1


async def test_where_nothing_else_is_near_a_human_is_next(bot: BotHarness, desk: Desk) -> None:
    await bot.says("煤气公司电话多少")
    bot.news()
    await bot.says("不对")
    bot.replied("A human has it.")
    assert desk.taken[0].topic == "gas"


async def test_after_an_answer_a_new_question_is_a_new_question(bot: BotHarness) -> None:
    await bot.says("煤气公司电话多少")
    bot.news()
    await bot.says("公积金电话是多少")
    bot.replied("12329")
    await bot.advance(minutes=11)
    await bot.says("不对")
    assert "医疗" not in bot.last


async def test_a_person_is_one_press_away(bot: BotHarness, desk: Desk) -> None:
    await bot.says("水费太高了，水务公司电话")
    assert [label for label, _ in bot.sent[-1].out.buttons] == ["人工", "不对"]
    bot.news()
    await bot.presses("人工")
    bot.replied("A human has it.")
    assert desk.taken == [Escalation("water", "routine", "asked_human")]


async def test_the_locksmith_asks_first_and_a_yes_is_an_emergency(bot: BotHarness, desk: Desk) -> None:
    for question, yes in (
        ("开锁", None),
        ("开锁师傅电话有伐", "有小孩"),
        ("I locked myself out, who can open the door", "yes"),
    ):
        await bot.says(question)
        card = bot.replied("119")
        assert "119" in card.split("\n")[0]
        if yes is None:
            await bot.presses("门里有人或起火")
        else:
            message = await bot.says(yes)
            assert await bot.disposition(message) == "emergency"
        told = bot.replied("119", "A human has it.")
        assert "119" in told.split("\n")[0]
    assert {(e.level, e.reason) for e in desk.taken} == {("emergency", "behind_door")}


async def test_two_asks_are_both_answered(bot: BotHarness) -> None:
    await bot.says("煤气公司电话多少？另外公积金电话是多少？")
    assert "962777" in bot.last and "12329" in bot.last


async def test_the_question_log_keeps_words_without_digits_or_sender(bot: BotHarness) -> None:
    await bot.says("我家3号楼 煤气公司电话多少 13800138000")
    await bot.says("隔壁老王把我家门口堵了")
    rows = await bot.services.database.read("SELECT * FROM question_log")
    assert [(row["text"], row["subject"]) for row in rows] == [("我家号楼 煤气公司电话多少", "gas")]
    assert set(rows[0]) == {"id", "station_id", "asked_at", "language", "text", "subject", "score"}


async def test_a_near_miss_is_noted_for_the_maintainers(desk: Desk) -> None:
    async with BotHarness([plugin, desk.plugin], tables=TABLES) as bot:
        directory_of(bot.services).index = calibrated(bot, 0.4)
        message = await bot.says("煤气公司的热线打不通，户内的表也不走了，我要不要换，另外钥匙断在锁里了找谁")
        bot.replied("A human has it.")
        rows = await bot.services.database.read("SELECT subject FROM question_log")
        assert [row["subject"] for row in rows] == ["", ""]
        passed = (await bot.reason(message))["directory"]
        assert [part["outcome"] for part in passed] == ["doubt", "doubt"]
        assert passed[0]["entry"] == "gas" and passed[0]["nearest"] and passed[0]["confidence"] == 0.4


async def test_the_question_log_can_be_switched_off(desk: Desk) -> None:
    quiet = {"directory": {"folder": str(SAMPLE), "log_questions": False}}
    async with BotHarness([plugin, desk.plugin], tables=quiet) as bot:
        await bot.says("煤气公司电话多少")
        bot.replied("962777")
        assert not await bot.services.database.read("SELECT * FROM question_log")


async def test_outside_demonstration_mode_nothing_invented_or_unchecked_is_said(desk: Desk) -> None:
    settings = Settings(station=StationSettings(demo=False))
    async with BotHarness([plugin, desk.plugin], settings=settings, tables=TABLES) as bot:
        await bot.says("开锁师傅电话有伐")
        bot.replied("A human has it.")
        assert bot.services.numbers.unknown("021-00000001") == ["021-00000001"]


async def test_an_answer_is_due_and_then_expires_at_the_stations_midnight(write: Write) -> None:
    water = ENTRY.replace('"gas"', '"water"').replace("962777", "962740").replace("煤气公司", "水务公司")
    dues = 'risk = "urgent"\nassured_date = 2026-02-17\n'
    folder = write(a=ENTRY + 'risk = "urgent"\nassured_date = 2026-02-09\n', b=water + dues)
    async with BotHarness([plugin], tables={"directory": {"folder": str(folder)}}) as bot:
        await bot.advance(hours=13, minutes=59)
        await bot.says("煤气公司电话多少")
        bot.replied("燃气热线 962777", "2026-02-09 核实，待复核")
        await bot.says("水务公司电话多少")
        assert "待复核" not in bot.replied("962740", "2026-02-17 核实")
        await bot.advance(minutes=1)
        await bot.says("水务公司电话多少")
        bot.replied("962740", "2026-02-17 核实，待复核")
        await bot.says("煤气公司电话多少")
        said = bot.replied("燃气热线", "燃气的事。", "2026-02-09 之后没有再核实", "民警")
        # 12345 is not in this directory, so that it may not be named.
        assert "962777" not in said and "12345" not in said


async def test_where_12345_is_in_the_directory_it_tells_what_is_true_of_an_expired_entry(write: Write) -> None:
    hotline = (
        ENTRY.replace('slug = "gas"', 'slug = "hotline"').replace("962777", "12345").replace("煤气公司", "市民热线")
    )
    folder = write(a=ENTRY + "assured_date = 2024-01-31\n", b=hotline)
    async with BotHarness([plugin], tables={"directory": {"folder": str(folder)}}) as bot:
        await bot.says("煤气公司电话多少")
        assert "962777" not in bot.replied("2024-01-31 之后没有再核实，号码可能已变，请打 12345 核实")
