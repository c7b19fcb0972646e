"""Rooms at which one knocks: the bot asks once and comes when it is let in. Who else knocks is not its business."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from adapters.matrix import Matrix
from adapters.matrix.cli import app
from adapters.matrix.settings import MatrixSettings
from botkit import logs
from botkit.bot import Bot
from botkit.errors import UserError
from botkit.messages import Chat, ChatKind, Outgoing
from botkit.plugins.groups import plugin as groups
from tests.adapters.matrix.bots import parrot, running, table
from tests.adapters.matrix.test_chat import BOTH, listening, matrix_of, until
from tests.adapters.matrix.test_federation import among_both
from tests.adapters.matrix.test_spaces import lists, space
from tests.matrix.federation import Pair
from tests.matrix.homeserver import Account, ApiError, Homeserver, user_id
from tests.matrix.person import Person
from tests.matrix.relay import Relay


async def closed(homeserver: Homeserver, person: Person, name: str, *, members_of: str = "", **options: Any) -> str:
    """A room that lets in who has asked, and, if a space is given, its members without asking."""
    room = await person.room(name, **options)
    allow = {"allow": [{"type": "m.room_membership", "room_id": members_of}]} if members_of else {}
    rule = {"join_rule": "knock_restricted" if members_of else "knock", **allow}
    await homeserver.sends(person, "m.room.join_rules", rule, room, state_key="")
    return room


async def knocks(homeserver: Homeserver, who: Person | Account, room: str, reason: str = "") -> None:
    """Somebody asks to be let in."""
    await homeserver.call("POST", f"/_matrix/client/v3/knock/{quote(room)}", {"reason": reason}, token=who.token)


async def membership(homeserver: Homeserver, person: Person, room: str, who: Any) -> str | None:
    """What somebody is in a room, as one who is in it is told."""
    path = f"/_matrix/client/v3/rooms/{quote(room)}/state/m.room.member/{quote(user_id(who), safe='')}"
    try:
        return str((await homeserver.call("GET", path, token=person.token))["membership"])
    except ApiError as refused:
        assert refused.status == 404
        return None


async def waits(homeserver: Homeserver, person: Person, room: str, who: Any) -> None:
    """Wait until somebody has asked to be let in."""
    while await membership(homeserver, person, room, who) != "knock":
        await person.syncs(50)


def asked(relay: Relay) -> int:
    """How often the bot has knocked."""
    return sum("/knock/" in one.path for one in relay.asked)


async def told(bot: Bot, matrix: dict[str, Any]) -> list[str]:
    """The rooms that the doctor shows as waiting."""
    found = await Matrix(MatrixSettings.model_validate(matrix)).check(bot.services)
    waiting = [finding for finding in found if finding.what.key == "matrix.check.knock"]
    assert all(finding.fix is not None and not finding.wrong for finding in waiting)
    return [str(finding.what.args["room"]) for finding in waiting]


class Commands:
    """The command line of a bot that may go nowhere by itself."""

    def __init__(self, folder: Path, matrix: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        # The log would go where a command's output goes, and stay there.
        monkeypatch.setattr(logs, "configure", lambda **options: None)
        self.config, self.data = folder / "config", folder / "data"
        self.config.mkdir()
        self.data.mkdir()
        lines = [f"{key} = {value!r}" for key, value in matrix.items() if isinstance(value, str)]
        text = 'adapters = ["matrix"]\n[plugins]\nenabled = []\n[matrix]\n' + "\n".join(lines)
        (self.config / "station.toml").write_text(text, "utf-8")

    async def join(self, place: str) -> str:
        command = ["join", place, "--config", str(self.config), "--data", str(self.data)]
        result = await asyncio.to_thread(CliRunner().invoke, app, command)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output


async def test_asked_for_from_the_command_line(
    homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    first, second = [await closed(homeserver, li, name) for name in ("甲", "乙")]
    shut = await li.room("丙")
    matrix = table(homeserver.url, desk, invites=[])
    commands = Commands(tmp_path, matrix, monkeypatch)
    for _ in range(2):
        said = await commands.join(first)
        assert "has asked to be let in" in said and first in said and "accept" in said
        assert await membership(homeserver, li, first, desk) == "knock"
    with pytest.raises(UserError) as refused:
        await commands.join(shut)
    assert "does not let" in refused.value.what and f"invite {desk.id}" in str(refused.value.fix)
    # Let in while it was stopped, and by somebody whose invitations it would not follow: it has asked for this one.
    await li.client.room_invite(first, desk.id)
    async with running(commands.data, matrix) as bot:
        await li.meets(desk, first)
        await li.mentions(desk, "{} hello", first)
        await li.sees("echo hello", first, of=desk.id)
        # Now while it runs.
        await commands.join(second)
        assert await told(bot, matrix) == ["乙"]
        await li.client.room_invite(second, desk.id)
        await li.meets(desk, second)
        assert await told(bot, matrix) == []
        # What it had asked for once it has got: taken out, it comes back where its settings allow that.
        await li.client.room_kick(second, desk.id)
        await until(lambda: matrix_of(bot).rooms.get(second) is None)
        for room in (second, shut):
            await li.client.room_invite(room, desk.id)
            while await membership(homeserver, li, room, desk) == "invite":
                await li.syncs(50)
            assert await membership(homeserver, li, room, desk) == "leave"


async def test_of_the_rooms_that_a_space_lists_it_asks_once(homeserver: Homeserver, tmp_path: Path) -> None:
    desk, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    station = await space(li, invite=[desk])
    first, second = [await closed(homeserver, li, name) for name in ("甲", "乙")]
    mine, open_to_all = await closed(homeserver, li, "丙", members_of=station), await li.room("丁", public=True)
    for room in (first, second, mine, open_to_all):
        await lists(homeserver, li, station, room)
    async with Relay(homeserver.url) as relay:
        matrix = table(relay.url, desk, invites=[station], join_spaces=True)
        async with running(tmp_path, matrix) as bot:
            for room in (mine, open_to_all):
                await li.meets(desk, room)
            for room in (first, second):
                await waits(homeserver, li, room, desk)
            await until(lambda: matrix_of(bot).describe()["errands"] == 0)
            assert asked(relay) == 2 and sorted(await told(bot, matrix)) == ["乙", "甲"]
            # One lets it in, one does not.
            await li.client.room_invite(first, desk.id)
            await li.meets(desk, first)
            await li.client.room_kick(second, desk.id)
            for name in ("戊", "己"):
                later = await li.room(name, public=True)
                await lists(homeserver, li, station, later)
                await li.meets(desk, later)
            await until(lambda: matrix_of(bot).describe()["errands"] == 0)
            assert asked(relay) == 2 and await told(bot, matrix) == []
        async with running(tmp_path, matrix) as bot:
            later = await li.room("庚", public=True)
            await lists(homeserver, li, station, later)
            await li.meets(desk, later)
            await until(lambda: matrix_of(bot).describe()["errands"] == 0)
            assert asked(relay) == 2
            # Who has thought better of it invites it.
            await li.client.room_invite(second, desk.id)
            await li.meets(desk, second)


async def test_an_upgraded_room_at_which_one_knocks_is_followed(homeserver: Homeserver, tmp_path: Path) -> None:
    desk, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    room = await closed(homeserver, li, "楼", invite=[desk], room_version="10")
    plugins, matrix = [groups, parrot()], table(homeserver.url, desk)
    async with running(tmp_path, matrix, plugins, groups={"consent": False}):
        await li.meets(desk, room)
        path = f"/_matrix/client/v3/rooms/{quote(room)}/upgrade"
        after = (await homeserver.call("POST", path, {"new_version": "11"}, token=li.token))["replacement_room"]
        await waits(homeserver, li, after, desk)
        await li.client.room_invite(after, desk.id)
        await li.meets(desk, after)
        await li.mentions(desk, "{} after", after)
        await li.sees("after", after, of=desk.id)


@BOTH
async def test_who_knocks_elsewhere_is_not_its_business(
    homeserver: Homeserver, tmp_path: Path, encrypted: bool
) -> None:
    desk, li, sun = await homeserver.account("bot"), await homeserver.person("li"), await homeserver.person("sun")
    room = await closed(homeserver, li, "值班室", invite=[desk], encrypted=encrypted)
    plugin, heard = listening()
    async with running(tmp_path, table(homeserver.url, desk), [plugin]) as bot:
        await li.meets(desk, room)
        await li.knows(desk)
        await li.mentions(desk, "{} one", room)
        await li.sees("heard one", room, of=desk.id)
        row = bot.services.chats.find(Chat("matrix", room))
        assert row is not None

        async def become(unit: Any) -> None:
            bot.services.chats.become(unit, row.id, ChatKind.OFFICERS)

        await bot.services.unit(become)
        said = len([line for line in await li.reads(room) if line.sender == desk.id])
        await knocks(homeserver, sun, room, "三角梅底下的鲸鱼")
        await waits(homeserver, li, room, sun)
        event = next(
            event for event in await homeserver.history(li, room) if event["content"].get("membership") == "knock"
        )
        await until(lambda: matrix_of(bot).rooms.latest.get(room) == event["event_id"])
        # Who waits outside gets no key of what is said inside.
        sent = await matrix_of(bot).send(Outgoing("1", Chat("matrix", room, ChatKind.OFFICERS), "案情"))
        await li.finds(sent, room)
        assert li.timelines[room][sent].text == "案情"
        await sun.syncs()
        assert not sun.client.olm.inbound_group_store._entries.get(room)
        # Taken back, or refused: the same.
        await li.client.room_kick(room, sun.id)
        while await membership(homeserver, li, room, sun) != "leave":
            await li.syncs(50)
        await bot.drain()
        assert len([line for line in await li.reads(room) if line.sender == desk.id]) == said + 1
        rows = await bot.services.database.read("SELECT payload FROM inbox")
        assert not any("鲸鱼" in row["payload"] or sun.id in row["payload"] for row in rows)
        assert [message.text for message in heard] == ["one"]


async def test_asked_over_two_servers(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, wang = await pair.near.account("bot"), await pair.far.person("wang", encryption=False)
    station = await space(wang, invite=[desk])
    listed, named = [await closed(pair.far, wang, name) for name in ("甲", "乙")]
    await lists(pair.far, wang, station, listed, via=[pair.far.synapse.domain])
    alias = f"#knock-{wang.id[6:12].strip('-')}:{pair.far.synapse.domain}"
    path = f"/_matrix/client/v3/directory/room/{quote(alias, safe='')}"
    await pair.far.call("PUT", path, {"room_id": named}, token=wang.token)
    matrix = among_both(pair, desk, invites=[station], join_spaces=True)
    commands = Commands(tmp_path, matrix, monkeypatch)
    async with running(commands.data, matrix):
        await wang.meets(desk, station)
        await waits(pair.far, wang, listed, desk)
        assert "has asked" in await commands.join(alias)
        for room in (listed, named):
            await wang.client.room_invite(room, desk.id)
            await wang.until(lambda lines, room=room: wang.present(desk, room), room)
        await wang.mentions(desk, "{} hello", named)
        await wang.sees("echo hello", named, of=desk.id)
