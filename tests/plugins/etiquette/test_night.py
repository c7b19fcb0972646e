"""Night in a group: no sound for what can wait, and when an officer is back (E13)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from botkit.plugins.etiquette.night import is_night
from botkit.plugins.etiquette.settings import EtiquetteSettings
from botkit.testing import FakeClock
from tests.plugins.etiquette.station import OPEN_GROUP, station

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
"""23:30 in Shanghai."""


async def test_answers_make_no_sound_at_night() -> None:
    async with station(clock=FakeClock(NIGHT)) as bot:
        await bot.says("@desk 停水了", group="g", at_bot=True)
        bot.replied("供水热线")
        assert bot.sent[-1].out.silent
        await bot.says("停水了")
        assert not bot.sent[-1].out.silent
        bot.news()
        await bot.says("@desk 身份证丢了", group="g", at_bot=True)
        bot.replied("已转给民警", "08:30 前后有民警回音")
        assert bot.sent[-1].out.silent
        for text in ("3号楼着火了", "刷单兼职日结300 有手机就行 加V详聊"):
            await bot.says(text, group="g")
            bot.replied()
            assert not bot.sent[-1].out.silent


async def test_by_day_they_sound_as_usual() -> None:
    async with station() as bot:
        await bot.says("@desk 身份证丢了", group="g", at_bot=True)
        assert "夜里" not in bot.replied("已转给民警")
        assert not bot.sent[-1].out.silent


async def test_a_platform_without_silence_speaks_all_the_same() -> None:
    async with station(OPEN_GROUP, clock=FakeClock(NIGHT)) as bot:
        await bot.says("@desk 停水了", group="g", at_bot=True)
        bot.replied("供水热线")
        assert not bot.sent[-1].out.silent


@pytest.mark.parametrize(
    ("hour", "minute", "night"),
    [(21, 59, False), (22, 0, True), (0, 0, True), (6, 59, True), (7, 0, False), (12, 0, False)],
)
def test_the_night_begins_before_midnight(hour: int, minute: int, night: bool) -> None:
    moment = datetime(2026, 3, 11, hour, minute, tzinfo=SHANGHAI)
    assert is_night(moment, SHANGHAI, EtiquetteSettings()) is night


def test_a_night_may_begin_after_midnight_or_not_be() -> None:
    moment = datetime(2026, 3, 11, 2, 0, tzinfo=SHANGHAI)
    assert is_night(moment, SHANGHAI, EtiquetteSettings(night_from="01:00", night_to="05:00"))
    assert not is_night(moment, SHANGHAI, EtiquetteSettings(night_from="00:00", night_to="00:00"))
    with pytest.raises(ValueError, match="night_from"):
        EtiquetteSettings(night_from="late")
