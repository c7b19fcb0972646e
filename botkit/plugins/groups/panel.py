"""The panel: /settings shows how the bot behaves in a group, with buttons that change it in place (G2)."""

from __future__ import annotations

from botkit.context import Context
from botkit.decision import Decision
from botkit.messages import Button, ChatKind, Reply, Text, say, tr
from botkit.plugins.groups import choices, keeping, saying
from botkit.plugins.groups.authority import Authority, authority
from botkit.plugins.groups.card import START
from botkit.plugins.groups.effects import Settled
from botkit.plugins.groups.models import GroupSetting

SHOWN = ("mentions", "dangers", "scams", "greet", "quiet", "language", "lines")
"""What the panel shows and its buttons change, in this order."""


async def command(context: Context) -> Decision:
    """``/settings``: the panel; with words after it, what they choose."""
    if context.chat.kind is not ChatKind.GROUP:
        return saying.only_in_group()
    who = await authority(context)
    if not who.settles:
        return saying.refused("groups.refused.settle")
    row, typed = await keeping.stored(context.chat_id), context.args
    if not typed:
        name = _name(context.inbox_id)
        return saying.replied(panel(context, row, context.inbox_id, once=name), rule="groups.settings")
    if choices.plain(typed) in choices.ON | choices.OFF:
        return _switched(context, who, choices.plain(typed) in choices.OFF)
    choice = choices.parse(typed, row, keeping.settings_of(context.services))
    if choice is None:
        return saying.settled(tr("groups.settings.unknown", most=choices.MOST_LINES), rule="groups.unknown")
    if choice.changes.get("greet") and not _can_greet(context):
        return saying.settled(_cannot_greet(context), rule="groups.cannot")
    effect = _settle(context, who, row, choice)
    value = _shown(context, choice.setting, row)
    lines = [tr("groups.settings.done", name=choices.name_of(choice.setting), value=value)]
    if choice.setting == "greet" and keeping.greets(context.services, context.chat.adapter, row):
        lines.append(saying.greets(context.services))
    return saying.settled(*lines, effects=(effect,), rule="groups.settings")


async def pressed(context: Context, payload: str) -> Decision | None:
    """A button of the panel. Who may press it is asked now, not when it was shown."""
    setting, _, rest = payload.partition(" ")
    value, _, anchor = rest.partition(" ")
    row = await keeping.stored(context.chat_id)
    choice = choices.parse(f"{setting} {value}", row, keeping.settings_of(context.services))
    if choice is None or not anchor.isdecimal():
        return None
    who = await authority(context)
    if not who.settles:
        return saying.refused("groups.refused.settle")
    if choice.changes.get("greet") and not _can_greet(context):
        return saying.settled(_cannot_greet(context), rule="groups.cannot")
    effect = _settle(context, who, row, choice)
    shown = panel(context, row, int(anchor), edits=_name(int(anchor)))
    return saying.replied(shown, effects=(effect,), rule="groups.settings")


def panel(
    context: Context, row: GroupSetting, anchor: int, *, once: str | None = None, edits: str | None = None
) -> Reply:
    """How everything stands in a group. ``anchor`` is the command that asked for it first."""
    # What the platform can't do is not offered; who chose it before, or elsewhere, reads why it does not happen.
    listed = [s for s in SHOWN if s != "greet" or _can_greet(context) or row.greet]
    lines: list[Text | str] = [tr("groups.panel")]
    for setting in (*listed, "mute") if row.muted else listed:
        lines.append(tr("groups.panel.line", name=choices.name_of(setting), value=_shown(context, setting, row)))
    if keeping.greets(context.services, context.chat.adapter, row):
        lines.append(saying.greets(context.services))
        lines += [tr("groups.greets.left_out", count=row.left_out)] if row.left_out else []
    elif row.greet:
        lines.append(_cannot_greet(context))
    if row.off:
        lines.append(tr("groups.panel.off"))
    if keeping.sees_nothing(context.services, context.chat.adapter, row):
        lines.append(tr("groups.blind"))
    buttons = tuple(_button(context, setting, row, anchor) for setting in listed)
    return say(*lines, buttons=buttons, once=once, edits=edits, quote=edits is None)


def _shown(context: Context, setting: str, row: GroupSetting) -> Text | str:
    return choices.shown(setting, row, keeping.settings_of(context.services))


def _can_greet(context: Context) -> bool:
    return keeping.can_greet(context.services, context.chat.adapter)


def _cannot_greet(context: Context) -> Text:
    """That nobody can be greeted in private here, and what a group can do instead."""
    adapter = context.services.adapters.get(context.chat.adapter)
    linked = adapter is not None and adapter.private_link(START) is not None
    return tr("groups.greets.cannot.link" if linked else "groups.greets.cannot")


def _button(context: Context, setting: str, row: GroupSetting, anchor: int) -> Button:
    word, told = choices.following(setting, row, keeping.settings_of(context.services))
    label = tr("groups.panel.button", name=choices.name_of(setting), value=told)
    return Button(label, "groups.set", f"{setting} {word} {anchor}")


def _settle(context: Context, who: Authority, row: GroupSetting, choice: choices.Choice) -> Settled:
    """The effect of a choice; ``row`` shows it already, and is written by nobody."""
    row.update_from_dict(dict(choice.changes))
    return Settled(context.chat_id, "group.changed", who.actor, choice.changes, {"setting": choice.setting})


def _switched(context: Context, who: Authority, off: bool) -> Decision:
    """``/settings off`` and ``on``: the officers' switch, which also a group's owner can't undo."""
    if not who.officer:
        return saying.refused("groups.refused.officer")
    event = "group.switched_off" if off else "group.switched_on"
    effect = Settled(context.chat_id, event, who.actor, {"off": off})
    return saying.settled(tr("groups.off" if off else "groups.on"), effects=(effect,), rule=event)


def _name(anchor: int) -> str:
    """The name under which the panel was said, so that it can be edited."""
    return f"groups.panel.{anchor}"
