"""Writing what happened to a case: its events, the audit log, its clocks and the news for open pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import F

from botkit.messages import Ref
from botkit.plugins.handoff.models import Case, CaseClock, CaseCounter, CaseEvent
from botkit.storage import UnitOfWork

CLOCKS = ("response", "feedback", "result")
"""The three promises: a human's first word, a human's word on progress, the outcome."""

TOPIC = "desk"
"""The live topic of open desk pages. Its news are references and kinds, never words."""


def ref(case: Case) -> Ref:
    """The case's number as texts carry it."""
    return Ref(case.number)


def subject(case: Case) -> str:
    """How the audit log names a case."""
    return f"case:{case.ref}"


async def happened(
    unit: UnitOfWork,
    case: Case,
    what: str,
    actor: str,
    *,
    at: datetime,
    text: str | None = None,
    key: str | None = None,
    **facts: Any,
) -> None:
    """Append an event to the case and to the audit log, and tell the open pages after the commit.

    ``text`` (officers' words) stays with the case; the audit log gets the facts only.
    """
    await CaseEvent.create(
        id=unit.new_id(), station_id=unit.database.station_id, case_id=case.id, what=what, actor=actor, at=at,
        facts=json.dumps(facts, ensure_ascii=False), text=text, key=key,
    )  # fmt: skip
    unit.audit(what, subject(case), actor=actor, **facts)
    unit.publish(TOPIC, {"event": what, "case": case.ref})


async def next_number(unit: UnitOfWork, day: date) -> str:
    """The next case number of a day: month, day and running number, such as ``1123-07``."""
    station = unit.database.station_id
    today = CaseCounter.filter(station_id=station, day=day)
    if not await today.update(used=F("used") + 1):
        await CaseCounter.create(id=unit.new_id(), station_id=station, day=day, used=1)
    used = (await today.get()).used
    return f"{day:%m%d}-{used:02d}"


async def start_clocks(unit: UnitOfWork, case: Case, at: datetime, policy: timedelta) -> None:
    """Start the three clocks of the case's present round. Later settings don't change a copied policy."""
    for name in CLOCKS:
        await CaseClock.create(
            id=unit.new_id(), station_id=unit.database.station_id, case_id=case.id, name=name,
            round=case.reopened,
            started_at=at, due_at=at + policy, hours=int(policy.total_seconds() // 3600),
        )  # fmt: skip


async def meet_clocks(case: Case, names: Iterable[str], at: datetime) -> None:
    """Stop clocks of the present round that are still running. Only a human's words do that."""
    await CaseClock.filter(case_id=case.id, round=case.reopened, name__in=list(names), met_at__isnull=True).update(
        met_at=at
    )
