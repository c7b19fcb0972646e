"""Notices of the homeserver itself: nobody's chat, never answered, shown to the admin."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.matrix import Matrix
from adapters.matrix.settings import MatrixSettings
from tests.adapters.matrix.bots import matrix_of, parrot, running, table, until
from tests.matrix.config import DOMAIN
from tests.matrix.homeserver import Homeserver
from tests.matrix.operator import operator


@pytest.mark.parametrize("invites", [[DOMAIN], []], ids=["anybody invites", "nobody invites"])
async def test_server_notices(homeserver: Homeserver, tmp_path: Path, invites: list[str]) -> None:
    account, operates = await homeserver.account("bot"), await operator(homeserver)
    await operates.notifies(account, "先前的通知")
    matrix = table(homeserver.url, account, invites=invites)
    async with running(tmp_path, matrix, [parrot()]) as bot:
        await until(lambda: matrix_of(bot).describe().get("rooms") == 1)
        await operates.notifies(account, f"今晚停机维护，{account.id} 请留意")
        await until(lambda: matrix_of(bot).describe().get("notices") == 1)
        await bot.drain()
    # The same after a restart, when it only reads on.
    async with running(tmp_path, matrix, [parrot()]) as bot:
        await operates.notifies(account, "已恢复")
        await until(lambda: matrix_of(bot).describe().get("notices") == 1)
        await bot.drain()
        for kept in ("chat", "inbox", "outbox", "identity"):
            assert await bot.services.database.read(f"SELECT id FROM {kept}") == []
        found = await Matrix(MatrixSettings.model_validate(matrix)).check(bot.services)
        told = [finding.what.args["text"] for finding in found if finding.what.key == "matrix.check.notice"]
        assert told == ["先前的通知", f"今晚停机维护，{account.id} 请留意", "已恢复"]
        assert not [finding for finding in found if finding.what.key in ("matrix.check.mute", "matrix.check.pin")]
