"""Keeping: what was settled for a group, in its row and, from the commit on, in how the bot behaves there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from botkit.chats import Ways
from botkit.errors import BotkitError
from botkit.plugins.groups import slots, waiting
from botkit.plugins.groups.models import GroupSetting
from botkit.plugins.groups.settings import GroupsSettings
from botkit.services import Services
from botkit.storage import UnitOfWork


def settings_of(services: Services) -> GroupsSettings:
    """The plugin's settings."""
    settings: GroupsSettings = services.plugin_settings("groups")
    return settings


def services_of(unit: UnitOfWork) -> Services:
    """The services, inside a unit that applies what a message or a timer decided."""
    if unit.context is None:
        raise BotkitError("effects of groups need the context of a message or a timer")
    return unit.context.services


def usual(services: Services) -> Ways:
    """How the bot behaves in a group for which nothing was settled."""
    settings = settings_of(services)
    return Ways(enabled=not settings.consent, greets=settings.greet)


def ways_of(services: Services, row: GroupSetting) -> Ways:
    """What a group's row means."""
    enabled = not settings_of(services).consent if row.enabled is None else row.enabled
    quiet = (
        (time.fromisoformat(row.quiet_from), time.fromisoformat(row.quiet_until))
        if row.quiet_from and row.quiet_until
        else None
    )
    return Ways(
        enabled=enabled and row.removed_at is None,
        off=row.off,
        muted=frozenset(row.muted.split()),
        mentions_only=row.mentions_only,
        dangers=row.dangers,
        scams=row.scams,
        greets=settings_of(services).greets(row.greet),
        quiet=quiet,
        lines=row.lines,
        area=row.area,
    )


def sees_nothing(services: Services, adapter: str, row: GroupSetting | None) -> bool:
    """Whether plain talk is hidden from the bot in a group: there, or by its platform everywhere else."""
    if row is not None and (row.blind or row.sighted):
        return row.blind
    return hides(services, adapter)


def hides(services: Services, adapter: str) -> bool:
    """Whether a platform hides plain talk unless it says otherwise of a group."""
    known = services.adapters.get(adapter)
    return known is not None and not known.capabilities.sees_plain_group


def can_greet(services: Services, adapter: str) -> bool:
    """Whether the platform lets the bot write to somebody first."""
    known = services.adapters.get(adapter)
    return known is not None and known.capabilities.can_start_dm


def greets(services: Services, adapter: str, row: GroupSetting) -> bool:
    """Whether newcomers of a group get its card in private."""
    return settings_of(services).greets(row.greet) and can_greet(services, adapter)


def greets_from(services: Services, chat_id: int, moment: datetime) -> datetime:
    """The moment, or the end of the group's quiet hours that it falls into: of its own, or of those usual here."""
    quiet = services.chats.by_id(chat_id).ways.quiet or settings_of(services).quiet
    return slots.opens(moment, services.settings.station.zone, quiet)


async def start(services: Services) -> None:
    """Let the bot behave in every group as was settled."""
    chats = services.chats
    chats.newcomers = usual(services)
    for chat in chats.groups():
        chat.ways = chats.newcomers
    for row in await GroupSetting.all():
        _take_effect(services, row)


async def stored(chat_id: int) -> GroupSetting:
    """What was settled for a group, or a row with nothing settled, which is not written."""
    return await GroupSetting.get_or_none(chat_id=chat_id) or GroupSetting(id=0, station_id=0, chat_id=chat_id)


async def settle(services: Services, unit: UnitOfWork, chat_id: int, changes: Mapping[str, Any]) -> GroupSetting:
    """Write a group's changes inside a unit of work. They take effect with its commit."""
    row = await GroupSetting.get_or_none(chat_id=chat_id)
    known = row is not None
    if row is None:
        row = GroupSetting(id=unit.new_id(), station_id=unit.database.station_id, chat_id=chat_id)
    row.update_from_dict(dict(changes))
    if "greet" in changes:
        row.left_out = 0
    await row.save(force_create=not known)
    if _ends_greeting(services, row):
        await waiting.withdraw(unit, chat_id)
    unit.after_commit(lambda: _take_effect(services, row))
    return row


async def move(services: Services, unit: UnitOfWork, chat_id: int, platform_id: str) -> None:
    """Let a group's settings follow it to its new id of the platform.

    Where something came in under that id before, it is a chat of its own: it gets the settings, unless it was
    given its own already.
    """
    chats = services.chats
    there = chats.find(replace(chats.by_id(chat_id).chat, id=platform_id))
    if there is None:
        chats.move(unit, chat_id, platform_id)
        return
    if there.id != chat_id:
        await waiting.move(unit, chat_id, there.id)
    row, other = await GroupSetting.get_or_none(chat_id=chat_id), await GroupSetting.get_or_none(chat_id=there.id)
    if row is None or there.id == chat_id or (other is not None and other.enabled is not None):
        return
    if other is not None:
        await other.delete()
    row.chat_id = there.id
    await row.save()
    unit.after_commit(lambda: _take_effect(services, row))


async def forget(services: Services, unit: UnitOfWork, chat_id: int) -> bool:
    """Drop the settings of a group that the bot left. False where it came back meanwhile."""
    row = await GroupSetting.get_or_none(chat_id=chat_id, removed_at__isnull=False)
    if row is None:
        return False
    await row.delete()
    await waiting.forget(unit, chat_id)
    chat = services.chats.by_id(chat_id)

    def done() -> None:
        chat.ways, chat.language_set = usual(services), None

    unit.after_commit(done)
    return True


def _ends_greeting(services: Services, row: GroupSetting) -> bool:
    """Whether nobody is to be greeted any more, also of those who came in before."""
    ways = ways_of(services, row)
    return not ways.enabled or ways.off or not ways.greets


def _take_effect(services: Services, row: GroupSetting) -> None:
    chat = services.chats.by_id(row.chat_id)
    chat.ways, chat.language_set = ways_of(services, row), row.language
