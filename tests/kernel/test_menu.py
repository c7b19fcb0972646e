"""The menu: plugins offer commands that they handle, with a text in each language."""

from __future__ import annotations

import re

import pytest

from botkit.errors import RegistrationError
from botkit.plugin import MenuEntry, Place, Plugin, discover
from botkit.testing import BotHarness


def test_a_command_is_offered_where_it_says() -> None:
    plugin = Plugin("test")
    plugin.command("case", "进度")(lambda: "…")
    plugin.menu_entry("case", "test.menu.case", Place.PRIVATE, Place.GROUP)
    assert plugin.menu == [MenuEntry("case", "test.menu.case", frozenset({Place.PRIVATE, Place.GROUP}))]
    with pytest.raises(RegistrationError, match="/lost"):
        plugin.menu_entry("lost", "test.menu.lost")


async def test_every_entry_of_ours_is_short_and_in_both_languages() -> None:
    plugins = discover()
    async with BotHarness(()) as bot:
        for plugin in plugins:
            if plugin.folder is not None:
                bot.services.catalogues.add(plugin.folder / "locales")
        entries = [entry for plugin in plugins for entry in plugin.menu]
        assert len({entry.command for entry in entries}) == len(entries) > 10
        for entry in entries:
            assert re.fullmatch(r"[a-z_]{1,32}", entry.command)
            for language in ("zh", "en"):
                assert 3 <= len(bot.services.catalogues.text(language, entry.text)) <= 60
