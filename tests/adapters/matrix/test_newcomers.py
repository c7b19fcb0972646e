"""Newcomers on a real homeserver: a private room with the card, a silent group, and whoever leaves is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from adapters.matrix.privates import Privates
from adapters.matrix.reach import known
from adapters.matrix.wire import MatrixError
from botkit.adapter import RetryLater
from botkit.bot import Bot
from botkit.messages import Chat, ChatKind, Sender
from botkit.plugins.groups import plugin as groups
from botkit.plugins.groups.models import GroupGreeting
from botkit.plugins.safety import plugin as safety
from botkit.testing import PATIENCE
from tests.adapters.matrix.bots import parrot, running, table
from tests.adapters.matrix.test_chat import BOTH, matrix_of, until
from tests.matrix.federation import Pair
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Person

AT_ONCE = {
    "consent": False, "greet": True, "greet_after_s": 0, "greet_most": 3600, "quiet_from": "00:00",
    "quiet_until": "00:00",
}  # fmt: skip
"""Everybody is greeted who comes into any group, at once and at any hour."""


def greeting(folder: Path, homeserver: Homeserver, account: Account) -> AbstractAsyncContextManager[Bot]:
    """A bot that greets newcomers."""
    return running(folder, table(homeserver.url, account), [safety, groups, parrot()], groups=AT_ONCE)


async def invited(person: Person, count: int = 1) -> str:
    """Wait until somebody has been invited so often; returns the latest room."""
    await person.until(lambda lines: len(person.invitations) >= count, "")
    return person.invitations[-1]


async def came(bot: Bot, person: Person, times: int) -> None:
    """Wait until the bot has dealt with somebody's coming in so many times, and nobody is to be greeted any more."""
    query = """
        SELECT inbox.id FROM inbox JOIN identity ON identity.id = inbox.identity_id
        WHERE identity.platform_id = ? AND inbox.done_at IS NOT NULL AND inbox.payload LIKE '%member.joined%'
    """
    async with asyncio.timeout(PATIENCE):
        while (
            len(await bot.services.database.read(query, person.id)) < times
            or await GroupGreeting.filter(greeted_at=None).exists()
        ):
            await asyncio.sleep(0.02)
    await bot.drain()


async def forgets(bot: Bot) -> None:
    """The time passes for which the bot itself keeps who was greeted."""
    await bot.services.unit(lambda unit: GroupGreeting.all().delete())


async def said(bot: Bot) -> Sequence[Any]:
    """All that the bot said, with where."""
    return await bot.services.database.read(
        "SELECT chat.platform_id AS room, outbox.status FROM outbox JOIN chat ON chat.id = outbox.chat_id"
    )


@BOTH
async def test_who_comes_in_is_invited_to_a_private_room_with_the_card(
    homeserver: Homeserver, tmp_path: Path, encrypted: bool
) -> None:
    account, li, zhao = [await homeserver.account("bot"), *[await homeserver.person(name) for name in ("li", "zhao")]]
    group = await li.room("荷花池一村", public=True, encrypted=encrypted)
    async with greeting(tmp_path, homeserver, account) as bot:
        await li.client.room_invite(group, account.id)
        await li.sees("值守机器人", group)
        await zhao.enters(group)
        room = await invited(zhao)
        await zhao.enters(room)
        card = await zhao.sees("您刚进的“荷花池一村”里有我", room)
        assert "110" in card.text and "I answer" in card.text and "1. 看群公约" in card.text and card.silent
        assert zhao.client.rooms[room].encrypted
        # In the group there is nothing but the bot's own introduction.
        assert len([line for line in await li.reads(group) if line.sender == account.id]) == 1
        await zhao.knows(account)
        await zhao.says("1", room)
        await zhao.sees("友善说话", room)
        # Whoever leaves that room is never asked again, not even when nobody remembers the greeting.
        await zhao.client.room_leave(room)
        for times in (2, 3):
            await zhao.client.room_leave(group)
            await zhao.enters(group)
            await came(bot, zhao, times)
            await forgets(bot)
        await zhao.syncs()
        assert zhao.invitations == [room]
        cards = [row for row in await said(bot) if row["room"] == room]
        assert len(cards) == 2 and {row["status"] for row in cards} == {"sent"}


async def test_who_declines_is_never_asked_again(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, zhao = [await homeserver.account("bot"), *[await homeserver.person(name) for name in ("li", "zhao")]]
    group = await li.room("楼", public=True)
    async with greeting(tmp_path, homeserver, account) as bot:
        await li.client.room_invite(group, account.id)
        await li.meets(account, group)
        await zhao.enters(group)
        room = await invited(zhao)
        await zhao.client.room_leave(room)
        await until(lambda: zhao.id not in matrix_of(bot).rooms.enter(room).invited)
        await came(bot, zhao, 1)
        await forgets(bot)
        await zhao.client.room_leave(group)
    # Also after a restart.
    async with greeting(tmp_path, homeserver, account) as bot:
        await zhao.enters(group)
        await came(bot, zhao, 2)
        assert await GroupGreeting.filter(greeted_at__not_isnull=True).count() == 1
        await zhao.syncs()
        assert zhao.invitations == [room]


async def test_nobody_is_new_whom_the_bot_found_there_or_who_moved_along(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    zhao, wang, qian = [await homeserver.person(name) for name in ("zhao", "wang", "qian")]
    group = await li.room("楼", public=True, room_version="10")
    for person in (zhao, wang):
        await person.enters(group)
    await wang.client.room_leave(group)
    async with greeting(tmp_path, homeserver, account) as bot:
        await li.client.room_invite(group, account.id)
        await li.meets(account, group)
        await zhao.client.set_displayname("幸福一家")
        path = f"/_matrix/client/v3/rooms/{quote(group)}/upgrade"
        after = (await homeserver.call("POST", path, {"new_version": "11"}, token=li.token))["replacement_room"]
        await li.meets(account, after)
        await zhao.enters(after)
        # Somebody who had left the old room long before is not new either.
        await wang.enters(after)
        await qian.enters(after)
        await invited(qian)
        await came(bot, qian, 1)
        for person in (li, zhao, wang):
            await person.syncs()
            assert person.invitations == []
        assert await GroupGreeting.all().count() == 1


async def test_who_came_and_went_while_the_bot_was_away(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    zhao, qian = await homeserver.person("zhao"), await homeserver.person("qian")
    group = await li.room("楼", public=True)
    async with greeting(tmp_path, homeserver, account) as bot:
        await li.client.room_invite(group, account.id)
        await li.meets(account, group)
        await bot.drain()
    for person in (zhao, qian):
        await person.enters(group)
    await zhao.client.room_leave(group)
    async with greeting(tmp_path, homeserver, account) as bot:
        await invited(qian)
        await came(bot, qian, 1)
        await zhao.syncs()
        assert zhao.invitations == []
        chat, matrix = Chat("matrix", group, ChatKind.GROUP), matrix_of(bot)
        assert await matrix.present(chat, Sender(qian.id)) and not await matrix.present(chat, Sender(zhao.id))
        assert not await matrix.present(chat, Sender("@nobody:matrix.test"))
        assert not await matrix.present(Chat("matrix", "!nowhere:matrix.test", ChatKind.GROUP), Sender(qian.id))


async def test_a_homeserver_that_opens_no_more_rooms_is_asked_again_when_it_says(
    homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, zhao = await homeserver.account("bot"), await homeserver.person("zhao")
    async with greeting(tmp_path, homeserver, account) as bot:
        matrix = matrix_of(bot)
        await known(matrix.rooms)
        call, refusals = matrix.wire.call, [MatrixError(429, "M_LIMIT_EXCEEDED"), MatrixError(429, "", 7.5)]

        async def limited(method: str, path: str, *rest: Any, **more: Any) -> dict[str, Any]:
            if path.endswith("createRoom") and refusals:
                raise refusals.pop()
            return await call(method, path, *rest, **more)

        monkeypatch.setattr(matrix.wire, "call", limited)
        for seconds in (7.5, 60):
            with pytest.raises(RetryLater) as wait:
                await matrix.private_chat(Sender(zhao.id))
            assert wait.value.after == seconds and not wait.value.everywhere
        assert await matrix.private_chat(Sender(zhao.id)) is not None


async def test_rooms_into_which_nobody_could_be_invited_are_left(pair: Pair, tmp_path: Path) -> None:
    account, wang = await pair.near.account("bot"), await pair.far.person("wang")
    async with greeting(tmp_path, pair.near, account) as bot:
        matrix = matrix_of(bot)
        await known(matrix.rooms)
        pair.servers.part()
        seen: set[str] = set()
        for _ in range(2):
            # The homeserver makes the room before it asks the other one, which is away.
            with pytest.raises(MatrixError):
                await matrix.private_chat(Sender(wang.id))
            seen |= await until(lambda seen=seen: {room.id for room in matrix.rooms if room.founders} - seen)
        pair.servers.meet()
        chat = await matrix.private_chat(Sender(wang.id))
        assert chat is not None and await invited(wang) == chat.id
        await until(lambda: [room.id for room in matrix.rooms] == [chat.id])
        assert wang.invitations == [chat.id]


@pytest.mark.parametrize("restart", [False, True], ids=["again", "after a restart"])
async def test_a_room_that_was_made_and_not_noted_is_found_again(
    homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restart: bool
) -> None:
    account, zhao = await homeserver.account("bot"), await homeserver.person("zhao")
    mark = Privates._mark

    async def fails(privates: Privates, user: str, room_id: str) -> None:
        raise MatrixError(503, "M_UNKNOWN")

    async with greeting(tmp_path, homeserver, account) as bot:
        await known(matrix_of(bot).rooms)
        monkeypatch.setattr(Privates, "_mark", fails)
        with pytest.raises(MatrixError):
            await matrix_of(bot).private_chat(Sender(zhao.id))
        monkeypatch.setattr(Privates, "_mark", mark)
        room = await invited(zhao)
        await until(lambda: matrix_of(bot).rooms.get(room))
        if not restart:
            chat = await matrix_of(bot).private_chat(Sender(zhao.id))
            assert chat is not None and chat.id == room
    if restart:
        async with greeting(tmp_path, homeserver, account) as bot:
            chat = await matrix_of(bot).private_chat(Sender(zhao.id))
            assert chat is not None and chat.id == room and chat.kind is ChatKind.DM
    await zhao.syncs()
    assert zhao.invitations == [room]
