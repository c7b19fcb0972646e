"""Suggestions: what residents propose from the public pages, without who they are, until somebody dealt with it."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from botkit.sql import Statement, insert, moment
from botkit.storage import Database, UnitOfWork

LONGEST = 500
MOST = 200
"""So many wait at most: a station that does not read them takes no more."""
_PER_HOUR = 5
_ADDRESSES = 10_000
KEEP = insert("directory_suggestion", "id station_id slug text made_at")
DROP = Statement("DELETE FROM directory_suggestion WHERE id = ?")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal. ``slug`` is empty where nothing stands in the directory yet."""

    id: int
    slug: str
    text: str
    made_at: datetime


class Rate:
    """Five an hour from one network address, in memory: nothing about senders is written down."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, deque[datetime]] = OrderedDict()

    def takes(self, address: str, now: datetime) -> bool:
        """Whether one more may come from there now; counts it if so."""
        sent = self._sent.pop(address, deque())
        self._sent[address] = sent
        while len(self._sent) > _ADDRESSES:
            self._sent.popitem(last=False)
        while sent and now - sent[0] >= timedelta(hours=1):
            sent.popleft()
        if len(sent) >= _PER_HOUR:
            return False
        sent.append(now)
        return True


async def suggest(database: Database, slug: str, text: str) -> bool:
    """Keep a proposal; False where too many wait."""
    rows = await database.read("SELECT count(*) AS n FROM directory_suggestion")
    if rows[0]["n"] >= MOST:
        return False

    async def job(unit: UnitOfWork) -> None:
        unit.write(KEEP, unit.new_id(), database.station_id, slug[:40], text[:LONGEST], database.clock.now())

    await database.unit(job)
    return True


async def waiting(database: Database) -> list[Suggestion]:
    """What nobody has dealt with yet, the oldest first."""
    rows = await database.read("SELECT id, slug, text, made_at FROM directory_suggestion ORDER BY made_at")
    return [Suggestion(row["id"], row["slug"], row["text"], moment(row["made_at"])) for row in rows]


async def dealt(database: Database, suggestion: int, actor: str) -> None:
    """Somebody dealt with it: its text goes."""

    async def job(unit: UnitOfWork) -> None:
        unit.write(DROP, suggestion)
        unit.audit("directory.suggestion_closed", f"suggestion:{suggestion}", actor=actor)

    await database.unit(job)
