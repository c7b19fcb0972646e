"""The bot: its parts put together, started and stopped in order."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Iterable
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from botkit import unheard
from botkit.activity import Activity
from botkit.adapter import Adapter
from botkit.chats import Chats
from botkit.clock import Clock, SystemClock
from botkit.conversations import Conversations
from botkit.delivery import Delivery
from botkit.dispatcher import Dispatcher
from botkit.errors import UserError
from botkit.files import Files
from botkit.handlers import single
from botkit.i18n import Catalogues
from botkit.intake import Intake
from botkit.live import Live
from botkit.logs import where
from botkit.metrics import Metrics
from botkit.numbers import NumberGuard
from botkit.officers import Officers
from botkit.outgoing import Outgoing
from botkit.plugin import Plugin
from botkit.router import HANDLER_TIMEOUT, Router
from botkit.scheduler import Scheduler
from botkit.screen import Screen
from botkit.services import Services
from botkit.settings import Settings, plugin_table
from botkit.staff import Staff
from botkit.storage import Database
from botkit.tasks import ending
from botkit.unheard import Unheard

log = structlog.get_logger()
OFFERS = 20
"""How many of a chat's last messages still accept a press of their buttons."""


class Bot:
    """One station's bot in one process.

    ``async with Bot(…) as bot`` opens everything; ``bot.receive()`` starts the adapters' loops.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        data: Path,
        plugins: Iterable[Plugin] = (),
        adapters: Iterable[Adapter] = (),
        clock: Clock | None = None,
        durable: bool = True,
        handler_timeout: float = HANDLER_TIMEOUT,
    ) -> None:
        self._plugins = tuple(plugins)
        self._adapters = tuple(adapters)
        clock = clock or SystemClock()
        live = Live()
        catalogues = Catalogues(clock, settings.station.zone)
        catalogues.add(Path(str(files("botkit"))) / "locales")
        apps: dict[str, tuple[tuple[str, ...], str | None]] = {}
        for plugin in self._plugins:
            if plugin.folder is not None:
                catalogues.add(plugin.folder / "locales")
            if plugin.models:
                apps[plugin.name] = (plugin.models, plugin.migrations)
        for adapter in self._adapters:
            if adapter.locales is not None:
                catalogues.add(Path(adapter.locales))
            if adapter.models:
                apps[adapter.name] = (adapter.models, adapter.migrations)
        url = settings.database.url or f"sqlite://{data.absolute() / 'botkit.sqlite3'}"
        database = Database(url, clock=clock, apps=apps, durable=durable, live=live)
        chats = Chats(clock, database.ids)
        staff = Staff(database)
        officers = Officers(database, chats, staff)
        numbers = NumberGuard(provider for plugin in self._plugins for provider in plugin.number_providers)
        self.services = Services(
            settings=settings,
            config=settings.source.parent,
            data=data,
            clock=clock,
            database=database,
            catalogues=catalogues,
            chats=chats,
            files=Files(data / "files"),
            live=live,
            metrics=Metrics(),
            numbers=numbers,
            staff=staff,
            officers=officers,
            activity=Activity(clock, chats, officers),
            plugins=self._plugins,
        )
        for plugin in self._plugins:
            if plugin.settings is not None:
                self.services._plugin_settings[plugin.name] = plugin_table(settings, plugin.name, plugin.settings)
        outgoing = Outgoing(
            clock=clock,
            ids=database.ids,
            chats=chats,
            catalogues=catalogues,
            numbers=numbers,
            capabilities=lambda name: a.capabilities if (a := self.services.adapters.get(name)) else None,
            language=settings.station.language,
        )
        database.outgoing = outgoing
        self._outgoing = outgoing
        conversations = Conversations(self.services, handler_timeout)
        self._conversations = conversations
        router = Router(self._plugins, choices=self._choices, conversation=conversations.step, timeout=handler_timeout)
        appliers = {**single((plugin.appliers for plugin in self._plugins), "effect"), Unheard: unheard.apply}
        self.dispatcher = Dispatcher(self.services, router, outgoing, conversations, appliers)
        self.delivery = Delivery(self.services)
        self.services.delivery = self.delivery
        self.services._drain = self.drain
        outgoing.offer = self.delivery.offer
        waiting = self.services.metrics.waiting
        waiting.labels("inbox").set_function(lambda: self.dispatcher.waiting)
        waiting.labels("outbox").set_function(lambda: self.delivery.waiting)
        screen = Screen((hook for plugin in self._plugins for hook in plugin.screens), self.services)
        self.intake = Intake(self.services, screen, self.dispatcher.offer)
        slow = [(plugin.name, timer) for plugin in self._plugins for timer in plugin.slow_timers]
        self.scheduler = Scheduler(database, clock, self.dispatcher.timer, slow)
        self._tasks: list[asyncio.Task[Any]] = []
        self.receiving: dict[str, asyncio.Task[None]] = {}
        self.off: dict[str, UserError] = {}
        """Adapters that could not be opened, and what is to be put right."""

    async def __aenter__(self) -> Bot:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open the database, the plugins and the adapters, and start the workers. Undone if any of it fails."""
        services = self.services
        started = time.perf_counter()
        try:
            await services.database.open(services.settings.station.slug)
            await services.chats.load(services.database)
            await services.officers.load()
            await services.activity.load(services.database)
            self._outgoing.station_id = services.database.station_id
            await self._conversations.load(services.database)
            for row in await services.database.read("SELECT name, cursor FROM adapter_account"):
                if row["cursor"] is not None:
                    services.cursors[row["name"]] = row["cursor"]
            for plugin in self._plugins:
                for start in plugin.starts:
                    await start(services)
            for adapter in self._adapters:
                await self._open(adapter)
            if self.off and not services.adapters:
                raise next(iter(self.off.values()))
        # A cancelled or failed start too leaves nothing open; whoever started it hears why.
        except BaseException:
            await self.stop()
            raise
        for name, work in (
            ("dispatch", self.dispatcher.run),
            ("delivery", self.delivery.run),
            ("scheduler", self.scheduler.run),
        ):
            self._tasks.append(asyncio.create_task(self._forever(name, work), name=name))
        log.info("bot.started", seconds=round(time.perf_counter() - started, 3))

    async def _open(self, adapter: Adapter) -> None:
        """Connect a platform. Where somebody has to put something right first, the others go on without it."""
        try:
            await adapter.open(self.services)
        except UserError as problem:
            log.error("adapter.off", adapter=adapter.name, what=problem.what, fix=problem.fix)
            self.off[adapter.name] = problem
        else:
            self.services.adapters[adapter.name] = adapter

    def receive(self) -> None:
        """Start receiving on all adapters that are open."""
        for adapter in self.services.adapters.values():
            self.receiving[adapter.name] = asyncio.create_task(self.intake.run(adapter), name=f"receive-{adapter.name}")

    async def stop(self) -> None:
        """Stop receiving, then working, then storing. What is not done yet is in the database."""
        tasks = [*self.receiving.values(), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.dispatcher.close()
        await self.delivery.close()
        for adapter in self._adapters:
            await self._last_act("close", adapter.close())
        for plugin in reversed(self._plugins):
            for stop in plugin.stops:
                await self._last_act("stop", stop(self.services))
        await self.services.database.close()

    async def _last_act(self, name: str, work: Awaitable[None]) -> None:
        """Let somebody end; whatever happens to them, the database is closed after them."""
        try:
            await work
        # Plugins' and adapters' own code, at the end of the process: the others must end too.
        except Exception as problem:
            log.error(f"{name}.failed", problem=type(problem).__name__, where=where(problem))

    async def drain(self) -> None:
        """Wait until everything received has its disposition and everything said is sent."""
        while not (self.dispatcher.idle and self.delivery.idle):
            await asyncio.sleep(0.002)

    async def _forever(self, name: str, work: Any) -> None:
        """Keep one of the bot's own loops running, whatever happens in it."""
        while True:
            try:
                await work()
                return
            # The outermost border: a loop that ends would be silence without anybody knowing.
            except (Exception, asyncio.CancelledError) as problem:
                if isinstance(problem, asyncio.CancelledError) and ending():
                    raise
                self.services.metrics.failed.labels(name).inc()
                log.error("task.failed", task=name, problem=type(problem).__name__, where=where(problem))
                await asyncio.sleep(1)

    async def _choices(self, chat_id: int) -> list[list[tuple[str, str]]]:
        """The buttons of a chat's last messages, newest first; an empty list for a message without."""
        rows = await self.services.database.read(
            "SELECT choices FROM outbox WHERE chat_id = ? AND kind NOT IN ('seen', 'react', 'pin')"
            " ORDER BY id DESC LIMIT ?",
            chat_id,
            OFFERS,
        )
        return [[(label, value) for label, value in json.loads(row["choices"] or "[]")] for row in rows]
