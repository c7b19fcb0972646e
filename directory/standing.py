"""Standing: the directory as a command finds it, in the database where there is one, else in the files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from botkit.assembly import read_settings
from botkit.clock import SystemClock
from botkit.errors import UserError
from botkit.settings import Settings, plugin_table
from botkit.storage import Database
from directory import contents as live
from directory.contents import Contents, Held
from directory.guard import Guard
from directory.problems import english
from directory.reading import GUARD_FILE, Reading, read_folder, read_guard
from directory.settings import DirectorySettings
from directory.values import Guide, Value, kind_of

APPS = {"directory": (("directory.models",), "directory.migrations")}


@dataclass(frozen=True, slots=True)
class Standing:
    """The settings, and the directory. ``is_live`` where it comes from the database."""

    settings: Settings
    own: DirectorySettings
    folder: Path
    contents: Contents
    is_live: bool

    @property
    def shown(self) -> Guide:
        """What residents are told: samples in a demonstration only."""
        guide = self.contents.guide
        return guide if self.settings.station.demo else guide.without_samples()

    @property
    def modified(self) -> Mapping[str, datetime]:
        """When each entry changed last, by slug; files don't know."""
        return self.contents.modified if self.is_live else {}

    def guard(self) -> Guard:
        """What may not become an entry. Raises ``UserError`` where its file is damaged."""
        guard, wrong = read_guard(self.folder)
        if guard is None:
            told = wrong[0].told(english())
            raise UserError(f"{self.folder / GUARD_FILE}: {told['what']}", str(told["fix"]))
        return guard


def files(config: Path) -> tuple[Settings, DirectorySettings, Path]:
    """The settings of a station, and the folder of its directory. Raises ``UserError`` where there is none."""
    settings = read_settings(config, os.environ)
    own = plugin_table(settings, "directory", DirectorySettings)
    folder = config / own.folder
    if not folder.is_dir():
        raise UserError(f"{folder}: there is no such folder", 'correct folder = "…" in the table [directory]')
    return settings, own, folder


def standing(config: Path, data: Path) -> Standing:
    """The directory of a station; also while a bot runs on it. Raises ``UserError`` for settings that are wrong."""
    settings, own, folder = files(config)
    path = data.absolute() / "botkit.sqlite3"
    url = settings.database.url or (f"sqlite://{path}" if path.is_file() else None)
    found = asyncio.run(_read(url)) if url is not None else Contents()
    # A database that no bot has filled yet says nothing.
    if found.revision:
        return Standing(settings, own, folder, found, True)
    return Standing(settings, own, folder, of(read_folder(folder)), False)


def of(reading: Reading) -> Contents:
    """What files say, as if it were live."""
    guide, now = reading.guide, SystemClock().now()
    groups: tuple[tuple[Value, ...], ...] = (guide.families, guide.topics, guide.entries, guide.faqs)
    items = {(kind_of(v), v.slug): Held(v, place, now) for values in groups for place, v in enumerate(values)}
    return Contents(items)


async def _read(url: str) -> Contents:
    database = Database(url, clock=SystemClock(), apps=APPS)
    await database.open()
    try:
        return await live.read(database)
    finally:
        await database.close()
