"""The running directory of a bot: loaded at the start, answering from one index that is swapped whole."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import structlog

from botkit.errors import UserError
from botkit.services import Services
from botkit.storage import Database
from directory import loading, rows
from directory.guard import Guard
from directory.index import Index
from directory.reading import GUARD_FILE, digest, read_folder, read_guard
from directory.settings import DirectorySettings
from directory.values import Guide

log = structlog.get_logger()
_running: WeakKeyDictionary[Database, Directory] = WeakKeyDictionary()


class Directory:
    """What the plugin, its pages and the guard on numbers share: the index of now, and the settings."""

    def __init__(self, settings: DirectorySettings, *, demo: bool) -> None:
        self.settings = settings
        self.demo = demo
        self.index = Index(Guide())
        self.guard = Guard(())

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
            raise UserError(f"{folder / GUARD_FILE}: {wrong[0].what}", wrong[0].fix)
        self.guard = guard
        # An unchanged folder is not read again: that is most of the work.
        if await loading.loaded_digest(services.database) != digest(folder):
            reading = read_folder(folder)
            for problem in reading.problems:
                place = f"{folder / problem.file}:{problem.line}"
                log.warning("directory.refused", place=place, what=problem.what, fix=problem.fix)
            done = await loading.load(services.database, reading)
            log.info("directory.loaded", changed=len(done.changed), retired=len(done.retired))
        await self.rebuild(services.database)
        _running[services.database] = self

    async def rebuild(self, database: Database) -> None:
        """Read the tables again, and answer from them from now on."""
        guide = await rows.read(database)
        revision = await loading.revision(database)
        self.index = Index(guide if self.demo else guide.without_samples(), revision)

    @staticmethod
    def stop(services: Services) -> None:
        """Forget the directory of these services."""
        _running.pop(services.database, None)


def directory_of(services: Services) -> Directory:
    """The running directory of a bot. Raises ``KeyError`` before it has started."""
    return _running[services.database]


def numbers() -> frozenset[str]:
    """The digits of all numbers in the running directories: what automatic texts may say."""
    known = [directory.index.numbers for directory in _running.values()]
    return known[0] if len(known) == 1 else frozenset().union(*known)
