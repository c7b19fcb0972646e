"""The menu of commands: whose it is, in both languages, and that a room has its own while it is one of staff."""

from __future__ import annotations

import json
from pathlib import Path

from botkit.messages import ChatKind
from botkit.plugin import Place, Plugin
from botkit.plugins.groups import plugin as groups
from botkit.storage import UnitOfWork
from tests.adapters.telegram.kit import running, vouching
from tests.adapters.telegram.test_groups import row_of
from tests.kernel.kit import until
from tests.telegram.emulator import Emulator


async def test_the_menu_speaks_both_languages(emulator: Emulator, tmp_path: Path) -> None:
    async with running(emulator, tmp_path, [groups]):
        await until(lambda: len(emulator.world.commands) == 9)
        known = emulator.world.commands.items()
        menu = {(json.loads(scope)["type"], code): commands for (scope, code), commands in known}
        assert menu["all_private_chats", "en"] == []
        assert [each["command"] for each in menu["all_group_chats", "zh"]] == ["rules"]
        owners = {each["command"]: each["description"] for each in menu["all_chat_administrators", "en"]}
        assert owners["settings"] == "Settings of this group" and "rules" in owners
        assert menu["all_chat_administrators", ""] == menu["all_chat_administrators", "zh"]


async def test_who_wants_no_menu_has_none(emulator: Emulator, tmp_path: Path) -> None:
    async with running(emulator, tmp_path, [groups], menu=False):
        assert emulator.world.commands == {}


async def test_a_room_has_the_commands_of_staff_while_it_is_theirs(emulator: Emulator, tmp_path: Path) -> None:
    desk = Plugin("desk")

    @desk.command("claim")
    async def claim() -> str:
        return "claimed"

    desk.menu_entry("claim", "groups.menu.rules", Place.STAFF)
    wang = emulator.person("wang")
    group = emulator.group("值班室", owner=wang)
    async with running(emulator, tmp_path, [desk, groups, vouching()]) as bot:

        def shown() -> list[list[str]]:
            return [
                [each["command"] for each in commands]
                for (scope, _), commands in emulator.world.commands.items()
                if json.loads(scope).get("chat_id") == group.id
            ]

        async def become(kind: ChatKind) -> None:
            async def job(unit: UnitOfWork) -> None:
                bot.services.chats.become(unit, row_of(bot, group.id).id, kind)

            await bot.services.unit(job)

        await wang.says("@minjing_bot 在吗", in_=group)
        await until(lambda: bot.services.chats.groups() and not emulator.updates.waiting)
        assert shown() == []
        await become(ChatKind.OFFICERS)
        await until(lambda: len(shown()) == 3)
        assert shown() == [["claim"]] * 3
        await become(ChatKind.GROUP)
        await until(lambda: shown() == [])
