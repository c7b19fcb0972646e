"""Due rows: what waits for a case. One function knows which timers a state has, so that no case is left without."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from botkit.decision import FollowUp
from botkit.plugins.handoff.models import Case
from botkit.plugins.handoff.states import HELD, OPEN, State
from botkit.storage import Database, UnitOfWork

PAGE, LEASE, WAIT, OFFER, CLOCK, CLOSE = "page", "lease", "wait", "offer", "clock", "close"
ALL = (PAGE, LEASE, WAIT, OFFER, CLOCK, CLOSE)

NEEDS: dict[State, tuple[str, ...]] = {
    State.QUEUED: (PAGE,),
    State.CLAIMED: (LEASE,),
    State.WAITING_RESIDENT: (WAIT,),
    State.WAITING_AGENCY: (WAIT,),
    State.RESOLVED: (CLOSE,),
}
"""The timer that each state can't be without."""

MAY = frozenset({CLOCK, OFFER})
"""Timers that open cases may have besides: a promise that still runs, somebody who is asked to take it over."""


def put(unit: UnitOfWork, case: Case, name: str, at: datetime, **data: Any) -> None:
    """Set a timer of a case, as of its present epoch."""
    unit.follow_up(FollowUp("handoff", name, str(case.id), at, {"case": case.id, "epoch": case.epoch, **data}))


def drop(unit: UnitOfWork, case: Case, *names: str) -> None:
    """Cancel timers of a case."""
    for name in names:
        unit.follow_up(FollowUp("handoff", name, str(case.id), None))


def arm(unit: UnitOfWork, case: Case, reopen_until: datetime | None = None) -> None:
    """Cancel what a case's new state doesn't have, and set what follows from its columns.

    The chain of pages and the clocks are set where they begin: they go on through several states.
    """
    state = State(case.state)
    needed = NEEDS.get(state, ())
    gone = [name for name in ALL if name not in needed and (name not in MAY or state not in OPEN)]
    drop(unit, case, *gone)
    if state is State.CLAIMED and case.lease_until is not None:
        put(unit, case, LEASE, case.lease_until)
    elif state in HELD and case.wait_until is not None:
        put(unit, case, WAIT, case.wait_until)
    elif state is State.RESOLVED and reopen_until is not None:
        put(unit, case, CLOSE, reopen_until)


_FORGOTTEN = """
    SELECT id FROM case_file WHERE state IN ({states}) AND NOT EXISTS (
        SELECT 1 FROM timer WHERE plugin = 'handoff' AND key = CAST(case_file.id AS {text})
        AND name IN ('page', 'lease', 'wait'))
"""


async def forgotten(database: Database) -> list[int]:
    """Open cases without a due row: of an older version, or of a database that was repaired by hand."""
    states = [state.value for state in sorted(OPEN)]
    query = _FORGOTTEN.format(states=", ".join("?" * len(states)), text="TEXT" if database.sqlite else "VARCHAR")
    return [row["id"] for row in await database.read(query, *states)]


def remind(unit: UnitOfWork, case: Case, staff_id: int, at: datetime, *, snoozed: bool) -> None:
    """Set a reminder for somebody about a case."""
    data = {"case": case.id, "staff": staff_id, "snoozed": snoozed}
    name = f"{case.id}.{staff_id}.{'snooze' if snoozed else 'follow'}"
    unit.follow_up(FollowUp("handoff", "reminder", name, at, data))
