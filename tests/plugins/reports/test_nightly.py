"""The nightly timer: 00:30 on the station's clock, each day once, whenever the bot was down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from botkit.storage.models import Inbox
from botkit.testing import BotHarness, FakeClock
from tests.plugins.reports.station import DAY, a_day, at, reported, shown, station


async def due(bot: BotHarness) -> list[str]:
    """When the next report is due, in UTC."""
    rows = await bot.services.database.read("SELECT due_at FROM timer WHERE plugin = 'reports'")
    return [f"{datetime.fromisoformat(str(row['due_at'])):%m-%d %H:%M}" for row in rows]


async def test_the_day_before_is_reported_at_half_past_midnight(database_url: str) -> None:
    async with station(database_url=database_url) as bot:
        assert await due(bot) == ["03-11 16:30"]
        await a_day(bot)
        await bot.advance(until=at(11, 16, 29))
        assert await reported() == []
        await bot.advance(until=at(11, 16, 30))
        assert await reported() == ["2026-03-11"]
        made = await shown(bot)
        assert (made.addressed, made.difference) == (6, 0)
        assert await due(bot) == ["03-12 16:30"]
        await bot.advance(days=2)
        assert await reported() == ["2026-03-11", "2026-03-12", "2026-03-13"]
        assert (await shown(bot, DAY + timedelta(days=1))).addressed == 0


async def test_the_timer_survives_a_restart(tmp_path: Path) -> None:
    clock = FakeClock()
    async with station(clock=clock, folder=tmp_path) as bot:
        await a_day(bot)
        clock.step(timedelta(hours=1))
    async with station(clock=clock, folder=tmp_path) as bot:
        assert await due(bot) == ["03-11 16:30"]
        await bot.advance(until=at(11, 16, 30))
        assert await reported() == ["2026-03-11"]
        assert (await shown(bot)).addressed == 6


async def test_days_missed_while_the_bot_was_down_are_made_at_the_next_start_each_once(tmp_path: Path) -> None:
    clock = FakeClock()
    async with station(clock=clock, folder=tmp_path) as bot:
        await a_day(bot)
    clock.step(timedelta(days=3))
    async with station(clock=clock, folder=tmp_path) as bot:
        await bot.advance(minutes=1)
        assert await reported() == ["2026-03-11", "2026-03-12", "2026-03-13"]
        assert (await shown(bot)).addressed == 6
        assert await due(bot) == ["03-14 16:30"]
    async with station(clock=clock, folder=tmp_path) as bot:
        await bot.advance(minutes=10)
        assert len(await reported()) == 3


async def test_what_was_left_over_is_decided_before_a_missed_day_is_reported(tmp_path: Path) -> None:
    clock = FakeClock()
    async with station(clock=clock, folder=tmp_path) as bot:
        message = await bot.says("几点开门")
        undone = Inbox.filter(platform_id=message.id)
        await bot.services.unit(lambda unit: undone.update(disposition=None, reason=None, done_at=None))
    clock.step(timedelta(days=1))
    async with station(clock=clock, folder=tmp_path) as bot:
        await bot.advance(minutes=1)
        made = await shown(bot)
        assert (made.answered, made.difference) == (1, 0)


async def test_the_hour_follows_the_stations_clock_where_clocks_change() -> None:
    clock = FakeClock(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    async with station(zone="Europe/Berlin", clock=clock) as bot:
        assert await due(bot) == ["10-24 22:30"]
        await bot.advance(until=at(24, 22, 30, month=10))
        assert await due(bot) == ["10-25 23:30"]
        await bot.advance(until=at(25, 23, 30, month=10))
        assert await reported() == ["2026-10-24", "2026-10-25"]
