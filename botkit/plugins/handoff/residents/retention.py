"""Retention: once a night the words go of what was kept long enough, by class, a batch at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from botkit.decision import Decision, Disposition, FollowUp
from botkit.plugins.handoff.access import COMMANDER_ONLY
from botkit.plugins.handoff.desk import Desk, desk_of
from botkit.plugins.handoff.effects import SweepDue
from botkit.plugins.handoff.models import ERASED, Case
from botkit.plugins.handoff.residents import erasing
from botkit.plugins.handoff.states import Level
from botkit.storage import UnitOfWork
from botkit.storage.models import Inbox

BATCH = 200
"""Rows erased in one go, so that nobody has to wait for a sweep."""
AGAIN = timedelta(seconds=30)
HOUR = 4
"""The station's hour of the sweep."""

# What a case tells of stays with the case, earlier versions of it too.
_LOOSE = """
    SELECT inbox.id FROM inbox WHERE received_at < ? AND done_at IS NOT NULL AND concern <> ?
    AND NOT EXISTS (
        SELECT 1 FROM report WHERE report.chat_id = inbox.chat_id AND report.platform_id = inbox.platform_id
    )
    ORDER BY inbox.id LIMIT ?
"""


def plan(desk: Desk, unit: UnitOfWork) -> None:
    """Set the next sweep, at night."""
    local = desk.day(desk.clock.now())
    next_one = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if next_one <= local:
        next_one += timedelta(days=1)
    unit.follow_up(FollowUp("handoff", "sweep", "daily", next_one.astimezone(desk.clock.now().tzinfo)))


async def sweep_due(data: Mapping[str, Any]) -> Decision:
    """The timer of the sweep."""
    return Decision(Disposition.SYSTEM, (), (SweepDue(),))


async def sweep(effect: SweepDue, unit: UnitOfWork) -> None:
    """Erase what is past its time, a batch at a time; what is left over comes soon after."""
    desk, now = desk_of(unit.database), unit.database.clock.now()
    days = desk.settings
    ended = Case.filter(ended_at__not_isnull=True, erased_at=None, hold=False)
    plain = ended.filter(level=Level.ROUTINE.value, topic__not_in=sorted(COMMANDER_ONLY))
    routine = await plain.filter(ended_at__lt=now - timedelta(days=days.keep_days)).order_by("id").limit(BATCH)
    grave = await ended.filter(ended_at__lt=now - timedelta(days=days.keep_urgent_days)).order_by("id").limit(BATCH)
    over = list({case.id: case for case in (*routine, *grave)}.values())[:BATCH]
    for case in over:
        await erasing.case(desk, unit, case, "system")
    old = now - timedelta(days=days.keep_answers_days)
    loose = await desk.services.database.read(_LOOSE, old, ERASED, BATCH)
    rows = await Inbox.filter(id__in=[row["id"] for row in loose] or [0])
    await erasing.messages(desk, unit, rows)
    if len(over) >= BATCH or len(rows) >= BATCH:
        unit.follow_up(FollowUp("handoff", "sweep", "daily", now + AGAIN))
    else:
        plan(desk, unit)
    if over or rows:
        unit.audit("retention.swept", cases=len(over), messages=len(rows))
