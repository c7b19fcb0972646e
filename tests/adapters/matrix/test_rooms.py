"""Rooms of all kinds: huge ones, old and unknown versions, upgrades, removal and return, unwanted invitations."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import pytest

from botkit.plugins.groups import plugin as groups
from tests.adapters.matrix.bots import matrix_of, parrot, running, table, until
from tests.matrix.homeserver import Homeserver

SOAK = os.environ.get("BOTKIT_SOAK") == "1"
CROWD = 1_000 if SOAK else 40


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_a_huge_room(homeserver: Homeserver, tmp_path: Path, encrypted: bool) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=encrypted)
    room = await li.room("全小区", public=True, encrypted=encrypted)
    await homeserver.crowd(room, CROWD)
    await li.client.room_invite(room, account.id)
    async with running(tmp_path, table(homeserver.url, account, keys=encrypted)) as bot:
        await li.meets(account, room)
        await li.knows(account)
        await li.mentions(account, "{} hello", room)
        await li.sees("hello", room, of=account.id)
        rows = await bot.services.database.read("SELECT kind FROM chat WHERE platform_id = ?", room)
        assert [row["kind"] for row in rows] == ["group"]


async def test_what_was_said_before_its_first_start_is_not_answered(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    room, private = await li.room("楼", public=True), await li.room(invite=[account], direct=True)
    for each in (room, private):
        await homeserver.call("POST", f"/_matrix/client/v3/join/{quote(each)}", {}, token=account.token)
    await li.mentions(account, "{} long ago", room)
    await li.says("long ago", private)
    async with running(tmp_path, table(homeserver.url, account, keys=False)) as bot:
        await until(lambda: matrix_of(bot).describe()["rooms"] == 2)
        await li.mentions(account, "{} now", room)
        await li.says("now", private)
        for each in (room, private):
            await li.sees("echo now", each, of=account.id)
        await bot.drain()
        for each in (room, private):
            assert [line.text for line in await li.reads(each) if line.sender == account.id] == ["echo now"]
        assert not await bot.services.database.read("SELECT id FROM inbox WHERE payload LIKE '%long ago%'")


async def test_rooms_of_every_version(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    known = await homeserver.call("GET", "/_matrix/client/v3/capabilities", token=li.token)
    versions = sorted(known["capabilities"]["m.room_versions"]["available"])
    strange = next(version for version in versions if not version.isdigit())
    newest = max((version for version in versions if version.isdigit()), key=int)
    async with running(tmp_path, table(homeserver.url, account, keys=False)):
        for version in versions if SOAK else ("1", newest, strange):
            room = await li.room(invite=[account], direct=True, room_version=version)
            await li.meets(account, room)
            await li.says("hello", room)
            await li.sees("echo hello", room)


async def test_an_upgraded_room_is_followed(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    room = await li.room("楼", public=True, invite=[account], room_version="10")
    plugins, matrix = [groups, parrot()], table(homeserver.url, account, keys=False)
    async with running(tmp_path, matrix, plugins, groups={"consent": False}) as bot:
        await li.meets(account, room)
        await li.mentions(account, "{} before", room)
        await li.sees("before", room, of=account.id)
        path = f"/_matrix/client/v3/rooms/{quote(room)}/upgrade"
        after = (await homeserver.call("POST", path, {"new_version": "11"}, token=li.token))["replacement_room"]
        await li.meets(account, after)
        await li.mentions(account, "{} after", after)
        await li.sees("after", after, of=account.id)
        await bot.drain()
        rows = await bot.services.database.read("SELECT platform_id FROM chat WHERE adapter_id = 'matrix'")
        assert [row["platform_id"] for row in rows] == [after]


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_removed_and_asked_back(homeserver: Homeserver, tmp_path: Path, encrypted: bool) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=encrypted)
    room = await li.room("楼", invite=[account], encrypted=encrypted)
    async with running(tmp_path, table(homeserver.url, account, keys=encrypted)) as bot:
        await li.meets(account, room)
        await li.knows(account)
        await li.mentions(account, "{} before", room)
        await li.sees("before", room, of=account.id)
        await li.client.room_kick(room, account.id)
        await li.until(lambda lines: account.id not in li.client.rooms[room].users, room)
        missed = await li.mentions(account, "{} meanwhile", room)
        await li.client.room_invite(room, account.id)
        await li.meets(account, room)
        await li.mentions(account, "{} after", room)
        await li.sees("after", room, of=account.id)
        await bot.drain()
        rows = await bot.services.database.read("SELECT platform_id, payload FROM inbox ORDER BY id")
        told = [event for event in ("bot.removed", "bot.added") for row in rows if event in row["payload"]]
        assert set(told) == {"bot.removed", "bot.added"}
        # What was said while it was not there is not its business.
        assert missed not in {row["platform_id"] for row in rows}


async def test_who_is_not_on_the_list_invites_in_vain(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, wang = (
        await homeserver.account("bot"),
        await homeserver.person("li", encryption=False),
        await homeserver.person("wang", encryption=False),
    )
    unwanted = await wang.room("坏", invite=[account])
    async with running(tmp_path, table(homeserver.url, account, keys=False, invites=[li.id])):
        room = await li.room("楼", invite=[account])
        await li.meets(account, room)
        await wang.syncs()
        assert not wang.present(account, unwanted)
