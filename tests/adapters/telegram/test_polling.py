"""Polling: what comes is committed before it is confirmed, and no trouble ends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.telegram import albums, moves, polling
from botkit.context import Context
from botkit.errors import UserError
from botkit.messages import Button, MessageKind, Reply, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.groups import plugin as groups
from tests.adapters.telegram.kit import echoing, rows, running, vouching
from tests.kernel.kit import until
from tests.telegram.emulator import Emulator
from tests.telegram.faults import Fault, Kind


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "FIRST", 0.01)
    monkeypatch.setattr(albums, "WAIT", 0.02)


async def test_a_talk(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li", "李秀英")
    async with running(emulator, tmp_path, [echoing()]) as bot:
        asked = await li.says("你好 😀")
        [reply] = await emulator.shows(li)
        assert reply.text == "echo 你好 😀" and reply.reply_to == asked.id
        await li.edits(asked, "你好呀")
        await li.says("再来")
        await emulator.shows(li, 2)
        found = await rows(bot, "SELECT platform_id, revision FROM inbox ORDER BY id")
        assert [(row["platform_id"], row["revision"] > 0) for row in found] == [
            (str(asked.id), False), (str(asked.id), True), (str(asked.id + 2), False),
        ]  # fmt: skip


async def test_after_a_restart_it_goes_on_where_it_was(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li")
    async with running(emulator, tmp_path, [echoing()]) as bot:
        first = await li.says("一")
        await emulator.shows(li)
        await bot.drain()
    await li.says("二")
    emulator.repeat(first)
    async with running(emulator, tmp_path, [echoing()]):
        await li.says("三")
        shown = await emulator.shows(li, 3)
        assert [each.text for each in shown] == ["echo 一", "echo 二", "echo 三"]
    assert "offset" not in emulator.calls("getUpdates")[0].values


async def test_trouble_ends_nothing_and_is_told(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li")
    faults = (Kind.BAD_GATEWAY, Kind.INTERNAL, Kind.RESET_BEFORE, Kind.MALFORMED, Fault(Kind.FLOOD, 0))
    emulator.faults.next("getUpdates", *faults)
    with capture_logs() as logged:
        async with running(emulator, tmp_path, [echoing()]):
            await li.says("在吗")
            await emulator.shows(li)
    told = [line for line in logged if line["event"] == "telegram.receive"]
    assert len(told) >= 3 and all("network" in line["fix"] for line in told)
    assert emulator.token not in repr(logged)


async def test_a_webhook_that_is_set_is_a_conflict(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li")
    emulator.updates.set_webhook("https://elsewhere.example", "", None, drop=False)
    with capture_logs() as logged:
        async with running(emulator, tmp_path, [echoing()]):
            await until(lambda: [line for line in logged if "webhook delete" in line.get("fix", "")])
            emulator.updates.set_webhook("", "", None, drop=False)
            await li.says("在吗")
            await emulator.shows(li)


async def test_a_refused_token_is_said_clearly(emulator: Emulator, tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        async with running(emulator, tmp_path, token="424242:" + "x" * 35):
            pass
    assert "BotFather" in told.value.fix and "xxxx" not in str(told.value)


async def test_a_malformed_update_harms_no_neighbour(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li")
    async with running(emulator, tmp_path, [echoing()]) as bot:
        emulator.inject("message", {"chat": 1})
        emulator.inject("message", {"message_id": 1, "date": "x", "chat": {"id": 1, "type": "private"}, "text": ["a"]})
        emulator.inject("callback_query", {"id": 1})
        emulator.inject("holograms", {"chat": {"id": li.id, "type": "private"}, "from": {"id": li.id}, "date": 1})
        emulator.inject("business_message", 7)
        await li.says("我呢")
        assert (await emulator.shows(li, 2))[-1].text == "echo 我呢"
        failed = bot.services.metrics.failed.labels("decode")._value.get()
        assert failed == 2
        [strange, _] = await rows(bot, "SELECT payload FROM inbox ORDER BY id")
        assert '"unknown"' in strange["payload"]


async def test_plain_talk_leaves_no_trace(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li")
    group = emulator.group("3号楼", owner=li, bot="administrator")
    async with running(emulator, tmp_path, [echoing()]) as bot:
        await li.says("谁家的猫", in_=group)
        await li.photo("我家的猫", in_=group)
        await li.says("@minjing_bot 猫", in_=group)
        await emulator.shows(group)
        assert len(await rows(bot, "SELECT id FROM inbox")) == 1
        assert emulator.calls("getFile") == []
        everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*sqlite3*"))
        assert "谁家的猫".encode() not in everything and "我家的猫".encode() not in everything


async def test_an_album_is_one_message_and_its_pictures_are_stored(emulator: Emulator, tmp_path: Path) -> None:
    li, plugin = emulator.person("li"), echoing()
    async with running(emulator, tmp_path, [plugin]) as bot:
        await li.album(3, "漏水")
        [reply] = await emulator.shows(li)
        assert reply.text == "echo 漏水"
        [message] = plugin.heard  # type: ignore[attr-defined]  # see echoing
        assert message.kind is MessageKind.PHOTO and len(message.attachments) == 3
        assert all(file.id.endswith(".jpg") and not file.broken for file in message.attachments)
        assert len(await rows(bot, "SELECT id FROM inbox")) == 1


def buttons() -> Plugin:
    plugin = Plugin("test")
    long = "x" * 70

    @plugin.command("menu")
    async def menu() -> Reply:
        return say("选", buttons=(Button("短", "test.pick", "short"), Button("长", "test.pick", long)), once="menu")

    @plugin.button("pick")
    async def pick(payload: str) -> str:
        return f"{len(payload)}"

    @plugin.command("done")
    async def done() -> Reply:
        return Reply(("选过了",), edits="menu")

    return plugin


async def test_a_press_is_heard_and_a_stale_one_is_told_so(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li", language="en")
    async with running(emulator, tmp_path, [buttons()]) as bot:
        await li.says("/menu")
        await emulator.shows(li)
        for label, said in (("短", "5"), ("长", "70")):
            query = await li.presses(label)
            await emulator.until(lambda query=query: query.answer)  # type: ignore[misc]  # bound at once
            assert query.answer == {"text": "", "alert": False}
            await emulator.until(lambda said=said: li.sees()[-1].text == said)  # type: ignore[misc]  # see above
        menu = emulator.world.chats[li.id].messages[li.sees()[0].id]
        data = menu.payload["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        await li.says("/done")
        await emulator.until(lambda: li.sees()[0].text == "选过了")
        for forged in (data, "=AAAAAAAAtest.pick|short", "nonsense"):
            query = li.presses_data(menu, forged)
            await emulator.until(lambda query=query: query.answer)  # type: ignore[misc]  # see above
            assert query.answer["alert"] and "out of date" in query.answer["text"]
        assert len(await rows(bot, "SELECT id FROM inbox WHERE platform_id LIKE 'press:%'")) == 2


async def test_reactions_come_with_what_they_are_about(emulator: Emulator, tmp_path: Path) -> None:
    li, plugin = emulator.person("li"), Plugin("test")
    heard: list[Any] = []

    @plugin.stage(Stage.ROOM)
    async def look(context: Context) -> None:
        heard.append(context.message)

    async with running(emulator, tmp_path, [plugin]):
        said = await li.says("好")
        # Before its first question Telegram does not know that the bot wants reactions.
        await until(lambda: heard)
        await li.reacts(said, "👀")
        await until(lambda: len(heard) == 2)
    assert heard[1].kind is MessageKind.REACTION and heard[1].data["sign"] == "👀" and heard[1].reply_to == str(said.id)


async def test_what_comes_from_a_moved_group_waits_for_its_row(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "PATIENCE", 5)
    li = emulator.person("li")
    group = emulator.group("小群", owner=li, type="group", bot="administrator")
    old = group.id
    async with running(
        emulator, tmp_path, [groups, echoing(), vouching()], others={"groups": {"consent": False}}
    ) as bot:
        await li.says("@minjing_bot 一", in_=group)
        await emulator.shows(group)
        await group.migrates(li)
        await li.says("@minjing_bot 二", in_=group)
        await emulator.until(lambda: group.shown())
        chats = await rows(bot, "SELECT platform_id FROM chat")
        assert [row["platform_id"] for row in chats] == [str(group.id)] != [str(old)]
