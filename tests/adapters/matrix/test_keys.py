"""Keys that come late, devices that are new: what could be read is answered, what could not is not forgotten."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
import structlog.testing

from adapters.matrix.account import log_in
from adapters.matrix.keystore import STORE
from adapters.matrix.login import folder
from adapters.matrix.settings import MatrixSettings
from botkit.errors import UserError
from tests.adapters.matrix.bots import running, table
from tests.matrix.client import PATIENCE
from tests.matrix.homeserver import Homeserver
from tests.matrix.keys import hides
from tests.matrix.relay import Relay


async def test_a_key_that_comes_late(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    room = await li.room(invite=[account], encrypted=True, direct=True)
    async with running(tmp_path, table(homeserver.url, account)):
        await li.meets(account, room)
        await li.knows(account)
        hidden = await hides(li, "hidden", room, account)
        await li.says("open", room)
        await li.sees("echo open", room)
        await hidden.give()
        await li.sees("echo hidden", room)


async def test_a_key_that_comes_after_a_restart(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    room = await li.room(invite=[account], encrypted=True, direct=True)
    matrix = table(homeserver.url, account)
    async with running(tmp_path, matrix):
        await li.meets(account, room)
        await li.knows(account)
        hidden = await hides(li, "hidden", room, account)
        await li.says("open", room)
        await li.sees("echo open", room)
    await hidden.give()
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


async def test_a_lost_store_is_told_and_a_new_device_goes_on(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    room = await li.room(invite=[account], encrypted=True, direct=True)
    matrix = table(homeserver.url, account)
    async with running(tmp_path, matrix):
        await li.meets(account, room)
        await li.knows(account)
        await li.says("before", room)
        await li.sees("echo before", room)
    (folder(tmp_path) / STORE).unlink()
    with pytest.raises(UserError, match=r"keys of device .* are lost"):
        async with running(tmp_path, matrix):
            pass
    # Said to a device that is no more, and to the one that takes its place.
    await li.says("meanwhile", room)
    without = {name: value for name, value in matrix.items() if name not in ("device", "token")}
    login = await log_in(MatrixSettings.model_validate(without), tmp_path, account.password)
    assert login.device != account.device
    async with running(tmp_path, without) as bot:
        await li.says("after", room)
        await li.sees("echo after", room)
        # What nobody has a key for is not forgotten: it waits, until a human is told.
        assert bot.services.adapters["matrix"].describe()["waiting_for_keys"] == 1


async def test_a_lost_folder_is_told_once_and_asks_no_more(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li")
    room = await li.room(invite=[account], encrypted=True, direct=True)
    async with Relay(homeserver.url) as relay:
        matrix = table(relay.url, account)
        async with running(tmp_path, matrix):
            await li.meets(account, room)
            await li.knows(account)
        shutil.rmtree(folder(tmp_path))
        relay.asked.clear()
        with structlog.testing.capture_logs() as logged:
            async with running(tmp_path, matrix), asyncio.timeout(PATIENCE):
                while not (told := [line for line in logged if "are lost" in str(line.get("problem"))]):
                    await asyncio.sleep(0.02)
        assert len(told) == 1 and "botkit matrix login" in told[0]["fix"]
        # It asked who it is and which keys it has, and nothing again.
        assert len(relay.asked) == len({one.path for one in relay.asked})
