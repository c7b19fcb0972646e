"""The plugin object: everything that groups registers with the framework, on one page."""

from __future__ import annotations

from pathlib import Path

from botkit.decision import GroupOff
from botkit.plugin import Place, Plugin
from botkit.plugins.groups import (
    appliers,
    card,
    consent,
    effects,
    events,
    greetings,
    keeping,
    newcomers,
    panel,
    rules,
    waiting,
)
from botkit.plugins.groups.gate import gate
from botkit.plugins.groups.settings import GroupsSettings
from botkit.plugins.groups.web import ROLES, routes

plugin = Plugin(
    "groups",
    models=("botkit.plugins.groups.models",),
    migrations="botkit.plugins.groups.migrations",
    settings=GroupsSettings,
    folder=Path(__file__).parent,
)

plugin.on_start(keeping.start)
plugin.middleware(gate)
plugin.screen(newcomers.wanted)

plugin.applies(effects.Settled)(appliers.settled)
plugin.applies(GroupOff)(appliers.switched)
plugin.applies(effects.Moved)(appliers.moved)
plugin.applies(effects.Renamed)(appliers.renamed)
plugin.applies(effects.Forgotten)(appliers.forgotten)
plugin.applies(effects.Posted)(appliers.posted)
plugin.applies(effects.Newcomer)(greetings.expected)
plugin.applies(effects.NotGreeted)(greetings.dropped)
plugin.applies(effects.PutOff)(greetings.put_off)
plugin.applies(effects.Greeted)(greetings.greeted)
plugin.applies(effects.GreetingsOld)(greetings.forgotten)

plugin.command("enable", "启用")(consent.enable)
plugin.command("disable", "停用")(consent.disable)
plugin.command("settings", "设置")(panel.command)
plugin.command("rules", "群公约")(rules.command)
plugin.command("card", "名片")(card.command)
plugin.command("area", "片区")(card.area)
plugin.menu_entry("rules", "groups.menu.rules", Place.GROUP)
plugin.menu_entry("settings", "groups.menu.settings", Place.OWNERS)
plugin.menu_entry("card", "groups.menu.card", Place.OWNERS)
plugin.menu_entry("enable", "groups.menu.enable", Place.OWNERS)
plugin.menu_entry("disable", "groups.menu.disable", Place.OWNERS)
plugin.button("set")(panel.pressed)
plugin.button("rules")(rules.pressed)
plugin.button("person")(card.person)

plugin.event("bot.added")(events.added)
plugin.event("bot.removed")(events.removed)
plugin.event("bot.blinded")(events.blinded)
plugin.event("bot.sighted")(events.sighted)
plugin.event("chat.moved")(events.moved)
plugin.event("chat.renamed")(events.renamed)
plugin.event("member.joined")(newcomers.joined)
plugin.event("member.left")(newcomers.left)
plugin.timer(events.FORGET)(events.forget)
plugin.timer(waiting.GREET, slow=True)(newcomers.due)
plugin.timer(greetings.OLD)(newcomers.old)
plugin.keeps(newcomers.kept)
plugin.erases(waiting.erase)

plugin.routes(routes)
plugin.staff_page("groups.page", "/desk/groups/", ROLES, order=40)
