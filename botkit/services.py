"""Services: what the framework offers to plugins, adapters and pages, in one object."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from botkit.adapter import Rank
from botkit.errors import BotkitError
from botkit.logs import where

if TYPE_CHECKING:
    from pathlib import Path

    from botkit.activity import Activity
    from botkit.adapter import Adapter
    from botkit.chats import Chats
    from botkit.clock import Clock
    from botkit.delivery import Delivery
    from botkit.files import Files
    from botkit.i18n import Catalogues
    from botkit.live import Live
    from botkit.messages import Chat, Message, Sender
    from botkit.metrics import Metrics
    from botkit.numbers import NumberGuard
    from botkit.officers import Officers
    from botkit.plugin import Plugin
    from botkit.settings import Settings
    from botkit.staff import Staff
    from botkit.storage import Database, UnitOfWork
    from botkit.storage.writer import Write

log = structlog.get_logger()
T = TypeVar("T")


def _always(moment: datetime) -> bool:
    """Whether the bot covers, where nobody keeps a roster."""
    return True


def _never() -> bool:
    """Whether everything is switched off, where nobody keeps such a switch."""
    return False


async def _nothing() -> None:
    """What there is to wait for before the bot is put together."""


@dataclass
class Services:
    """The running bot, as its parts see it.

    ``settings`` are the station's; ``config`` is the folder they came from; ``data`` the folder that may be
    written to. ``live`` carries news to open pages, never texts of residents to the wrong ones: topics say who
    may listen.
    """

    settings: Settings
    config: Path
    data: Path
    clock: Clock
    database: Database
    catalogues: Catalogues
    chats: Chats
    files: Files
    live: Live
    metrics: Metrics
    numbers: NumberGuard
    staff: Staff
    officers: Officers
    activity: Activity
    plugins: tuple[Plugin, ...] = ()
    delivery: Delivery | None = None
    adapters: dict[str, Adapter] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)
    covers: Callable[[datetime], bool] = _always
    """Whether the bot stands in for the officer at a moment. Whoever keeps the roster says so at its start."""
    silenced: Callable[[], bool] = _never
    """Whether automatic words are switched off everywhere, now. Whoever keeps that switch says so at its start."""
    background: set[asyncio.Task[None]] | None = field(default_factory=set)
    """Long work of plugins beside answering, such as fitting a model, while under way; None: there is to be none."""
    _plugin_settings: dict[str, Any] = field(default_factory=dict)
    _drain: Callable[[], Awaitable[None]] = _nothing

    def plugin_settings(self, plugin: str) -> Any:
        """The validated settings of a plugin that declared a settings model."""
        try:
            return self._plugin_settings[plugin]
        except KeyError:
            raise BotkitError(f"plugin {plugin!r} declares no settings model") from None

    def plugin_setting_models(self) -> Mapping[str, Any]:
        """All plugins' settings by name, for the overview of ``botkit doctor``."""
        return dict(self._plugin_settings)

    def subjects(self) -> frozenset[str]:
        """The slugs of everything that answers may be about, now: topics, entries and the like of all plugins."""
        providers = [provider for plugin in self.plugins for provider in plugin.subject_providers]
        return frozenset(slug for provider in providers for slug in provider(self))

    def cursor(self, adapter: str) -> str | None:
        """The last cursor that an adapter's batches confirmed."""
        return self.cursors.get(adapter)

    async def private_chat(self, message: Message) -> int | None:
        """The row id of the sender's private chat, where the platform lets the bot write there first."""
        adapter = self.adapters.get(message.chat.adapter)
        if adapter is None or not adapter.capabilities.can_start_dm:
            return None
        try:
            chat = await adapter.private_chat(message.sender)
        # The platform's border: whatever its library raises, there is no private chat then.
        except Exception as problem:
            log.error("private.failed", adapter=adapter.name, problem=type(problem).__name__, where=where(problem))
            return None
        return await self._entered(chat)

    async def write_first(self, adapter: str, sender: Sender) -> int | None:
        """The row id of somebody's private chat, begun if there is none; None where they can't be written to.

        Raises whatever the platform does: whoever has time tries again.
        """
        platform = self.adapters.get(adapter)
        if platform is None or not platform.capabilities.can_start_dm:
            return None
        return await self._entered(await platform.private_chat(sender))

    async def _entered(self, chat: Chat | None) -> int | None:
        """The row id of a private chat, stored if it is new."""
        if chat is None:
            return None
        writes: list[Write] = []
        row = self.chats.enter(chat, writes)
        if writes:
            try:
                await self.database.writer.rows(writes)
            # Whatever it was: a chat that is not stored must not be remembered.
            except Exception:
                self.chats.forget(writes)
                raise
        return row.id

    async def rank(self, message: Message) -> Rank:
        """What the sender is in the message's group, as the platform says now; a member where it can't tell."""
        adapter = self.adapters.get(message.chat.adapter)
        if adapter is None:
            return Rank.MEMBER
        try:
            return await adapter.rank(message.chat, message.sender)
        # The platform's border: whatever its library raises, nobody is more than a member then.
        except Exception as problem:
            log.error("rank.failed", adapter=adapter.name, problem=type(problem).__name__, where=where(problem))
            return Rank.MEMBER

    async def drain(self) -> None:
        """Wait until everything received has its disposition and everything said is sent."""
        await self._drain()

    async def unit(self, job: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run ``job`` in a unit of work, and return its result once it is committed.

        The job may write models and ``unit`` only, and may be run again after a failed commit. Its exception
        undoes its own writes, and is raised here.
        """
        return await self.database.unit(job)
