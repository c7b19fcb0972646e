"""Budget: a group hears so many lines of the bot in a while; what is more is said in private or not at all (E11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from botkit.chats import Ways
from botkit.plugins.etiquette.recent import Line
from botkit.plugins.etiquette.settings import EtiquetteSettings


def left(lines: Sequence[Line], now: datetime, settings: EtiquetteSettings, ways: Ways) -> int:
    """How many lines a group may still hear."""
    return max(0, most(settings, ways) - sum(now - line.at < settings.group for line in lines))


def most(settings: EtiquetteSettings, ways: Ways) -> int:
    """How many lines a group hears at most: what it chose itself, else what the station gives every group."""
    return settings.group_lines if ways.lines is None else ways.lines
