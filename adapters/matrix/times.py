"""Times: when an event was said, and which of its versions is the later one; servers' clocks may be wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from adapters.matrix.raw import Raw, number, table

LATEST_REVISION = (1 << 53) - 1


def said_at(event: Raw, now: datetime) -> datetime:
    """When it was said, by our own clock: how long ago, as our homeserver counts."""
    age = number(table(event, "unsigned"), "age")
    if age is not None:
        return now - timedelta(milliseconds=min(max(age, 0), 1 << 45))
    told = number(event, "origin_server_ts")
    if told is None or not 0 <= told < 1 << 45:
        return now
    return min(now, datetime.fromtimestamp(told / 1000, UTC))


def revision(event: Raw) -> int:
    """A number that is the same whenever the event comes, and higher for a later one."""
    told = number(event, "origin_server_ts") or 1
    return min(max(told, 1), LATEST_REVISION)
