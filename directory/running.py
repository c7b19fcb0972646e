"""The running directory of a bot: loaded at the start, answering from one index that is swapped whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import structlog

from botkit.errors import UserError
from botkit.language import Entry, Matcher
from botkit.language.calibration import Verdict
from botkit.services import Services
from botkit.storage import Database
from directory import loading, others, rows, verdicts
from directory.guard import Guard
from directory.index import Index
from directory.learning import Learning
from directory.offering import Settled
from directory.problems import english
from directory.reading import GUARD_FILE, digest, read_folder, read_guard
from directory.reasons import Limits
from directory.settings import DirectorySettings
from directory.values import Guide

READ_AGAIN = timedelta(minutes=1)
"""So old the verdicts of other processes may be."""
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
        self.modified: Mapping[str, datetime] = {}
        self.guard = Guard(())
        self.settled = Settled()
        self.learning: Learning | None = None
        self._others: tuple[Entry, ...] = ()
        self._verdicts: tuple[Verdict, ...] = ()
        self._read_at: datetime | None = None
        self._limits: tuple[Matcher, Limits] | None = None

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
        self._others = others.load(services.config / self.settings.others)
        if self.settings.learn:
            self.learning = Learning(services, self._learnt)
        # An unchanged folder is not read again: that is most of the work.
        if await loading.loaded_digest(services.database) != digest(folder):
            reading = read_folder(folder)
            for problem in reading.problems:
                told, place = problem.told(english()), f"{folder / problem.place}"
                log.warning("directory.refused", place=place, what=told["what"], fix=told["fix"])
            done = await loading.load(services.database, reading)
            log.info("directory.loaded", changed=len(done.changed), retired=len(done.retired))
        await self.rebuild(services.database)
        _running[services.database] = self

    async def rebuild(self, database: Database) -> None:
        """Read the tables again, and answer from them from now on."""
        guide, self.modified = await rows.read(database), await rows.read_modified(database)
        revision = await loading.revision(database)
        old = self.index.matcher if len(self.index) else None
        bare = Index(guide if self.demo else guide.without_samples(), revision, others=self._others, matcher=Matcher())
        matcher = await self.learning.matcher(bare.asked, old) if self.learning else Matcher(bare.asked)
        self.index = bare.with_matcher(matcher)

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
        if directory is not None and directory.learning is not None:
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
