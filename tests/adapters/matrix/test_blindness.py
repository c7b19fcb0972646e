"""A bot without encryption in encrypted rooms: the group hears of it in the open, once, and nobody else does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from botkit.bot import Bot
from botkit.messages import Chat, ChatKind
from botkit.plugins.groups import plugin as groups
from botkit.plugins.safety import plugin as safety
from botkit.testing import PATIENCE
from tests.adapters.matrix.bots import PICKLE_KEY, parrot, running, table, until
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Person

LOCK = {"algorithm": "m.megolm.v1.aes-sha2"}


async def locks(homeserver: Homeserver, person: Person, room: str) -> None:
    """Somebody turns encryption on."""
    await homeserver.sends(person, "m.room.encryption", LOCK, room, state_key="")


async def blind(bot: Bot, room: str) -> Any:
    """Whether the desk shows that nothing is seen in a room; None before the first word of it."""
    row = bot.services.chats.find(Chat("matrix", room))
    if row is None:
        return None
    found = await bot.services.database.read("SELECT blind FROM group_setting WHERE chat_id = ?", row.id)
    return found[0]["blind"] if found else None


def told(lines: list[Any], account: Account) -> list[str]:
    return [line.text for line in lines if line.sender == account.id and "加密" in line.text]


@pytest.mark.parametrize("enabled", [True, False], ids=["enabled", "not enabled"])
async def test_a_group_that_turns_encryption_on_is_told_once(
    homeserver: Homeserver, tmp_path: Path, enabled: bool
) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    room = await li.room("楼", invite=[account])
    without, plugins = table(homeserver.url, account, pickle_key=""), [safety, groups, parrot()]
    async with running(tmp_path, without, plugins) as bot:
        await li.meets(account, room)
        await li.sees("/enable", room, of=account.id)
        if enabled:
            await li.mentions(account, "{} /enable", room)
            await li.sees("已启用", room, of=account.id)
        await locks(homeserver, li, room)
        line = await li.sees("本群已开启加密", room, of=account.id)
        assert "110" in line.text and "群主" in line.text
        await bot.drain()
        assert await blind(bot, room)
    # It is not told again with every start, nor when something is said that can't be read.
    async with running(tmp_path, without, plugins) as bot:
        await li.says("着火了", room)
        row = bot.services.chats.find(Chat("matrix", room))
        assert row is not None and row.chat.kind is ChatKind.GROUP
        await until(lambda: bot.services.adapters["matrix"].describe()["rooms"])
        await bot.drain()
        assert len(told(await li.reads(room), account)) == 1
    # With a key for its store the bot reads on, and the desk knows.
    async with running(tmp_path, table(homeserver.url, account, pickle_key=PICKLE_KEY), plugins) as bot:
        await li.knows(account)
        await li.mentions(account, "{} /rules", room)
        await li.sees("群公约", room, of=account.id)
        assert not await blind(bot, room)


async def test_rooms_that_are_no_groups_are_told_nothing_in_the_open(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    private, officers = await li.room(invite=[account], direct=True), await li.room("值班室", invite=[account])
    async with running(tmp_path, table(homeserver.url, account, pickle_key=""), [safety, groups, parrot()]) as bot:
        await li.meets(account, private)
        await li.says("hello", private)
        await li.sees("echo hello", private)
        await li.sees("/enable", officers, of=account.id)
        row = bot.services.chats.find(Chat("matrix", officers))
        assert row is not None

        async def become(unit: Any) -> None:
            bot.services.chats.become(unit, row.id, ChatKind.OFFICERS)

        await bot.services.unit(become)
        for room in (private, officers):
            await locks(homeserver, li, room)
        # What comes in after it shows that it was taken in.
        other = await li.room("楼", invite=[account])
        await li.sees("/enable", other, of=account.id)
        await bot.drain()
        for room in (private, officers):
            assert told(await li.reads(room), account) == []


async def test_a_key_that_was_forgotten_once_is_no_blindness_for_good(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    room = await li.room("楼", invite=[account], encrypted=True)
    plugins = [safety, groups, parrot()]
    for key, seen in ((PICKLE_KEY, True), ("", False), (PICKLE_KEY, True), ("", False), (PICKLE_KEY, True)):
        async with running(tmp_path, table(homeserver.url, account, pickle_key=key), plugins) as bot:
            await li.meets(account, room)
            await until(lambda bot=bot: bot.services.chats.find(Chat("matrix", room)))
            row = bot.services.chats.find(Chat("matrix", room))
            assert row is not None
            async with asyncio.timeout(PATIENCE):
                while bool(await blind(bot, room)) is seen:
                    await li.syncs(50)
