"""Row ids: 64 bits, ordered by time, made without asking the database, kept when a database is copied."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from botkit.clock import Clock

EPOCH_MS = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000)
WORKER_BITS = 10
SEQUENCE_BITS = 12
LOOK = 0xF
"""The clock is looked at for the first and every sixteenth id: counting orders them, the clock only dates them."""


class Ids:
    """Makes ids: 41 bits of milliseconds since 2024, 10 of the process, 12 of sequence.

    Never repeats or falls within a process, also when the clock stands still; ``after`` makes it go on
    behind ids that are already stored, so that a clock that was set back makes none twice.
    """

    def __init__(self, clock: Clock, worker: int | None = None) -> None:
        self._clock = clock
        self._worker = secrets.randbelow(1 << WORKER_BITS) if worker is None else worker
        self._ticks = 0

    def after(self, stored: int) -> None:
        """Make all further ids greater than ``stored``."""
        ms = stored >> (WORKER_BITS + SEQUENCE_BITS)
        self._ticks = max(self._ticks, (ms + 1) << SEQUENCE_BITS)

    def __call__(self) -> int:
        if not self._ticks & LOOK:
            self._ticks = max(self._ticks, (int(self._clock.now().timestamp() * 1000) - EPOCH_MS) << SEQUENCE_BITS)
        self._ticks += 1
        # Milliseconds and sequence count up as one number, so a busy millisecond borrows from the next.
        ms, sequence = divmod(self._ticks, 1 << SEQUENCE_BITS)
        return ((ms << WORKER_BITS) | self._worker) << SEQUENCE_BITS | sequence


def token(nbytes: int = 16) -> str:
    """A random token for anything public: unguessable, URL-safe."""
    return secrets.token_urlsafe(nbytes)
