"""Ledgers: what plugins account for, so that a day's messages can be added up and nothing is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that was not kept in time. ``subject`` names what as the audit log does, ``what`` the promise.

    ``met_at`` is when it was kept after all, None while it is not.
    """

    subject: str
    what: str
    due_at: datetime
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """One plugin's account of a span: inbox rows that it took over, by id, and promises that broke in it.

    ``counts`` are further figures by catalogue key.
    """

    taken: frozenset[int] = frozenset()
    breaches: tuple[Breach, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
