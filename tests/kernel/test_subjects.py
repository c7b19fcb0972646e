"""Subjects: what answers may be about, as all plugins tell it."""

from __future__ import annotations

from botkit.plugin import Plugin
from botkit.services import Services
from botkit.testing import BotHarness


async def test_all_plugins_together_tell_what_answers_may_be_about() -> None:
    one, other, none = Plugin("one"), Plugin("other"), Plugin("none")
    told = ["water"]

    @one.subjects
    def first(services: Services) -> list[str]:
        return told

    @other.subjects
    def second(services: Services) -> tuple[str, ...]:
        return ("gas", "water", services.settings.station.slug)

    async with BotHarness([one, other, none]) as bot:
        slug = bot.services.settings.station.slug
        assert bot.services.subjects() == {"water", "gas", slug}
        told.append("heat")
        assert bot.services.subjects() == {"water", "gas", "heat", slug}
