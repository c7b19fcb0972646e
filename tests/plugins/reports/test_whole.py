"""A whole station with all of its plugins: whatever residents say, the day adds up and nobody is left alone."""

from __future__ import annotations

import json
from pathlib import Path

from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.reports import plugin as reports
from botkit.plugins.reports.counting import count
from botkit.plugins.safety import plugin as safety
from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness
from directory.plugin import plugin as directory
from tests.plugins.handoff.station import CONFIG
from tests.plugins.reports.station import DAY

MESSAGES = Path(__file__).parents[2] / "data" / "messages_dev.jsonl"


async def test_of_many_real_messages_none_is_lost() -> None:
    rows = [json.loads(line) for line in MESSAGES.read_text("utf-8").splitlines()][::2]
    settings = Settings(station=StationSettings(demo=True), source=CONFIG)
    plugins = [safety, etiquette, handoff, reports, directory]
    async with BotHarness(plugins, settings=settings, tables={"directory": {"learn": False}}) as bot:
        for number, row in enumerate(rows):
            group = None if row["context"] == "dm" else f"g{number % 9}"
            await bot.says(row["text"], who=f"p{number % 40}", group=group, at_bot=row["context"] == "group_mention")
        made = await count(bot.services, DAY)
        assert made.difference == made.waiting == made.undelivered_count == 0
        assert made.received + made.plain == len(rows)
        assert made.cases and made.answered
