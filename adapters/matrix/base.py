"""Base: what every part of one account stands on: who it is, the wire, what is kept, the rooms, the time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from adapters.matrix.login import Login
from adapters.matrix.notes import Notes
from adapters.matrix.rooms import Rooms
from adapters.matrix.wire import Wire
from botkit.errors import UserError

if TYPE_CHECKING:
    from botkit.clock import Clock

log = structlog.get_logger()


@dataclass(slots=True)
class Health:
    """How the account fares. ``away``: the homeserver could not be reached when it was last asked for news.

    ``halted`` is why nothing comes any more until somebody puts it right.
    """

    away: bool = False
    halted: UserError | None = None
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Base:
    """One account. It knows no part of what is done with it: each part says what it needs besides."""

    name: str
    login: Login
    wire: Wire
    notes: Notes
    rooms: Rooms
    clock: Clock
    health: Health = field(default_factory=Health)

    @property
    def user(self) -> str:
        """Who the bot is."""
        return self.login.user

    def malformed(self, count: int, problem: str = "") -> None:
        """Count events that are none."""
        self.health.counts["malformed"] += count
        log.warning("matrix.malformed", adapter=self.name, count=count, problem=problem)
