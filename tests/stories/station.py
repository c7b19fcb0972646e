"""The whole real bot in this process, on a clock that obeys: only the platforms are elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from botkit.adapter import Adapter, Batch
from botkit.assembly import discover, read_settings
from botkit.bot import Bot
from botkit.messages import Message
from botkit.settings import Settings
from botkit.testing import PATIENCE, FakeAdapter, FakeClock
from botkit.testing.clock import WEDNESDAY

FILE = "botkit.sqlite3"
CONFIG = Path(__file__).parents[2] / "config"
OWN: Mapping[str, Mapping[str, Any]] = {
    # Without what only a fitted model knows: on every machine the same answers, whatever its cache holds.
    "directory": {"learn": False},
    "handoff": {"roster": str(Path(__file__).with_name("roster.toml"))},
}
BEFORE = WEDNESDAY - timedelta(minutes=1)
"""Before every story, so that what is made then has nobody else's id."""
MOMENT = timedelta(seconds=0.5)


class Station:
    """A station's bot with all of its plugins and the sample directory, on the given platforms."""

    def __init__(
        self, folder: Path, clock: FakeClock, adapters: Sequence[Adapter], tables: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self.clock = clock
        self._adapters, self._folder = adapters, folder
        self.bot = _bot(folder, adapters, clock, tables)
        self.services = self.bot.services
        self.arrived: list[Message] = []
        """Everything that the platforms delivered and the bot committed, in order."""
        self._news = asyncio.Condition()
        accept = self.bot.intake.accept

        async def accepted(adapter: Adapter, batch: Batch) -> None:
            await accept(adapter, batch)
            async with self._news:
                self.arrived.extend(batch.events)
                self._news.notify_all()

        self.bot.intake.accept = accepted  # type: ignore[method-assign]  # looked at, not changed

    async def arrival(self, wanted: Callable[[Message], bool], since: int) -> Message:
        """Wait until such an event is committed; ``since`` is how many there were before it was caused."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                while True:
                    for message in self.arrived[since:]:
                        if wanted(message):
                            return message
                    await self._news.wait()
        except TimeoutError:
            # Without the words: what is wrong is the way here.
            came = [(message.chat.id, message.id, message.kind.value) for message in self.arrived[since:]]
            raise AssertionError(f"never arrived; what came is {came}") from None

    async def settle(self) -> None:
        """Wait until nothing more happens without time passing, but for the moments by which messages are spread."""
        async with asyncio.timeout(PATIENCE):
            calm = 0
            while calm < 3:
                busy = not (self.bot.dispatcher.idle and self.bot.delivery.quiet)
                calm = 0 if busy or await self.bot.scheduler.sweep() else calm + 1
                if calm == 3 and not self.bot.delivery.idle and (moment := self._soon()) is not None:
                    self.clock.set(moment)
                    calm = 0
                await asyncio.sleep(0.001)

    def _soon(self) -> datetime | None:
        """When somebody's sleep ends, if that is a moment away."""
        wake = self.clock.next_wake()
        return wake if wake is not None and wake - self.clock.now() <= MOMENT else None

    async def advance(self, *, until: datetime | None = None, **span: float) -> None:
        """Let time pass, stopping wherever something is due."""
        await self.clock.pass_until(until or self.clock.now() + timedelta(**span), self.settle)

    async def leap(self, **span: float) -> None:
        """Days go by at once: what came due meanwhile happens now."""
        self.clock.step(timedelta(**span))
        await self.settle()

    async def deaf(self) -> None:
        """Stop receiving; the bot's ``receive`` starts it again."""
        for task in self.bot.receiving.values():
            task.cancel()
        await asyncio.gather(*self.bot.receiving.values(), return_exceptions=True)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Station]:
        """The bot at work."""
        await _prepare(self.bot, self._adapters, self._folder / FILE)
        async with self.bot:
            self.bot.receive()
            yield self


@cache
def _settings() -> Settings:
    return read_settings(CONFIG, {})


_STARTED: dict[str, bytes] = {}


async def _prepare(bot: Bot, adapters: Sequence[Adapter], path: Path) -> None:
    """Put the database of a bot that has started before where one is about to start: tables made, directory loaded."""
    key = repr(sorted(bot.services.database.apps.items()))
    if key not in _STARTED:
        with tempfile.TemporaryDirectory(prefix="stories-") as folder:
            stand_ins = []
            for adapter in adapters:
                stand_in = FakeAdapter(adapter.name)
                stand_in.models, stand_in.migrations = adapter.models, adapter.migrations
                stand_ins.append(stand_in)
            async with _bot(Path(folder), stand_ins, FakeClock(BEFORE), {}):
                pass
            _STARTED[key] = Path(folder, FILE).read_bytes()
    path.write_bytes(_STARTED[key])


def _bot(folder: Path, adapters: Iterable[Adapter], clock: FakeClock, tables: Mapping[str, Mapping[str, Any]]) -> Bot:
    settings = _settings().model_copy(update={"tables": {**OWN, **tables}})
    plugins = discover(settings.plugins.enabled)
    bot = Bot(settings, data=folder, plugins=plugins, adapters=adapters, clock=clock, durable=False)
    bot.services.background = None  # no model is fitted meanwhile: it answers by what is learnt
    return bot
