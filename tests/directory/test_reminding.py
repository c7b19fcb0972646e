"""Keepers are reminded in chat, once a week, of what wants to be verified."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from botkit.messages import Sender
from botkit.testing import BotHarness
from directory.plugin import plugin
from tests.directory.conftest import ENTRY, written


def station(folder: Path) -> BotHarness:
    return BotHarness([plugin], tables={"directory": {"folder": str(written(folder / "directory", entries=ENTRY))}})


async def weeks(bot: BotHarness) -> None:
    """Seven days go by."""
    bot.clock.step(timedelta(days=7))
    await bot.settle()


async def test_the_keeper_reads_once_a_week_what_is_due(tmp_path: Path) -> None:
    async with station(tmp_path) as bot:
        member, _ = await bot.services.staff.create("mao", "Mao", ["maintainer"], title="")
        other, _ = await bot.services.staff.create("zhang", "Zhang", ["officer"], title="")
        for each in (member, other):
            await bot.says("在吗", who=each.login)
            await bot.services.officers.enrol(each, "fake", Sender(each.login, each.name))
        bot.news()
        await weeks(bot)
        told = bot.replied("1 条要核实", "燃气热线", "从未核实")
        assert "962777" not in told and bot.sent[-1].out.chat.id == "dm-mao"
        await weeks(bot)
        bot.replied("1 条要核实")


async def test_without_an_account_nobody_is_reminded_and_the_next_week_comes(tmp_path: Path) -> None:
    async with station(tmp_path) as bot:
        await bot.services.staff.create("mao", "Mao", ["maintainer"], title="")
        await weeks(bot)
        await weeks(bot)
        bot.kept_silent()
        rows = await bot.services.database.read("SELECT due_at FROM timer WHERE name = 'remind'")
        assert len(rows) == 1
