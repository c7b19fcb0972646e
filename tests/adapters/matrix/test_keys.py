"""Keys that come late, devices that are new: what could be read is answered, what could not is not forgotten."""

from __future__ import annotations

from pathlib import Path

from tests.adapters.matrix.bots import running, table
from tests.matrix.homeserver import Homeserver


async def test_a_key_that_comes_late(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    room = await li.room(invite=[account], encrypted=True, direct=True)
    async with running(tmp_path, table(homeserver.url, account)):
        await li.meets(account, room)
        await li.knows(account)
        give = await li.hides("hidden", room, account)
        await li.says("open", room)
        await li.sees("echo open", room)
        await give()
        await li.sees("echo hidden", room)


async def test_a_key_that_comes_after_a_restart(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    room = await li.room(invite=[account], encrypted=True, direct=True)
    matrix = table(homeserver.url, account)
    async with running(tmp_path, matrix):
        await li.meets(account, room)
        await li.knows(account)
        give = await li.hides("hidden", room, account)
        await li.says("open", room)
        await li.sees("echo open", room)
    await give()
    async with running(tmp_path, matrix):
        await li.sees("echo hidden", room)


async def test_somebody_at_a_new_device(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, wang = await homeserver.account("bot"), await homeserver.person("li"), await homeserver.person("wang")
    room = await li.room("楼", invite=[account, wang], encrypted=True)
    async with running(tmp_path, table(homeserver.url, account)):
        await li.meets(account, room)
        await li.knows(account)
        await li.mentions(account, "{} first", room)
        await li.sees("first", room, of=account.id)
        # Who comes later, and who comes with another device, can read what the bot says from then on.
        await wang.enters(room)
        phone = await homeserver.again(li)
        await wang.knows(account)
        await wang.mentions(account, "{} second", room)
        for person in (li, wang, phone):
            await person.sees("second", room, of=account.id)
