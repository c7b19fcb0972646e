"""Doubt: an officer looks at what is too doubtful to be spoken of; the group hears nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from botkit.decision import Concern
from botkit.plugins.etiquette import plugin as etiquette
from botkit.plugins.handoff import plugin as handoff
from botkit.plugins.handoff.models import Case
from botkit.plugins.safety import plugin as safety
from botkit.plugins.safety.engine import SafetyRules
from botkit.plugins.safety.finding import Finding
from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness

CONFIG = Path(__file__).parents[3] / "config" / "station.toml"
DOUBT = Finding(Concern.EMERGENCY, "welfare", "learned", "welfare", True, True, 3.0)


@pytest.fixture
def doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is said is doubtful among neighbours, and nothing when said to the bot."""

    def judge(self: SafetyRules, text: str, *, plain: bool, **_: Any) -> Finding | None:
        return DOUBT if plain else None

    monkeypatch.setattr(SafetyRules, "judge", judge)


def station() -> BotHarness:
    settings = Settings(station=StationSettings(demo=True), source=CONFIG)
    return BotHarness([safety, etiquette, handoff], settings=settings)


@pytest.mark.usefixtures("doubtful")
async def test_an_officer_is_paged_and_nothing_is_said() -> None:
    async with station() as bot:
        message = await bot.says("二楼那户灯好几天没亮了", group="g")
        assert not [sent for sent in bot.sent if sent.out.chat == "g"]
        case = await Case.get()
        assert case.topic == "welfare"
        assert (await bot.reason(message))["said"] == "nothing"


@pytest.mark.usefixtures("doubtful")
async def test_who_calls_the_police_is_heard_as_one_who_calls() -> None:
    async with station() as bot:
        await bot.says("民警同志，二楼那户灯好几天没亮了", group="g")
        assert bot.news(), "being addressed outranks a doubt"
