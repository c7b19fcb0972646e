"""The ledger of cases: which messages a human has, which promises broke, and what became of cases in a span of time."""

from __future__ import annotations

import json
from datetime import datetime

from botkit.decision import Disposition
from botkit.ledger import Breach, Ledger
from botkit.plugins.handoff.models import Case, CaseClock, CaseEvent
from botkit.plugins.handoff.record import subject
from botkit.services import Services

WAIVED = ("cancelled", "merged")
"""States of cases whose own promises nobody waits for: withdrawn, or kept by the case that they became part of."""
COUNTED = {
    "case.resolved": "handoff.count.resolved",
    "case.reopened": "handoff.count.reopened",
    "alarm.false": "handoff.count.false_alarm",
}

_TAKEN = """
    SELECT inbox.id FROM inbox JOIN report ON report.inbox_id = inbox.id
    WHERE inbox.station_id = ? AND inbox.received_at >= ? AND inbox.received_at < ?
"""
_PRESSED = """
    SELECT inbox.id, inbox.chat_id, inbox.identity_id, inbox.reason FROM inbox
    LEFT JOIN report ON report.inbox_id = inbox.id
    WHERE inbox.station_id = ? AND inbox.received_at >= ? AND inbox.received_at < ?
    AND inbox.disposition = ? AND report.id IS NULL
"""


async def account(services: Services, start: datetime, end: datetime) -> Ledger:
    """The account of what was received, came due and happened from ``start`` until before ``end``. Reads only.

    A promise that is not due yet is not broken, however long the span.
    """
    station = services.database.station_id
    taken = {row["id"] for row in await services.database.read(_TAKEN, station, start, end)}
    taken |= await _reopenings(services, start, end)
    counts = {
        "handoff.count.opened": await Case.filter(station_id=station, opened_at__gte=start, opened_at__lt=end).count()
    }
    for what, key in COUNTED.items():
        counts[key] = await CaseEvent.filter(station_id=station, what=what, at__gte=start, at__lt=end).count()
    return Ledger(frozenset(taken), await _breaches(station, start, min(end, services.clock.now())), counts)


async def _reopenings(services: Services, start: datetime, end: datetime) -> set[int]:
    """Presses of 还没解决: they say nothing, so they are no reports, and yet their case went on because of them."""
    rows = await services.database.read(_PRESSED, services.database.station_id, start, end, Disposition.ESCALATED.value)
    found = set()
    for row in rows:
        reason = json.loads(row["reason"] or "{}")
        if reason.get("rule") == "unsolved" and await Case.exists(
            number=reason.get("case", ""), chat_id=row["chat_id"], identity_id=row["identity_id"]
        ):
            found.add(row["id"])
    return found


async def _breaches(station: int, start: datetime, end: datetime) -> tuple[Breach, ...]:
    clocks = await CaseClock.filter(station_id=station, due_at__gte=start, due_at__lt=end).order_by("due_at", "id")
    late = [clock for clock in clocks if clock.met_at is None or clock.met_at > clock.due_at]
    cases = {case.id: case for case in await Case.filter(id__in=list({clock.case_id for clock in late}))}
    return tuple(
        Breach(subject(case), clock.name, clock.due_at, clock.met_at)
        for clock in late
        if (case := cases.get(clock.case_id)) is not None and case.state not in WAIVED
    )
