"""The running directory of a bot: loaded at the start, answering from one index that is swapped whole."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import structlog

from botkit.errors import StorageError, UserError
from botkit.language import Entry, Matcher
from botkit.language.calibration import Verdict
from botkit.services import Services
from botkit.storage import Database
from directory import contents, loading, others, verdicts
from directory.contents import Contents
from directory.guard import Guard
from directory.index import Index
from directory.learning import Learning, compared
from directory.offering import Settled
from directory.problems import english
from directory.reading import GUARD_FILE, digest, read_folder, read_guard
from directory.reasons import Limits
from directory.settings import DirectorySettings
from directory.values import Guide

READ_AGAIN = timedelta(minutes=1)
"""So old the verdicts of other processes may be."""
WATCH = 0.25
"""Seconds after which another process's changes are looked for."""
NEAR_MISS = 0.28
"""From this score on a question is all but answered, where a matcher only compares."""

log = structlog.get_logger()
_running: WeakKeyDictionary[Database, Directory] = WeakKeyDictionary()


class Directory:
    """What the plugin, its pages and the guard on numbers share: the index of now, and the settings."""

    def __init__(self, settings: DirectorySettings, *, demo: bool) -> None:
        self.settings = settings
        self.demo = demo
        self.index = Index(Guide())
        self.contents = Contents()
        self.guard = Guard(())
        self.settled = Settled()
        self.learning: Learning | None = None
        self.others: tuple[Entry, ...] = ()
        """What only a human answers."""
        self._verdicts: tuple[Verdict, ...] = ()
        self._read_at: datetime | None = None
        self._limits: tuple[Matcher, Limits] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._refreshing = asyncio.Lock()

    async def start(self, services: Services) -> None:
        """Bring the tables to what the files say, and build the index.

        Raises ``UserError`` when the folder or its guard is missing or malformed. A bad entry is only logged,
        with file, line and fix; what the tables knew of it before stays.
        """
        folder = services.config / self.settings.folder
        if not (folder / GUARD_FILE).is_file():
            raise UserError(
                f"{folder / GUARD_FILE}: there is no such file",
                'restore it, or name the directory\'s folder with folder = "…" in the table [directory]',
            )
        guard, wrong = read_guard(folder)
        if guard is None:
            told = wrong[0].told(english())
            raise UserError(f"{folder / GUARD_FILE}: {told['what']}", str(told["fix"]))
        self.guard = guard
        self.others = others.load(services.config / self.settings.others)
        if self.settings.learn:
            self.learning = Learning(services, self._learnt)
        # An unchanged folder is not read again: that is most of the work.
        if await loading.loaded_digest(services.database) != digest(folder):
            reading = read_folder(folder)
            for problem in reading.problems:
                told, place = problem.told(english()), f"{folder / problem.place}"
                log.warning("directory.refused", place=place, what=told["what"], fix=told["fix"])
            done = await loading.load(services.database, reading)
            waiting = len(done.waiting)
            log.info("directory.loaded", changed=len(done.changed), retired=len(done.retired), waiting=waiting)
        await self.refresh(services.database)
        _running[services.database] = self
        if services.background is not None:
            self._watching = asyncio.create_task(self._watch(services.database), name="directory-watch")

    async def _watch(self, database: Database) -> None:
        """Answer from what any process publishes, as soon as it is live."""
        while True:
            await asyncio.sleep(WATCH)
            try:
                await self.refresh(database)
            except StorageError as problem:
                # It answers on from what it knows, and looks again.
                log.warning("directory.unread", problem=str(problem))

    async def refresh(self, database: Database) -> None:
        """Bring the index to what the tables say now. Costs little where nothing or little has changed."""
        async with self._refreshing:
            found = await contents.renewed(self.contents, database)
            if found is self.contents and self.index.revision == found.revision:
                return
            old = self.index.matcher if len(self.index) else None
            # Beside the event loop: a large directory takes its time, and answers go on meanwhile.
            bare = await asyncio.to_thread(self._indexed, found)
            matcher = await self.learning.matcher(bare.asked, old) if self.learning else await compared(bare.asked, old)
            self.contents, self.index = found, bare.with_matcher(matcher)

    def shown(self, guide: Guide) -> Guide:
        """What residents may be told of a guide."""
        return guide if self.demo else guide.without_samples()

    def _indexed(self, found: Contents) -> Index:
        guide = self.shown(found.guide)
        if not len(self.index):
            return Index(guide, found.revision, others=self.others, matcher=Matcher())
        return self.index.changed(guide, found.revision)

    def _learnt(self, matcher: Matcher) -> None:
        self.index = self.index.with_matcher(matcher)

    async def limits(self, database: Database) -> Limits:
        """The confidences from which on to answer and to offer, by the matcher and the verdicts of now."""
        now = database.clock.now()
        if self._read_at is None or now - self._read_at >= READ_AGAIN:
            self._verdicts, self._read_at, self._limits = await verdicts.read(database), now, None
        matcher = self.index.matcher
        if self._limits is None or self._limits[0] is not matcher:
            answer = matcher.threshold(self.settings.precision, self._verdicts)
            self._limits = matcher, Limits(answer, matcher.offer_threshold(self.settings.offer_chance))
        return self._limits[1]

    def near_miss(self, limits: Limits) -> float:
        """The confidence from which on a question that is not answered is the maintainers' work."""
        return NEAR_MISS if self.index.matcher.calibration is None else limits.offer

    def judged(self) -> None:
        """A verdict was written: the limits are to be looked at again."""
        self._read_at = None

    @staticmethod
    async def stop(services: Services) -> None:
        """Forget the directory of these services, and learn no more."""
        directory = _running.pop(services.database, None)
        if directory is None:
            return
        if directory._watching is not None:
            directory._watching.cancel()
            await asyncio.gather(directory._watching, return_exceptions=True)
        if directory.learning is not None:
            await directory.learning.stop()


def directory_of(services: Services) -> Directory:
    """The running directory of a bot. Raises ``KeyError`` before it has started."""
    return _running[services.database]


def of_database(database: Database) -> Directory | None:
    """The running directory on a database, if there is one."""
    return _running.get(database)


def numbers() -> frozenset[str]:
    """The digits of all numbers in the running directories: what automatic texts may say."""
    known = [directory.index.numbers for directory in _running.values()]
    return known[0] if len(known) == 1 else frozenset().union(*known)
