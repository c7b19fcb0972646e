"""History: what happened to a value, who did it and why, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botkit.services import Services
from botkit.sql import moment
from directory.contents import decoded
from directory.loading import ACTOR as FILES
from directory.merging import Difference, differences
from directory.values import Value

_STEPS = """
    SELECT change.id AS change_id, change.kind, change.actor, change.note, change.decided_at,
           version.kind AS of, version.value, before.value AS before
    FROM directory_version AS version
    JOIN directory_change AS change ON change.id = version.change_id
    LEFT JOIN directory_version AS before ON before.id = version.previous_id
    WHERE version.kind = ? AND version.slug = ? AND change.state = 'live'
    ORDER BY change.revision DESC
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a value, live since ``at``."""

    change: int
    kind: str
    by: str
    note: str
    at: datetime
    before: Value | None
    after: Value | None
    differences: tuple[Difference, ...]


async def history(services: Services, kind: str, slug: str) -> list[Step]:
    """All live changes of a value, the latest first."""
    names = await names_of(services)
    return [_step(row, names) for row in await services.database.read(_STEPS, kind, slug)]


async def names_of(services: Services) -> dict[str, str]:
    """The names of the staff, as the audit log names them; files and commands have none."""
    return {who.actor: who.name for who in await services.staff.members()}


def name(actor: str, names: dict[str, str]) -> str:
    """Who it was; empty for the station's files."""
    return "" if actor == FILES else names.get(actor, actor)


def _step(row: dict[str, Any], names: dict[str, str]) -> Step:
    before, after = (decoded(row["of"], row[side]) for side in ("before", "value"))
    assert not isinstance(before, dict) and not isinstance(after, dict)
    return Step(
        row["change_id"],
        row["kind"],
        name(row["actor"], names),
        row["note"],
        moment(row["decided_at"]),
        before,  # type: ignore[arg-type]  # no part, as asserted
        after,  # type: ignore[arg-type]  # no part, as asserted
        differences(before, after),  # type: ignore[arg-type]  # no parts, as asserted
    )
