"""What people and the bot do to each other's messages on a real homeserver, in the open and encrypted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from botkit.adapter import Rank, Refused, Unreachable
from botkit.context import Context
from botkit.decision import Concern, Verdict
from botkit.messages import Attachment, Chat, ChatKind, Message, MessageKind, Outgoing, Sender
from botkit.plugin import Plugin, Stage
from tests.adapters.matrix.bots import matrix_of, running, table, until
from tests.matrix.homeserver import Account, Homeserver
from tests.matrix.person import Person
from tests.web.test_files import photo

BOTH = pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])


def listening() -> tuple[Plugin, list[Message]]:
    """A plugin that says nothing, and what it was told."""
    plugin, told = Plugin("listening"), list[Message]()

    @plugin.stage(Stage.HANDOFF)
    async def everything(context: Context) -> str:
        told.append(context.message)
        return f"heard {context.message.text}"

    @plugin.command("rules")
    async def rules() -> str:
        return "these are the rules"

    return plugin, told


async def meeting(homeserver: Homeserver, *, encrypted: bool, name: str = "") -> tuple[Account, Person, str]:
    """Somebody, and a room to which the bot is invited: a private one if it has no name."""
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=encrypted)
    return account, li, await li.room(name, invite=[account], encrypted=encrypted, direct=not name)


@BOTH
async def test_a_private_chat(homeserver: Homeserver, tmp_path: Path, encrypted: bool) -> None:
    account, li, room = await meeting(homeserver, encrypted=encrypted)
    plugin, told = listening()
    async with running(tmp_path, table(homeserver.url, account), [plugin]) as bot:
        await li.meets(account, room)
        await li.knows(account)
        first = await li.says("停水了", room)
        answer = await li.sees("heard 停水了", room)
        assert answer.reply_to == first
        await li.replies("几点来水", answer.id, room, fallback=True)
        await li.sees("heard 几点来水", room)
        await li.threads("三楼呢", first, room)
        inside = await li.sees("heard 三楼呢", room)
        assert inside.thread == first
        await li.edits(first, "停电了", room)
        await li.redacts(first, room)
        await li.shows(photo(), room, filename="photo.jpg", body="路灯坏了")
        await li.sees("heard 路灯坏了", room)
        await li.says("!rules", room)
        await li.sees("these are the rules", room)
        await bot.drain()
        assert [(message.text, message.kind, message.thread) for message in told] == [
            ("停水了", MessageKind.TEXT, None),
            ("几点来水", MessageKind.TEXT, None),
            ("三楼呢", MessageKind.TEXT, first),
            ("路灯坏了", MessageKind.PHOTO, None),
        ]
        assert told[1].reply_to == answer.id and told[1].data["reply_author"] == account.id
        assert all(message.private for message in told)
        [picture] = told[3].attachments
        stored = await bot.services.files.get(picture.id)
        assert stored == photo() and not picture.broken
        rows = await bot.services.database.read(
            "SELECT revision, disposition FROM inbox WHERE platform_id = ? ORDER BY revision", first
        )
        assert len(rows) == 3 and rows[0]["revision"] == 0


@BOTH
async def test_what_the_bot_does(homeserver: Homeserver, tmp_path: Path, encrypted: bool) -> None:
    account, li, room = await meeting(homeserver, encrypted=encrypted)
    async with running(tmp_path, table(homeserver.url, account), [listening()[0]]) as bot:
        await li.meets(account, room)
        await li.knows(account)
        question = await li.says("hello", room)
        await li.sees("heard hello", room)
        adapter, chat = matrix_of(bot), Chat("matrix", room, ChatKind.DM)

        def out(key: str, text: str = "", **more: Any) -> Outgoing:
            return Outgoing(key, chat, text, **more)

        said = await adapter.send(out("1", "见 https://example.org/a?b=1&c 。\n<b>完</b>", author="值班民警"))
        assert await adapter.send(out("1", "见 again")) == said
        line = await li.finds(said, room)
        assert line.text.startswith("值班民警\n") and '<a href="https://example.org/a?b=1&amp;c">' in line.html
        assert "&lt;b&gt;" in line.html and line.content["m.mentions"] == {}
        assert (await li.finds(await adapter.send(out("2", "night", silent=True)), room)).silent
        assert await adapter.edit(out("3", "changed", kind="edit", target=said)) == said
        await li.until(lambda lines: li.timelines[room][said].text == "changed", room)
        await adapter.react(out("4", "👀", target=question))
        await adapter.react(out("5", "👀", target=question))
        await li.until(lambda lines: li.timelines[room][question].reactions == [(account.id, "👀")], room)
        assert await adapter.open_thread(out("6", "#12", target=said)) == said
        title = await adapter.open_thread(out("13", "#13"))
        assert (await li.finds(title, room)).text == "#13"
        in_thread = await li.finds(await adapter.send(out("7", "inside", thread=said)), room)
        assert in_thread.thread == said and in_thread.reply_to is None
        await adapter.seen(out("8", target=question))
        await li.until(lambda lines: (room, account.id, question) in li.receipts, room)
        await adapter.typing(chat)
        stored = await bot.services.files.put(photo(), "image/jpeg")
        file = Attachment(MessageKind.PHOTO, stored, "p.jpg", "image/jpeg")
        shown = await li.finds(await adapter.send(out("9", files=(file,))), room)
        assert (await li.gets(shown))[:2] == b"\xff\xd8" and ("file" in shown.content) == encrypted
        await adapter.delete(out("10", target=said))
        await li.misses(said, room)
        with pytest.raises(Unreachable):
            await adapter.send(Outgoing("11", Chat("matrix", "!nowhere:matrix.test"), "x"))
        with pytest.raises(Refused):
            await adapter.edit(out("12", "x"))


async def test_a_group(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, room = await meeting(homeserver, encrypted=False, name="3 号楼")
    wang = await homeserver.person("wang")
    plugin, told = listening()
    happened: list[str] = []
    for name in ("bot.added", "chat.renamed", "member.joined", "member.left"):

        def note(context: Context, name: str = name) -> None:
            happened.append(name)

        plugin.event(name)(note)
    plugin.screen(lambda message: Verdict(Concern.ADDRESSED) if message.membership else None)
    async with running(tmp_path, table(homeserver.url, account), [plugin]) as bot:
        await li.meets(account, room)
        await li.client.room_invite(room, wang.id)
        await wang.enters(room)
        await wang.says("今天天气不错", room)
        await wang.says("Bot：停水了", room)
        answer = await wang.sees("heard 停水了", room)
        await wang.replies("好的", answer.id, room)
        await wang.sees("heard 好的", room)
        await wang.says("/rules", room)
        await wang.sees("these are the rules", room)
        await wang.mentions(li, "{} 在吗", room, name="Li")
        await wang.mentions(account, "{} 你好", room)
        await wang.sees("heard 你好", room)
        await wang.says("notice", room, msgtype="m.notice", **{"m.mentions": {"user_ids": [account.id]}})
        adapter, chat = matrix_of(bot), Chat("matrix", room, ChatKind.GROUP)
        assert await adapter.rank(chat, Sender(li.id)) is Rank.OWNER
        assert await adapter.rank(chat, Sender(wang.id)) is Rank.MEMBER
        await homeserver.sends(li, "m.room.name", {"name": "三号楼"}, room, state_key="")
        await wang.client.room_leave(room)
        await until(lambda: "member.left" in happened)
        await bot.drain()
        assert [message.text for message in told] == ["停水了", "好的", "你好"]
        assert all(message.addressed and not message.private for message in told)
        assert happened == ["bot.added", "member.joined", "chat.renamed", "member.left"]
        rows = await bot.services.database.read("SELECT payload FROM inbox")
        assert not any("天气" in row["payload"] or "在吗" in row["payload"] for row in rows)
        assert adapter.describe()["rooms"] == 1


async def test_a_pin_needs_the_right(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, room = await meeting(homeserver, encrypted=False, name="楼")
    async with running(tmp_path, table(homeserver.url, account)) as bot:
        await li.meets(account, room)
        adapter, chat = matrix_of(bot), Chat("matrix", room, ChatKind.GROUP)
        card = await adapter.send(Outgoing("1", chat, "card"))
        with pytest.raises(Unreachable):
            await adapter.pin(Outgoing("2", chat, "", target=card))
        powers = {"users": {account.id: 50}}
        await homeserver.sends(li, "m.room.power_levels", powers, room, state_key="")
        for _ in range(2):
            assert await adapter.pin(Outgoing("2", chat, "", target=card)) == card
        pinned = [event for event in await homeserver.history(li, room) if event["type"] == "m.room.pinned_events"]
        assert [event["content"]["pinned"] for event in pinned] == [[card]]


@BOTH
async def test_writing_first(homeserver: Homeserver, tmp_path: Path, encrypted: bool) -> None:
    account, li = await homeserver.account("bot"), await homeserver.person("li", encryption=encrypted)
    room = await li.room("楼", invite=[account])
    more = {} if encrypted else {"pickle_key": ""}
    async with running(tmp_path, table(homeserver.url, account, **more)) as bot:
        await li.meets(account, room)
        adapter = matrix_of(bot)
        chats = await asyncio.gather(*(adapter.private_chat(Sender(li.id)) for _ in range(3)))
        assert len({chat and chat.id for chat in chats}) == 1
        chat = chats[0]
        assert chat is not None and chat.kind is ChatKind.DM
        said = await adapter.send(Outgoing("1", chat, "详情"))
        await li.syncs()
        assert chat.id in li.invitations
        await li.enters(chat.id)
        assert li.client.rooms[chat.id].encrypted == encrypted
        assert (await li.finds(said, chat.id)).text == "详情"
        if encrypted:
            await li.knows(account)
        await li.says("谢谢", chat.id)
        await li.sees("echo 谢谢", chat.id)
        assert await adapter.private_chat(Sender(li.id)) == chat
        # Whoever leaves does not want to be written to.
        await li.client.room_leave(chat.id)
        await until(lambda: li.id not in adapter.rooms.enter(chat.id).members)
        assert await adapter.private_chat(Sender(li.id)) is None
        assert adapter.private_link("card") == f"https://matrix.to/#/{account.id}?action=chat"
        assert adapter.private_link("a-token-of-one-use") is None


async def test_a_private_room_that_others_enter_is_private_no_more(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, room = await meeting(homeserver, encrypted=False)
    wang = await homeserver.person("wang")
    async with running(tmp_path, table(homeserver.url, account)) as bot:
        await li.meets(account, room)
        await li.says("hello", room)
        await li.sees("echo hello", room)
        await li.client.room_invite(room, wang.id)
        await wang.enters(room)
        await wang.says("plain talk", room)
        await li.mentions(account, "{} again", room)
        await li.sees("echo again", room)
        await bot.drain()
        [row] = await bot.services.database.read("SELECT id, kind FROM chat WHERE platform_id = ?", room)
        assert row["kind"] == "group"
        assert not await bot.services.database.read("SELECT id FROM identity WHERE chat_id = ?", row["id"])
        assert [line.text for line in await li.reads(room) if line.sender == account.id] == ["echo hello", "echo again"]


async def test_reactions_and_threads_in_an_officers_room(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, room = await meeting(homeserver, encrypted=True, name="值班室")
    plugin, told = Plugin("room"), list[Message]()

    @plugin.stage(Stage.ROOM)
    async def everything(context: Context) -> str:
        told.append(context.message)
        return f"heard {context.message.text}"

    async with running(tmp_path, table(homeserver.url, account), [plugin]) as bot:
        await li.meets(account, room)
        await li.knows(account)
        await li.mentions(account, "{} start", room)
        await li.sees("heard start", room)
        row = bot.services.chats.find(Chat("matrix", room))
        assert row is not None

        async def become(unit: Any) -> None:
            bot.services.chats.become(unit, row.id, ChatKind.OFFICERS)

        await bot.services.unit(become)
        adapter = matrix_of(bot)
        card = await adapter.send(Outgoing("1", row.chat, "#1 停水"))
        thread = await adapter.open_thread(Outgoing("2", row.chat, "#1", target=card))
        await li.finds(card, room)
        await li.reacts("👀", card, room)
        await li.threads("我去看看", thread, room)
        await li.sees("heard 我去看看", room)
        await bot.drain()
        reaction, word = told[1:]
        assert (reaction.kind, reaction.reply_to, reaction.data["sign"]) == (MessageKind.REACTION, card, "👀")
        assert (word.text, word.thread, word.reply_to) == ("我去看看", card, None)
        assert reaction.chat.kind is ChatKind.OFFICERS


async def test_nothing_that_is_said_is_logged(
    homeserver: Homeserver, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    account, li, room = await meeting(homeserver, encrypted=True)
    async with running(tmp_path, table(homeserver.url, account)):
        await li.meets(account, room)
        await li.knows(account)
        await li.says("三角梅底下的鲸鱼", room)
        await li.sees("echo 三角梅底下的鲸鱼", room)
    # The database's library shows statements at this level, which `botkit.logs` never sets for any library.
    lines = [record.getMessage() for record in caplog.records if record.name != "aiosqlite"]
    written = "\n".join([*lines, *capfd.readouterr()])
    assert "鲸鱼" not in written and account.token not in written
    assert not [record for record in caplog.records if record.name.startswith(("nio", "peewee"))]


async def test_without_encryption_only_a_group_is_told_in_the_open(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, room = await meeting(homeserver, encrypted=True, name="楼")
    async with running(tmp_path, table(homeserver.url, account, pickle_key="")) as bot:
        await li.meets(account, room)
        adapter = matrix_of(bot)
        said = await adapter.send(Outgoing("1", Chat("matrix", room, ChatKind.GROUP), "看不到"))
        assert (await li.finds(said, room)).text == "看不到"
        for kind in (ChatKind.DM, ChatKind.OFFICERS, ChatKind.PARTNER):
            with pytest.raises(Unreachable):
                await adapter.send(Outgoing("2", Chat("matrix", room, kind), "case"))
