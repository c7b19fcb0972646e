"""Rooms of a version that only the other server knows: the bot can't come, says why, and goes on."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from adapters.matrix import Matrix
from adapters.matrix.settings import MatrixSettings
from botkit.errors import UserError
from tests.adapters.matrix.bots import parrot, running
from tests.adapters.matrix.test_federation import among_both
from tests.adapters.matrix.test_knocks import Commands
from tests.matrix.federation import NEWER, Pair
from tests.matrix.homeserver import ApiError


async def test_a_room_of_a_version_that_its_homeserver_does_not_know(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, wang = await pair.near.account("bot"), await pair.far.person("wang", encryption=False)
    newer, room = (
        await wang.room("新", public=True, room_version=NEWER),
        await wang.room("楼", public=True, invite=[desk]),
    )
    matrix = among_both(pair, desk)
    commands = Commands(tmp_path, matrix, monkeypatch)
    async with running(commands.data, matrix, [parrot()]) as bot:
        await wang.meets(desk, room)
        # An invitation there never leaves the other server.
        with pytest.raises(ApiError):
            path = f"/_matrix/client/v3/rooms/{quote(newer)}/invite"
            await pair.far.call("POST", path, {"user_id": desk.id}, token=wang.token)
        alias = f"#newer-{wang.id[6:]}"
        path = f"/_matrix/client/v3/directory/room/{quote(alias, safe='')}"
        await pair.far.call("PUT", path, {"room_id": newer}, token=wang.token)
        with pytest.raises(UserError) as refused:
            await commands.join(alias)
        assert f"version {NEWER}" in refused.value.what and "homeserver" in str(refused.value.fix)
        # Nor can it follow people there; where they still are it goes on.
        content = {"body": "moved", "replacement_room": newer}
        await pair.far.sends(wang, "m.room.tombstone", content, room, state_key="")
        await wang.mentions(desk, "{} hello", room)
        await wang.sees("echo hello", room, of=desk.id)
        found = await Matrix(MatrixSettings.model_validate(matrix)).check(bot.services)
        assert [str(each.what.args["room"]) for each in found if each.wrong and "moved" in each.what.key] == ["楼"]
