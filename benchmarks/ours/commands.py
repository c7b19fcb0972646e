"""A plugin with so many commands, as a plugin author would write them."""

from __future__ import annotations

from benchmarks.updates import command_name, reply_to
from botkit.plugin import Plugin


def commands(number: int) -> Plugin:
    """A plugin with commands named by ``command_name``."""
    plugin = Plugin("bench")
    for name in map(command_name, range(number)):
        _add(plugin, name)
    return plugin


def _add(plugin: Plugin, name: str) -> None:
    @plugin.command(name)
    async def handler(args: str) -> str:
        return reply_to(name, args)
