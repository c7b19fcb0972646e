"""Duties as a calendar (RFC 5545) that calendar programs show."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from botkit.messages import Text, tr
from botkit.plugins.handoff.roster.ical import AREA, LOGIN, ROUTINE
from botkit.plugins.handoff.roster.imports import NOBODY
from botkit.plugins.handoff.roster.roster import Duty

# Ends of lines besides those that the format knows: some programs break at them.
_BREAKS = ("Cc", "Zl", "Zp")


def write(
    duties: Iterable[Duty],
    station: str,
    now: datetime,
    say: Callable[[Text], str],
    names: Mapping[str, str] | None = None,
) -> bytes:
    """A calendar with an event for each duty, in UTC, to the second.

    ``station`` is its slug: with a duty's source and start it makes the same UID whenever it is asked. ``say``
    renders texts in the wanted language; ``names`` are shown instead of logins. Nothing else about people is in it.
    """
    # Imported when first needed: calendars are written seldom.
    from icalendar import Calendar, Event, vText

    calendar = Calendar()
    calendar.add("prodid", f"-//{_line(station)}//duties//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(say(tr("handoff.roster.sheet"))))
    for duty in duties:
        start, end = (moment.astimezone(UTC).replace(microsecond=0) for moment in (duty.start, duty.end))
        if start == end:
            continue
        who = (names or {}).get(duty.who, duty.who) or NOBODY
        tier = say(tr(f"handoff.roster.tier.{duty.tier}"))
        event = Event()
        event.add("uid", _line(f"{duty.source}:{start:%Y%m%dT%H%M%SZ}@{station}"))
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", start)
        event.add("dtend", end)
        event.add("summary", _line(say(tr("handoff.roster.summary", tier=tier, who=who))))
        areas = [f"{AREA}{area}" for area in duty.areas]
        event.add("categories", [str(duty.tier), *([duty.team] if duty.team else []), *areas])
        event.add(LOGIN, vText(_line(duty.who or NOBODY)))
        event.add(ROUTINE, vText("TRUE" if duty.routine else "FALSE"))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _line(text: str) -> str:
    """A text as one line, without signs that are not shown."""
    return "".join(" " if unicodedata.category(sign) in _BREAKS else sign for sign in text)
