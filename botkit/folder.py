"""The data folder: made when missing, checked for rights, held by one process at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from botkit.errors import UserError

LOCK = "lock"


class Busy(UserError):
    """Another process holds the data folder."""


class DataFolder:
    """The one place the bot writes to. ``hold`` keeps others out until the process ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def hold(self) -> None:
        """Make the folder and lock it.

        Raises ``Busy`` when another process has it, ``UserError`` when it can't be written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (self.path / LOCK).open("a+")
        except OSError as problem:
            raise UserError(
                f"the data folder {self.path} can't be written to: {problem.strerror}",
                "give it to the user who runs the bot, or name another with BOTKIT_DATA",
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip()
            lock.close()
            raise Busy(
                f"the data folder {self.path} is in use by process {owner or 'unknown'}",
                "stop that one, or name another folder with BOTKIT_DATA",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def release(self) -> None:
        """Let others in."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
