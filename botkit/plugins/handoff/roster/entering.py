"""Entering changes of the rota: rows are written or withdrawn, and take effect with the commit."""

from __future__ import annotations

import json
from collections.abc import Sequence

from botkit.decision import FollowUp
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.roster import duties, gapwatch
from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.staffing import RosterChange
from botkit.staff import Member
from botkit.storage import UnitOfWork

NOTED = 200


async def store(desk: Desk, unit: UnitOfWork, change: Change, member: Member, *, state: str = "active") -> RosterChange:
    """Write a change that somebody made; its own id is not used. Follow it with ``settle``."""
    row = _row(desk, unit, change, member, state)
    await row.save(force_create=True)
    facts = {"kind": change.kind.value, "reason": row.reason, "who": change.who}
    unit.audit("roster.changed", f"change:{row.id}", actor=member.actor, **facts)
    return row


async def store_batch(desk: Desk, unit: UnitOfWork, changes: Sequence[Change], member: Member) -> int:
    """Write the duties of a file, so that they can be withdrawn as a whole; returns their batch. ``settle`` follows."""
    batch = unit.new_id()
    rows = [_row(desk, unit, change, member, "active", batch) for change in changes]
    await RosterChange.bulk_create(rows, batch_size=500)
    return batch


def _row(
    desk: Desk, unit: UnitOfWork, change: Change, member: Member, state: str, batch: int | None = None
) -> RosterChange:
    absence = change.kind is Kind.ABSENCE
    return RosterChange(
        id=unit.new_id(), station_id=unit.database.station_id, kind=change.kind.value,
        starts_at=change.start, ends_at=change.end, who=change.who, other=change.other,
        tier=change.tier.value if change.tier is not None else "", team=change.team, routine=change.routine,
        areas=json.dumps(change.areas, ensure_ascii=False),
        titles=json.dumps(dict(change.titles), ensure_ascii=False), state=state, batch=batch,
        # What stood beside a duty in a file comes as its reason.
        reason=change.reason if absence else "", note=None if absence else change.reason[:NOTED] or None,
        made_by=member.actor, created_at=desk.clock.now(),
    )  # fmt: skip


async def withdraw(desk: Desk, unit: UnitOfWork, member: Member, rows: Sequence[RosterChange]) -> int:
    """Take changes back that still stand; returns how many. They take no effect any more from now on."""
    chosen = RosterChange.filter(id__in=[row.id for row in rows])
    standing = await chosen.filter(state__in=["active", "asked"], ends_at__gt=desk.clock.now())
    if not standing:
        return 0
    await RosterChange.filter(id__in=[row.id for row in standing]).update(state="withdrawn")
    for row in standing:
        if row.kind == Kind.ABSENCE:
            unit.follow_up(FollowUp("handoff", "away", str(row.id), None))
    first = standing[0]
    subject = f"change:{first.id}" if first.batch is None else f"import:{first.batch}"
    unit.audit("roster.withdrawn", subject, actor=member.actor, kind=first.kind, count=len(standing))
    await settle(desk, unit)
    return len(standing)


async def settle(desk: Desk, unit: UnitOfWork, *rows: RosterChange) -> None:
    """Changes take effect: the roster is computed anew, shifts are planned, gaps are looked for, absences begin.

    Whoever is on duty now by these changes begins now, and takes over from those who were until now.
    """
    now, before, roster = desk.clock.now(), desk.roster, await desk.roster_now()
    unit.after_commit(lambda: setattr(desk, "roster", roster))
    for row in rows:
        if row.kind == Kind.ABSENCE:
            unit.follow_up(FollowUp("handoff", "away", str(row.id), max(row.starts_at, now), {"change": row.id}))
    last, running = before.at(now), roster.at(now)
    known = {(duty.source, duty.who) for duty in last}
    for duty in running:
        if (duty.source, duty.who) not in known:
            gone = {d.who for d in last if d.who and d.place == duty.place} - {d.who for d in running}
            duties.set_to_begin(unit, duty, now, gone)
    await duties.plan(desk, unit, roster)
    await gapwatch.warn(desk, unit, roster)
