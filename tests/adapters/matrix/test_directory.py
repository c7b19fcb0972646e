"""Rooms by their addresses: among the settings, on the command line, in the doctor, and as what the desk shows."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog.testing
from typer.testing import CliRunner

from adapters.matrix import Matrix
from adapters.matrix.cli import app
from adapters.matrix.settings import MatrixSettings
from botkit import logs
from botkit.bot import Bot
from botkit.errors import UserError
from botkit.messages import Chat
from botkit.plugins.groups import plugin as groups
from tests.adapters.matrix.bots import matrix_of, parrot, running, table, until
from tests.adapters.matrix.test_spaces import declined, lists, space
from tests.matrix.config import DOMAIN
from tests.matrix.homeserver import Homeserver
from tests.matrix.person import Person


def address() -> str:
    """An address that nobody has yet."""
    return f"#square-{secrets.token_hex(4)}:{DOMAIN}"


async def leads(homeserver: Homeserver, person: Person, alias: str, room: str | None) -> None:
    """Somebody lets an address lead to a room, or nowhere."""
    path = f"/_matrix/client/v3/directory/room/{quote(alias, safe='')}"
    if room is None:
        await homeserver.call("DELETE", path, token=person.token)
    else:
        await homeserver.call("PUT", path, {"room_id": room}, token=person.token)


async def shows(homeserver: Homeserver, person: Person, alias: str | None, room: str) -> None:
    """Somebody makes an address the room's own."""
    await homeserver.sends(person, "m.room.canonical_alias", {"alias": alias} if alias else {}, room, state_key="")


async def test_invitations_by_address(homeserver: Homeserver, tmp_path: Path) -> None:
    desk, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    square, station, nowhere = address(), address(), address()
    old, new, listed = await li.room("旧"), await li.room("新"), await li.room("楼")
    spaced = await space(li, invite=[desk])
    await leads(homeserver, li, square, old)
    await leads(homeserver, li, station, spaced)
    await lists(homeserver, li, spaced, listed)
    matrix = table(homeserver.url, desk, invites=[nowhere, square, station])
    with structlog.testing.capture_logs() as logged:
        async with running(tmp_path, matrix) as bot:
            for room in (spaced, listed, old):
                if room != spaced:
                    await li.client.room_invite(room, desk.id)
                await li.meets(desk, room)
            # The address leads elsewhere now: the bot stays where it is, and comes where it leads.
            await li.client.room_kick(old, desk.id)
            await leads(homeserver, li, square, None)
            await leads(homeserver, li, square, new)
            await li.client.room_invite(new, desk.id)
            await li.meets(desk, new)
            await li.client.room_invite(old, desk.id)
            await declined(li, desk, old)
            told = await Matrix(MatrixSettings.model_validate(matrix)).check(bot.services)
    wrong = [finding.what.args["alias"] for finding in told if finding.wrong and "alias" in finding.what.args]
    assert wrong == [nowhere]
    lines = [line for line in logged if line["event"] == "matrix.alias"]
    assert lines and {line["what"] for line in lines} == {nowhere} and "matrix.invites" in lines[0]["fix"]


async def test_a_server_that_does_not_answer_keeps_nobody_out(homeserver: Homeserver, tmp_path: Path) -> None:
    desk, li, square, far = (
        await homeserver.account("bot"),
        await homeserver.person("li", encryption=False),
        address(),
        "#a:far.invalid",
    )
    room, unknown = await li.room("广场", invite=[desk]), await li.room("集市", invite=[desk])
    await leads(homeserver, li, square, room)
    matrix = table(homeserver.url, desk, invites=[far, square])
    async with running(tmp_path, matrix) as bot:
        await li.meets(desk, room)
        # What the other address might lead to can't be said now: that is not declined, and asked again.
        await until(lambda: matrix_of(bot).describe()["errands"] == 1)
        assert not li.present(desk, unknown)
        found = await Matrix(MatrixSettings.model_validate(matrix)).check(bot.services)
        [told] = [finding for finding in found if finding.what.key == "matrix.check.directory"]
        assert told.wrong and told.what.args["alias"] == far and told.what.args["server"] == "far.invalid"
    # Nor is it forgotten by a restart.
    async with running(tmp_path, {**matrix, "invites": [far, unknown]}):
        await li.meets(desk, unknown)


def title(bot: Bot, room: str) -> str | None:
    """What the desk calls a group."""
    row = bot.services.chats.find(Chat("matrix", room))
    return row.chat.title if row is not None else None


async def test_what_the_desk_calls_a_group(homeserver: Homeserver, tmp_path: Path) -> None:
    desk, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    first, second = address(), address()
    room = await li.room(public=True)
    for alias in (first, second):
        await leads(homeserver, li, alias, room)
    await shows(homeserver, li, first, room)
    await li.client.room_invite(room, desk.id)
    async with running(tmp_path, table(homeserver.url, desk), [groups]) as bot:
        await until(lambda: title(bot, room) == first)
        await shows(homeserver, li, second, room)
        await until(lambda: title(bot, room) == second)
        await homeserver.sends(li, "m.room.name", {"name": "荷花池"}, room, state_key="")
        await until(lambda: title(bot, room) == "荷花池")
        # A name goes before an address.
        await shows(homeserver, li, first, room)
        await homeserver.sends(li, "m.room.name", {"name": ""}, room, state_key="")
        await until(lambda: title(bot, room) == first)
    async with running(tmp_path, table(homeserver.url, desk), [groups]) as bot:
        assert title(bot, room) == first


async def test_into_a_room_from_the_command_line(
    homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The log would go where this command's output goes, and stay there.
    monkeypatch.setattr(logs, "configure", lambda **options: None)
    desk, li = await homeserver.account("bot"), await homeserver.person("li", encryption=False)
    square, closed = address(), await li.room("值班室")
    public, other = await li.room("广场", public=True), await li.room("集市", public=True)
    await leads(homeserver, li, square, public)
    config, data = tmp_path / "config", tmp_path / "data"
    config.mkdir()
    data.mkdir()
    options = table(homeserver.url, desk, invites=[])
    lines = [f"{key} = {value!r}" for key, value in options.items() if isinstance(value, str)]
    (config / "station.toml").write_text(
        'adapters = ["matrix"]\n[plugins]\nenabled = []\n[matrix]\n' + "\n".join(lines), "utf-8"
    )

    async def join(place: str) -> str:
        command = ["join", place, "--config", str(config), "--data", str(data)]
        result = await asyncio.to_thread(CliRunner().invoke, app, command)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    assert public in await join(square)
    for place, problem, fix in (
        ("square", "is no room", "#square:example.org"),
        (f"#no-such:{DOMAIN}", f"of {DOMAIN} knows no such address", "misspelling"),
        (closed, "does not let", f"invite {desk.id}"),
        (f"!nothing:{DOMAIN}", "does not let", "invite"),
    ):
        with pytest.raises(UserError) as refused:
            await join(place)
        assert problem in refused.value.what and place in refused.value.what and fix in str(refused.value.fix)
    # The bot, which was stopped, finds itself there and says who it is; while it runs it hears of it at once.
    async with running(data, options, [groups, parrot()], groups={"consent": False}):
        await li.sees("值守机器人", public, of=desk.id)
        await join(other)
        await li.sees("值守机器人", other, of=desk.id)
        await li.mentions(desk, "{} hello", other)
        await li.sees("echo hello", other, of=desk.id)
