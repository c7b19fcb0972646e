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
from botkit.testing import PATIENCE
from tests.adapters.matrix.meetings import meeting
from tests.matrix.homeserver import Homeserver
from tests.matrix.keys import asked, hides
from tests.matrix.relay import Relay


async def test_a_key_that_comes_late(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    async with met.bot():
        hidden = await hides(met.li, "hidden", met.room, met.account)
        await met.li.says("open", met.room)
        await met.li.sees("echo open", met.room)
        await hidden.give()
        await met.li.sees("echo hidden", met.room)


async def test_a_key_that_comes_after_a_restart(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    async with met.bot():
        hidden = await hides(met.li, "hidden", met.room, met.account)
        await met.li.says("open", met.room)
        await met.li.sees("echo open", met.room)
    await hidden.give()
    async with met.bot():
        await met.li.sees("echo hidden", met.room)


async def test_a_fault_while_a_key_is_asked_for_loses_nothing(homeserver: Homeserver, tmp_path: Path) -> None:
    async with Relay(homeserver.url) as relay:
        met = await meeting(homeserver, tmp_path, url=relay.url)
        async with met.bot() as bot:
            relay.refusals.append(("/sendToDevice/m.room_key_request", 500, {}))
            await hides(met.li, "hidden", met.room, met.account)
            await met.li.until(lambda _: asked(met.li, met.account), met.room)
            await met.li.says("open", met.room)
            await met.li.sees("echo open", met.room)
            kept = await bot.services.database.read("SELECT told FROM matrix_note WHERE kind = 'locked'")
            assert len(kept) == 1 and not relay.refusals


async def test_somebody_at_a_new_device(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path, "楼")
    li, room, wang = met.li, met.room, await homeserver.person("wang")
    async with met.bot():
        await li.mentions(met.account, "{} first", room)
        await li.sees("first", room, of=met.account.id)
        # Who comes later, and who comes with another device, can read what the bot says from then on.
        await li.client.room_invite(room, wang.id)
        await wang.enters(room)
        phone = await homeserver.again(li)
        await wang.knows(met.account)
        await wang.mentions(met.account, "{} second", room)
        for person in (li, wang, phone):
            await person.sees("second", room, of=met.account.id)


async def test_a_lost_store_is_told_and_a_new_device_goes_on(homeserver: Homeserver, tmp_path: Path) -> None:
    met = await meeting(homeserver, tmp_path)
    li, room = met.li, met.room
    async with met.bot():
        await li.says("before", room)
        await li.sees("echo before", room)
    (folder(tmp_path) / STORE).unlink()
    with pytest.raises(UserError, match=r"keys of device .* are lost"):
        async with met.bot():
            pass
    # Said to a device that is no more, and to the one that takes its place.
    await li.says("meanwhile", room)
    without = {name: value for name, value in met.matrix.items() if name not in ("device", "token")}
    login = await log_in(MatrixSettings.model_validate(without), tmp_path, met.account.password)
    assert login.device != met.account.device
    async with met.bot(device="", token="") as bot:
        await li.says("after", room)
        await li.sees("echo after", room)
        # What nobody has a key for is not forgotten: it waits, until a human is told.
        assert bot.services.adapters["matrix"].describe()["waiting_for_keys"] == 1


async def test_a_lost_folder_is_told_once_and_asks_no_more(homeserver: Homeserver, tmp_path: Path) -> None:
    async with Relay(homeserver.url) as relay:
        met = await meeting(homeserver, tmp_path, url=relay.url)
        async with met.bot():
            pass
        shutil.rmtree(folder(tmp_path))
        relay.asked.clear()
        with structlog.testing.capture_logs() as logged:
            async with met.bot(), asyncio.timeout(PATIENCE):
                while not (told := [line for line in logged if "are lost" in str(line.get("problem"))]):
                    await asyncio.sleep(0.02)
        assert len(told) == 1 and "botkit matrix login" in told[0]["fix"]
        # It asked who it is and which keys it has, and nothing again.
        assert len(relay.asked) == len({one.path for one in relay.asked})
