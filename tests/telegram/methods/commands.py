"""The menu of commands, by scope and language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.telegram.errors import bad
from tests.telegram.methods.registry import method
from tests.telegram.world import World


def _key(call: dict[str, Any]) -> tuple[str, str]:
    scope = call.get("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), call.get("language_code", "")


@method("setMyCommands")
async def set_my_commands(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    if len(call["commands"]) > 100:
        raise bad("too many commands specified")
    for command in call["commands"]:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_key(call)] = call["commands"]
    return True


@method("getMyCommands")
async def get_my_commands(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    return world.commands.get(_key(call), [])


@method("deleteMyCommands")
async def delete_my_commands(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    world.commands.pop(_key(call), None)
    return True
