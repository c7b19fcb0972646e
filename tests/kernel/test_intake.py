"""Intake: what concerns the bot is kept before anything is confirmed, and plain talk is kept nowhere."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from botkit.adapter import Batch
from botkit.decision import Concern, Decision, Disposition, Escalation, Verdict
from botkit.messages import Attachment, Chat, ChatKind, Message, MessageKind, Reply, Sender, tr
from botkit.plugin import Plugin, Stage
from botkit.storage import UnitOfWork
from botkit.testing import BotHarness, FakeAdapter
from tests.kernel.kit import busy, until

SENTENCE = "今晚鲸鱼在三角梅底下唱歌"
ADVICE = "kernel.trouble"
"""Any text without arguments serves as advice here."""


@pytest.fixture
def plugin() -> Plugin:
    plugin = Plugin("test")

    @plugin.screen
    def broken(message: Message) -> Verdict | None:
        raise RuntimeError(message.text)

    @plugin.screen
    def wrong(message: Message) -> Any:
        return True

    @plugin.screen
    def danger(message: Message) -> Verdict | None:
        return Verdict(Concern.EMERGENCY, "fire", "fire", ADVICE, True) if "着火" in message.text else None

    @plugin.stage(Stage.SAFETY)
    async def safety(verdict: Verdict) -> Decision | None:
        if verdict.concern is not Concern.EMERGENCY:
            return None
        effects = (Escalation("fire", "emergency"),)
        return Decision(Disposition.EMERGENCY, (Reply((tr(verdict.advice),)),), effects)

    @plugin.applies(Escalation)
    async def case(effect: Escalation, unit: UnitOfWork) -> dict[str, Any]:
        unit.audit("case.opened", topic=effect.topic)
        return {"lines": ("立案",)}

    @plugin.command("echo")
    async def echo(args: str) -> str:
        return args

    return plugin


async def opened_cases(bot: BotHarness) -> int:
    rows = await bot.services.database.read("SELECT count(*) AS n FROM audit WHERE event = 'case.opened'")
    return int(rows[0]["n"])


async def test_the_same_event_counts_once(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        message = bot.message("/echo hi", id="m1")
        await bot.deliver(message, message)
        await bot.deliver(message)
        bot.replied("hi")
        await bot.says("/echo hi", id="m1", who="wang")
        bot.replied("hi")
        await bot.says("/echo changed", id="m1", revision=1)
        rows = await bot.services.database.read("SELECT revision FROM inbox ORDER BY id")
        assert [row["revision"] for row in rows] == [0, 0, 1]


async def test_the_cursor_is_kept_with_the_events(plugin: Plugin, tmp_path: Path) -> None:
    async with BotHarness([plugin], folder=tmp_path) as bot:
        await bot.deliver(bot.message("/echo a"), bot.message("plain", group="g"))
        rows = await bot.services.database.read("SELECT cursor FROM adapter_account WHERE name = 'fake'")
        assert rows[0]["cursor"] == bot.services.cursor("fake") == "2"
    async with BotHarness([plugin], folder=tmp_path) as bot:
        assert bot.services.cursor("fake") == "2"


async def test_nothing_is_confirmed_before_it_is_committed(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        assert isinstance(bot.platform, FakeAdapter)
        async with busy(bot.services.database):
            screened = bot.services.metrics.received.labels("fake", "addressed")._value
            bot.platform.put([bot.message("/echo hi")])
            await until(screened.get)
            for _ in range(50):
                await asyncio.sleep(0)
            assert not bot.platform.confirmed
            assert not await bot.services.database.read("SELECT id FROM inbox")
        await bot.settle()
        assert bot.platform.confirmed
        bot.replied("hi")


async def test_plain_talk_leaves_no_byte_anywhere(
    plugin: Plugin, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with BotHarness([plugin], folder=tmp_path) as bot:
        talk = [bot.message(f"{SENTENCE}{n}", group="g", who=f"p{n}") for n in range(5)]
        await bot.deliver(*talk, bot.message("/echo 别的话", who="li"))
        await bot.advance(minutes=61)
        await bot.says(SENTENCE, group="g")
        assert bot.news() == ["别的话"]
        needles = [form for form in (SENTENCE[:6].encode(), SENTENCE[:6].encode("utf-16-le"),
                                     repr(SENTENCE[:6].encode("unicode_escape"))[3:20].encode())]  # fmt: skip
        for path in tmp_path.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert not any(needle in content for needle in needles), path
        stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert "别的话".encode() in stored, "the search must find what is there"
        rows = await bot.services.database.read("SELECT lines FROM plain_count ORDER BY hour")
        assert [row["lines"] for row in rows] == [5, 1]
    output = capfd.readouterr()
    for text in (output.out, output.err, caplog.text):
        assert SENTENCE[:6] not in text and "p3" not in text


async def test_danger_in_plain_talk_gets_in_whatever_other_hooks_do(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        message = await bot.says("快来人啊三楼着火了", group="g")
        bot.replied("立案")
        assert await bot.disposition(message) == "emergency"
        assert bot.sent[-1].out.lane == "urgent"


async def full_disk(bot: BotHarness, full: bool) -> None:
    """Let the database take no further page, or let it grow again."""
    database = bot.services.database
    if not database.sqlite:
        await database._get("default").execute_query(
            "ALTER TABLE inbox ADD CONSTRAINT full_disk CHECK (false) NOT VALID"
            if full
            else "ALTER TABLE inbox DROP CONSTRAINT full_disk"
        )
        return
    pages = (await database.read("PRAGMA page_count"))[0]["page_count"] if full else 1_000_000
    await database._get("default").execute_query(f"PRAGMA max_page_count={pages}")


def failures(bot: BotHarness) -> float:
    """How often receiving has failed."""
    return float(bot.services.metrics.failed.labels("receive")._value.get())


async def test_advice_is_said_without_a_database_and_the_case_opened_later(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        await bot.says("/echo warm")
        bot.news()
        await full_disk(bot, True)
        assert isinstance(bot.platform, FakeAdapter)
        # Too long for what room is left in the pages that there are.
        bot.platform.put([bot.message("着火了" + "！" * 4000), bot.message("/echo later", who="wang")])
        for times in range(1, 5):
            await until(lambda times=times: failures(bot) >= times)
            bot.clock.step(timedelta(seconds=20))
        assert len(bot.news()) == 1, "the advice, and once"
        assert not bot.platform.confirmed
        assert await opened_cases(bot) == 0
        await full_disk(bot, False)
        # The attempt that is under way may still have found it full.
        await until(lambda: bot.clock.step(timedelta(seconds=20)) or bot.platform.confirmed)
        await bot.settle()
        assert sorted(bot.news()) == ["later", "立案"]
        assert await opened_cases(bot) == 1


async def test_a_full_disk_between_intake_and_dispatch_repeats_no_advice_either(plugin: Plugin, tmp_path: Path) -> None:
    async with BotHarness([plugin], folder=tmp_path) as bot:
        await bot.says("/echo warm")
        bot.news()
        real = bot.bot.intake._offer
        await full_disk(bot, True)
        bot.platform.put([bot.message("着火了" + "！" * 4000)])  # type: ignore[attr-defined]
        await until(lambda: failures(bot))
        assert bot.news() == [bot.services.catalogues.text("zh", ADVICE)]
        await full_disk(bot, False)
        writing = bot.services.database._get("default")
        dropped: list[Any] = []

        def offer(items: list[Any]) -> None:
            dropped.extend(items)

        bot.bot.intake._offer = offer
        bot.clock.step(timedelta(seconds=20))
        await until(lambda: dropped)
        await writing.execute_query("PRAGMA query_only=ON")
        real(dropped)
        await until(lambda: not bot.bot.dispatcher.idle and bot.bot.dispatcher._lanes.idle)
        await writing.execute_query("PRAGMA query_only=OFF")
        bot.bot.intake._offer = real
        bot.clock.step(timedelta(seconds=5))
        await bot.settle()
        assert bot.news() == ["立案"]


async def test_malformed_events_stop_nobody(plugin: Plugin, database_url: str) -> None:
    async with BotHarness([plugin], database_url=database_url) as bot:
        strange = "a\x00b\ud83d\u202e\u0007"
        events = [
            replace(bot.message(strange), sender=replace(bot.message().sender, id="s1", name=strange)),
            replace(
                bot.message("x", who="w"),
                data={"object": object(), "deep": [{strange: strange}], "n": 1 << 70},
            ),
            replace(bot.message("x", who="v"), language="zh-Hant-TW-too-long"),
            replace(bot.message("x", who="u"), reply_to=strange, mentions=(strange,)),
            bot.message("长" * 100_000, who="t"),
            bot.message(kind=MessageKind.UNKNOWN, who="s"),
            bot.message(kind=MessageKind.PHOTO, who="r", attachments=(Attachment(MessageKind.PHOTO, "f", strange),)),
            bot.message("/echo " + strange, who="q"),
        ]
        await bot.deliver(*events, bot.message("/echo fine"))
        assert "fine" in bot.news()
        rows = await bot.services.database.read("SELECT count(*) AS n FROM inbox WHERE disposition IS NOT NULL")
        assert rows[0]["n"] == len(events) + 1


async def test_a_private_chat_that_others_enter_is_a_group(tmp_path: Path, plugin: Plugin) -> None:
    async with BotHarness([plugin], folder=tmp_path) as bot:
        await bot.says("/echo one")
        [before] = await bot.services.database.read("SELECT id, platform_id, kind FROM chat")
        [identity] = await bot.services.database.read("SELECT id FROM identity")
        assert before["kind"] == "dm" and bot.services.chats.private_of(identity["id"]) == before["id"]
        group = Chat("fake", before["platform_id"], ChatKind.GROUP, "three of us")
        row = bot.services.chats.by_id(before["id"])
        message = Message(group, Sender("wang"), "plain-1", bot.clock.now(), SENTENCE)
        # A commit that fails changes nothing.
        writes: list[Any] = []
        bot.services.chats.widen(row, group, writes)
        bot.services.chats.forget(writes)
        assert row.chat.kind is ChatKind.DM
        await bot.bot.intake.accept(bot.platform, Batch([message]))
        [after] = await bot.services.database.read("SELECT id, kind, title FROM chat")
        assert (after["id"], after["kind"], after["title"]) == (before["id"], "group", "three of us")
        assert bot.services.chats.private_of(identity["id"]) is None
        assert not await bot.services.database.read("SELECT id FROM identity WHERE chat_id IS NOT NULL")
        rows = await bot.services.database.read("SELECT payload FROM inbox")
        assert len(rows) == 1 and SENTENCE not in rows[0]["payload"]
