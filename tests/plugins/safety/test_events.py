"""Danger and scams in a group: one line, what it says, and how long it stands (E2, E3)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import botkit.plugins.safety
from botkit.decision import Escalation
from botkit.errors import StorageError
from botkit.i18n import LANGUAGES, read
from botkit.messages import Sender
from botkit.plugin import Plugin
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.handoff.models import Case
from botkit.plugins.safety import events
from botkit.plugins.safety import plugin as safety
from botkit.plugins.safety.texts import ADVICE
from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness, FakeAdapter
from botkit.testing.fake import FULL

CONFIG = Path(__file__).parents[3] / "config" / "station.toml"
LOCALES = Path(botkit.plugins.safety.__file__).parent / "locales"


def station(cases: Plugin = handoff, **options: Any) -> BotHarness:
    settings = Settings(station=StationSettings(demo=True), source=CONFIG)
    return BotHarness([safety, etiquette, cases], settings=settings, **options)


async def test_the_silence_counts_from_the_line_not_from_the_clock(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await bot.advance(minutes=29)
        await bot.says("3号楼着火了", group="g")
        bot.replied("119")
        for minutes in (2, 10, 17):
            await bot.advance(minutes=minutes)
            message = await bot.says("着火了，快来人", who="wang", group="g")
            bot.kept_silent()
            assert await bot.disposition(message) == "emergency"
        await bot.says("着火了，快来人", group="another")
        bot.replied("119")
        await bot.says("有人拿刀砍人", group="g")
        bot.replied("110")
        clock = bot.clock
    async with station(database_url=database_url, clock=clock) as bot:
        await bot.says("还在着火", group="g", id="after-1")
        bot.kept_silent()
        await bot.advance(minutes=2)
        await bot.says("又着火了", group="g", id="after-2")
        bot.replied("119")
        await bot.advance(minutes=29)
        await bot.says("着火了", group="g", id="after-3")
        bot.kept_silent()


async def test_reports_side_by_side_are_one_line(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        await bot.deliver(*(bot.message("3号楼着火了", who=f"person-{n}", group="g") for n in range(8)))
        bot.replied("119")
        assert await Case.all().count() == 8


async def test_where_nobody_can_be_paged_nobody_is_said_to_know() -> None:
    async with station() as bot:
        await bot.says("3号楼着火了", group="g")
        await bot.advance(seconds=1)
        assert "已通知" not in bot.replied("请立即拨打 119")


async def test_it_is_added_that_an_officer_knows(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        officer, _ = await bot.services.staff.create("zhang", "Zhang", ["officer"], title="社区民警")
        await bot.says("/start", who="zhang")
        await bot.services.officers.enrol(officer, "fake", Sender("zhang", "Zhang"))
        bot.news()
        await bot.says("5号楼着火了", group="h")
        await bot.advance(seconds=1)
        [line] = [sent.text for sent in bot.sent if sent.out.chat.id == "h"]
        assert "请立即拨打 119" in line and "已通知值班民警" in line and len(line) <= 60
        rows = await bot.services.database.read("SELECT once, kind, payload, done_at FROM outbox ORDER BY id")
        spoken = next(
            row for row in rows if row["kind"] == "text" and "119" in row["payload"] and "safety" in row["once"]
        )
        edited = next(row for row in rows if row["kind"] == "edit" and "已通知" in row["payload"])
        paged = next(row for row in rows if row["once"] and row["once"].startswith("handoff.card."))
        assert "已通知" not in spoken["payload"] and edited["done_at"] >= paged["done_at"], "only once the page is out"


async def test_where_nothing_can_be_edited_the_note_is_left_out() -> None:
    async with station(adapter=FakeAdapter(capabilities=replace(FULL, edit=False))) as bot:
        await bot.says("3号楼着火了", group="g")
        assert "已通知" not in bot.replied("请立即拨打 119")


@pytest.mark.parametrize("paged", [False, True])
async def test_the_note_waits_for_the_page(paged: bool) -> None:
    plugin = Plugin("pager")

    @plugin.applies(Escalation)
    async def page(effect: Escalation, unit: object) -> dict[str, Any]:
        return {"case": "x", "paged": paged}

    async with station(plugin) as bot:
        await bot.says("3号楼着火了", group="g")
        assert ("已通知" in bot.replied("119")) is paged


async def test_danger_is_spoken_of_when_nothing_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with station() as bot:
        read_rows = bot.services.database.read

        async def broken(sql: str, *parameters: Any) -> Any:
            if sql == events._LINES:
                raise StorageError("the disk is on fire", "wait")
            return await read_rows(sql, *parameters)

        monkeypatch.setattr(bot.services.database, "read", broken)
        await bot.says("3号楼着火了", group="g")
        bot.replied("119")
        await bot.says("着火了", group="g", who="wang")
        bot.kept_silent()


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("advice", list(ADVICE))
def test_line_and_note_are_sixty_characters_at_most(language: str, advice: str) -> None:
    texts = read(LOCALES / LANGUAGES[language] / "LC_MESSAGES" / "safety.po")
    line, note = texts[ADVICE[advice][1]], texts["safety.told"]
    noted = events.with_note(line, note)
    assert len(noted) <= 60 and noted.endswith(note)
    kept = noted.removesuffix(note).rstrip()
    assert line.startswith(kept[:-1]) and len(kept) > 10


async def test_a_scam_gets_one_line_without_its_link() -> None:
    async with station() as bot:
        text = "【社保局】您的医保卡已停用，点击 http://yibao-gov.example/a?id=3 认证，逾期冻结"
        message = await bot.says(text, group="g")
        line = bot.replied("96110")
        assert "http" not in line and "yibao" not in line and len(line) <= 60
        assert bot.sent[-1].out.reply_to == message.id
        await bot.says(text, group="g", who="wang")
        bot.kept_silent()
