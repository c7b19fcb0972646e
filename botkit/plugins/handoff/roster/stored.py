"""The roster's changes between their rows and the values that the roster is computed from."""

from __future__ import annotations

import json

from botkit.plugins.handoff.roster.changes import Change, Kind
from botkit.plugins.handoff.roster.shifts import Tier
from botkit.plugins.handoff.staffing import RosterChange


def change_of(row: RosterChange) -> Change:
    """The change that a row stores."""
    return Change(
        row.id, Kind(row.kind), row.starts_at, row.ends_at, row.who, row.other, Tier(row.tier) if row.tier else None,
        json.loads(row.titles), row.team, row.routine, row.reason, tuple(json.loads(row.areas)),
    )  # fmt: skip
