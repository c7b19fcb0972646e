"""Residents whose accounts are on another homeserver than the bot's: served as everybody, also after a time apart."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from adapters.matrix.raw import server_of
from adapters.matrix.settings import MatrixSettings
from botkit.messages import Attachment, Chat, ChatKind, MessageKind, Outgoing, Sender
from tests.adapters.matrix.bots import parrot, running, table
from tests.adapters.matrix.test_chat import BOTH, listening, matrix_of
from tests.matrix.federation import Pair
from tests.matrix.homeserver import Account
from tests.matrix.person import Person
from tests.matrix.relay import Relay
from tests.web.test_files import photo

SOAK = os.environ.get("BOTKIT_SOAK") == "1"
ENCRYPTED = BOTH if SOAK else pytest.mark.parametrize("encrypted", [True], ids=["encrypted"])
"""For what is the same in the open: there it is told in the soak only."""


def among_both(pair: Pair, account: Account, url: str = "", **more: Any) -> dict[str, Any]:
    """The table of a bot on the near server, that comes when anybody of either server invites it."""
    servers = [pair.near.synapse.domain, pair.far.synapse.domain]
    return table(url or pair.near.url, account, **{"invites": servers, **more})


def said_by(person: Person, room: str, who: Any) -> list[str]:
    """What somebody said in a room, as far as this person has read."""
    return [line.text for line in person.timelines[room] if line.sender == who.id]


@BOTH
async def test_a_private_chat_over_two_servers(pair: Pair, tmp_path: Path, encrypted: bool) -> None:
    account, wang = await pair.near.account("bot"), await pair.far.person("wang")
    room = await wang.room(invite=[account], encrypted=encrypted, direct=True)
    plugin, told = listening()
    async with running(tmp_path, among_both(pair, account), [plugin]) as bot:
        await wang.meets(account, room)
        await wang.knows(account)
        first = await wang.says("停水了", room)
        answer = await wang.sees("heard 停水了", room)
        assert answer.reply_to == first
        await wang.replies("几点来水", answer.id, room, fallback=True)
        await wang.sees("heard 几点来水", room)
        await wang.edits(first, "停电了", room)
        await wang.redacts(first, room)
        await wang.shows(photo(), room, filename="photo.jpg", body="路灯坏了")
        await wang.sees("heard 路灯坏了", room)
        adapter, chat = matrix_of(bot), Chat("matrix", room, ChatKind.DM)
        said = await adapter.send(Outgoing("1", chat, "已登记"))
        await wang.finds(said, room)
        await adapter.edit(Outgoing("2", chat, "已处理", target=said))
        await wang.until(lambda lines: wang.timelines[room][said].text == "已处理", room)
        await adapter.react(Outgoing("3", chat, "👀", target=answer.id))
        stored = await bot.services.files.put(photo(), "image/jpeg")
        file = Attachment(MessageKind.PHOTO, stored, "p.jpg", "image/jpeg")
        shown = await wang.finds(await adapter.send(Outgoing("4", chat, "", files=(file,))), room)
        assert (await wang.gets(shown))[:2] == b"\xff\xd8"
        await adapter.delete(Outgoing("5", chat, "", target=said))
        await wang.misses(said, room)
        await bot.drain()
        assert [(message.text, message.kind) for message in told] == [
            ("停水了", MessageKind.TEXT),
            ("几点来水", MessageKind.TEXT),
            ("路灯坏了", MessageKind.PHOTO),
        ]
        assert told[1].reply_to == answer.id and told[1].data["reply_author"] == account.id
        assert all(message.private for message in told)
        assert await bot.services.files.get(told[2].attachments[0].id) == photo()
        rows = await bot.services.database.read(
            "SELECT revision FROM inbox WHERE platform_id = ? ORDER BY revision", first
        )
        assert len(rows) == 3 and rows[0]["revision"] == 0


@BOTH
async def test_a_group_of_two_servers_and_a_private_room_for_who_asked(
    pair: Pair, tmp_path: Path, encrypted: bool
) -> None:
    account, li, wang = await pair.near.account("bot"), await pair.near.person("li"), await pair.far.person("wang")
    # Made on the other server, whose name is on the list.
    room = await wang.room("3 号楼", invite=[account, li], encrypted=encrypted)
    plugin, told = listening()
    async with running(tmp_path, among_both(pair, account), [plugin]) as bot:
        await wang.meets(account, room)
        await li.enters(room)
        await wang.meets(li, room)
        for person in (wang, li):
            await person.knows(account)
        await wang.says("今天天气不错", room)
        for person in (wang, li):
            await person.mentions(account, "{} 停水了", room)
            await wang.until(lambda lines, person=person: said_by(wang, room, account), room)
        await wang.until(lambda lines: len(said_by(wang, room, account)) == 2, room)
        await li.until(lambda lines: len(said_by(li, room, account)) == 2, room)
        chat = await matrix_of(bot).private_chat(Sender(wang.id))
        assert chat is not None and chat.kind is ChatKind.DM
        said = await matrix_of(bot).send(Outgoing("1", chat, "详情"))
        await wang.until(lambda lines: chat.id in wang.invitations, chat.id)
        await wang.enters(chat.id)
        await wang.knows(account)
        # What was said before she came, her server fetches when she looks for it.
        await wang.scrolls(chat.id)
        assert (await wang.finds(said, chat.id)).text == "详情"
        await wang.says("谢谢", chat.id)
        await wang.sees("heard 谢谢", chat.id)
        await bot.drain()
        assert [message.text for message in told] == ["停水了", "停水了", "谢谢"]


async def test_who_is_on_a_server_that_is_not_listed_invites_in_vain(pair: Pair, tmp_path: Path) -> None:
    account, wang = await pair.near.account("bot"), await pair.far.person("wang", encryption=False)
    async with running(tmp_path, among_both(pair, account, invites=[pair.near.synapse.domain])):
        room = await wang.room("楼", invite=[account])
        await wang.until(lambda lines: account.id not in wang.client.rooms[room].invited_users, room)
        assert not wang.present(account, room)


@ENCRYPTED
async def test_the_other_server_stops_and_comes_back(pair: Pair, tmp_path: Path, encrypted: bool) -> None:
    account, li, wang = await pair.near.account("bot"), await pair.near.person("li"), await pair.far.person("wang")
    room = await wang.room("楼", invite=[account, li], encrypted=encrypted)
    matrix = among_both(pair, account)
    async with Relay(pair.near.url) as relay, running(tmp_path, matrix | {"homeserver": relay.url}, [parrot()]) as bot:
        await wang.meets(account, room)
        await li.enters(room)
        await wang.meets(li, room)
        for person in (wang, li):
            await person.knows(account)
        await wang.mentions(account, "{} one", room)
        await wang.sees("echo one", room)
        # Cut off, and stopped: what either side says meanwhile, the other learns later.
        pair.servers.part()
        await wang.mentions(account, "{} two", room)
        await asyncio.to_thread(pair.servers.far.stop)
        asked = len(relay.asked)
        await li.mentions(account, "{} three", room)
        await li.sees("echo three", room, of=account.id)
        assert len(relay.asked) - asked < 20 and not relay.refused
        pair.servers.meet()
        await asyncio.to_thread(pair.servers.far.start)
        await wang.mentions(account, "{} four", room)
        await wang.until(lambda lines: "echo four" in said_by(wang, room, account), room)
        # It also wants what it has missed; only then it can show the others that were answered.
        await li.mentions(account, "{} five", room)
        wanted = sorted(f"echo {word}" for word in ("one", "two", "three", "four", "five"))
        for person in (wang, li):
            await person.until(lambda lines, who=person: len(said_by(who, room, account)) >= 5, room)
            assert sorted(said_by(person, room, account)) == wanted
        await bot.drain()
        rows = await bot.services.database.read("SELECT platform_id FROM inbox WHERE disposition = 'answered'")
        assert len(rows) == len({row["platform_id"] for row in rows}) == 5


def test_servers_with_a_port_are_settings_as_others() -> None:
    matrix = MatrixSettings.model_validate({"invites": ["127.0.0.1:8448", "[::1]:8448", "#a:127.0.0.1:8448"]})
    assert len(matrix.invites) == 3
    assert server_of("@wang:127.0.0.1:8448") == "127.0.0.1:8448"
