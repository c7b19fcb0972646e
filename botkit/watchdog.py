"""The watchdog: notices when a handler blocks the whole process, says where, and starts the process anew."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

log = structlog.get_logger()

WARN_AFTER = 10.0
RESTART_AFTER = 20.0
FILE = "blocked.json"


class Watchdog:
    """A thread that expects ``beat`` from the event loop.

    Async handlers are ended by their timeout; blocking code can't be. After 10 s without a beat the place is
    logged, after 20 s the events under way are noted (they go to a human next time) and the process replaces
    itself. Nothing is lost: what was not committed is received again, what was is read again.
    """

    def __init__(
        self,
        data: Path,
        under_way: Callable[[], list[int]],
        *,
        warn_after: float = WARN_AFTER,
        restart_after: float = RESTART_AFTER,
    ) -> None:
        self._data = data
        self._under_way = under_way
        self._warn_after = warn_after
        self._restart_after = restart_after
        self._beaten = time.monotonic()
        self._warned = False
        self._main = threading.get_ident()

    @property
    def alive(self) -> bool:
        """Whether the event loop is turning."""
        return time.monotonic() - self._beaten < self._warn_after

    def beat(self) -> None:
        """The event loop is turning."""
        self._beaten = time.monotonic()
        self._warned = False

    def start(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(min(1.0, self._warn_after / 4))
            silent = time.monotonic() - self._beaten
            if silent > self._warn_after and not self._warned:
                self._warned = True
                log.error("loop.blocked", seconds=round(silent), where=self._where())
            if silent > self._restart_after:
                self._note()
                log.error("loop.restart", seconds=round(silent))
                sys.stderr.flush()
                os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])

    def _note(self) -> None:
        try:
            note(self._data, self._under_way())
        except OSError as problem:
            # Without the note the same event may block again; without the restart nobody is served at all.
            log.error("loop.unnoted", problem=type(problem).__name__)

    def _where(self) -> str:
        frame = sys._current_frames().get(self._main)
        places: list[str] = []
        while frame is not None and len(places) < 6:
            places.append(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}")
            frame = frame.f_back
        return " < ".join(places)


def note(data: Path, inbox_ids: list[int]) -> None:
    """Remember which events were under way when the process blocked."""
    (data / FILE).write_text(json.dumps(sorted({*read(data), *inbox_ids})))


def read(data: Path) -> frozenset[int]:
    """The events that once blocked the process."""
    try:
        return frozenset(json.loads((data / FILE).read_text()))
    except (FileNotFoundError, ValueError):
        return frozenset()
