"""Warnings of gaps: the commander and the officers' room hear once of each span in which nobody is on duty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from botkit.messages import Text, say, tr
from botkit.plugins.handoff import labels
from botkit.plugins.handoff.desk import Desk
from botkit.plugins.handoff.roster.gaps import Gap, gaps
from botkit.plugins.handoff.roster.roster import Roster
from botkit.plugins.handoff.staffing import GapTold
from botkit.storage import UnitOfWork

WARNED = timedelta(days=7)
SEEN = timedelta(days=14)
"""Looked at besides, so that a gap which begins within those days is told with its end."""
SHOWN = 10
"""Gaps in one message."""


async def warn(desk: Desk, unit: UnitOfWork, roster: Roster) -> list[Gap]:
    """Tell commanders and the officers' room where nobody is on duty in the next seven days; returns what is new.

    A gap is told once, however often it is found: only what begins, or goes on longer than was known, is told again.
    """
    now = desk.clock.now()
    found = [gap for gap in gaps(roster, now, now + SEEN, areas=desk.areas()) if gap.start < now + WARNED]
    told = await GapTold.all()
    fresh = [gap for gap in found if _known(gap, told) is None]
    chats = await _listeners(desk) if fresh else []
    if fresh and chats:
        lines = _lines(fresh)
        for chat in chats:
            unit.say(say(*lines, officer=True, quote=False, silent=desk.keeps_quiet(now)), chat=chat)
        unit.audit("roster.gaps", count=len(fresh))
    # What nobody could be told is looked for again.
    await _remember(unit, [gap for gap in found if chats or gap not in fresh], told, now)
    return fresh


def _lines(found: list[Gap]) -> list[Text | str]:
    lines: list[Text | str] = [tr("handoff.gaps", count=len(found))]
    for gap in found[:SHOWN]:
        key = "handoff.gaps.area" if gap.area else "handoff.gaps.line"
        if gap.absent:
            key = "handoff.gaps.area.absent" if gap.area else "handoff.gaps.absent"
        tier, who = tr(labels.TIERS[gap.tier]), ", ".join(gap.absent)
        lines.append(tr(key, area=gap.area, tier=tier, start=gap.start, end=gap.end, who=who))
    if len(found) > SHOWN:
        lines.append(tr("handoff.duty.gaps.more", count=len(found) - SHOWN))
    return lines


async def _listeners(desk: Desk) -> list[int]:
    chats = [room.chat_id for room in desk.rooms.values() if room.kind == "officers"]
    for member in await desk.services.staff.members("commander"):
        chats += await desk.services.officers.posts(member.id)
    return list(dict.fromkeys(chats))


def _known(gap: Gap, told: Iterable[GapTold]) -> GapTold | None:
    """What was told of a gap before. A span without an end went on beyond the days that were looked at."""
    for row in told:
        within = row.ends_at is None or gap.end <= row.ends_at
        if (row.tier, row.area) == (gap.tier, gap.area) and row.starts_at <= gap.start and within:
            return row
    return None


async def _remember(unit: UnitOfWork, found: Iterable[Gap], told: list[GapTold], now: datetime) -> None:
    """Keep what was told and is still so: what closes meanwhile and opens again is news."""
    await GapTold.all().delete()
    for gap in found:
        known = _known(gap, told)
        start = gap.start if known is None else known.starts_at
        open_ended = gap.end >= now + SEEN or (known is not None and known.ends_at is None)
        await GapTold.create(
            id=unit.new_id(), station_id=unit.database.station_id, tier=gap.tier.value, area=gap.area, starts_at=start,
            ends_at=None if open_ended else gap.end,
        )  # fmt: skip
