"""Groups: coming in, being seen, who leads, and what the bot does not say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from botkit.adapter import Rank
from botkit.chats import ChatRow
from botkit.context import Context
from botkit.messages import Chat, ChatKind, Sender, say
from botkit.plugin import Plugin, Stage
from botkit.plugins.groups import plugin as groups
from tests.adapters.telegram.kit import opened, rows, running, vouching
from tests.kernel.kit import until
from tests.telegram.emulator import Emulator


def row_of(bot: Any, chat: int) -> ChatRow:
    found = bot.services.chats.find(Chat("telegram", str(chat)))
    assert found is not None
    return found


async def test_the_bot_comes_in_is_enabled_by_the_owner_and_goes_without_a_word(
    emulator: Emulator, tmp_path: Path
) -> None:
    wang, li = emulator.person("wang"), emulator.person("li")
    group = emulator.group("3号楼", owner=wang, members=[li], bot="")
    async with running(emulator, tmp_path, [groups, vouching()]) as bot:
        await wang.adds_bot(group)
        [hello] = await emulator.shows(group)
        assert "/enable" in hello.text
        await li.says("/enable", in_=group)
        await wang.says("/enable@minjing_bot", in_=group)
        await emulator.until(lambda: len(group.shown()) >= 3)
        assert row_of(bot, group.id).ways.enabled
        assert (await rows(bot, "SELECT blind FROM group_setting"))[0]["blind"]
        await wang.promotes(emulator.bot, group)
        await until(lambda: len(emulator.updates.waiting) == 0)
        await bot.drain()
        assert not (await rows(bot, "SELECT blind FROM group_setting"))[0]["blind"]
        said = len(group.shown())
        await wang.removes_bot(group)
        await until(lambda: len(emulator.updates.waiting) == 0)
        await bot.drain()
        assert len(group.shown()) == said
        assert (await rows(bot, "SELECT removed_at FROM group_setting"))[0]["removed_at"]


async def test_the_card_is_pinned_and_opens_a_private_chat(emulator: Emulator, tmp_path: Path) -> None:
    wang = emulator.person("wang")
    group = emulator.group("3号楼", owner=wang, bot="administrator")
    async with running(emulator, tmp_path, [groups, vouching()], others={"groups": {"consent": False}}):
        await wang.says("/card", in_=group)
        [card] = await emulator.until(lambda: [each for each in group.shown() if each.pinned])
        assert "https://t.me/minjing_bot?start=start" in card.text


async def test_settings_follow_a_group_to_its_new_id(emulator: Emulator, tmp_path: Path) -> None:
    wang = emulator.person("wang")
    group = emulator.group("3号楼", owner=wang, type="group", bot="administrator")
    async with running(emulator, tmp_path, [groups, vouching()]) as bot:
        await wang.says("/enable", in_=group)
        await emulator.shows(group)
        old = row_of(bot, group.id).id
        await group.migrates(wang)
        await group.renamed(wang, "三号楼")
        await wang.says("/rules", in_=group)
        await emulator.shows(group)
        row = row_of(bot, group.id)
        assert row.id == old and row.ways.enabled
        await until(lambda: row.chat.title == "三号楼")


async def test_a_move_that_only_sending_found_out(emulator: Emulator, tmp_path: Path) -> None:
    wang = emulator.person("wang")
    group = emulator.group("3号楼", owner=wang, type="group", bot="administrator")
    async with running(emulator, tmp_path, [groups, vouching()], others={"groups": {"consent": False}}) as bot:
        await wang.says("/rules", in_=group)
        await emulator.shows(group)
        old, chat = group.id, row_of(bot, group.id).id
        await group.migrates(wang)
        # Its messages are lost, as after a day without receiving.
        emulator.updates.waiting.clear()

        async def job(unit: Any) -> None:
            unit.say(say("通知"), chat=chat)

        await bot.services.unit(job)
        await emulator.until(lambda: group.shown())
        await until(lambda: bot.services.chats.by_id(chat).chat.id == str(group.id) != str(old))


async def test_who_leads(emulator: Emulator, tmp_path: Path) -> None:
    wang, li, zhao = (emulator.person(name) for name in ("wang", "li", "zhao"))
    group = emulator.group("3号楼", owner=wang, members=[li, zhao])
    await wang.promotes(li, group)
    chat = Chat("telegram", str(group.id), ChatKind.GROUP)
    async with opened(emulator, tmp_path) as adapter:
        asked = {
            Rank.OWNER: wang.id, Rank.ADMIN: li.id, Rank.MEMBER: zhao.id,
        }  # fmt: skip
        for rank, person in asked.items():
            assert await adapter.rank(chat, Sender(str(person))) is rank
        assert await adapter.rank(chat, Sender(chat.id)) is Rank.ADMIN
        assert await adapter.rank(chat, Sender("-1007")) is Rank.MEMBER


async def test_somebody_anonymous_is_nobody(emulator: Emulator, tmp_path: Path) -> None:
    wang, plugin, heard = emulator.person("wang"), Plugin("test"), list[Any]()

    @plugin.stage(Stage.HANDOFF)
    async def hear(context: Context) -> None:
        heard.append(context.message)

    group = emulator.group("3号楼", owner=wang, bot="administrator")
    async with running(emulator, tmp_path, [plugin]):
        await wang.says("@minjing_bot 在吗", in_=group, anonymous=True)
        await until(lambda: heard)
    assert heard[0].sender == Sender(str(group.id), "3号楼")


async def test_what_no_person_says_is_plain(emulator: Emulator, tmp_path: Path) -> None:
    wang = emulator.person("wang")
    group = emulator.group("3号楼", owner=wang, bot="administrator")
    channel = emulator.channel("社区发布", owner=wang, linked=group)
    async with running(emulator, tmp_path) as bot:
        post = await channel.posts("@minjing_bot 通知")
        await wang.forwards(post, in_=group)
        await wang.says("@minjing_bot 完了", in_=group)
        await until(lambda: not emulator.updates.waiting)
        assert len(await rows(bot, "SELECT id FROM inbox")) == 1


@pytest.mark.parametrize("sees", [True, False])
async def test_what_the_bot_sees_is_what_the_account_may(emulator: Emulator, tmp_path: Path, sees: bool) -> None:
    emulator.bot.reads_all = sees
    async with opened(emulator, tmp_path) as adapter:
        assert adapter.capabilities.sees_plain_group is sees
        assert adapter.private_link("a" * 80) == f"https://t.me/minjing_bot?start={'a' * 64}"


async def test_typing_is_shown(emulator: Emulator, tmp_path: Path) -> None:
    li = emulator.person("li")
    await li.starts()
    async with opened(emulator, tmp_path) as adapter:
        await adapter.typing(Chat("telegram", str(li.id)))
    assert li.chat.actions == ["typing"]
