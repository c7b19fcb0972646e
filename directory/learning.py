"""Learning: while the bot answers with what it has, a better matcher is fitted beside it, and then takes over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from botkit.language import Entry, Matcher
from botkit.learning import FitError, Models
from botkit.services import Services

log = structlog.get_logger()
FEW = 200
"""So many changes an old model bears until the new one is there; with more of them, only comparing is better."""

SMALL = 500
"""Fewer entries are indexed anew in no time, where nothing that was learnt would be lost."""


class Learning:
    """Gives the best matcher there is for some entries at once, and a fitted one later, through ``done``.

    ``services.background`` holds the work under way; where that is None, nothing is learnt and nothing loaded.
    """

    def __init__(self, services: Services, done: Callable[[Matcher], None]) -> None:
        self._models = Models.of(services.data)
        self._background = services.background
        self._done = done
        self._task: asyncio.Task[None] | None = None

    async def matcher(self, entries: Sequence[Entry], old: Matcher | None = None) -> Matcher:
        """What to answer with now. Unless that was fitted to just these entries, fitting begins."""
        await self.stop()
        if self._background is None:
            return await compared(entries, old)
        fitted = await asyncio.to_thread(self._models.load, entries)
        if fitted is not None:
            return fitted
        self._task = asyncio.create_task(self._learn(tuple(entries)), name="directory-learning")
        self._background.add(self._task)
        self._task.add_done_callback(self._background.discard)
        return await compared(entries, old)

    async def stop(self) -> None:
        """End the fitting, if one is under way, and its process."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _learn(self, entries: tuple[Entry, ...]) -> None:
        try:
            fitted = await self._models.fit(entries)
        except (FitError, OSError) as problem:
            fix = "answers go on by comparing; see that the data folder can be written, then start the bot again"
            log.error("directory.unlearnt", problem=str(problem), fix=fix)
            return
        log.info("directory.learnt", entries=len(entries))
        self._done(fitted)


async def compared(entries: Sequence[Entry], old: Matcher | None = None) -> Matcher:
    """A matcher of these entries without learning: the old one brought to them, or one that only compares.

    Made beside the event loop: thousands of entries take their time, and answers go on meanwhile.
    """
    return await asyncio.to_thread(lambda: changed(old, entries) or Matcher(entries))


def changed(old: Matcher | None, entries: Sequence[Entry]) -> Matcher | None:
    """A matcher brought to other entries, with its old calibration; None where a new one is better, or as quick."""
    if old is None or (old.calibration is None and len(entries) < SMALL):
        return None
    had = {entry.key: entry for entry in old.entries}
    wanted = {entry.key: entry for entry in entries}
    gone = [key for key in had if key not in wanted]
    new = [entry for entry in entries if had.get(entry.key) != entry]
    if len(gone) + len(new) > FEW:
        return None
    matcher = old
    for key in gone:
        matcher = matcher.without(key)
    for entry in new:
        matcher = matcher.with_entry(entry)
    return matcher
