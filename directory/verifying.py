"""Verifying: what came of asking whether an entry is still true, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from botkit.sql import insert
from botkit.storage import Database, UnitOfWork
from directory import changes
from directory.changes import EDIT, VERIFY, Edit
from directory.values import Entry, Faq, kind_of

CONFIRMED, CHANGED, NO_ANSWER, GONE = "confirmed", "changed", "no_answer", "gone"
OUTCOMES = (CONFIRMED, CHANGED, NO_ANSWER, GONE)
"""What may come of a call. After ``changed`` somebody edits the entry; ``no_answer`` is only kept."""
KEEP = insert("directory_verification", "id station_id slug outcome made_at actor")


async def verified(database: Database, subject: Entry | Faq, outcome: str, actor: str, today: date) -> int | None:
    """Keep what came of verifying a subject, and do what follows.

    Confirmed, it is live at once with today's date. Gone, its removal waits for approval, and the change is returned.
    """
    kind, change = kind_of(subject), None
    if outcome == CONFIRMED:
        edit = Edit(kind, subject.slug, replace(subject, assured_date=today))
        change = await changes.propose(database, [edit], kind=VERIFY, actor=actor)
    elif outcome == GONE:
        change = await changes.propose(database, [Edit(kind, subject.slug, None)], kind=EDIT, actor=actor)

    async def job(unit: UnitOfWork) -> None:
        unit.write(KEEP, unit.new_id(), None, subject.slug, outcome, database.clock.now(), actor)
        unit.audit("directory.verified", actor=actor, outcome=outcome)
        if outcome == CONFIRMED and change is not None:
            await changes.publish(unit, change, actor)

    await database.unit(job)
    return change if outcome == GONE else None
