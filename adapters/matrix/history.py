"""History: what lies between two answers of the homeserver, where it left something out."""

from __future__ import annotations

import structlog

from adapters.matrix import happenings, raw
from adapters.matrix.base import Base
from adapters.matrix.raw import Raw, sound, text
from adapters.matrix.wire import MatrixError, path_of

log = structlog.get_logger()

PAGE = 500
MOST_PAGES = 400
"""Pages of one gap: what is beyond was said so long ago that nobody waits for an answer."""


async def fill(base: Base, room: str, start: str, since: str, latest: list[Raw]) -> list[Raw]:
    """The events of a room since ``since``, in order: ``latest``, and before it what was left out.

    It ends at the last event that was received, or where the bot came in. Raises the errors of the wire, except where
    the homeserver refuses to tell: what it does not show is not there.
    """
    if any(happenings.joins(event, base.user) for event in latest):
        return latest
    missed: list[Raw] = []
    seen = {event["event_id"] for event in latest}
    place, pages = start, 0
    while place and pages < MOST_PAGES:
        query = {"from": place, "to": since, "dir": "b", "limit": str(PAGE)}
        try:
            page = await base.wire.call("GET", path_of("rooms", room, "messages"), query=query)
        except MatrixError as problem:
            if problem.passing or problem.status == 401:
                raise
            log.warning("matrix.gap", adapter=base.name, problem=problem.code)
            break
        pages += 1
        chunk = raw.rows(page, "chunk")
        for event in chunk:
            if not sound(event) or event["event_id"] in seen:
                continue
            if base.rooms.latest.get(room) == event["event_id"]:
                return [*reversed(missed), *latest]
            seen.add(event["event_id"])
            missed.append(event)
            if happenings.joins(event, base.user):
                return [*reversed(missed), *latest]
        following = text(page, "end")
        place = following if chunk and following != place else ""
    return [*reversed(missed), *latest]
