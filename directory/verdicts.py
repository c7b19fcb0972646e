"""Verdicts: what answers turned out to be, by the residents' and officers' word, without who said it or what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from botkit.language.calibration import Verdict
from botkit.sql import insert
from botkit.storage import Database, UnitOfWork

CHOSEN, REJECTED, NOT_RIGHT, THANKS, OFFICER = "chosen", "rejected", "not_right", "thanks", "officer"
"""Where a verdict comes from: a title chosen or refused, "not right", thanks after an answer, an officer."""
LATEST = 1_000
AGE = timedelta(days=180)
"""Verdicts that count: so many, and so old at most. What was wrong then has been put right since."""
KEEP = insert("directory_verdict", "id station_id made_at confidence is_right source slug")


@dataclass(frozen=True, slots=True)
class Ruled:
    """An effect: the entry ``slug``, best guess with this confidence, was right or wrong."""

    slug: str
    confidence: float
    right: bool
    source: str


def keep(ruled: Ruled, unit: UnitOfWork) -> None:
    """Write a verdict down."""
    database = unit.database
    unit.write(
        KEEP,
        unit.new_id(),
        database.station_id,
        database.clock.now(),
        round(ruled.confidence, 6),
        ruled.right,
        ruled.source,
        ruled.slug[:40],
    )


async def read(database: Database) -> tuple[Verdict, ...]:
    """The verdicts that count."""
    rows = await database.read(
        "SELECT confidence, is_right FROM directory_verdict WHERE station_id = ? AND made_at >= ?"
        " ORDER BY made_at DESC LIMIT ?",
        database.station_id,
        database.clock.now() - AGE,
        LATEST,
    )
    return tuple(Verdict(float(row["confidence"]), bool(row["is_right"])) for row in rows)
