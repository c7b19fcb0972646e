"""Times: what an event's server says of when it was made, and which of its versions is the later one."""

from __future__ import annotations

from datetime import UTC, datetime

from adapters.matrix.raw import Raw, number

LATEST_REVISION = (1 << 53) - 1


def told_at(event: Raw) -> datetime | None:
    """What the clock of its server showed; None where no calendar has that."""
    told = number(event, "origin_server_ts")
    return datetime.fromtimestamp(told / 1000, UTC) if told is not None and 0 <= told < 1 << 45 else None


def revision(event: Raw) -> int:
    """A number that is the same whenever the event comes, and higher for a later one."""
    told = number(event, "origin_server_ts") or 1
    return min(max(told, 1), LATEST_REVISION - 1)
