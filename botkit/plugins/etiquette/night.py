"""Night: routine answers in groups make no sound, and say when an officer is back (E13)."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from botkit.chats import USUAL, Ways
from botkit.plugins.etiquette.settings import EtiquetteSettings


def is_night(moment: datetime, zone: ZoneInfo, settings: EtiquetteSettings, ways: Ways = USUAL) -> bool:
    """Whether a group is quiet at a moment. The night may begin before midnight; its start belongs to it."""
    now = moment.astimezone(zone).time()
    station = time.fromisoformat(settings.night_from), time.fromisoformat(settings.night_to)
    start, end = ways.quiet or station
    return start <= now < end if start <= end else now >= start or now < end
