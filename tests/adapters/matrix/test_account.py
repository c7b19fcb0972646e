"""The account from the command line: logging in, vouching for the device, lost and locked stores, the doctor."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.matrix import Matrix, account, unread
from adapters.matrix.cli import app
from adapters.matrix.keystore import STORE, printed
from adapters.matrix.login import find, folder, read
from adapters.matrix.settings import MatrixSettings, settings_of
from botkit import logs
from botkit.bot import Bot
from botkit.errors import SettingsError, UserError
from botkit.messages import Chat, MessageKind
from botkit.settings import Settings
from botkit.testing import PATIENCE
from tests.adapters.matrix.bots import PICKLE_KEY, running, settings, table
from tests.adapters.matrix.test_chat import listening, matrix_of, until
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.keys import hides

PASSPHRASE = "a passphrase of the tests"


def own(homeserver: Homeserver, account: Account, **more: Any) -> MatrixSettings:
    """Settings without a token: the login lies in the data folder."""
    options = {"homeserver": homeserver.url, "user": account.id, "pickle_key": PICKLE_KEY, **more}
    return MatrixSettings.model_validate(options)


async def found(bot: Bot, homeserver: Homeserver, account: Account) -> dict[str, bool]:
    """What the doctor says, by the keys of its texts, and whether it is wrong."""
    findings = await Matrix(own(homeserver, account, invites=["matrix.test"])).check(bot.services)
    return {finding.what.key.removeprefix("matrix.check."): finding.wrong for finding in findings}


async def test_a_login_that_is_vouched_for(homeserver: Homeserver, tmp_path: Path) -> None:
    desk, li = await homeserver.account("desk"), await homeserver.person("li")
    mine = own(homeserver, desk)
    first = await account.log_in(mine, tmp_path, desk.password)
    assert read(tmp_path) == first and (tmp_path / "matrix" / "login.json").stat().st_mode & 0o777 == 0o600
    assert first.token not in repr(first)
    body = {"device_keys": {desk.id: []}}
    shown = await homeserver.call("POST", "/_matrix/client/v3/keys/query", body, token=li.token)
    [signer] = shown["self_signing_keys"][desk.id]["keys"]
    assert signer in shown["device_keys"][desk.id][first.device]["signatures"][desk.id]
    # Again there is nothing to do, and the next device is vouched for by the same keys.
    done = await account.verify(mine, tmp_path, desk.password, reset=False)
    assert (done.login, done.new) == (first, False)
    # What people compare is what the homeserver shows.
    shown_key = shown["device_keys"][desk.id][first.device]["keys"][f"ed25519:{first.device}"]
    assert done.fingerprint.replace(" ", "") == shown_key == (printed(first, folder(tmp_path)) or "").replace(" ", "")
    second = await account.log_in(mine, tmp_path, desk.password)
    shown = await homeserver.call("POST", "/_matrix/client/v3/keys/query", body, token=li.token)
    assert [signer] == list(shown["self_signing_keys"][desk.id]["keys"])
    assert first.device not in shown["device_keys"][desk.id]
    assert signer in shown["device_keys"][desk.id][second.device]["signatures"][desk.id]
    # Keys that another program made are not replaced unless somebody says so.
    (tmp_path / "matrix" / "signing.json").unlink()
    with pytest.raises(UserError, match="another program"):
        await account.verify(mine, tmp_path, desk.password, reset=False)
    with pytest.raises(UserError, match="password"):
        await account.verify(mine, tmp_path, "wrong", reset=True)
    done = await account.verify(mine, tmp_path, desk.password, reset=True)
    assert (done.login, done.new) == (second, True)
    with pytest.raises(UserError, match="does not let"):
        await account.log_in(mine, tmp_path, "wrong")


async def test_a_lost_store_halts_once_and_says_what_to_do(homeserver: Homeserver, tmp_path: Path) -> None:
    desk, li = await homeserver.account("desk"), await homeserver.person("li")
    matrix = table(homeserver.url, desk)
    room = await li.room(invite=[desk], encrypted=True, direct=True)
    async with running(tmp_path, matrix):
        await li.meets(desk, room)
        await li.knows(desk)
        await li.says("hello", room)
        await li.sees("echo hello", room)
    with pytest.raises(UserError, match="can't be opened"):
        async with running(tmp_path, {**matrix, "pickle_key": "another key of the tests"}):
            pass
    store = tmp_path / "matrix" / STORE
    store.unlink()
    with pytest.raises(UserError, match="are lost"):
        async with running(tmp_path, matrix):
            pass
    # The same where even the note of it is gone: the homeserver knows the device's keys.
    (tmp_path / "matrix" / "crypto.made").unlink()
    async with running(tmp_path, matrix) as bot:
        halted = await until(lambda: matrix_of(bot).health.halted)
        assert "are lost" in halted.what and "botkit matrix login" in halted.fix
    # A new device reads on.
    login = await account.log_in(own(homeserver, desk), tmp_path, desk.password)
    matrix |= {"token": "", "device": ""}
    async with running(tmp_path, matrix) as bot:
        await li.syncs()
        await li.client.keys_query() if li.client.should_query_keys else None
        await li.says("again", room)
        await li.sees("echo again", room)
        assert matrix_of(bot).describe()["device"] == login.device
        assert await found(bot, homeserver, desk) == {
            "reached": False, "account": False, "verified": False, "fingerprint": False, "rooms": False,
        }  # fmt: skip


async def test_what_the_doctor_finds(homeserver: Homeserver, tmp_path: Path) -> None:
    desk, li = await homeserver.account("desk"), await homeserver.person("li")
    room = await li.room("楼", invite=[desk], encrypted=True)
    async with running(tmp_path, table(homeserver.url, desk, pickle_key="")) as bot:
        await li.meets(desk, room)
        powers = {"users": {}, "events_default": 20}
        await homeserver.sends(li, "m.room.power_levels", powers, room, state_key="")
        wrong = Matrix(MatrixSettings.model_validate(table(homeserver.url, desk, pickle_key="", invites=[])))
        keys = [finding.what.key for finding in await wrong.check(bot.services) if finding.wrong]
        assert keys == [f"matrix.check.{case}" for case in ("invites", "blind", "mute")]
        await until(lambda: bot.services.chats.groups())
        await bot.drain()
        rows = await bot.services.database.read("SELECT payload FROM inbox")
        assert any("bot.blinded" in row["payload"] for row in rows)
        gone = Matrix(MatrixSettings.model_validate(table("http://127.0.0.1:9", desk)))
        assert [finding.what.key for finding in await gone.check(bot.services)] == ["matrix.check.network"]
        stranger = Matrix(MatrixSettings.model_validate(table(homeserver.url, desk, token="none")))
        assert [finding.wrong for finding in await stranger.check(bot.services)] == [False, True]


async def test_what_can_not_be_read_is_told(
    homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "GRACE", timedelta(seconds=0.5))
    desk, li = await homeserver.account("desk"), await homeserver.person("li")
    room = await li.room(invite=[desk], encrypted=True, direct=True)
    plugin, told = listening()
    matrix = table(homeserver.url, desk)
    async with running(tmp_path, matrix, [plugin]) as bot:
        await li.meets(desk, room)
        await li.knows(desk)
        hidden = await hides(li, "hidden", room, desk)
        await until(lambda: told)
        assert [(message.kind, message.data) for message in told] == [(MessageKind.UNKNOWN, {"unreadable": "keys"})]
        assert matrix_of(bot).describe()["unreadable"] == 1
    # After a restart it is not told again, and read when its key comes.
    async with running(tmp_path, matrix, [plugin]) as bot:
        await hidden.give()
        await until(lambda: len(matrix_of(bot).receiving.unread) == 0)
        await bot.drain()
        rows = await bot.services.database.read("SELECT revision, payload FROM inbox ORDER BY id")
        assert [row["revision"] for row in rows] == [0, 1]
        assert json.loads(rows[1]["payload"])["text"] == "hidden"
        assert await bot.services.database.read("SELECT id FROM matrix_note WHERE kind = 'locked'") == []


async def test_what_waits_for_its_key_is_erased_too(homeserver: Homeserver, tmp_path: Path) -> None:
    desk, li = await homeserver.account("desk"), await homeserver.person("li")
    room = await li.room(invite=[desk], encrypted=True, direct=True)
    async with running(tmp_path, table(homeserver.url, desk)) as bot:
        await li.meets(desk, room)
        await li.knows(desk)
        await hides(li, "hidden", room, desk)
        adapter = matrix_of(bot)
        await until(lambda: len(adapter.receiving.unread))
        later = bot.services.clock.now() + timedelta(seconds=1)
        await bot.services.unit(lambda unit: adapter.erase(unit, Chat("matrix", room), later))
        assert len(adapter.receiving.unread) == 0
        # Its commit may be under way: then it is erased after that.
        async with asyncio.timeout(PATIENCE):
            while await bot.services.database.read("SELECT id FROM matrix_note WHERE kind = 'locked'"):
                await asyncio.sleep(0.02)


async def test_the_command_line(homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The log would go where this command's output goes, and stay there.
    monkeypatch.setattr(logs, "configure", lambda **options: None)
    desk = await homeserver.account("desk")
    config, data = tmp_path / "config", tmp_path / "data"
    config.mkdir()
    lines = [f'homeserver = "{homeserver.url}"', f'user = "{desk.id}"', f'pickle_key = "{PICKLE_KEY}"']
    (config / "station.toml").write_text(
        'adapters = ["matrix"]\n[plugins]\nenabled = []\n[matrix]\n' + "\n".join(lines), "utf-8"
    )
    secret, words = tmp_path / "password", tmp_path / "words"
    secret.write_text(f"{desk.password}\n", "utf-8")
    words.write_text(PASSPHRASE, "utf-8")
    places = ["--config", str(config), "--data", str(data)]

    async def run(*command: str, piped: str | None = None) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, app, [*command, *places], input=piped)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    assert "the device is verified" in await run("login", "--password-file", str(secret))
    assert "is verified" in await run("verify", "--password-file", "-", piped=f"{desk.password}\n")
    with pytest.raises(UserError, match="no terminal to ask on"):
        await run("verify")
    kept = tmp_path / "keys.txt"
    assert "0 keys" in await run("export-keys", str(kept), "--password-file", str(words))
    assert kept.read_text("utf-8").startswith("-----BEGIN MEGOLM SESSION DATA-----")
    with pytest.raises(UserError, match="too short"):
        secret.write_text("short", "utf-8")
        await run("export-keys", str(kept), "--password-file", str(secret))
    with pytest.raises(UserError, match="put right"):
        await run("doctor")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "matrix.homeserver is not set"),
        ({"homeserver": "matrix.example.org"}, "must be the address of a homeserver"),
        ({"homeserver": "https://h.example", "user": "desk"}, "must be a full Matrix id"),
        ({"homeserver": "https://h.example", "pickle_key": "short"}, "pickle_key is too short"),
        ({"homeserver": "https://h.example", "token": "secret-token"}, "needs matrix.user and matrix.device"),
        ({"homeserver": "https://h.example", "invites": ["no such thing"]}, "is no server"),
        ({"homeserver": "https://h.example", "invites": ["#square"]}, "no #address:server"),
        ({"homeserver": "https://h.example", "invites": ["h.example"], "join_spaces": True}, "names no space"),
    ],
)
def test_settings_that_can_not_work(options: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        settings_of(Settings(tables={"matrix": options}))
    assert "secret-token" not in str(refused.value) and "'short'" not in str(refused.value)


def test_without_a_login_it_says_so(tmp_path: Path) -> None:
    mine = MatrixSettings.model_validate({"homeserver": "https://h.example", "user": "@desk:h.example"})
    with pytest.raises(UserError, match="not logged in"):
        find(mine, tmp_path)
    (tmp_path / "matrix").mkdir()
    (tmp_path / "matrix" / "login.json").write_text("{", "utf-8")
    with pytest.raises(UserError, match="can't be read"):
        find(mine, tmp_path)
    assert settings(tmp_path, {}).adapters == ("matrix",)
