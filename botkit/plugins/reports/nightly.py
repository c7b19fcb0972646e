"""Every night: a durable timer that reports the day before, each day once, whenever the bot was down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from botkit.decision import Decision, Disposition, FollowUp
from botkit.plugins.reports import days
from botkit.plugins.reports.book import Reconciled
from botkit.plugins.reports.counting import count
from botkit.services import Services
from botkit.sql import moment
from botkit.storage import UnitOfWork

PLUGIN, NAME, KEY = "reports", "nightly", "next"
GRACE = timedelta(minutes=1)
"""After a start a missed day waits so long, until what was left over from before has its disposition."""
_SET = "SELECT due_at, data FROM timer WHERE plugin = ? AND name = ? AND key = ?"


async def start(services: Services) -> None:
    """Set the timer for today's report where there is none; an overdue one fires in a minute."""
    now, zone = services.clock.now(), services.settings.station.zone
    rows = await services.database.read(_SET, PLUGIN, NAME, KEY)
    if rows and moment(rows[0]["due_at"]) > now:
        return
    timer = _timer(days.day_of(now, zone), services)
    if rows:
        timer = FollowUp(PLUGIN, NAME, KEY, now + GRACE, json.loads(rows[0]["data"]))

    async def job(unit: UnitOfWork) -> None:
        unit.follow_up(timer)

    await services.unit(job)


async def nightly(services: Services, data: Mapping[str, Any]) -> Decision:
    """The timer: report its day, and set itself for the next. Missed days follow each other at once."""
    day = date.fromisoformat(data["day"])
    effects = (Reconciled(await count(services, day)), _timer(day + timedelta(days=1), services))
    return Decision(Disposition.SYSTEM, (), effects)


def _timer(day: date, services: Services) -> FollowUp:
    due = days.due(day, services.settings.station.zone)
    return FollowUp(PLUGIN, NAME, KEY, due, {"day": day.isoformat()})
