"""Delivery: what was said arrives once, in order, within the limits, or somebody sees that it did not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from botkit.adapter import Ambiguous, Capabilities, Refused, RetryLater, Unreachable
from botkit.delivery import ATTEMPTS
from botkit.letters import letters
from botkit.messages import Button, Lane, Reply, say
from botkit.plugin import Plugin
from botkit.sql import moment
from botkit.storage import UnitOfWork
from botkit.storage.models import Outbox
from botkit.testing import BotHarness, FakeAdapter
from tests.kernel.kit import until

POOR = Capabilities(groups=True)
RICH = Capabilities(groups=True, buttons=True, max_buttons=3, edit=True, idempotent_send=True)


def echo() -> Plugin:
    plugin = Plugin("test")

    @plugin.command("echo")
    async def echo(args: str) -> str:
        return args

    @plugin.command("urgent")
    async def urgent(args: str) -> Reply:
        return say(args, lane=Lane.URGENT)

    @plugin.command("bulk")
    async def bulk(args: str) -> Reply:
        return say(args, lane=Lane.BULK)

    @plugin.command("once")
    async def once(args: str) -> Reply:
        return say(args, once="the-one")

    @plugin.command("edit")
    async def edit(args: str) -> Reply:
        return say(args, edits="the-one")

    @plugin.command("later")
    async def later(args: str) -> Reply:
        return say(args, edits="the-one", lane=Lane.BULK)

    @plugin.command("menu")
    async def menu() -> Reply:
        return say("选一个", buttons=tuple(Button(f"选项{n}", "test.pick", n) for n in "甲乙丙丁"))

    @plugin.button("pick")
    async def pick(payload: str) -> str:
        return f"picked {payload}"

    return plugin


def harness(capabilities: Capabilities = POOR, **options: Any) -> BotHarness:
    return BotHarness([echo()], adapter=FakeAdapter(capabilities=capabilities), **options)


async def rows(bot: BotHarness) -> list[tuple[str, int]]:
    found = await bot.services.database.read("SELECT status, attempts FROM outbox ORDER BY id")
    return [(row["status"], row["attempts"]) for row in found]


def platform(bot: BotHarness) -> FakeAdapter:
    assert isinstance(bot.platform, FakeAdapter)
    return bot.platform


async def test_passing_faults_are_tried_again_with_growing_pauses(database_url: str) -> None:
    async with harness(database_url=database_url) as bot:
        platform(bot).faults = [ConnectionResetError("secret")] * 4
        await bot.says("/echo hi")
        bot.kept_silent()
        pauses = []
        for _ in range(4):
            [row] = await bot.services.database.read("SELECT due_at FROM outbox")
            due = moment(row["due_at"])
            pauses.append((due - bot.clock.now()).total_seconds())
            await bot.advance(until=due)
        bot.replied("hi")
        assert all(0.5 <= pause <= max(0.5, 2.0**n) for n, pause in enumerate(pauses))
        await bot.advance(minutes=30)
        bot.kept_silent()
        assert await rows(bot) == [("sent", 5)]


async def test_what_never_succeeds_becomes_a_letter_that_can_be_sent_again(database_url: str) -> None:
    async with harness(database_url=database_url) as bot:
        platform(bot).faults = [ConnectionResetError()] * ATTEMPTS
        await bot.says("/echo hi")
        await bot.advance(hours=2)
        bot.kept_silent()
        [letter] = await letters(bot.services.database)
        assert (letter.status, letter.problem, letter.attempts) == ("dead", "ConnectionResetError", ATTEMPTS)
        assert await bot.bot.delivery.retry(letter.id)
        await bot.settle()
        bot.replied("hi")
        assert not await letters(bot.services.database)
        assert not await bot.bot.delivery.retry(letter.id)


@pytest.mark.parametrize("fault", [Unreachable("blocked"), Refused("too long")])
async def test_what_the_platform_refuses_is_not_repeated(fault: Exception, database_url: str) -> None:
    async with harness(database_url=database_url) as bot:
        platform(bot).faults = [fault]
        await bot.says("/echo one")
        await bot.says("/echo two")
        bot.replied("two")
        await bot.advance(hours=1)
        bot.kept_silent()
        [letter] = await letters(bot.services.database)
        assert (letter.status, letter.problem, letter.attempts) == ("dead", type(fault).__name__, 1)


async def test_a_wait_that_the_platform_asks_for_delays_its_chat_only() -> None:
    async with harness() as bot:
        platform(bot).faults = [RetryLater(30)] * 12  # more often than a fault may happen: it is none
        await bot.says("/echo one")
        platform(bot).faults = []
        await bot.says("/echo two")
        await bot.says("/echo three", who="wang")
        assert bot.news() == ["three"]
        await bot.says("/urgent four", who="zhao")
        assert bot.news() == ["four"]
        await bot.advance(seconds=29)
        bot.kept_silent()
        await bot.advance(seconds=1)
        assert bot.news() == ["one", "two"]


async def test_waits_are_not_counted_as_faults() -> None:
    async with harness() as bot:
        platform(bot).faults = [RetryLater(5)] * 12
        await bot.says("/echo one")
        await bot.advance(seconds=61)
        bot.replied("one")
        assert await rows(bot) == [("sent", 1)]


async def test_a_wait_for_everywhere_delays_all_chats() -> None:
    async with harness() as bot:
        platform(bot).faults = [RetryLater(30, everywhere=True)]
        await bot.says("/echo one")
        await bot.says("/echo two", who="wang")
        await bot.says("/urgent three", who="zhao")
        bot.kept_silent()
        await bot.advance(seconds=30)
        assert sorted(bot.news()) == ["one", "three", "two"]


async def test_after_a_wait_for_everywhere_they_go_one_by_one_and_urgent_ones_first() -> None:
    async with harness() as bot:
        platform(bot).faults = [RetryLater(5, everywhere=True)]
        for name in ("one", "two", "three", "four"):
            await bot.says(f"/echo {name}", who=name)
        await bot.says("/urgent five", who="zhao")
        # The first that tries again is refused again: nobody else is sent into the same refusal.
        platform(bot).faults = [RetryLater(5, everywhere=True)]
        await bot.advance(seconds=5)
        bot.kept_silent()
        assert not platform(bot).faults
        await bot.advance(seconds=5)
        assert bot.news() == ["five", "one", "two", "three", "four"]
        assert {attempts for _, attempts in await rows(bot)} == {1}


async def test_what_may_have_arrived_is_not_said_twice_unless_urgent(database_url: str) -> None:
    async with harness(database_url=database_url) as bot:
        platform(bot).faults, platform(bot).after_effect = [Ambiguous("no answer")], True
        await bot.says("/echo one")
        await bot.advance(hours=1)
        bot.replied("one")
        [letter] = await letters(bot.services.database)
        assert (letter.status, letter.problem, letter.attempts) == ("unknown", "Ambiguous", 1)
        platform(bot).faults, platform(bot).after_effect = (
            [ConnectionResetError(), Ambiguous("no answer")],
            False,
        )
        await bot.says("/urgent two")
        await bot.advance(minutes=5)
        # A fault that surely sent nothing, then one doubt: said again. A second doubt would end it.
        bot.replied("two")
        platform(bot).faults = [Ambiguous("no answer"), ConnectionResetError(), TimeoutError()]
        await bot.says("/urgent three")
        await bot.advance(hours=1)
        bot.kept_silent()
        assert not platform(bot).faults
        assert [letter.status for letter in await letters(bot.services.database)] == ["unknown", "unknown"]


async def test_the_same_key_makes_no_second_message() -> None:
    async with harness(RICH) as bot:
        platform(bot).faults, platform(bot).after_effect = [Ambiguous("no answer"), TimeoutError()], True
        await bot.says("/echo one")
        await bot.advance(hours=1)
        bot.replied("one")
        assert await rows(bot) == [("sent", 3)]


@pytest.mark.parametrize(
    ("command", "capabilities", "said", "status"),
    [("/echo", POOR, 0, "unknown"), ("/urgent", POOR, 1, "sent"), ("/echo", RICH, 1, "sent")],
)
async def test_a_crash_during_the_call(
    command: str, capabilities: Capabilities, said: int, status: str, tmp_path: Path
) -> None:
    for crash in range(3):
        async with harness(capabilities, folder=tmp_path) as bot:
            if not crash:
                started: list[str] = []

                async def dies(out: Any, started: list[str] = started) -> str:
                    started.append(out.key)
                    await bot.clock.sleep_until(bot.clock.now().replace(year=2030))
                    return "never"

                bot.platform.send = dies  # type: ignore[method-assign]
                bot.platform.put([bot.message(f"{command} hi")])  # type: ignore[attr-defined]
                await until(lambda started=started: started)
            else:
                await bot.advance(hours=1)
                assert len(bot.news()) == (said if crash == 1 else 0)
                assert [row[0] for row in await rows(bot)] == [status]


@pytest.mark.parametrize("fault", [RetryLater(60), ConnectionError()])
async def test_what_is_taken_back_before_it_has_left_is_not_said(fault: Exception, database_url: str) -> None:
    platform = FakeAdapter(capabilities=RICH)
    async with BotHarness([echo()], adapter=platform, database_url=database_url) as bot:
        platform.faults = [fault]
        await bot.says("/once one")

        async def take_back(unit: UnitOfWork) -> None:
            await Outbox.filter(once="the-one", status="pending").delete()

        await bot.services.unit(take_back)
        await bot.advance(hours=1)
        bot.kept_silent()
        await bot.says("/echo two")
        bot.replied("two")


async def test_what_is_named_once_is_said_once(database_url: str) -> None:
    async with harness(database_url=database_url) as bot:
        await bot.deliver(*[bot.message(f"/once {word}", who=word) for word in ("a", "b", "c")])
        await bot.says("/once d")
        assert len(bot.news()) == 1
        assert [row[0] for row in await rows(bot)] == ["sent"]


async def test_edits_replace_where_they_can_and_are_new_elsewhere(database_url: str) -> None:
    async with harness(RICH, database_url=database_url) as bot:
        await bot.deliver(bot.message("/once first"), bot.message("/edit second"))
        assert bot.news() == ["second"]
    async with harness(POOR) as bot:
        await bot.deliver(bot.message("/once first"), bot.message("/edit second"))
        assert bot.news() == ["first", "second"]
    async with harness(RICH) as bot:
        await bot.says("/edit nothing was said before")
        bot.replied("nothing was said before")


async def test_an_edit_that_waited_does_not_bring_an_older_text_back(database_url: str) -> None:
    async with harness(RICH, database_url=database_url) as bot:
        await bot.says("/once first")
        platform(bot).faults = [RetryLater(30)]
        await bot.says("/later second")
        await bot.says("/edit third")
        assert bot.news() == ["third"]
        await bot.advance(minutes=1)
        assert [sent.text for sent in bot.sent] == ["third"]
        assert await rows(bot) == [("sent", 1), ("dropped", 0), ("sent", 1)]


async def test_a_long_edit_replaces_with_its_beginning_and_adds_the_rest() -> None:
    from dataclasses import replace

    async with harness(replace(RICH, max_text=20)) as bot:
        await bot.says("/once first")
        await bot.says("/edit " + "aaaa bbbb cccc dddd eeee ffff")
        assert bot.news() == ["aaaa bbbb cccc dddd", "eeee ffff"]


async def test_buttons_are_numbered_where_there_are_none_or_too_few(database_url: str) -> None:
    async with harness(database_url=database_url) as bot:
        await bot.says("/menu")
        text = bot.replied("选一个", "1. 选项甲", "4. 选项丁")
        assert "数字" in text and not bot.sent[-1].out.buttons
        await bot.says("４")
        bot.replied("picked 丁")
        await bot.says("1")
        bot.kept_silent()
        await bot.says("/menu")
        bot.news()
        await bot.says("9")
        bot.kept_silent()
        await bot.says("2", who="wang")
        bot.kept_silent()
        await bot.says("2.")
        bot.replied("picked 乙")
    async with harness(RICH) as bot:
        await bot.says("/menu")
        bot.replied("3. 选项丙")
        # Four choices, and room for three buttons: none is better than one that is missing.
        assert not bot.sent[-1].out.buttons


async def test_pacing_leaves_a_tenth_to_what_is_urgent() -> None:
    async with harness(Capabilities(groups=True, rate_chat=20, rate_global=30)) as bot:
        words = ["".join("abcdefghij"[int(digit)] for digit in f"{n:02}") for n in range(25)]
        await bot.deliver(*[bot.message(f"/echo {word}") for word in words])
        assert bot.news() == words[:18]
        await bot.deliver(bot.message("/urgent now"), bot.message("/urgent too"), bot.message("/urgent much"))
        assert bot.news() == ["now", "too"]
        await bot.says("/echo another", who="wang")
        bot.replied("another")
        await bot.advance(seconds=61)
        assert sorted(bot.news()) == sorted([*words[18:], "much"])


async def test_pacing_over_all_chats_and_lanes() -> None:
    async with harness(Capabilities(groups=True, rate_global=10)) as bot:
        await bot.deliver(*[bot.message("/bulk news", who=f"p{n}") for n in range(20)])
        assert len(bot.news()) == 9
        await bot.deliver(bot.message("/urgent fire", who="wang"))
        assert bot.news() == ["fire"]
        await bot.deliver(bot.message("/echo answer", who="zhao"))
        await bot.advance(seconds=1)
        news = bot.news()
        assert len(news) == 9 and "answer" in news
        await bot.advance(seconds=5)
        assert len(bot.news()) == 3


async def test_a_receipt_that_cannot_be_written_is_no_reason_to_say_it_again(tmp_path: Path) -> None:
    async with harness(RICH, folder=tmp_path) as bot:
        await bot.says("/echo zero")
        writing = bot.services.database._get("default")
        assert bot.news() == ["zero"]
        real = platform(bot).send

        async def full(out: Any) -> str:
            await writing.execute_query("PRAGMA query_only=ON")
            return await real(out)

        platform(bot).send = full  # type: ignore[method-assign]
        platform(bot).put([bot.message("/echo one")])
        await until(lambda: bot.sent[-1].text == "one")
        await until(lambda: bot.bot.delivery._writing)
        await writing.execute_query("PRAGMA query_only=OFF")
        await bot.settle()
        assert bot.news() == ["one"]
        assert [row[0] for row in await rows(bot)] == ["sent", "sent"]
