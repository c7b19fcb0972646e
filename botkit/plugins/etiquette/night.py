"""Night: routine answers in groups make no sound, and say when an officer is back (E13)."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from botkit.plugins.etiquette.settings import EtiquetteSettings


def is_night(moment: datetime, zone: ZoneInfo, settings: EtiquetteSettings) -> bool:
    """Whether people sleep at a moment. The night may begin before midnight; its start belongs to it."""
    now = moment.astimezone(zone).time()
    start, end = time.fromisoformat(settings.night_from), time.fromisoformat(settings.night_to)
    return start <= now < end if start <= end else now >= start or now < end
