"""Passwords: hashed slowly, compared in the same time whoever is asked for, and not tried again and again."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from botkit.clock import Clock
from botkit.errors import UserError

MIN_PASSWORD = 10
PASSES, MEMORY = 2, 19 * 1024
"""What a hash costs; memory in KiB. OWASP's first choice for Argon2id, and small enough for a machine of a station."""


class TooSoon(UserError):
    """Too many wrong passwords: try again in ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many failed logins", f"wait {seconds:.0f} seconds")
        self.seconds = seconds


class Backoff:
    """Longer and longer waits after repeated failures, in memory: three are free, then 1, 2, 4 … 60 seconds.

    Keys hold login and address, so that guessing from elsewhere doesn't lock the officer out.
    """

    FREE = 3
    KEYS = 10_000

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], tuple[int, datetime]] = OrderedDict()

    def wait(self, key: tuple[str, str]) -> float:
        """Seconds to wait before the next attempt; 0 when it may be made now."""
        count, last = self._failures.get(key, (0, None))
        if last is None or count < self.FREE:
            return 0
        pause = min(60.0, 2.0 ** min(count - self.FREE, 6))
        return max(0, pause - (self._clock.now() - last).total_seconds())

    def failed(self, key: tuple[str, str]) -> None:
        """Count a failure."""
        count, _ = self._failures.pop(key, (0, None))
        self._failures[key] = (count + 1, self._clock.now())
        if len(self._failures) > self.KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: tuple[str, str]) -> None:
        """Forget the failures."""
        self._failures.pop(key, None)


class Passwords:
    """Hashes passwords and compares them, a few at a time and beside the event loop."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=1)
        self._hashing = asyncio.Semaphore(2)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """A password's hash, with its salt and costs."""
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, digest: str | None, password: str) -> bool:
        """Whether this is the password of a hash. None, for a login that nobody has, takes as long."""
        if digest is None:
            if self._nobody is None:
                self._nobody = await self.hash(secrets.token_hex(16))
            digest = self._nobody
        async with self._hashing:
            try:
                return await asyncio.to_thread(self._hasher.verify, digest, password)
            except (VerificationError, InvalidHashError):
                return False
