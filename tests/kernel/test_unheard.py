"""What a platform took and others were not shown: it is doubtful from then on, and said anew if somebody wants that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from botkit.context import Context
from botkit.letters import letters
from botkit.messages import ChatKind, MessageKind
from botkit.plugin import Plugin
from botkit.testing import BotHarness, FakeAdapter
from tests.kernel.test_delivery import RICH, echo, harness


async def tells(bot: BotHarness, since: object) -> None:
    """The platform says that what was said since then may not have been shown."""
    await bot.says(kind=MessageKind.SYSTEM, data={"event": "bot.unheard", "since": since})


async def test_what_was_said_since_then_is_doubtful_and_is_said_anew(database_url: str) -> None:
    async with harness(RICH, database_url=database_url) as bot:
        await bot.says("/echo before")
        await bot.advance(minutes=5)
        since = bot.clock.now()
        await bot.says("/echo after")
        await bot.says("/echo elsewhere", who="wang")
        assert bot.news() == ["before", "after", "elsewhere"]
        await tells(bot, since.isoformat())
        [letter] = await letters(bot.services.database)
        assert (letter.status, letter.problem) == ("unknown", "Unheard")
        # Told again, it is the same; of a time before anything was said it is everything of this chat.
        await tells(bot, since.isoformat())
        assert len(await letters(bot.services.database)) == 1
        # On a platform where the same key never makes a second message, this one must be another.
        assert await bot.bot.delivery.retry(letter.id)
        await bot.settle()
        assert bot.news() == ["after"] and not await letters(bot.services.database)
        await tells(bot, (since - timedelta(hours=1)).isoformat())
        assert len(await letters(bot.services.database)) == 2
        for doubtful in reversed(await letters(bot.services.database)):
            assert await bot.bot.delivery.retry(doubtful.id)
            await bot.settle()
        assert bot.news() == ["before", "after"]
        audited = await bot.services.database.read("SELECT COUNT(*) AS n FROM audit WHERE event = 'messages.unheard'")
        assert audited[0]["n"] == 2


@pytest.mark.parametrize("since", [None, 7, "yesterday", "2026-11-29T12:00:00"])
async def test_no_moment_is_none(since: object) -> None:
    async with harness(RICH) as bot:
        await bot.says("/echo one")
        await tells(bot, since)
        assert not await letters(bot.services.database)


async def test_a_plugin_may_hear_of_it_as_well() -> None:
    heard: list[ChatKind] = []
    plugin = Plugin("listening")

    @plugin.event("bot.unheard")
    async def unheard(context: Context) -> None:
        heard.append(context.chat.kind)

    async with BotHarness([echo(), plugin], adapter=FakeAdapter(capabilities=RICH)) as bot:
        await bot.says("/echo one")
        await tells(bot, bot.clock.now().isoformat())
        assert heard == [ChatKind.DM] and len(await letters(bot.services.database)) == 1
